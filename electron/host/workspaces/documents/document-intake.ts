/** Makes documents of files and takes them away again: the rows, their contents, and what comes inside messages. */
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { shownName } from '../../base/received-file.ts'
import { takeContent, type TakenContent } from '../ingest/content-intake.ts'
import { tell, turn, type DocumentRoom } from '../ingest/document-room.ts'
import { bytesSource, type DocumentSource, type FileLook } from '../ingest/document-source.ts'
import type { DocumentRecord, NewDocument } from '../ingest/document-store.ts'

/** Where a document belongs. */
export type DocumentPlace = Pick<NewDocument, 'name' | 'folderId' | 'folder' | 'conversationId' | 'parentId'>

/** A message in a message in a message is opened; deeper ones are not. */
const mostDeep = 3
/** More files of one message are not taken. */
const mostAttachments = 200
/** What a file is called that came without a name. */
const fallbackName = 'attachment'
/** So many documents are removed in one transaction. */
const removedTogether = 20

export class DocumentIntake {
  readonly #now: () => number
  readonly #onRemoved: (room: DocumentRoom, contentNumbers: readonly number[]) => void
  readonly #onAdded: () => void

  /**
   * @param onRemoved is told of contents that are gone, whose reading must end
   * @param onAdded is told when there may be something new to read
   */
  constructor({
    now,
    onRemoved,
    onAdded,
  }: {
    now: () => number
    onRemoved: (room: DocumentRoom, contentNumbers: readonly number[]) => void
    onAdded: () => void
  }) {
    this.#now = now
    this.#onRemoved = onRemoved
    this.#onAdded = onAdded
  }

  /**
   * Adds a file. One of the same name, place and content is here already: then it is that one.
   * @throws AppError file_unreadable, document_too_big, disk_full, cancelled
   */
  async add(room: DocumentRoom, source: DocumentSource, place: DocumentPlace, signal: AbortSignal): Promise<string> {
    const id = await takeContent(room.contents, source, (taken) => this.#insert(room, place, taken), this.#both(room, signal))
    this.#changed(room)
    return id
  }

  /** Adds the row of a file that could not be taken in. */
  addBroken(room: DocumentRoom, place: DocumentPlace, trouble: Trouble, look: Pick<FileLook, 'sizeBytes' | 'changedAt'>): string {
    const document = { ...place, ...look, stamp: null, contentNumber: null, trouble, addedAt: this.#now() }
    const id = room.documents.together(() => room.documents.same(document) ?? room.documents.add(document))
    tell(room)
    return id
  }

  /**
   * A file of a watched folder is not what it was: its bytes are taken in again. Its hash decides whether anything changed.
   * @throws AppError as {@link add} does
   */
  async change(room: DocumentRoom, documentId: string, source: DocumentSource, signal: AbortSignal): Promise<void> {
    const orphans = await takeContent(
      room.contents,
      source,
      (taken) => {
        if (!room.documents.find(documentId)) return []
        const orphans = room.documents.replace(documentId, { ...taken, trouble: null })
        this.#adoptAttachments(room, documentId)
        for (const orphan of orphans) room.contents.leave(orphan)
        return orphans
      },
      this.#both(room, signal),
    )
    this.#onRemoved(room, orphans)
    this.#changed(room)
  }

  /**
   * A file of a watched folder that is not known there: a new one, or one that was renamed, whose content is that of a file which is gone.
   * @param gone files that are not where they were; the one that is found again leaves the set.
   */
  async found(
    room: DocumentRoom,
    source: DocumentSource,
    place: DocumentPlace,
    gone: Set<DocumentRecord>,
    signal: AbortSignal,
  ): Promise<void> {
    await takeContent(
      room.contents,
      source,
      (taken) => {
        const renamed = [...gone].find(({ contentNumber }) => contentNumber === taken.contentNumber)
        if (!renamed) return this.#insert(room, place, taken)
        gone.delete(renamed)
        room.documents.move(renamed.id, { ...place, ...taken })
        return renamed.id
      },
      this.#both(room, signal),
    )
    this.#changed(room)
  }

  /** Adds a file that came inside a message to every document that is this message. */
  async attach(room: DocumentRoom, contentNumber: number, name: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const shown = shownName(name, fallbackName)
    const parents = room.documents
      .ofContent(contentNumber)
      .filter((parent) => this.#mayHaveMore(room, parent) && !room.documents.isLeftOutAttachment(parent.id, shown))
    if (parents.length === 0) return
    await takeContent(
      room.contents,
      bytesSource(bytes, this.#now()),
      (taken) => {
        const here = parents.filter(({ id }) => room.documents.find(id) !== null)
        for (const parent of here) this.#insert(room, { ...placeIn(parent), name: shown }, taken)
        // Every message was removed meanwhile: then nobody has this file.
        if (here.length === 0 && room.documents.ofContent(taken.contentNumber).length === 0)
          room.contents.leave(taken.contentNumber)
      },
      this.#both(room, signal),
    )
    this.#changed(room)
  }

  /** Removes documents and what came with them; a content goes with its last document. */
  async remove(room: DocumentRoom, documentIds: readonly string[]): Promise<void> {
    for (let from = 0; from < documentIds.length; from += removedTogether) {
      const ids = documentIds.slice(from, from + removedTogether)
      const orphans = room.documents.together(() => {
        const orphans = ids.flatMap((id) => room.documents.remove(id))
        for (const orphan of orphans) room.contents.leave(orphan)
        return orphans
      })
      this.#onRemoved(room, orphans)
      this.#changed(room)
      await turn()
    }
  }

  #insert(room: DocumentRoom, place: DocumentPlace, taken: TakenContent): string {
    const document = { ...place, ...taken, trouble: null, addedAt: this.#now() }
    const known = room.documents.same(document)
    if (known !== null) return known
    if (place.conversationId !== null && !room.documents.hasConversation(place.conversationId))
      throw new AppError('not_found', 'The conversation is gone')
    const id = room.documents.add(document)
    this.#adoptAttachments(room, id)
    return id
  }

  /** A message that was read before has its attachments at once. */
  #adoptAttachments(room: DocumentRoom, documentId: string): void {
    const document = room.documents.get(documentId)
    if (document.contentNumber === null) return
    const twin = room.documents.ofContent(document.contentNumber).find(({ id }) => id !== documentId)
    for (const child of twin ? room.documents.childrenOf(twin.id) : []) {
      const copy = { ...placeIn(document), name: child.name, contentNumber: child.contentNumber }
      const facts = { sizeBytes: child.sizeBytes, changedAt: child.changedAt, stamp: null, trouble: null, addedAt: this.#now() }
      if (room.documents.same({ ...copy, ...facts }) !== null) continue
      this.#adoptAttachments(room, room.documents.add({ ...copy, ...facts }))
    }
  }

  #mayHaveMore(room: DocumentRoom, document: DocumentRecord): boolean {
    let depth = 1
    for (let each = document; each.parentId !== null; depth++) {
      const parent = room.documents.find(each.parentId)
      if (!parent) return false
      each = parent
    }
    return depth <= mostDeep && room.documents.childrenOf(document.id).length < mostAttachments
  }

  #both(room: DocumentRoom, signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, room.left.signal])
  }

  #changed(room: DocumentRoom): void {
    tell(room)
    this.#onAdded()
  }
}

/** What came with a message is where the message is. */
function placeIn(parent: DocumentRecord): Omit<DocumentPlace, 'name'> {
  return { folderId: parent.folderId, folder: parent.folder, conversationId: parent.conversationId, parentId: parent.id }
}
