/**
 * Reads anew what an earlier version of the reader read. Until the newer reading is whole, the older one serves; a kill costs the reading
 * under way, and what was given up leaves nothing. A content is tried once by each version of the reader.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { TextBlock } from '../../../../contract/text-place.ts'
import type { ReadItem } from '../../../reader/contract.ts'
import { troubleOf } from './content-intake.ts'
import type { Content } from './content.ts'
import type { DocumentReading, DocumentReadingOptions } from './document-reading.ts'
import { tell, type DocumentRoom } from './document-room.ts'
import type { ReadFacts } from './newer-readings.ts'
import { confidenceOf, withRecognised } from './recognised-blocks.ts'

export interface ReadingAnewOptions extends Pick<DocumentReadingOptions, 'readingVersion' | 'attach' | 'quiet' | 'onBug'> {
  reading: Pick<DocumentReading, 'items' | 'blocks' | 'split' | 'resting'>
  /** Whether no text of this room waits for a vector. */
  isEmbedded: (room: DocumentRoom) => boolean
  /** Whether no text of any room does: then there is time for what was read before. */
  isIdle: () => boolean
  /** Whether a document counts as ready only with a vector for each passage. */
  waitsForVectors: (room: DocumentRoom) => boolean
}

/** One thing to be done about a content, which can be stopped. */
export interface AnewStep {
  contentNumber: number
  act: (signal: AbortSignal) => Promise<void>
}

/** So many blocks are written, and so many passages made searchable, in one transaction: some milliseconds. Nobody waits for them. */
const blocksTogether = 50
const passagesTogether = 8

export class ReadingAnew {
  readonly #options: ReadingAnewOptions

  constructor(options: ReadingAnewOptions) {
    this.#options = options
  }

  /** Whether anything of this room is of an earlier version of the reader, and not read anew yet. */
  hasMore({ newer }: DocumentRoom): boolean {
    return newer.underWay() !== null || newer.next(this.#options.readingVersion) !== null
  }

  /** What is to be done next; null when nothing is, or when vectors are waited for. */
  next(room: DocumentRoom): AnewStep | null {
    const underWay = room.newer.underWay()
    if (underWay?.replaces != null) {
      const contentNumber = underWay.replaces
      const step = this.#stepOf(room, underWay, contentNumber)
      return step && { contentNumber, act: (signal) => this.#tried(room, contentNumber, step, signal) }
    }
    const older = this.#options.isIdle() ? room.newer.next(this.#options.readingVersion) : null
    if (!older) return null
    const read = (signal: AbortSignal): Promise<void> => this.#read(room, older, signal)
    return { contentNumber: older.number, act: (signal) => this.#tried(room, older.number, read, signal) }
  }

  /** How a newer reading goes on. */
  #stepOf(room: DocumentRoom, newer: Content, replaces: number): AnewStep['act'] | null {
    const { reading, waitsForVectors, isEmbedded } = this.#options
    if (newer.stage === 'splitting') return (signal) => reading.split(room, newer.number, signal, passagesTogether)
    if (newer.stage !== 'indexed') {
      // Its blocks are not all there, or they have no words.
      return () => Promise.resolve(room.contents.leaveNewer(replaces))
    }
    if (newer.done < newer.passages && waitsForVectors(room) && !isEmbedded(room)) return null
    return async (signal) => {
      await this.#options.quiet(signal)
      signal.throwIfAborted()
      room.newer.takePlace(newer.number)
      tell(room)
    }
  }

  /** @throws AppError disk_full, locked */
  async #tried(room: DocumentRoom, contentNumber: number, act: AnewStep['act'], signal: AbortSignal): Promise<void> {
    try {
      await act(signal)
    } catch (error) {
      if (signal.aborted) return
      const trouble = troubleOf(error)
      if (!trouble && error instanceof AppError && error.code !== 'cancelled') throw error
      if (!(error instanceof AppError)) this.#options.onBug(error)
      this.#keepOlder(room, contentNumber, trouble ?? { code: 'internal' })
    }
  }

  /** What was read before stays, and is not tried again by this version. */
  #keepOlder({ contents, newer }: DocumentRoom, contentNumber: number, trouble: Trouble): void {
    const { readingVersion } = this.#options
    contents.together(() => {
      contents.leaveNewer(contentNumber)
      if (contents.get(contentNumber)?.stage === 'failed') newer.keepWithout(contentNumber, 'failed', trouble, readingVersion)
      else newer.keep(contentNumber, readingVersion)
    })
  }

