/**
 * The queue: contents are read one at a time across workspaces, and embedded beside that. The rows say what is to be done, so a kill or
 * a lock loses nothing. It gives way to answers, and does not keep an idle vault open: it goes on after the next unlock.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { TextBlock } from '../../../../contract/text-place.ts'
import { Watchable } from '../../base/watchable.ts'
import type { Embedder } from '../../runtime/embedder.ts'
import { DocumentReading } from './document-reading.ts'
import { tell, turn, type DocumentRoom } from './document-room.ts'
import { IngestPace } from './ingest-pace.ts'
import type { Passage } from '../text/passages.ts'
import type { ReaderKeeper } from '../reader-keeper.ts'
import { ReadingAnew } from './reading-anew.ts'
import type { RecognitionLanguages } from './recognition-languages.ts'

export interface IngestOptions {
  reader: Pick<ReaderKeeper, 'read' | 'hold'>
  recognition: Pick<RecognitionLanguages, 'dataOf'>
  embedder: Pick<Embedder, 'state' | 'embedPassages'>
  split: (blocks: readonly TextBlock[], rest: () => Promise<void>) => Promise<Passage[]>
  splittingVersion: number
  /** Of `reader`; what another version read is read anew when nothing else is to be done. */
  readingVersion: number
  /** Whether an answer is being written. */
  answering: Watchable<boolean>
  attach: (room: DocumentRoom, contentNumber: number, name: string, bytes: Uint8Array, signal: AbortSignal) => Promise<void>
  /** May return the reference under which the failure is found. */
  onBug: (error: unknown) => unknown
}

/** Passages of one batch: about half a second of an embedder on a laptop, which is what a kill costs at most. */
const embeddedTogether = 16
/** After a failure that is no document's (a full disk, an engine that died) it is tried again after so many milliseconds, then twice as many. */
const firstRetryMs = 5000
const longestRetryMs = 300_000

/** What one of the two loops is at. */
interface Work {
  room: DocumentRoom
  contentNumber: number | null
  /** It is nothing that anybody waits for: what is new goes first. */
  givesWay: boolean
  stop: AbortController
  done: Promise<void>
}

export class Ingest {
  readonly pace = new IngestPace()
  readonly #options: IngestOptions
  readonly #reading: DocumentReading
  readonly #anew: ReadingAnew
  readonly #rooms = new Map<string, DocumentRoom>()
  readonly #toRead = new Watchable(0)
  readonly #toEmbed = new Watchable(0)
  readonly #works = new Set<Work>()
  readonly #closing = new AbortController()
  /** Why each loop waits. */
  readonly #troubles = new Map<Watchable<number>, Trouble>()
  #isAttaching = false
  #loops: Promise<unknown> = Promise.resolve()

