/** The reader process's entry: closes its doors, then starts the reader on the line to its parent. Only wiring. */
import { constants, setPriority } from 'node:os'
import { startWorker } from '../worker/start-worker.ts'

// It is held between two pages only, and one can take seconds: whoever writes an answer goes first meanwhile.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
const port = await startWorker()
const { startReader } = await import('./core.ts')
startReader(port, {
  turn: () => new Promise((resolve) => setImmediate(resolve)),
  residentBytes: () => process.memoryUsage.rss(),
  complain: (line) => process.stderr.write(`${line}\n`),
})
