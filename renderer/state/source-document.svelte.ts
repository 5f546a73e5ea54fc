/** A document that is looked into: its text around a passage, and its bytes for drawing its pages. The document may be gone. */
import type { Client } from '../../contract/contract.ts'
import type { DocumentText } from '../../contract/document.ts'
import { AppError } from '../../contract/errors.ts'
import { Task } from './task.svelte.ts'

export type NumberedBlock = DocumentText['blocks'][number]

/** Blocks that are read before and behind a passage, and at a time by who reads on. */
const blocksBefore = 12
const blocksAtOnce = 60
/** Of a passage that is longer, this many characters are read at first. */
const mostAtOnce = 40_000

export class SourceDocument {
  readonly workspaceId: string
  readonly documentId: string
  /** Reading its text, and how that last failed. */
  readonly reading = new Task()
  readonly #client: Client
  #blocks = $state.raw<NumberedBlock[]>([])
  #total = $state(0)
  #gone = $state(false)

  constructor(client: Client, workspaceId: string, documentId: string) {
    this.#client = client
    this.workspaceId = workspaceId
    this.documentId = documentId
  }

  /** Blocks that follow each other; what stands before and behind can be read as well. */
  get blocks(): NumberedBlock[] {
    return this.#blocks
  }

  get hasEarlier(): boolean {
    return (this.#blocks[0]?.number ?? 0) > 0
  }

  get hasLater(): boolean {
    return (this.#blocks.at(-1)?.number ?? this.#total) + 1 < this.#total
  }

  /** Removed from its workspace, so that only what was given of it is left. */
  get gone(): boolean {
    return this.#gone
  }

  /** Reads the text around a passage, unless it is there already. @param start where it begins, @param end and ends, in the document's text. */
  async look(start: number, end: number): Promise<void> {
    if (this.#holds(start, end)) return
    await this.#read(async () => {
      const from = Math.max(0, (await this.#blockAt(start)) - blocksBefore)
      let blocks: NumberedBlock[] = []
      // A whole document that was given begins in full, and is read on as one wishes.
      do {
        const part = await this.#ask(from + blocks.length, blocksAtOnce)
        if (part.length === 0) break
        blocks = [...blocks, ...part]
      } while (endOf(blocks.at(-1)) < Math.min(end, start + mostAtOnce))
      this.#blocks = blocks
    })
  }

  earlier(): Promise<void> {
    return this.#read(async () => {
      const first = this.#blocks[0]?.number ?? 0
      const from = Math.max(0, first - blocksAtOnce)
      if (from < first) this.#blocks = [...(await this.#ask(from, first - from)), ...this.#blocks]
    })
  }

  later(): Promise<void> {
    return this.#read(async () => {
      const next = (this.#blocks.at(-1)?.number ?? -1) + 1
      this.#blocks = [...this.#blocks, ...(await this.#ask(next, blocksAtOnce))]
    })
  }

  /** A part of the file itself, at most 1 MiB. @throws AppError `document_gone` once it is removed. */
  async bytes(offset: number, length: number): Promise<{ bytes: Uint8Array; sizeBytes: number }> {
    const { workspaceId, documentId } = this
    try {
      const { base64, sizeBytes } = await this.#client.documents.bytes({ workspaceId, documentId, offset, length })
      return { bytes: Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)), sizeBytes }
    } catch (error) {
      if (isGone(error)) this.#gone = true
      throw error
    }
  }

  #holds(start: number, end: number): boolean {
    const first = this.#blocks[0]
    return first !== undefined && first.start <= start && endOf(this.#blocks.at(-1)) >= Math.min(end, start + mostAtOnce)
  }

  /** The number of the block that holds a place of the text: halves what is left with each look. */
  async #blockAt(start: number): Promise<number> {
    let low = 0
    const [first] = await this.#ask(0, 1)
    let high = first ? this.#total - 1 : 0
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const [block] = await this.#ask(middle, 1)
      if (block && block.start <= start) low = middle
      else high = middle - 1
    }
    return low
  }

  async #ask(from: number, limit: number): Promise<NumberedBlock[]> {
    const { workspaceId, documentId } = this
    const { blocks, total } = await this.#client.documents.text({ workspaceId, documentId, from, limit })
    this.#total = total
    return blocks
  }

  async #read(work: () => Promise<void>): Promise<void> {
    await this.reading.run(async () => {
      try {
        await work()
        this.#gone = false
      } catch (error) {
        if (!isGone(error)) throw error
        this.#gone = true
      }
    })
  }
}

function endOf(block: NumberedBlock | undefined): number {
  return block ? block.start + block.block.text.length : 0
}

function isGone(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'document_gone' || error.code === 'not_found')
}
