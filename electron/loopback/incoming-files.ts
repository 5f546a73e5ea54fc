/**
 * Files that the page sends because a browser may not name a path. Models, catalogues and the like: they lie in the clear until they
 * are imported, and the folder is emptied at every start. Documents are no business of this: ../host/incoming-documents.ts.
 */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../contract/errors.ts'
import { rm } from '../host/base/patient-files.ts'
import { receivingFailure, refuseToFill, shownName } from '../host/base/received-file.ts'
import type { References } from '../host/desktop.ts'

/** A received file, as the page knows it. */
export interface IncomingFile {
  reference: string
  name: string
  sizeBytes: number
}

export class IncomingFiles {
  readonly #folder: string
  readonly #references: References
  readonly #freeBytes: ((folder: string) => Promise<number>) | undefined

  constructor({
    folder,
    references,
    freeBytes,
  }: {
    folder: string
    references: References
    freeBytes?: (folder: string) => Promise<number>
  }) {
    this.#folder = folder
    this.#references = references
    this.#freeBytes = freeBytes
  }

  /** Makes the folder and removes what an earlier run left in it. */
  async prepare(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
  }

  /**
   * Writes the body to a file of a random name; nothing stays of one that did not arrive whole.
   * @throws AppError `disk_full` {neededBytes, freeBytes}, `cancelled` when the sender went away.
   */
  async receive(body: Readable, name: string, sizeBytes: number): Promise<IncomingFile> {
    await refuseToFill(this.#folder, sizeBytes, this.#freeBytes)
    const path = join(this.#folder, randomUUID())
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    try {
      await pipeline(body, file)
      if (file.bytesWritten !== sizeBytes) throw new AppError('cancelled', 'The file did not arrive whole')
    } catch (error) {
      await rm(path, { force: true })
      throw receivingFailure(error)
    }
    const shown = shownName(name, 'model.gguf')
    return { reference: this.#references.issueUpload(path, shown), name: shown, sizeBytes }
  }
}
