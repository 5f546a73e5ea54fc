/** The text of one document as it was read, block by block, as far as it was looked at. */
import type { Client } from '../../contract/contract.ts'
import type { Document, DocumentText } from '../../contract/document.ts'
import { AppError } from '../../contract/errors.ts'

/** Blocks that are asked for at a time. */
const blocksAtOnce = 200

export class OpenDocument {
  readonly document: Pick<Document, 'id' | 'name'>
  /** What to mark, in the document's text; null for nothing. */
  readonly at: { start: number; end: number } | null
  readonly #client: Client
  readonly #workspaceId: string
  readonly #life = new AbortController()
  #blocks = $state.raw<DocumentText['blocks']>([])
  #total = $state<number | null>(null)
  #trouble = $state.raw<AppError | null>(null)
  #loading = $state(false)
  /** Of which reading the blocks are; null before the first. */
  #reading: number | null = null

  constructor(
    client: Client,
    workspaceId: string,
    document: Pick<Document, 'id' | 'name'>,
    at: { start: number; end: number } | null,
  ) {
    this.#client = client
    this.#workspaceId = workspaceId
    this.document = document
    this.at = at
    void this.#begin()
  }

  get blocks(): DocumentText['blocks'] {
    return this.#blocks
  }

  /** Whether all of it is here; false until the host has said how much there is. */
  get isWhole(): boolean {
    return this.#total !== null && this.#blocks.length >= this.#total
  }

  get trouble(): AppError | null {
    return this.#trouble
  }

  /** Reads on. */
  async more(): Promise<void> {
    if (this.#loading || this.isWhole || this.#life.signal.aborted) return
    this.#loading = true
    let isOther = false
    const { signal } = this.#life
    try {
      const input = {
        workspaceId: this.#workspaceId,
        documentId: this.document.id,
        from: this.#blocks.length,
        limit: blocksAtOnce,
      }
      const { blocks, total, reading } = await this.#client.documents.text(input, { signal })
      if (this.#reading !== null && reading !== this.#reading) {
        // It was read anew meanwhile: what is here does not go together with what follows.
        this.#blocks = []
        this.#total = null
        isOther = true
      } else this.#blocks = [...this.#blocks, ...blocks]
      this.#reading = reading
      if (isOther) return
      // A document that is being read again may hold less than was said: then what came is all.
      this.#total = blocks.length === 0 ? this.#blocks.length : total
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code !== 'cancelled') this.#trouble = error
    } finally {
      this.#loading = false
      if (isOther) await this.#begin()
    }
  }

  leave(): void {
    this.#life.abort()
  }

  /** Reads until what is to be marked is here. */
  async #begin(): Promise<void> {
    do await this.more()
    while (!this.isWhole && this.#trouble === null && !this.#life.signal.aborted && this.#reached < (this.at?.start ?? 0))
  }

  /** Where the text that is here ends. */
  get #reached(): number {
    const last = this.#blocks.at(-1)
    return last ? last.start + last.block.text.length : 0
  }
}
