/** The documents of all open workspaces as the page and the chat know them. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Document, DocumentsQuery, DocumentsSummary, DocumentText } from '../../../../contract/document.ts'
import { AppError } from '../../../../contract/errors.ts'
import { blockGap, type PartPlace } from '../../../../contract/text-place.ts'
import type { ListUpdate } from '../../../../contract/list-update.ts'
import { listUpdates } from '../../base/list-updates.ts'
import { inBackground } from '../../base/background.ts'
import { watchAny } from '../../base/watch-any.ts'
import { Watchable } from '../../base/watchable.ts'
import { ContentStore } from '../ingest/content-store.ts'
import { DocumentIntake } from './document-intake.ts'
import type { DocumentsOptions } from './documents-options.ts'
import { troubleOf } from '../ingest/content-intake.ts'
import { tell, type DocumentRoom } from '../ingest/document-room.ts'
import { bytesSource, fileSource, sealedSource } from '../ingest/document-source.ts'
import { DocumentStore, type EmbeddingView } from '../ingest/document-store.ts'
import { walkFolder } from './folder-walk.ts'
import { locateIn } from './located-quotation.ts'
import { Ingest } from '../ingest/ingest.ts'
import { NewerReadings } from '../ingest/newer-readings.ts'
import type { Stretch } from '../text/quoted-place.ts'
import { WatchedFolders } from './watched-folders.ts'
import type { Tenant } from '../workspaces.ts'

/** What is watched is told so often at most, in milliseconds. */
const tellMs = 250
/** The list of workspaces is told so often at most, in milliseconds. */
const refreshMs = 500

export class Documents implements Tenant {
  readonly #options: DocumentsOptions
  readonly #rooms = new Map<string, DocumentRoom>()
  readonly #ingest: Ingest
  readonly #intake: DocumentIntake
  readonly #folders: WatchedFolders
  readonly #closing = new AbortController()
  /** What is being added, with the workspace it goes to. */
  readonly #adding = new Map<Promise<unknown>, string>()
  #refreshTimer: ReturnType<typeof setTimeout> | null = null
  #following: Promise<void> = Promise.resolve()

