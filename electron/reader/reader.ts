/** The reader process's entry: closes its doors, then joins the parsers to the parent's port. Only wiring. */
import { constants, setPriority } from 'node:os'
import { serve } from '../../contract/link.ts'
import { startWorker } from '../worker/start-worker.ts'
import { readerContract } from './contract.ts'
import { FileReader } from './file-reader.ts'

// It is held between two pages only, and one can take seconds: whoever writes an answer goes first meanwhile.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
serve(await startWorker(), readerContract, new FileReader().handlers, (error, method) => {
  // Its name and where it happened, never its message: that may quote the document.
  process.stderr.write(
    `${method}: ${error instanceof Error ? `${error.name} ${error.stack?.split('\n')[1] ?? ''}` : 'unknown'}\n`,
  )
  return method
})
