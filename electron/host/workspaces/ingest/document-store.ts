/** The rows of a workspace's documents and watched folders, in its encrypted file. What was read of a file is ContentStore's. */
import { randomUUID } from 'node:crypto'
import type { Document, DocumentsQuery, DocumentStage } from '../../../../contract/document.ts'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { ContentStage } from './content.ts'

/** A document as it is kept. */
export interface DocumentRecord {
  number: number
  id: string
  name: string
  folder: string
  folderId: string | null
  conversationId: string | null
  parentId: string | null
  contentNumber: number | null
  sizeBytes: number
  changedAt: number
  /** What its system said of the file when its bytes were taken in; null when it is not known. */
  stamp: string | null
}

/** What a new document is; its content may be missing when the file could not be read. */
export type NewDocument = Omit<DocumentRecord, 'number' | 'id'> & { trouble: Trouble | null; addedAt: number }

/** A folder that is watched. */
export interface FolderRecord {
  id: string
  path: string
  name: string
  /** Which folder it was in which its documents lay; null when it is not known. */
  identity: string | null
}

/** How a workspace's embedder stands, which says whether a document whose words are there is wholly there. */
export interface EmbeddingView {
  /** An embedder is at work, and the vectors it has made so far are all that serve. */
  waitsForVectors: boolean
}

interface Row {
  number: number
  id: string
  name: string
  folder_id: string | null
  folder: string
  conversation_id: string | null
  parent_id: string | null
  content_number: number | null
  size_bytes: number
  trouble: string | null
  added_at: number
  changed_at: number
  stamp: string | null
}

interface RowWithContent extends Row {
  stage: ContentStage | null
  done: number | null
  total: number | null
  format: Document['format']
  pages: number | null
  page_kind: Document['pageKind']
  language: string | null
  picture_pages: string | null
  confidence: number | null
  passages: number | null
  content_trouble: string | null
  recognised: number
}

const withContent = `
  SELECT d.*, c.stage, c.done, c.total, c.format, c.pages, c.page_kind, c.language, c.picture_pages, c.confidence, c.passages,
    c.trouble AS content_trouble,
    (SELECT count(*) FROM recognised_pages r WHERE r.content_number = c.number) AS recognised
  FROM documents d LEFT JOIN contents c ON c.number = d.content_number`

/** Conditions on a row of documents and contents, by what the table of documents can be narrowed to. */
const filters = {
  all: '1',
  ready: 'coalesce(c.passages, 0) > 0',
  need_you: `(c.number IS NULL OR c.stage IN ('failed', 'no_text'))`,
} as const

const orders = {
  newest: 'd.added_at DESC, d.number DESC',
  name: 'd.name, d.number',
  size: 'd.size_bytes DESC, d.number',
} as const

/** Accents, and the joiners that Persian and emoji are written with or without. */
const marks = /[\p{M}\u200c\u200d]/gu
/** Written without accents and capitals, so that `resume` finds `Résumé`. */
const plain = (text: string): string => text.normalize('NFD').replace(marks, '').toLowerCase()

export class DocumentStore {
  readonly #database: EncryptedDatabase

  constructor(database: EncryptedDatabase) {
    this.#database = database
  }

  /** Runs several of these as one. */
  together<T>(work: () => T): T {
    return this.#database.transaction(work)
  }

  // ---- documents

