/**
 * The reader without its surroundings: the same in a window's worker and in a process, of the language and of what both have alone. No Node
 * and no DOM; the import rules and `tsconfig.json` hold that.
 */
import { serve, type Port } from '../../contract/link.ts'
import { readerContract } from './contract.ts'
import { FileReader } from './file-reader.ts'
import { givenData } from './given-data.ts'
import type { Surroundings } from './surroundings.ts'

/** Answers the host on this line, to its end. */
export function startReader(port: Port, surroundings: Surroundings): void {
  const { handlers } = new FileReader(surroundings, givenData(port))
  serve(port, readerContract, handlers, (error, method) => {
    surroundings.complain(
      `${method}: ${error instanceof Error ? `${error.name} ${error.stack?.split('\n')[1] ?? ''}` : 'unknown'}`,
    )
    return method
  })
}
