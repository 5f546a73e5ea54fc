/**
 * Answers node-llama-cpp's trials of its binaries. Before it loads one it tries it in a forked process; a worker starts no processes, and
 * in Electron a fork runs no script at all, so every binary would look broken (NoBinaryFoundError). The engine is itself the process that
 * may crash, and its keeper restarts it.
 */
import childProcess, { type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'

/** To be called after the doors were closed, and before `getLlama`. */
export function answerBindingTrials(): void {
  const realFork = childProcess.fork
  function fork(...call: Parameters<typeof realFork>): ChildProcess {
    return basename(String(call[0])).startsWith('testBindingBinary') ? passingTrial() : realFork(...call)
  }
  Object.assign(childProcess, { fork })
  // node-llama-cpp imports `fork` by name; this renews that binding.
  syncBuiltinESMExports()
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
  return trial as unknown as ChildProcess
}