  add(document: NewDocument): string {
    const id = randomUUID()
    const { name, folderId, folder, conversationId, parentId, contentNumber, sizeBytes, trouble, addedAt, changedAt, stamp } =
      document
    this.#database
      .prepare(
        `INSERT INTO documents (id, name, folder_id, folder, conversation_id, parent_id, content_number, size_bytes, trouble, added_at, changed_at, stamp)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[id, name, folderId, folder, conversationId, parentId, contentNumber, sizeBytes],
        ...[trouble ? JSON.stringify(trouble) : null, addedAt, changedAt, stamp],
      )
    return id
  }

  /** @throws AppError document_gone */
  get(documentId: string): DocumentRecord {
    const row = this.#database.prepare<Row>('SELECT * FROM documents WHERE id = ?').get(documentId)
    if (!row) throw new AppError('document_gone', 'No such document')
    return recordOf(row)
  }

  find(documentId: string): DocumentRecord | null {
    const row = this.#database.prepare<Row>('SELECT * FROM documents WHERE id = ?').get(documentId)
    return row ? recordOf(row) : null
  }

  /** The document of the same name, place and content, if it is here. */
  same(document: NewDocument): string | null {
    const found = this.#database
      .prepare<{ id: string }>(
        `SELECT id FROM documents WHERE content_number IS ? AND name = ? AND folder = ? AND folder_id IS ? AND conversation_id IS ? AND parent_id IS ?`,
      )
      .get(
        ...[document.contentNumber, document.name, document.folder],
        ...[document.folderId, document.conversationId, document.parentId],
      )
    return found?.id ?? null
  }

  ofContent(contentNumber: number): DocumentRecord[] {
    return this.#database.prepare<Row>('SELECT * FROM documents WHERE content_number = ?').all(contentNumber).map(recordOf)
  }

  childrenOf(documentId: string): DocumentRecord[] {
    return this.#database
      .prepare<Row>('SELECT * FROM documents WHERE parent_id = ? ORDER BY number')
      .all(documentId)
      .map(recordOf)
  }

  ofConversation(conversationId: string): DocumentRecord[] {
    return this.#database
      .prepare<Row>('SELECT * FROM documents WHERE conversation_id = ? AND parent_id IS NULL')
      .all(conversationId)
      .map(recordOf)
  }

  hasConversation(conversationId: string): boolean {
    return this.#database.prepare('SELECT 1 FROM conversations WHERE id = ?').get(conversationId) !== undefined
  }

  /** Removes it and what came with it. Returns the contents that no document has any more. */
  remove(documentId: string): number[] {
    const orphans = this.childrenOf(documentId).flatMap(({ id }) => this.remove(id))
    const content = this.find(documentId)?.contentNumber
    this.#database.prepare('DELETE FROM documents WHERE id = ?').run(documentId)
    if (content !== null && content !== undefined && this.ofContent(content).length === 0) orphans.push(content)
    return orphans
  }

  /** The file under this name has another content now, or cannot be read. Returns its former content when no document has it any more. */
  replace(
    documentId: string,
    next: Pick<NewDocument, 'contentNumber' | 'sizeBytes' | 'changedAt' | 'stamp' | 'trouble'>,
  ): number[] {
    const { contentNumber } = this.get(documentId)
    if (contentNumber !== next.contentNumber)
      this.#database.prepare('DELETE FROM left_out_attachments WHERE parent_id = ?').run(documentId)
    const orphans =
      contentNumber === next.contentNumber ? [] : this.childrenOf(documentId).flatMap((child) => this.remove(child.id))
    this.#database
      .prepare('UPDATE documents SET content_number = ?, size_bytes = ?, changed_at = ?, stamp = ?, trouble = ? WHERE id = ?')
      .run(
        ...[next.contentNumber, next.sizeBytes, next.changedAt, next.stamp],
        next.trouble ? JSON.stringify(next.trouble) : null,
        documentId,
      )
    if (contentNumber !== null && this.ofContent(contentNumber).length === 0) orphans.push(contentNumber)
    return orphans
  }

  /** The file lies elsewhere in its folder now, and what came with it follows. */
  move(documentId: string, to: Pick<DocumentRecord, 'folder' | 'name' | 'changedAt' | 'stamp'>): void {
    this.#database
      .prepare('UPDATE documents SET folder = ?, name = ?, changed_at = ?, stamp = ? WHERE id = ?')
      .run(to.folder, to.name, to.changedAt, to.stamp, documentId)
    this.#database.prepare('UPDATE documents SET folder = ? WHERE parent_id = ?').run(to.folder, documentId)
  }

  // ---- for the page

  /** Rows of the table, and how many there are in all. */
  list(query: Omit<DocumentsQuery, 'workspaceId'>, view: EmbeddingView): { rows: Document[]; total: number } {
    const words = plain(query.name).split(/\s+/).filter(Boolean)
    const where = `d.conversation_id IS ? AND ${filters[query.filter]}`
    if (words.length > 0 || query.sort === 'name') return this.#listByName(query, words, where, view)
    const rows = this.#database
      .prepare<RowWithContent>(`${withContent} WHERE ${where} ORDER BY ${orders[query.sort]} LIMIT ?`)
      .all(query.conversationId, query.limit)
    const total = this.#database
      .prepare<{ total: number }>(
        `SELECT count(*) AS total FROM documents d LEFT JOIN contents c ON c.number = d.content_number WHERE ${where}`,
      )
      .get(query.conversationId)
    return { rows: rows.map((row) => documentOf(row, view)), total: total?.total ?? 0 }
  }

  /** As the table has it; null when it is gone. */
  row(documentId: string, view: EmbeddingView): Document | null {
    const row = this.#database.prepare<RowWithContent>(`${withContent} WHERE d.id = ?`).get(documentId)
    return row ? documentOf(row, view) : null
  }

  /** All that a conversation may ask: the workspace's own and its attachments. */
  all(conversationId: string | null, own: boolean, view: EmbeddingView): Document[] {
    return this.#database
      .prepare<RowWithContent>(
        `${withContent} WHERE (d.conversation_id IS NULL AND ?) OR d.conversation_id = ? ORDER BY d.number`,
      )
      .all(own ? 1 : 0, conversationId)
      .map((row) => documentOf(row, view))
  }

  /** Of the workspace's own; attachments are counted where they are attached. */
  summary(view: EmbeddingView): {
    documents: number
    ready: number
    needYou: number
    working: number
    passages: number
    sizeBytes: number
  } {
    const counted = this.#database
      .prepare<{ documents: number; ready: number; needYou: number; working: number; passages: number; sizeBytes: number }>(
        `SELECT count(*) AS documents, total(${filters.ready}) AS ready, total(${filters.need_you}) AS needYou,
           total(c.stage IN ('waiting', 'reading', 'splitting', 'recognising') OR (c.stage = 'indexed' AND c.done < c.passages AND ?)) AS working,
           total(c.passages) AS passages, total(d.size_bytes) AS sizeBytes
         FROM documents d LEFT JOIN contents c ON c.number = d.content_number WHERE d.conversation_id IS NULL`,
      )
      .get(view.waitsForVectors ? 1 : 0)
    return counted ?? { documents: 0, ready: 0, needYou: 0, working: 0, passages: 0, sizeBytes: 0 }
  }

  /** What is still to be done, for the time that is left. */
  left(): { bytes: number; pages: number; passages: number; readBytes: number; readPassages: number } {
    const left = this.#database
      .prepare<{ bytes: number; pages: number; passages: number; readBytes: number; readPassages: number }>(
        `SELECT total(CASE WHEN stage IN ('waiting', 'reading') THEN size_bytes END) AS bytes,
           total(CASE WHEN stage = 'recognising' THEN total - done END) AS pages,
           total(CASE WHEN stage = 'indexed' THEN passages - done END) AS passages,
           total(CASE WHEN stage = 'indexed' THEN size_bytes END) AS readBytes,
           total(CASE WHEN stage = 'indexed' THEN passages END) AS readPassages
         FROM contents WHERE replaces IS NULL`,
      )
      .get()
    return left ?? { bytes: 0, pages: 0, passages: 0, readBytes: 0, readPassages: 0 }
  }

  // ---- watched folders

  folders(): FolderRecord[] {
    return this.#database.prepare<FolderRecord>('SELECT id, path, name, identity FROM watched_folders ORDER BY number').all()
  }

  addFolder(path: string, name: string, addedAt: number): string {
    const known = this.folders().find((folder) => folder.path === path)
    if (known) return known.id
    const id = randomUUID()
    this.#database
      .prepare('INSERT INTO watched_folders (id, path, name, added_at) VALUES (?, ?, ?, ?)')
      .run(id, path, name, addedAt)
    return id
  }

  setIdentity(folderId: string, identity: string): void {
    this.#database.prepare('UPDATE watched_folders SET identity = ? WHERE id = ?').run(identity, folderId)
  }

  /** How many documents lie in it, and how many of them came since then. */
  folderCounts(folderId: string, since: number): { documents: number; since: number } {
    const counted = this.#database
      .prepare<{ documents: number; since: number }>(
        `SELECT count(*) AS documents, total(added_at >= ?) AS since FROM documents WHERE folder_id = ? AND parent_id IS NULL`,
      )
      .get(since, folderId)
    return counted ?? { documents: 0, since: 0 }
  }

  /** The files of a watched folder; what came inside a message is none. */
  inFolder(folderId: string): (DocumentRecord & { isBroken: boolean })[] {
    return this.#database
      .prepare<Row>('SELECT * FROM documents WHERE folder_id = ? AND parent_id IS NULL')
      .all(folderId)
      .map((row) => ({ ...recordOf(row), isBroken: row.trouble !== null }))
  }

  leaveOut({ folderId, folder, name }: DocumentRecord): void {
    this.#database.prepare('INSERT OR IGNORE INTO left_out_files VALUES (?, ?, ?)').run(folderId, folder, name)
  }

  /** A person removed this file from the document that it came inside. */
  leaveOutAttachment(parentId: string, name: string): void {
    this.#database.prepare('INSERT OR IGNORE INTO left_out_attachments VALUES (?, ?)').run(parentId, name)
  }

  isLeftOutAttachment(parentId: string, name: string): boolean {
    return (
      this.#database.prepare('SELECT 1 FROM left_out_attachments WHERE parent_id = ? AND name = ?').get(parentId, name) !==
      undefined
    )
  }

  leftOut(folderId: string): { folder: string; name: string }[] {
    return this.#database
      .prepare<{ folder: string; name: string }>('SELECT folder, name FROM left_out_files WHERE folder_id = ?')
      .all(folderId)
  }

  forgetLeftOut(folderId: string, { folder, name }: { folder: string; name: string }): void {
    this.#database
      .prepare('DELETE FROM left_out_files WHERE folder_id = ? AND folder = ? AND name = ?')
      .run(folderId, folder, name)
  }

  /** Watches it no more; its documents stand by themselves. */
  forgetFolder(folderId: string): void {
    this.together(() => {
      this.#database.prepare(`UPDATE documents SET folder_id = NULL, folder = '' WHERE folder_id = ?`).run(folderId)
      this.#database.prepare('DELETE FROM left_out_files WHERE folder_id = ?').run(folderId)
      this.#database.prepare('DELETE FROM watched_folders WHERE id = ?').run(folderId)
    })
  }

  // ---- how ingest stands

  state(): { paused: boolean; countedEmbedderId: string | null; servedEmbedderId: string | null } {
    const row = this.#database
      .prepare<{ paused: number; counted: string | null; served: string | null }>(
        'SELECT paused, counted_embedder_id AS counted, served_embedder_id AS served FROM ingest_state',
      )
      .get()
    return { paused: row?.paused === 1, countedEmbedderId: row?.counted ?? null, servedEmbedderId: row?.served ?? null }
  }

  setPaused(paused: boolean): void {
    this.#database.prepare('UPDATE ingest_state SET paused = ?').run(paused ? 1 : 0)
  }

  setCounted(embedderId: string | null): void {
    this.#database.prepare('UPDATE ingest_state SET counted_embedder_id = ?').run(embedderId)
  }

  setServed(embedderId: string | null): void {
    this.#database.prepare('UPDATE ingest_state SET served_embedder_id = ?').run(embedderId)
  }

  /** By name people expect `Été` after `Est`, and that SQLite cannot. */
  #listByName(
    query: Omit<DocumentsQuery, 'workspaceId'>,
    words: readonly string[],
    where: string,
    view: EmbeddingView,
  ): { rows: Document[]; total: number } {
    const found = this.#database
      .prepare<{ number: number; name: string }>(
        `SELECT d.number, d.name FROM documents d LEFT JOIN contents c ON c.number = d.content_number WHERE ${where} ORDER BY ${orders[query.sort]}`,
      )
      .all(query.conversationId)
      .filter(({ name }) => words.length === 0 || words.every((word) => plain(name).includes(word)))
    if (query.sort === 'name') {
      const { compare } = new Intl.Collator(undefined, { numeric: true })
      found.sort((a, b) => compare(a.name, b.name) || a.number - b.number)
    }
    const read = this.#database.prepare<RowWithContent>(`${withContent} WHERE d.number = ?`)
    const rows = found.slice(0, query.limit).flatMap(({ number }) => read.get(number) ?? [])
    return { rows: rows.map((row) => documentOf(row, view)), total: found.length }
  }
}

function recordOf(row: Row): DocumentRecord {
  return {
    number: row.number,
    id: row.id,
    name: row.name,
    folder: row.folder,
    folderId: row.folder_id,
    conversationId: row.conversation_id,
    parentId: row.parent_id,
    contentNumber: row.content_number,
    sizeBytes: row.size_bytes,
    changedAt: row.changed_at,
    stamp: row.stamp,
  }
}

function documentOf(row: RowWithContent, view: EmbeddingView): Document {
  const stage = stageOf(row, view)
  const passages = row.passages ?? 0
  const embedded = row.stage === 'indexed' ? Math.min(row.done ?? 0, passages) : 0
  const trouble = row.trouble ?? row.content_trouble
  const pictures = JSON.parse(row.picture_pages ?? '[]') as number[]
  const counts = stage === 'embedding' || stage === 'ready' ? { done: embedded, total: passages } : {}
  return {
    id: row.id,
    name: row.name,
    folderId: row.folder_id,
    folder: row.folder,
    conversationId: row.conversation_id,
    parentId: row.parent_id,
    format: row.format,
    sizeBytes: row.size_bytes,
    stage,
    done: row.done ?? 0,
    total: row.total,
    ...counts,
    pages: row.pages,
    pageKind: row.page_kind,
    passages,
    embedded,
    picturePages: Math.max(0, pictures.length - row.recognised),
    confidence: row.confidence,
    language: row.language,
    trouble: trouble === null ? null : (JSON.parse(trouble) as Trouble),
    addedAt: row.added_at,
    changedAt: row.changed_at,
    reading: row.content_number ?? 0,
  }
}

function stageOf({ stage, done, passages }: RowWithContent, { waitsForVectors }: EmbeddingView): DocumentStage {
  switch (stage) {
    case 'indexed':
      return waitsForVectors && (done ?? 0) < (passages ?? 0) ? 'embedding' : 'ready'
    case 'splitting':
      // Split anew while the older passages serve; or for the first time.
      return (passages ?? 0) > 0 ? 'ready' : 'reading'
    case 'waiting':
    case 'reading':
    case 'recognising':
    case 'no_text':
      return stage
    case 'incoming':
    case 'leaving':
    case 'emptying':
    case 'bytes':
    case 'failed':
    case null:
      return 'failed'
  }
}