  async #read(room: DocumentRoom, older: Content, signal: AbortSignal): Promise<void> {
    const { newer, contents } = room
    const { reading, readingVersion } = this.#options
    const read = await this.#collect(room, older, signal)
    const rest = reading.resting(signal)
    const before = await reading.blocks(room, older.number, rest)
    const { blocks, picturePages } = withRecognised(read, { blocks: before, picturePages: older.picturePages })
    const facts = { ...read.facts, picturePages, confidence: confidenceOf(blocks) }
    const isSame = older.stage === 'indexed' && (await areSame(before, blocks, rest))
    await rest()
    if (blocks.length === 0) {
      if (older.stage === 'indexed') newer.keep(older.number, readingVersion)
      else this.#isWithoutWords(room, older.number, facts)
    } else if (isSame) {
      const trouble = facts.trouble ?? otherTrouble(contents.trouble(older.number))
      newer.keepWith(older.number, { ...facts, trouble }, readingVersion)
    } else {
      const number = newer.begin(older.number, facts, readingVersion)
      for (let from = 0; from < blocks.length; from += blocksTogether) {
        await rest()
        newer.addBlocks(number, blocks.slice(from, from + blocksTogether))
      }
      await rest()
      newer.isRead(number)
      await reading.split(room, number, signal, passagesTogether)
    }
    tell(room)
  }

  /** It could not be read before, or had no words; now it can be read, and has none. */
  #isWithoutWords({ newer, contents }: DocumentRoom, number: number, facts: ReadFacts): void {
    const { readingVersion } = this.#options
    contents.together(() => {
      newer.keepWith(number, facts, readingVersion)
      newer.keepWithout(number, 'no_text', { code: 'document_no_text' }, readingVersion)
    })
  }

  /** All that the reader says, in memory: as much as splitting takes. */
  async #collect(room: DocumentRoom, older: Content, signal: AbortSignal) {
    const { reading, attach } = this.#options
    const rest = reading.resting(signal)
    const blocks: TextBlock[] = []
    let begun: Extract<ReadItem, { type: 'begin' }> | null = null
    let end: Extract<ReadItem, { type: 'end' }> | null = null
    for await (const item of reading.items(room, older, null, signal)) {
      await rest()
      if (item.type === 'begin') begun = item
      else if (item.type === 'blocks') blocks.push(...item.blocks)
      else if (item.type === 'end') end = item
      else if (item.type === 'attachment') await attach(room, older.number, item.name, Buffer.from(item.base64, 'base64'), signal)
    }
    signal.throwIfAborted()
    if (!begun || !end) throw new AppError('reader_died', 'The reader ended without an end')
    const { format, pages, pageKind, title } = begun
    const trouble: Trouble | null = end.cut.length > 0 ? { code: 'document_part_unread', data: { cut: end.cut } } : null
    return { blocks, picturePages: end.picturePages, facts: { format, pages, pageKind, title, trouble } }
  }
}

/** What was cut before is told by the newer reading alone. */
function otherTrouble(trouble: Trouble | null): Trouble | null {
  return trouble?.code === 'document_part_unread' ? null : trouble
}

async function areSame(before: readonly TextBlock[], now: readonly TextBlock[], rest: () => Promise<void>): Promise<boolean> {
  if (before.length !== now.length) return false
  for (const [at, block] of now.entries()) {
    if (!isDeepStrictEqual(before[at], block)) return false
    await rest()
  }
  return true
}
