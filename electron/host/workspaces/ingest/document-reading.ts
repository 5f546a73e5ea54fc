/** From a content's bytes to passages whose words can be searched: read, its pictures recognised, split. A kill costs the step under way alone. */
import { createHash } from 'node:crypto'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { TextBlock } from '../../../../contract/text-place.ts'
import { Pace } from '../../base/pace.ts'
import type { Content } from './content.ts'
import { troubleOf } from './content-intake.ts'
import { tell, turn, type DocumentRoom } from './document-room.ts'
import type { IngestPace } from './ingest-pace.ts'
import type { Passage } from '../text/passages.ts'
import type { Reading, ReaderKeeper } from '../reader-keeper.ts'
import type { RecognitionLanguages } from './recognition-languages.ts'
import { byPage, confidenceOf, pageOf } from './recognised-blocks.ts'

export interface DocumentReadingOptions {
  reader: Pick<ReaderKeeper, 'read'>
  recognition: Pick<RecognitionLanguages, 'dataOf'>
  split: (blocks: readonly TextBlock[], rest: () => Promise<void>) => Promise<Passage[]>
  /** Of `split`; passages of another are made anew. */
  splittingVersion: number
  /** Of `reader`. */
  readingVersion: number
  pace: IngestPace
  /** Takes a file that came inside a message. */
  attach: (room: DocumentRoom, contentNumber: number, name: string, bytes: Uint8Array, signal: AbortSignal) => Promise<void>
  /** Resolves when nobody is being answered. */
  quiet: (signal: AbortSignal) => Promise<void>
  onBug: (error: unknown) => void
}

/** So many passages become searchable in one transaction: some ten milliseconds. */
const passagesTogether = 32
/** So many blocks are taken out of the file at once: some milliseconds. */
const blocksTogether = 200

export class DocumentReading {
  readonly #options: DocumentReadingOptions

  constructor(options: DocumentReadingOptions) {
    this.#options = options
  }

  /** Brings a content to where its words can be searched, or to its trouble. @throws AppError disk_full, locked */
  async read(room: DocumentRoom, content: Content, signal: AbortSignal): Promise<void> {
    try {
      if (content.stage === 'waiting' || content.stage === 'reading') await this.#readBlocks(room, content, signal)
      else if (content.stage === 'recognising') await this.#recognise(room, content, signal)
      signal.throwIfAborted()
      await this.split(room, content.number, signal)
    } catch (error) {
      if (signal.aborted) return
      const trouble = troubleOf(error)
      if (!trouble && error instanceof AppError && error.code !== 'cancelled') throw error
      if (!trouble) this.#options.onBug(error)
      this.#fail(room, content, trouble ?? { code: 'internal' })
      tell(room)
    }
  }

