/**
 * A file that llama.cpp reads, held open meanwhile: on Linux it is read by its descriptor, so that the file that was looked at is
 * the one that is read whatever happens to its name. Elsewhere it is read by its path, and looked at before and after.
 */
import { closeSync, constants, existsSync, fstatSync, openSync, statSync } from 'node:fs'
import { AppError } from '../../contract/errors.ts'
import { identityOf, isSameFile, type FileIdentity } from '../../contract/file-identity.ts'

export class OpenedFile {
  /** What llama.cpp is given. */
  readonly path: string
  readonly #descriptor: number
  readonly #isByPath: boolean
  /** Which file was opened. */
  readonly opened: FileIdentity

  /**
   * @param byDescriptor whether the system lets an open file be opened again by its number
   * @throws Error when there is no such file
   */
  constructor(path: string, { byDescriptor = process.platform === 'linux' && existsSync('/proc/self/fd') } = {}) {
    // A pipe of that name would be waited for; Windows has neither.
    this.#descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    this.#isByPath = !byDescriptor
    this.path = byDescriptor ? `/proc/self/fd/${this.#descriptor}` : path
    this.opened = this.#look()
  }

  /**
   * Which file was read. Ask when it has been read.
   * @throws AppError model_changed when it was changed or replaced meanwhile
   */
  identity(): FileIdentity {
    const after = this.#look()
    if (!isSameFile(this.opened, after)) throw new AppError('model_changed', 'The file changed while it was read')
    if (this.#isByPath && !isSameFile(after, identityOf(statSync(this.path, { bigint: true }))))
      throw new AppError('model_changed', 'The file was replaced while it was read')
    return after
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #look(): FileIdentity {
    return identityOf(fstatSync(this.#descriptor, { bigint: true }))
  }
}
