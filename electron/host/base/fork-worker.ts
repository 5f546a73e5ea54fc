/** Starts a worker as a child of plain Node: the loopback skin, the command line and every test. */
import { fork } from 'node:child_process'
import type { Frame } from '../../../contract/link.ts'
import { Once, TextTail, type ExitReason, type WorkerProcess } from './worker-process.ts'

/** How long after its end a worker's line may stay open, in milliseconds. */
const longestMs = 2_000

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
  // With all that it had open: its memory is given back before its line closes.
  child.on('close', (code, signal) => exited.happen({ code, signal }))
  // Somebody whom it started may hold its error output open.
  child.on('exit', (code, signal) => setTimeout(() => exited.happen({ code, signal }), longestMs).unref())
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
