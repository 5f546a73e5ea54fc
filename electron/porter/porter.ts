/** The porter process's entry: closes its doors, then joins the foreign file's reader to the parent's port. Only wiring. */
import Database from 'better-sqlite3'
import { constants, setPriority } from 'node:os'
import { serve } from '../../contract/link.ts'
import { startWorker } from '../worker/start-worker.ts'
import { porterContract } from './contract.ts'

setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
// Its native code is found with a report of the process and is loaded once: afterwards neither is to be had.
new Database(':memory:').close()
const port = await startWorker()
const { ForeignFile } = await import('./foreign-file.ts')
serve(port, porterContract, new ForeignFile().handlers, (error, method) => {
  // Its name and where it happened, never its message: that may quote the file.
  process.stderr.write(
    `${method}: ${error instanceof Error ? `${error.name} ${error.stack?.split('\n')[1] ?? ''}` : 'unknown'}\n`,
  )
  return method
})
