/** Starts a worker as a child of plain Node: the loopback skin, the command line and every test. */
import { fork } from 'node:child_process'
import type { Frame } from '../../../contract/link.ts'
import { Once, TextTail, type ExitReason, type WorkerProcess } from './worker-process.ts'

/** @param entry path of the worker's first file; it has this environment and these options of Node, and none of the parent's. */
export function forkWorker(
  entry: string,
  { environment, nodeOptions }: { environment: Record<string, string>; nodeOptions: readonly string[] },
): WorkerProcess {
  const child = fork(entry, [], {
    env: environment,
    // A debugger or a loader of the parent's is not the worker's.
    execArgv: [...nodeOptions],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const complaints = new TextTail()
  const exited = new Once<ExitReason>()
  child.stderr?.on('data', (chunk: Buffer) => complaints.add(chunk))
  child.on('exit', (code, signal) => exited.happen({ code, signal }))
  // Emitted when it could not be started, and then no exit follows; also when a message could not be sent.
  child.on('error', () => {
    if (child.pid === undefined) exited.happen({ code: null, signal: null })
  })

  return {
    port: {
      send: (frame) => {
        if (child.connected) child.send(frame, () => undefined)
      },
      onFrame: (listener) => child.on('message', (message) => listener(message as Frame)),
      onClose: (listener) => exited.listen(listener),
      close: () => {
        if (child.connected) child.disconnect()
      },
    },
    get pid() {
      return child.exitCode === null && child.signalCode === null ? child.pid : undefined
    },
    kill: () => child.kill('SIGKILL'),
    onExit: (listener) => exited.listen(listener),
    stderrTail: () => complaints.text,
  }
}
