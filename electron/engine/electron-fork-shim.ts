/**
 * Lets node-llama-cpp load inside Electron's utility process. Before it loads a prebuilt binary it tries it in a forked
 * process; a utility process has no `utilityProcess.fork`, and with the RunAsNode fuse off a forked Electron runs no
 * script, so every binary would look broken (NoBinaryFoundError). The trial is answered here instead: the engine is
 * itself the process that may crash, and its keeper restarts it.
 */
import childProcess, { type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'

/** Takes effect when this process runs under Electron. To be called before `getLlama`. Returns whether it did. */
export function answerBindingTrials(versions: NodeJS.ProcessVersions = process.versions): boolean {
  if (!versions['electron']) return false
  const realFork = childProcess.fork
  function fork(...call: Parameters<typeof realFork>): ChildProcess {
    return basename(String(call[0])).startsWith('testBindingBinary') ? passingTrial() : realFork(...call)
  }
  Object.assign(childProcess, { fork })
  // node-llama-cpp imports `fork` by name; this renews that binding.
  syncBuiltinESMExports()
  return true
}

/** The trial's side of the conversation: ready → start → loaded → test → done → exit. */
function passingTrial(): ChildProcess {
  const answers: Record<string, string> = { start: 'loaded', test: 'done' }
  const trial = Object.assign(new EventEmitter(), {
    stdin: null,
    stdout: null,
    stderr: null,
    stdio: [null, null, null, null, null] as const,
    pid: undefined,
    killed: false,
    connected: true,
    exitCode: null as number | null,
    signalCode: null,
    spawnargs: [],
    spawnfile: '',
    kill: () => true,
    disconnect: () => undefined,
    ref: () => undefined,
    unref: () => undefined,
    send: (message: { type?: string }) => {
      const answer = answers[message.type ?? '']
      if (answer) setImmediate(() => trial.emit('message', { type: answer }))
      if (message.type === 'exit') {
        trial.exitCode = 0
        setImmediate(() => trial.emit('exit', 0))
      }
      return true
    },
  })
  setImmediate(() => trial.emit('message', { type: 'ready' }))
  return trial as EventEmitter as ChildProcess
}
