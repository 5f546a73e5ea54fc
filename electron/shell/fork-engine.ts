/** Starts the engine and the reader as Electron's utility processes, which Chromium ends with the application. */
import type { ForkOptions, utilityProcess } from 'electron'
import { realpathSync } from 'node:fs'
import type { Frame } from '../../contract/link.ts'
import { Once, TextTail, type ExitReason, type WorkerProcess } from '../host/base/worker-process.ts'
import { engineEnvironment } from '../host/runtime/fork-engine.ts'
import { readerEnvironment, readerHeapMegabytes } from '../host/workspaces/ingest/fork-reader.ts'
import { giveReaderData, type ReaderDataFolders } from '../host/workspaces/ingest/reader-data.ts'

/** Milliseconds after which a process that does not go is made to. */
const patienceMs = 1_000

/** @param entry path of the engine's first file. */
export function forkUtilityEngine(entry: string, utilities: Pick<typeof utilityProcess, 'fork'>): WorkerProcess {
  return forkUtility(entry, { env: engineEnvironment(process.env), execArgv: [], serviceName: 'Alambic engine' }, utilities)
}

/**
 * Node's permission model is not for Electron's processes: there the reader closes its doors itself (`reader/closed-doors.ts`).
 * @param entry path of the reader's first file
 * @param parts files and folders that it may read: its own sources and its packages
 */
export function forkUtilityReader(
  entry: string,
  parts: readonly string[],
  data: ReaderDataFolders,
  utilities: Pick<typeof utilityProcess, 'fork'>,
): WorkerProcess {
  const real = parts.map((part) => realpathSync(part))
  const execArgv = [`--max-old-space-size=${readerHeapMegabytes}`]
  const reader = forkUtility(
    entry,
    { env: readerEnvironment(process.env, real), execArgv, serviceName: 'Alambic reader' },
    utilities,
  )
  giveReaderData(reader.port, data)
  return reader
}

function forkUtility(
  entry: string,
  options: Pick<ForkOptions, 'env' | 'execArgv' | 'serviceName'>,
  { fork }: Pick<typeof utilityProcess, 'fork'>,
): WorkerProcess {
  const child = fork(entry, [], { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  const complaints = new TextTail()
  const exited = new Once<ExitReason>()
  child.stderr?.on('data', (chunk: Buffer) => complaints.add(chunk))
  child.on('exit', (code) => exited.happen({ code, signal: null }))

  return {
    port: {
      send: (frame) => child.postMessage(frame),
      onFrame: (listener) => child.on('message', (message: Frame) => listener(message)),
      onClose: (listener) => exited.listen(listener),
      close: () => child.kill(),
    },
    get pid() {
      return child.pid
    },
    kill: () => {
      child.kill()
      // On POSIX that is SIGTERM, which native code in a loop may never get to. The number is gone once the process is.
      setTimeout(() => {
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
      }, patienceMs).unref()
    },
    onExit: (listener) => exited.listen(listener),
    stderrTail: () => complaints.text,
  }
}
