/** The porter process's entry: joins the foreign file's reader to the parent's port. Only wiring. */
import { constants, setPriority } from 'node:os'
import { serve } from '../../contract/link.ts'
import { parentPort } from '../worker/parent-port.ts'
import { porterContract } from './contract.ts'
import { ForeignFile } from './foreign-file.ts'

setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
serve(parentPort(), porterContract, new ForeignFile().handlers, (error, method) => {
  // Its name and where it happened, never its message: that may quote the file.
  process.stderr.write(
    `${method}: ${error instanceof Error ? `${error.name} ${error.stack?.split('\n')[1] ?? ''}` : 'unknown'}\n`,
  )
  return method
})
