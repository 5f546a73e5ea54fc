/**
 * A document that is looked into: its text around a passage, and its bytes for drawing its pages. The document may be gone; and where it was
 * read anew, or its file changed, the passage is looked for by its words.
 */
import type { Client } from '../../contract/contract.ts'
import type { DocumentText } from '../../contract/document.ts'
import { AppError } from '../../contract/errors.ts'
import { Task } from './task.svelte.ts'

export type NumberedBlock = DocumentText['blocks'][number]

/** A stretch of the document's text. */
export interface Stretch {
  start: number
  end: number
}

/** What is shown of a source: where its passage stands now, and the evidence in it. */
export interface Marks {
  passage: Stretch
  evidence: Stretch | null
}

/** Blocks that are read before and behind a passage, and at a time by who reads on. */
const blocksBefore = 12
const blocksAtOnce = 60
/** A document that is read anew while it is read here is begun again so many times at most. */
const mostAttempts = 3
/** Of a passage that is longer, this many characters are read at first. */
const mostAtOnce = 40_000
/** Of a source that is longer, this many characters are looked for. */
const mostLocated = 2_000_000

export class SourceDocument {
  readonly workspaceId: string
  readonly documentId: string
  /** Reading its text, and how that last failed. */
  readonly reading = new Task()
  readonly #client: Client
  #blocks = $state.raw<NumberedBlock[]>([])
  #total = $state(0)
  #gone = $state(false)
  #marks = $state.raw<Marks | null>(null)
  #changed = $state(false)
  /** Of which reading the blocks are; null before the first. */
  #reading: number | null = null
  /** What was asked to be shown last: what is slower does not come after it. */
  #shown = 0
  #last: { source: Stretch & { text: string }; evidence: Stretch | null } | null = null

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

  /** Where the source that was shown last stands; null until that is known, and where its words are not there any more. */
  get marks(): Marks | null {
    return this.#marks
  }

  /** The words of the source that was shown last are not in the document any more: only what was given of it is left. */
  get changed(): boolean {
    return this.#changed
  }

  /**
   * Reads the text around a source, or around the evidence in it, and says where both stand now.
   * @param source its `start` and `end` are those it had when it was given
   */
  async show(source: Stretch & { text: string }, evidence: Stretch | null): Promise<void> {
    const shown = ++this.#shown
    this.#last = { source, evidence }
    this.#marks = null
    this.#changed = false
    await this.look(evidence?.start ?? source.start, evidence?.end ?? source.end)
    if (this.#gone || this.reading.trouble || shown !== this.#shown) return
    if (this.#says(source, evidence ?? source)) {
      this.#marks = { passage: source, evidence }
      return
    }
    let marks: Marks | null = null
    await this.#read(async () => {
      marks = await this.#locate(source, evidence)
    })
    if (this.#gone || this.reading.trouble || shown !== this.#shown) return
    const found = marks as Marks | null
    if (found) await this.look(found.evidence?.start ?? found.passage.start, found.evidence?.end ?? found.passage.end)
    if (shown !== this.#shown) return
    this.#marks = found
    this.#changed = found === null
  }

  /** Reads the text around a passage, unless it is there already. @param start where it begins, @param end and ends, in the document's text. */
  async look(start: number, end: number): Promise<void> {
    if (this.#holds(start, end)) return
    await this.#read(async () => {
      for (let attempt = 0; attempt < mostAttempts; attempt++) {
        const from = Math.max(0, (await this.#blockAt(start)) - blocksBefore)
        const reading = this.#reading
        let blocks: NumberedBlock[] = []
        // A whole document that was given begins in full, and is read on as one wishes.
        do {
          const part = await this.#ask(from + blocks.length, blocksAtOnce)
          if (part.length === 0) break
          blocks = [...blocks, ...part]
        } while (endOf(blocks.at(-1)) < Math.min(end, start + mostAtOnce))
        if (reading !== this.#reading) continue
        this.#blocks = blocks
        return
      }
    })
  }

  earlier(): Promise<void> {
    const first = this.#blocks[0]?.number ?? 0
    const from = Math.max(0, first - blocksAtOnce)
    return this.#more(async () => (from < first ? await this.#ask(from, first - from) : []), 'before')
  }

  later(): Promise<void> {
    const next = (this.#blocks.at(-1)?.number ?? -1) + 1
    return this.#more(() => this.#ask(next, blocksAtOnce), 'behind')
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

  async #more(ask: () => Promise<NumberedBlock[]>, side: 'before' | 'behind'): Promise<void> {
    const reading = this.#reading
    await this.#read(async () => {
      const part = await ask()
      if (reading === this.#reading) this.#blocks = side === 'before' ? [...part, ...this.#blocks] : [...this.#blocks, ...part]
    })
    // It was read anew meanwhile: what stands where is looked for once more.
    if (reading !== this.#reading && this.#last) await this.show(this.#last.source, this.#last.evidence)
  }

  /** Whether the blocks that are here say what the source said at this part of it. */
  #says(source: Stretch & { text: string }, part: Stretch): boolean {
    const end = Math.min(part.end, part.start + mostAtOnce)
    const isHere = (this.#blocks[0]?.start ?? Infinity) <= part.start && endOf(this.#blocks.at(-1)) >= end
    // What parts two blocks is nobody's words.
    return (
      isHere &&
      this.#blocks.every(({ start, block: { text } }) => {
        const [from, to] = [Math.max(start, part.start), Math.min(start + text.length, end)]
        const said = source.text.slice(from - source.start, to - source.start)
        return from >= to || text.slice(from - start, to - start) === said
      })
    )
  }

  async #locate(source: Stretch & { text: string }, evidence: Stretch | null): Promise<Marks | null> {
    const { workspaceId, documentId } = this
    const find = (text: string, near: number): Promise<Stretch | null> =>
      text === ''
        ? Promise.resolve(null)
        : this.#client.documents.locate({ workspaceId, documentId, text: text.slice(0, mostLocated), near: Math.max(0, near) })
    const passage = await find(source.text, source.start)
    if (!passage || !evidence) return passage && { passage, evidence: null }
    const before = evidence.start - source.start
    const found = await find(source.text.slice(before, evidence.end - source.start), passage.start + before)
    const isWithin = found !== null && found.start < passage.end && found.end > passage.start
    return { passage, evidence: isWithin ? found : null }
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
    const { blocks, total, reading } = await this.#client.documents.text({ workspaceId, documentId, from, limit })
    // What is here is of another reading, whose numbers are not these.
    if (reading !== this.#reading) this.#blocks = []
    this.#reading = reading
    this.#total = total
    return blocks
  }

  async #read(work: () => Promise<void>): Promise<void> {
    // One after the other: a second source of the document waits for the first, and is not lost to it.
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