  /** One whose pictures could not all be recognised still has the text it had: that is counted anew. */
  #fail({ contents }: DocumentRoom, { number, stage }: Content, trouble: Trouble): void {
    if (stage !== 'recognising') contents.setStage(number, 'failed', trouble)
    else contents.setStage(number, contents.blockCount(number) > 0 ? 'splitting' : 'no_text', trouble)
  }

  async #readBlocks(room: DocumentRoom, content: Content, signal: AbortSignal): Promise<void> {
    const { contents } = room
    const { number } = content
    const { pace, attach, quiet } = this.#options
    contents.beginReading(number, this.#options.readingVersion)
    tell(room)
    const began = performance.now()
    let trouble: Trouble | null = null
    for await (const item of this.items(room, content, null, signal)) {
      await quiet(signal)
      signal.throwIfAborted()
      if (item.type === 'begin') contents.describe(number, item)
      else if (item.type === 'blocks') contents.addBlocks(number, item.blocks)
      else if (item.type === 'progress') contents.progress(number, item.done, item.total)
      else if (item.type === 'attachment') await attach(room, number, item.name, Buffer.from(item.base64, 'base64'), signal)
      else {
        contents.setPicturePages(number, item.picturePages)
        if (item.cut.length > 0) trouble = { code: 'document_part_unread', data: { cut: item.cut } }
      }
      if (item.type !== 'blocks') tell(room)
    }
    signal.throwIfAborted()
    pace.worked('bytes', content.sizeBytes, performance.now() - began)
    contents.setStage(number, 'splitting', trouble)
  }

  /** Page by page: what was recognised is kept, and after a kill only the other pages are looked at. */
  async #recognise(room: DocumentRoom, content: Content, signal: AbortSignal): Promise<void> {
    const { contents } = room
    const { number, picturePages } = content
    const { pace, quiet } = this.#options
    const kept = new Set(contents.recognisedPages(number).map(({ page }) => page))
    const wanted = picturePages.filter((page) => !kept.has(page))
    let current: { page: number; blocks: TextBlock[] } | null = null
    let since = performance.now()
    const keep = (page: number, blocks: readonly TextBlock[]): void => {
      kept.add(page)
      contents.together(() => {
        contents.addRecognisedPage(number, page, blocks)
        contents.progress(number, kept.size, picturePages.length)
      })
      pace.worked('pages', 1, performance.now() - since)
      since = performance.now()
      tell(room)
    }
    const flush = (): void => {
      if (current) keep(current.page, current.blocks)
      current = null
    }
    let stillPictures: readonly number[] = []
    if (wanted.length > 0) {
      const languages = content.recognise ?? []
      const recognition = { languages, pages: wanted, added: await this.#options.recognition.dataOf(languages) }
      for await (const item of this.items(room, content, recognition, signal)) {
        await quiet(signal)
        signal.throwIfAborted()
        if (item.type === 'blocks') {
          for (const block of item.blocks) {
            const page = pageOf(block)
            if (block.confidence === null || page === null || !wanted.includes(page)) continue
            if (current !== null && (current as { page: number }).page !== page) flush()
            current ??= { page, blocks: [] }
            ;(current as { blocks: TextBlock[] }).blocks.push(block)
          }
        } else if (item.type === 'progress') flush()
        else if (item.type === 'end') stillPictures = item.picturePages
      }
      signal.throwIfAborted()
      flush()
    }
    for (const page of wanted) if (!kept.has(page) && !stillPictures.includes(page)) keep(page, [])
    const recognised = contents.recognisedPages(number).flatMap(({ blocks }) => blocks)
    const text = contents.blocks(number).filter((block) => !kept.has(pageOf(block) ?? 0))
    const left = picturePages.filter((page) => !kept.has(page))
    const joined = byPage([...text, ...recognised])
    contents.joinRecognised(number, joined, left, confidenceOf(joined))
  }

  /**
   * Makes passages of its blocks, and their words searchable. Goes on where an earlier try was stopped.
   * @param together so many passages in one transaction: fewer where nobody waits for them
   */
  async split(room: DocumentRoom, number: number, signal: AbortSignal, together = passagesTogether): Promise<void> {
    const { contents, documents, index } = room
    const { split, splittingVersion } = this.#options
    const rest = this.resting(signal)
    const passages = await split(await this.blocks(room, number, rest), rest)
    signal.throwIfAborted()
    const done = contents.beginSplitting(number, splittingVersion)
    for (let from = done; from < passages.length; from += together) {
      await turn()
      await rest()
      const some = passages.slice(from, from + together)
      contents.addPassages(
        number,
        from,
        some.map((passage) => ({ passage, textHash: createHash('sha256').update(passage.searchText).digest() })),
      )
    }
    while (contents.removeOldPassages(number, together)) {
      await turn()
      signal.throwIfAborted()
    }
    const embedderId = documents.state().countedEmbedderId
    const embedded = embedderId === null ? 0 : index.embeddedAmong(embedderId, contents.passageNumbers(number))
    const trouble = passages.length === 0 ? { code: 'document_no_text' as const } : contents.trouble(number)
    contents.isSplit(number, { passages: passages.length, embedded, language: mostOf(passages), splittingVersion, trouble })
    tell(room)
  }

  /** What is waited for between two small steps of long work: others have their turn, answers go first, and what was stopped ends. */
  resting(signal: AbortSignal): () => Promise<void> {
    const pace = new Pace()
    return async () => {
      await pace.rest()
      await this.#options.quiet(signal)
      signal.throwIfAborted()
    }
  }

  /** All its blocks, taken out of the file in small steps. */
  async blocks({ contents }: DocumentRoom, number: number, rest: () => Promise<void>): Promise<TextBlock[]> {
    const blocks: TextBlock[] = []
    for (let isWhole = false; !isWhole; await rest()) {
      const from = contents.blocksFrom(number, blocks.length, blocksTogether)
      blocks.push(...from.map(({ block }) => block))
      isWhole = from.length < blocksTogether
    }
    return blocks
  }

  /** What the reader says of a content's bytes. */
  items(room: DocumentRoom, content: Content, recognition: Reading['recognition'], signal: AbortSignal) {
    const { number, sizeBytes, password } = content
    const name = room.documents.ofContent(number)[0]?.name ?? ''
    return this.#options.reader.read({ name, sizeBytes, parts: room.contents.parts(number), password, recognition }, signal)
  }
}

/** The language of most of the text. */
function mostOf(passages: readonly Passage[]): string | null {
  const lengths = new Map<string, number>()
  for (const { language, text } of passages) {
    if (language !== null) lengths.set(language, (lengths.get(language) ?? 0) + text.length)
  }
  return [...lengths].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
}
