/** Which documents a search looks into: the workspace's own that pass the filter, and the attachments of one conversation. */
import type { SearchFilter } from '../../../../contract/sources.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { NamedContent } from './document-names.ts'
import { rowsAtOnce } from './loaded-texts.ts'

export class SearchedDocuments {
  readonly #database: EncryptedDatabase
  readonly #condition: string
  readonly #parameters: (string | number)[]
  /** Whether all of the workspace's own are. */
  readonly #isWhole: boolean
  readonly #conversationId: string

  /** @param conversationId whose attachments are searched; null for none */
  constructor(
    database: EncryptedDatabase,
    { filter, conversationId, documents }: { filter: SearchFilter; conversationId: string | null; documents: boolean },
  ) {
    this.#database = database
    this.#conversationId = conversationId ?? ''
    const narrowed = narrowing(filter)
    this.#isWhole = documents && narrowed.length === 0
    const own = documents ? ['d.conversation_id IS NULL', ...narrowed.map(({ condition }) => condition)].join(' AND ') : '0'
    this.#condition = `(d.conversation_id = ? OR (${own}))`
    this.#parameters = [this.#conversationId, ...(documents ? narrowed.flatMap(({ parameters }) => parameters) : [])]
  }

  /** Numbers of their contents; null when nothing that is indexed lies outside. */
  contents(): ReadonlySet<number> | null {
    if (this.#isWhole && !this.#hasOtherAttachments() && !this.#hasTextOfNobody()) return null
    const row = this.#database
      .prepare<{ numbers: string }>(
        `SELECT json_group_array(DISTINCT d.content_number) AS numbers FROM documents d
         WHERE d.content_number IS NOT NULL AND ${this.#condition}`,
      )
      .get(...this.#parameters)
    return new Set(JSON.parse(row?.numbers ?? '[]') as number[])
  }

  /** What they are called, some at a time. */
  *names(): Generator<NamedContent[]> {
    for (let last = 0; ;) {
      const rows = this.#database
        .prepare<NamedContent & { number: number }>(
          `SELECT d.number, d.content_number AS content, d.name FROM documents d
           WHERE d.number > ? AND d.content_number IS NOT NULL AND ${this.#condition} ORDER BY d.number LIMIT ?`,
        )
        .all(last, ...this.#parameters, rowsAtOnce)
      if (rows.length === 0) return
      last = rows.at(-1)?.number ?? Infinity
      yield rows
    }
  }

  /** The first of them with this content; undefined when none has it any more. */
  documentOf(contentNumber: number): { id: string; name: string } | undefined {
    return this.#database
      .prepare<{ id: string; name: string }>(
        `SELECT d.id, d.name FROM documents d WHERE d.content_number = ? AND ${this.#condition} ORDER BY d.number LIMIT 1`,
      )
      .get(contentNumber, ...this.#parameters)
  }

  /** Newer readings that serve not yet, and older ones that serve no more. */
  #hasTextOfNobody(): boolean {
    return (
      this.#database
        .prepare(`SELECT 1 FROM contents WHERE replaces IS NOT NULL OR stage IN ('emptying', 'leaving') LIMIT 1`)
        .get() !== undefined
    )
  }

  #hasOtherAttachments(): boolean {
    return (
      this.#database
        .prepare('SELECT 1 FROM documents WHERE conversation_id > ? OR conversation_id < ? LIMIT 1')
        .get(this.#conversationId, this.#conversationId) !== undefined
    )
  }
}

interface Narrowing {
  condition: string
  parameters: (string | number)[]
}

function narrowing({ documentIds, folderId, folder, changedFrom, changedTo }: SearchFilter): Narrowing[] {
  const narrowed: Narrowing[] = []
  if (documentIds !== undefined) {
    narrowed.push({
      condition: 'd.id IN (SELECT value FROM json_each(?))',
      parameters: [JSON.stringify(documentIds)],
    })
  }
  if (folderId !== undefined) narrowed.push({ condition: 'd.folder_id = ?', parameters: [folderId] })
  if (folder !== undefined && folder !== '') {
    // Itself and what lies in it.
    narrowed.push({
      condition: `(d.folder = ? OR substr(d.folder, 1, length(?) + 1) = ? || '/')`,
      parameters: [folder, folder, folder],
    })
  }
  if (changedFrom !== undefined) narrowed.push({ condition: 'd.changed_at >= ?', parameters: [changedFrom] })
  if (changedTo !== undefined) narrowed.push({ condition: 'd.changed_at <= ?', parameters: [changedTo] })
  return narrowed
}