  constructor(options: IngestOptions) {
    this.#options = options
    const { reader, recognition, split, splittingVersion, readingVersion, attach, onBug } = options
    const quiet = (signal: AbortSignal): Promise<void> => this.#quiet(signal)
    this.#reading = new DocumentReading({
      ...{ reader, recognition, split, splittingVersion, readingVersion, attach, onBug, quiet, pace: this.pace },
    })
    this.#anew = new ReadingAnew({
      ...{ reading: this.#reading, readingVersion, quiet, onBug },
      attach: (...given) => this.#attachAnew(...given),
      isEmbedded: (room) => this.#isEmbedded(room),
      isIdle: () => this.#active().every((room) => this.#isEmbedded(room)),
      waitsForVectors: (room) => this.waitsForVectors(room),
    })
  }

  start(): void {
    this.#loops = Promise.all([
      this.#loop(this.#toRead, () => this.#readAll()),
      this.#loop(this.#toEmbed, () => this.#embedAll()),
      this.#follow(this.#options.answering, (answering) => this.#options.reader.hold(answering)),
      this.#follow(this.#options.embedder.state, () => this.#toEmbed.set(this.#toEmbed.value + 1)),
    ])
  }

  admit(room: DocumentRoom): void {
    this.#rooms.set(room.workspaceId, room)
    this.wake()
  }

  /** There may be something to do. */
  wake(): void {
    this.#giveWay()
    this.#toRead.set(this.#toRead.value + 1)
    this.#toEmbed.set(this.#toEmbed.value + 1)
  }

  /** Why nothing goes on, where that is no document's fault; null while it goes on. */
  get trouble(): Trouble | null {
    return this.#troubles.get(this.#toRead) ?? this.#troubles.get(this.#toEmbed) ?? null
  }

  /** Ends what is going on with these contents, which are gone. */
  drop(room: DocumentRoom, contentNumbers: readonly number[]): void {
    for (const work of this.#works) {
      if (work.room === room && work.contentNumber !== null && contentNumbers.includes(work.contentNumber)) work.stop.abort()
    }
  }

  /** Stops work in this workspace; resolves when nothing of it goes on. What is done stays done. */
  async rest(room: DocumentRoom): Promise<void> {
    const works = [...this.#works].filter((work) => work.room === room)
    for (const { stop } of works) stop.abort()
    await Promise.all(works.map(({ done }) => done))
  }

  async leave(room: DocumentRoom): Promise<void> {
    this.#rooms.delete(room.workspaceId)
    await this.rest(room)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const { stop } of this.#works) stop.abort()
    await this.#loops
  }

  /** Whether a document counts as embedded only with a vector for each passage: not while the index of another embedder still serves. */
  waitsForVectors({ documents }: DocumentRoom): boolean {
    const target = this.#options.embedder.state.value?.id
    if (target === undefined) return false
    const { servedEmbedderId } = documents.state()
    return servedEmbedderId === null || servedEmbedderId === target
  }

  /** Whether all is read, split and embedded as it is to be, and served so: nothing of this workspace is on its way. */
  isSettled(room: DocumentRoom): boolean {
    const { documents, contents } = room
    const { embedder } = this.#options
    if (contents.nextToRead(this.#options) || this.#anew.hasMore(room)) return false
    const target = embedder.state.value?.id
    if (target === undefined) return true
    const { countedEmbedderId, servedEmbedderId } = documents.state()
    return countedEmbedderId === target && servedEmbedderId === target && documents.left().passages === 0
  }

  // ---- reading

  async #readAll(): Promise<void> {
    for (;;) {
      // Who is next is asked after waiting: meanwhile it may have been paused, or be gone.
      await this.#quiet(this.#closing.signal)
      if (this.#closing.signal.aborted) break
      const next = this.#nextToRead()
      if (next) {
        const { room, content } = next
        await this.#work(room, content.number, (signal) => this.#reading.read(room, content, signal))
      } else if (!(await this.#readAnew())) break
      this.#toEmbed.set(this.#toEmbed.value + 1)
      await turn()
    }
    for (const room of this.#rooms.values()) await this.#work(room, null, (signal) => this.#sweep(room, signal))
  }

  /** Does a step of reading something anew; false when nothing is to be done. */
  async #readAnew(): Promise<boolean> {
    for (const room of this.#active()) {
      const step = this.#anew.next(room)
      if (!step) continue
      await this.#work(room, step.contentNumber, step.act, true)
      // What it replaced is not needed by what is read anew next.
      await this.#work(room, null, (signal) => this.#sweep(room, signal), true)
      return true
    }
    return false
  }

  /** What is read anew stops for what is new. What it had read is read once more, later. */
  #giveWay(): void {
    const works = [...this.#works].filter(({ givesWay }) => givesWay)
    if (works.length > 0 && !this.#isAttaching && this.#nextToRead()) for (const { stop } of works) stop.abort()
  }

  /** Files inside what is read anew are read after it: it would begin again for each. */
  async #attachAnew(...given: Parameters<IngestOptions['attach']>): Promise<void> {
    this.#isAttaching = true
    try {
      await this.#options.attach(...given)
    } finally {
      this.#isAttaching = false
    }
  }

  #isEmbedded({ index }: DocumentRoom): boolean {
    const target = this.#options.embedder.state.value?.id
    return target === undefined || index.pending(target, 1).length === 0
  }

  /** Removes what nothing needs any more. What is still to be read may need the words of what went. */
  async #sweep({ contents, index }: DocumentRoom, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && contents.sweep()) await turn()
    while (!signal.aborted && !contents.nextToRead(this.#options) && index.sweep()) await turn()
  }

  #nextToRead() {
    for (const room of this.#active()) {
      const content = room.contents.nextToRead(this.#options)
      if (content) return { room, content }
    }
    return null
  }

  // ---- embedding

  async #embedAll(): Promise<void> {
    for (const room of this.#active()) {
      // While another was at work it may have been paused.
      if (this.#active().includes(room)) await this.#work(room, null, (signal) => this.#embed(room, signal))
    }
  }

  async #embed(room: DocumentRoom, signal: AbortSignal): Promise<void> {
    const { embedder } = this.#options
    const target = embedder.state.value?.id
    if (target === undefined) return
    await this.#turnTo(room, target, signal)
    while (!signal.aborted && embedder.state.value?.id === target) {
      const batch = room.index.pending(target, embeddedTogether)
      if (batch.length === 0) {
        if (this.#anew.hasMore(room)) this.#toRead.set(this.#toRead.value + 1)
        if (room.documents.state().servedEmbedderId !== target) {
          await room.index.serve(target)
          room.documents.setServed(target)
        }
        tell(room)
        return
      }
      const began = performance.now()
      const wasAnswering = this.#options.answering.value
      const vectors = await embedder.embedPassages(
        batch.map(({ searchText }) => searchText),
        signal,
      )
      if (!wasAnswering && !this.#options.answering.value) this.pace.worked('passages', batch.length, performance.now() - began)
      this.#keepVectors(room, target, batch, vectors)
      tell(room)
    }
  }

  #keepVectors(
    { contents, index }: DocumentRoom,
    embedderId: string,
    batch: readonly { textHash: Uint8Array }[],
    vectors: readonly Float32Array[],
  ): void {
    contents.together(() => {
      const made = batch.flatMap(({ textHash }, at) => {
        const vector = vectors[at]
        // It may have gone while it was embedded.
        return vector && contents.hasText(textHash) ? [{ textHash, vector }] : []
      })
      index.addVectors(embedderId, made)
      for (const { textHash } of made) {
        for (const { contentNumber, passages } of contents.contentsOfText(textHash)) contents.addEmbedded(contentNumber, passages)
      }
    })
  }

  /** Counts anew what this embedder has embedded. The index of another serves until everything is. */
  async #turnTo(room: DocumentRoom, target: string, signal: AbortSignal): Promise<void> {
    const { documents, contents, index } = room
    const { countedEmbedderId, servedEmbedderId } = documents.state()
    if (countedEmbedderId !== target) {
      for (const number of contents.indexedContents()) {
        contents.setEmbedded(number, index.embeddedAmong(target, contents.passageNumbers(number)))
        await turn()
        if (signal.aborted) return
      }
      documents.setCounted(target)
    }
    if (servedEmbedderId === null) {
      await index.serve(target)
      documents.setServed(target)
    }
    tell(room)
  }

  // ---- both

  #active(): DocumentRoom[] {
    return [...this.#rooms.values()].filter(({ documents, left }) => !left.signal.aborted && !documents.state().paused)
  }

  /** Does something in a room that can be stopped there. */
  async #work(
    room: DocumentRoom,
    contentNumber: number | null,
    act: (signal: AbortSignal) => Promise<void>,
    givesWay = false,
  ): Promise<void> {
    if (room.left.signal.aborted || this.#closing.signal.aborted) return
    const stop = new AbortController()
    const acting = act(AbortSignal.any([stop.signal, room.left.signal, this.#closing.signal]))
    const work = { room, contentNumber, givesWay, stop, done: acting.catch(() => undefined) }
    this.#works.add(work)
    try {
      await acting
    } catch (error) {
      if (!stop.signal.aborted && !room.left.signal.aborted && !this.#closing.signal.aborted) throw error
    } finally {
      this.#works.delete(work)
    }
  }

  /** Acts whenever it is woken. What fails for a reason that is no document's is tried again later. */
  async #loop(wakes: Watchable<number>, act: () => Promise<void>): Promise<void> {
    let retryMs = firstRetryMs
    for await (const _wake of wakes.watch(this.#closing.signal)) {
      try {
        await act()
        retryMs = firstRetryMs
        this.#setTrouble(wakes, null)
      } catch (error) {
        this.#setTrouble(wakes, error instanceof AppError ? error.toTrouble() : this.#bug(error))
        await delay(retryMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
        retryMs = Math.min(retryMs * 2, longestRetryMs)
        wakes.set(wakes.value + 1)
      }
    }
  }

  #bug(error: unknown): Trouble {
    const reference = this.#options.onBug(error)
    return { code: 'internal', ...(typeof reference === 'string' ? { data: { reference } } : {}) }
  }

  #setTrouble(loop: Watchable<number>, trouble: Trouble | null): void {
    if (trouble) this.#troubles.set(loop, trouble)
    else if (!this.#troubles.delete(loop)) return
    for (const room of this.#rooms.values()) tell(room)
  }

  /** Resolves when no answer is being written, or when it is stopped. */
  async #quiet(signal: AbortSignal): Promise<void> {
    if (!this.#options.answering.value) return
    for await (const answering of this.#options.answering.watch(signal)) if (!answering) return
  }

  async #follow<T>(source: Watchable<T>, act: (value: T) => void): Promise<void> {
    try {
      for await (const value of source.watch(this.#closing.signal)) act(value)
    } catch {
      // It ended: the vault is being locked.
    }
  }
}