  constructor(options: DocumentsOptions) {
    this.#options = options
    const { now, onBug, reader, recognition, embedder, split, splittingVersion, readingVersion, answering, folders } = options
    this.#intake = new DocumentIntake({
      now,
      onRemoved: (room, contents) => {
        this.#ingest.drop(room, contents)
        try {
          options.onRemoved(room.workspaceId)
        } catch (error) {
          // They are gone all the same, and the list has still to say so: a full disk, say.
          onBug(error, 'documents.removed')
        }
      },
      onAdded: () => {
        this.#ingest.wake()
        this.#refreshSoon()
      },
    })
    this.#ingest = new Ingest({
      ...{ reader, recognition, embedder, split, splittingVersion, readingVersion, answering },
      attach: (room, content, name, bytes, signal) => this.#intake.attach(room, content, name, bytes, signal),
      onBug: (error) => onBug(error, 'documents.ingest'),
    })
    this.#folders = new WatchedFolders({
      ...{ intake: this.#intake, now, mayWatch: options.mayWatchFolders ?? (() => true), ...folders },
      onBug: (error) => onBug(error, 'documents.folder'),
    })
  }

  /** Opens what is there, and what will be, and goes on where the last session ended. */
  open(): void {
    this.#ingest.start()
    this.#openRooms()
    this.#following = this.#followWorkspaces()
  }

  /** Ends all work; what was acknowledged is kept, and what was under way goes on after the next unlock. */
  async close(): Promise<void> {
    this.#closing.abort()
    if (this.#refreshTimer) clearTimeout(this.#refreshTimer)
    await Promise.allSettled(this.#adding.keys())
    await Promise.all([...this.#rooms.keys()].map((id) => this.leave(id)))
    await this.#ingest.close()
    await this.#following
  }

  /** Whether files are being added. Reading and embedding are not counted: they go on after the next unlock. */
  get adding(): boolean {
    return this.#adding.size > 0
  }

  isBusy(workspaceId: string): boolean {
    return [...this.#adding.values()].includes(workspaceId)
  }

  async leave(workspaceId: string): Promise<void> {
    const room = this.#rooms.get(workspaceId)
    if (!room) return
    room.left.abort()
    this.#rooms.delete(workspaceId)
    const adding = [...this.#adding].filter(([, place]) => place === workspaceId).map(([work]) => work)
    await Promise.allSettled(adding)
    await Promise.all([this.#folders.leave(room), this.#ingest.leave(room)])
    room.changes.end(this.#closing.signal.aborted ? new AppError('locked', 'The vault is locked') : undefined)
  }

  /** Changes whenever something of this workspace's documents did. @throws AppError not_found, workspace_archived */
  changes(workspaceId: string): Watchable<number> {
    return this.#room(workspaceId).changes
  }

  // ---- for the page

  list(query: DocumentsQuery, signal: AbortSignal): AsyncGenerator<ListUpdate<Document>> {
    const room = this.#room(query.workspaceId)
    return listUpdates(this.#paced(room, signal), () => room.documents.list(query, this.#view(room)))
  }

  async *summary(workspaceId: string, signal: AbortSignal): AsyncGenerator<DocumentsSummary> {
    const room = this.#room(workspaceId)
    for await (const _change of this.#paced(room, signal)) yield this.#summarise(room)
  }

  /** @throws AppError not_found, file_unreadable, document_too_big, disk_full, cancelled */
  async add({
    workspaceId,
    conversationId,
    references,
  }: {
    workspaceId: string
    conversationId: string | null
    references: readonly string[]
  }): Promise<{ documentIds: string[] }> {
    const room = this.#room(workspaceId)
    this.#refuseUnknown(room, conversationId)
    const files = references.map((reference) => ({ reference, ...this.#options.references.find(reference) }))
    return this.#whileAdding(workspaceId, async () => {
      const documentIds: string[] = []
      for (const { reference, name, path, sealed } of files) {
        const place = { name, folderId: null, folder: '', conversationId, parentId: null }
        const walk = path === undefined ? null : await walkFolder(path, this.#closing.signal)
        if (walk) {
          for (const file of walk.files) {
            documentIds.push(await this.#addWalked(room, file.path, { ...place, name: file.name, folder: file.folder }))
          }
        } else {
          const source = path === undefined ? sealedSource(sealed, this.#options.now()) : fileSource(path)
          documentIds.push(await this.#intake.add(room, source, place, this.#closing.signal))
          // A folder may be asked for again.
          this.#options.references.release(reference)
        }
      }
      return { documentIds }
    })
  }

  /** @throws AppError not_found, disk_full */
  async paste({
    workspaceId,
    conversationId,
    name,
    text,
  }: {
    workspaceId: string
    conversationId: string | null
    name: string
    text: string
  }): Promise<{ documentId: string }> {
    const room = this.#room(workspaceId)
    this.#refuseUnknown(room, conversationId)
    const place = { name, folderId: null, folder: '', conversationId, parentId: null }
    const source = bytesSource(Buffer.from(text), this.#options.now())
    return this.#whileAdding(workspaceId, async () => ({
      documentId: await this.#intake.add(room, source, place, this.#closing.signal),
    }))
  }

  /** A file that still lies in a watched folder is left out from now on. @throws AppError not_found */
  async remove(workspaceId: string, documentIds: readonly string[]): Promise<void> {
    const room = this.#room(workspaceId)
    const here = documentIds.flatMap((id) => room.documents.find(id) ?? [])
    const watched = here.filter(({ folderId, parentId }) => folderId !== null && parentId === null)
    room.documents.together(() => {
      for (const document of watched) room.documents.leaveOut(document)
      for (const { parentId, name } of here) if (parentId !== null) room.documents.leaveOutAttachment(parentId, name)
    })
    await this.#intake.remove(
      room,
      here.map(({ id }) => id),
    )
  }

  /** Kept over restarts. Resolves when nothing goes on any more. */
  async pause(workspaceId: string, paused: boolean): Promise<void> {
    const room = this.#room(workspaceId)
    room.documents.setPaused(paused)
    if (paused) await this.#ingest.rest(room)
    else this.#ingest.wake()
    tell(room)
  }

  /** @throws AppError document_gone, file_unreadable, invalid_input for one that did not fail */
  readAgain({
    workspaceId,
    documentId,
    password,
  }: {
    workspaceId: string
    documentId: string
    password?: string | undefined
  }): void {
    const room = this.#room(workspaceId)
    const { contentNumber, folderId } = room.documents.get(documentId)
    const content = contentNumber === null ? null : room.contents.get(contentNumber)
    if (!content) {
      if (folderId === null) throw new AppError('file_unreadable', 'The bytes of this file were never here')
      return this.#folders.look(folderId)
    }
    if (content.stage !== 'failed' && content.stage !== 'no_text') throw new AppError('invalid_input', 'It did not fail')
    room.contents.readAgain(content.number, password ?? null)
    this.#ingest.drop(room, [content.number])
    tell(room)
    this.#ingest.wake()
  }

  /** @throws AppError document_gone, recognition_language_missing, invalid_input for one without pictures of text */
  recognise({
    workspaceId,
    documentId,
    languages = this.#options.recognition.chosen,
  }: {
    workspaceId: string
    documentId: string
    languages?: readonly string[] | undefined
  }): void {
    const room = this.#room(workspaceId)
    const { contentNumber } = room.documents.get(documentId)
    const content = contentNumber === null ? null : room.contents.get(contentNumber)
    const isRead = content?.stage === 'indexed' || content?.stage === 'no_text'
    if (!content || !isRead || content.picturePages.length === 0) {
      throw new AppError('invalid_input', 'There is nothing to recognise')
    }
    this.#options.recognition.refuseMissing(languages)
    room.contents.recognise(content.number, languages, content.picturePages.length)
    this.#ingest.drop(room, [content.number])
    tell(room)
    this.#ingest.wake()
  }

  /** @throws AppError not_found, folder_unreadable */
  async watchFolder(workspaceId: string, reference: string): Promise<{ folderId: string }> {
    const room = this.#room(workspaceId)
    return { folderId: await this.#folders.add(room, this.#options.references.resolve(reference)) }
  }

  /** @throws AppError not_found */
  forgetFolder(workspaceId: string, folderId: string, keep: boolean): Promise<void> {
    return this.#folders.forget(this.#room(workspaceId), folderId, keep)
  }

  /** @throws AppError document_gone */
  text(part: { workspaceId: string; documentId: string; from: number; limit: number }): DocumentText {
    const room = this.#room(part.workspaceId)
    const { contentNumber } = room.documents.get(part.documentId)
    if (contentNumber === null) return { blocks: [], total: 0, reading: 0 }
    const blocks = room.contents.blocksFrom(contentNumber, part.from, part.limit)
    return { blocks, total: room.contents.blockCount(contentNumber), reading: contentNumber }
  }

  /** Where a quotation stands in the text now; null where it does not. @throws AppError document_gone */
  locate(quotation: { workspaceId: string; documentId: string; text: string; near: number }): Promise<Stretch | null> {
    return locateIn(this.#room(quotation.workspaceId), quotation)
  }

  /** @throws AppError document_gone, file_unreadable */
  bytes(part: { workspaceId: string; documentId: string; offset: number; length: number }): {
    base64: string
    sizeBytes: number
  } {
    const room = this.#room(part.workspaceId)
    const { contentNumber, sizeBytes } = room.documents.get(part.documentId)
    if (contentNumber === null) throw new AppError('file_unreadable', 'The bytes of this file were never here')
    return { base64: room.contents.bytes(contentNumber, part.offset, part.length).toString('base64'), sizeBytes }
  }

  // ---- for the test of a workspace

  /** As the table has it; null when it is gone. */
  find(workspaceId: string, documentId: string): Document | null {
    const room = this.#room(workspaceId)
    return room.documents.row(documentId, this.#view(room))
  }

  /** By what a search finds now: whose vectors serve, null for words alone; whether all passages are of the present splitting; and whether that stays so. */
  standing(workspaceId: string): { embedderId: string | null; isSplit: boolean; isSettled: boolean } {
    const { embedder, splittingVersion } = this.#options
    const room = this.#room(workspaceId)
    return {
      embedderId: embedder.state.value ? room.documents.state().servedEmbedderId : null,
      isSplit: !room.contents.hasOldPassages(splittingVersion),
      isSettled: this.#ingest.isSettled(room),
    }
  }

  // ---- for the chat

  /** Documents that can be asked in this conversation: the workspace's own (unless `documents` is false) and its attachments. */
  all(input: { workspaceId: string; conversationId: string | null; documents: boolean }): Document[] {
    const room = this.#room(input.workspaceId)
    return room.documents.all(input.conversationId, input.documents, this.#view(room))
  }

  /** The whole text; null when it is longer than `limit` UTF-16 units or not read. @throws AppError document_gone */
  wholeText(workspaceId: string, documentId: string, limit: number): string | null {
    const room = this.#room(workspaceId)
    const { contentNumber } = room.documents.get(documentId)
    if (contentNumber === null || (room.contents.get(contentNumber)?.passages ?? 0) === 0) return null
    const [last] = room.contents.blocksFrom(contentNumber, room.contents.blockCount(contentNumber) - 1, 1)
    if (!last || last.start + last.block.text.length > limit) return null
    return room.contents
      .blocks(contentNumber)
      .map(({ text }) => text)
      .join(blockGap)
  }

  /** Where the parts of its text from `start` to `end` stand, from `start` on; nothing of one that is gone meanwhile. */
  places(workspaceId: string, documentId: string, start: number, end: number): PartPlace[] {
    const { documents, contents } = this.#room(workspaceId)
    return contents.placesBetween(documents.find(documentId)?.contentNumber ?? null, start, end)
  }

  /** The conversation goes, and its attachments before it. */
  forgetConversation(workspaceId: string, conversationId: string): void {
    const room = this.#room(workspaceId)
    const orphans = room.documents.together(() => {
      const orphans = room.documents.ofConversation(conversationId).flatMap(({ id }) => room.documents.remove(id))
      for (const orphan of orphans) room.contents.leave(orphan)
      return orphans
    })
    this.#ingest.drop(room, orphans)
    this.#ingest.wake()
    tell(room)
  }

  // ---- rooms

  #room(workspaceId: string): DocumentRoom {
    if (this.#closing.signal.aborted) throw new AppError('locked', 'The vault is locked')
    const database = this.#options.workspaces.database(workspaceId)
    const known = this.#rooms.get(workspaceId)
    if (known) return known
    const index = this.#options.indexOf(workspaceId)
    const contents = new ContentStore({ database, index })
    const room: DocumentRoom = {
      ...{ workspaceId, index, contents },
      documents: new DocumentStore(database),
      newer: new NewerReadings({ database, contents }),
      changes: new Watchable(0),
      left: new AbortController(),
    }
    this.#rooms.set(workspaceId, room)
    room.contents.leaveOrphans()
    inBackground(this.#load(room), (error) => this.#options.onBug(error, 'documents.load'))
    return room
  }

  /** One that cannot be opened keeps none of the others closed. */
  #openRooms(): void {
    for (const { id } of this.#options.workspaces.all) {
      try {
        this.#room(id)
      } catch (error) {
        this.#options.onBug(error, 'documents.open')
      }
    }
  }

  async #load(room: DocumentRoom): Promise<void> {
    try {
      await room.index.load()
    } catch (error) {
      if (!room.left.signal.aborted) throw error
    }
    if (room.left.signal.aborted) return
    this.#ingest.admit(room)
    this.#folders.admit(room)
    tell(room)
  }

  async #followWorkspaces(): Promise<void> {
    try {
      for await (const _list of this.#options.workspaces.state.watch(this.#closing.signal)) {
        this.#openRooms()
      }
    } catch (error) {
      if (!(error instanceof AppError)) this.#options.onBug(error, 'documents.workspaces')
    }
  }

  // ---- parts of the above

  /** A file of a folder that cannot be read is a row with its reason; the others come all the same. */
  async #addWalked(room: DocumentRoom, path: string, place: Parameters<DocumentIntake['addBroken']>[1]): Promise<string> {
    const source = fileSource(path)
    try {
      return await this.#intake.add(room, source, place, this.#closing.signal)
    } catch (error) {
      const trouble = troubleOf(error)
      if (!trouble) throw error
      const look = await source.look()
      return this.#intake.addBroken(room, place, trouble, {
        sizeBytes: look?.sizeBytes ?? 0,
        changedAt: look?.changedAt ?? this.#options.now(),
      })
    }
  }

  async #whileAdding<T>(workspaceId: string, work: () => Promise<T>): Promise<T> {
    const adding = work()
    this.#adding.set(adding, workspaceId)
    try {
      return await adding
    } finally {
      this.#adding.delete(adding)
      // What did not arrive whole is to be removed.
      this.#ingest.wake()
    }
  }

  /** The list of workspaces says how many documents each has. */
  #refreshSoon(): void {
    if (this.#closing.signal.aborted) return
    this.#refreshTimer ??= setTimeout(() => {
      this.#refreshTimer = null
      try {
        this.#options.workspaces.refresh()
      } catch (error) {
        this.#options.onBug(error, 'documents.refresh')
      }
    }, refreshMs).unref()
  }

  #refuseUnknown(room: DocumentRoom, conversationId: string | null): void {
    if (conversationId !== null && !room.documents.hasConversation(conversationId)) {
      throw new AppError('not_found', 'No such conversation')
    }
  }

  #view(room: DocumentRoom): EmbeddingView {
    return { waitsForVectors: this.#ingest.waitsForVectors(room) }
  }

  #summarise(room: DocumentRoom): DocumentsSummary {
    const counts = room.documents.summary(this.#view(room))
    const { paused } = room.documents.state()
    const midnight = new Date(this.#options.now()).setHours(0, 0, 0, 0)
    const embeds = this.#options.embedder.state.value !== null
    return {
      ...counts,
      paused,
      givesWay: this.#options.answering.value && counts.working > 0,
      trouble: paused || counts.working === 0 ? null : this.#ingest.trouble,
      leftMs: paused ? null : this.#ingest.pace.leftMs(room.documents.left(), embeds),
      folders: room.documents.folders().map(({ id, name }) => {
        const { documents, since } = room.documents.folderCounts(id, midnight)
        return { id, name, documents, newToday: since, missing: this.#folders.isMissing(id) }
      }),
    }
  }

  /** The present at once, then whenever something changed, four times a second at most. */
  async *#paced(room: DocumentRoom, signal: AbortSignal): AsyncGenerator<void> {
    for await (const _change of watchAny([room.changes, this.#options.answering], signal)) {
      yield
      await delay(tellMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
