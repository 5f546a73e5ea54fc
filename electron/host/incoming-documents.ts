/**
 * Documents that a page sends because it may not name a path: dropped, pasted or chosen in a browser. They lie encrypted under keys of
 * this process until they are added, and what an earlier run left is removed, which nobody could read any more.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { rmSync } from './base/patient-files.ts'
import { SealedFileWriter } from './base/sealed-file.ts'
import { receivingFailure, refuseToFill, shownName } from './base/received-file.ts'
import type { References } from './desktop.ts'

/** A received document, as the page knows it. */
export interface IncomingDocument {
  reference: string
  name: string
  sizeBytes: number
}

/** So many files may be half sent at a time; the oldest gives way. */
const mostHalfSent = 32
/** What a file without a name is called. */
const fallbackName = 'document'

export class IncomingDocuments {
  readonly #folder: string
  readonly #references: References
  /** By the reference that each will have. */
  readonly #halfSent = new Map<string, { writer: SealedFileWriter; name: string }>()

  /** @param folder is this one's own; it is emptied now. */
  constructor({ folder, references }: { folder: string; references: References }) {
    this.#folder = folder
    this.#references = references
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  /**
   * Takes a whole file; nothing stays of one that did not arrive whole.
   * @throws AppError disk_full {neededBytes, freeBytes}, file_unreadable, cancelled when the sender went away
   */
  async receive(body: AsyncIterable<Uint8Array>, name: string, sizeBytes: number): Promise<IncomingDocument> {
    // Twice: while it is being added it is here and in the workspace's file.
    await this.#requireRoom(sizeBytes * 2)
    const writer = await this.#begin()
    try {
      for await (const part of body) await writer.write(part)
      if (writer.sizeBytes !== sizeBytes) throw new AppError('cancelled', 'The file did not arrive whole')
    } catch (error) {
      await writer.abandon()
      throw receivingFailure(error)
    }
    return this.#issue(writer, shownName(name, fallbackName), randomUUID())
  }

  /**
   * Takes the next part of a file; the first comes without a reference. After the last the reference is good.
   * @throws AppError disk_full, file_unreadable, not_found when the file is not being sent any more
   */
  async takePart(part: { reference: string | null; name: string; base64: string; last: boolean }): Promise<IncomingDocument> {
    const bytes = Buffer.from(part.base64, 'base64')
    if (part.reference === null) await this.#requireRoom(bytes.length)
    const reference = part.reference ?? (await this.#beginInParts(part.name))
    const half = this.#halfSent.get(reference)
    if (!half) throw new AppError('not_found', 'This file is not being sent')
    const { writer, name } = half
    try {
      await writer.write(bytes)
      if (!part.last) return { reference, name, sizeBytes: writer.sizeBytes }
      this.#halfSent.delete(reference)
      return await this.#issue(writer, name, reference)
    } catch (error) {
      this.#halfSent.delete(reference)
      await writer.abandon()
      throw receivingFailure(error)
    }
  }

  /** Nothing stays of one that is half sent, or was sent and not added. Any other reference is no matter. */
  async takeBack(reference: string): Promise<void> {
    const half = this.#halfSent.get(reference)
    this.#halfSent.delete(reference)
    await half?.writer.abandon()
    this.#references.releaseSealed(reference)
  }

  /** Removes what is half sent, and what was not added. */
  async close(): Promise<void> {
    await Promise.all([...this.#halfSent.values()].map(({ writer }) => writer.abandon()))
    this.#halfSent.clear()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** Makes the folder again when somebody took it away. @throws AppError disk_full {neededBytes, freeBytes}, file_unreadable */
  async #requireRoom(sizeBytes: number): Promise<void> {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      await refuseToFill(this.#folder, sizeBytes)
    } catch (error) {
      throw receivingFailure(error)
    }
  }

  async #beginInParts(name: string): Promise<string> {
    const [oldest] = this.#halfSent
    if (oldest && this.#halfSent.size >= mostHalfSent) {
      this.#halfSent.delete(oldest[0])
      await oldest[1].writer.abandon()
    }
    const reference = randomUUID()
    this.#halfSent.set(reference, { writer: await this.#begin(), name: shownName(name, fallbackName) })
    return reference
  }

  #begin(): Promise<SealedFileWriter> {
    return SealedFileWriter.begin(join(this.#folder, randomUUID())).catch((error: unknown) => {
      throw receivingFailure(error)
    })
  }

  async #issue(writer: SealedFileWriter, name: string, reference: string): Promise<IncomingDocument> {
    const file = await writer.finish()
    this.#references.issueSealed(file, name, reference)
    return { reference, name, sizeBytes: file.sizeBytes }
  }
}
