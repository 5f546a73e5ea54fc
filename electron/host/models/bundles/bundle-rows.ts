/** The rows of bundles on their way in, and of what is copied of each. They outlive a kill; what they mean is for the import to say. */
import { z } from 'zod'
import { BundleManifest } from '../../../../contract/bundle.ts'
import { Trouble } from '../../../../contract/entities.ts'
import { FileIdentity } from '../../../../contract/file-identity.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { Part } from '../downloads/partial-file.ts'

interface Row {
  id: string
  folder: string
  manifest: string
  state: ImportState
  trouble: string | null
}

/** `installing`: everything is verified, and the stick is not needed any more. */
export type ImportState = 'running' | 'installing' | 'failed'

/** A bundle on its way in. */
export interface ImportRow {
  id: string
  folder: string
  manifest: BundleManifest
  state: ImportState
  trouble: Trouble | null
}

/** How far an item is. */
export interface ItemRow {
  /** What is copied of it. */
  parts: Part[]
  /** Which file the copy was when it was found to be right; null before. */
  identity: FileIdentity | null
  /** What it says, when it is words and was found to be right: people wrote some of them, so they are on no disk in clear. */
  words: string | null
}

export class BundleRows {
  readonly #database: EncryptedDatabase

  constructor(database: EncryptedDatabase) {
    this.#database = database
  }

  /** Oldest first. One that would not come in any more, of an earlier version of the program, is dropped. */
  all(): ImportRow[] {
    return this.#database
      .prepare<Row>('SELECT * FROM bundle_imports ORDER BY added_at')
      .all()
      .flatMap(({ id, folder, manifest, state, trouble }) => {
        const known = BundleManifest.safeParse(JSON.parse(manifest))
        if (!known.success) this.drop(id)
        const why = trouble === null ? null : Trouble.parse(JSON.parse(trouble))
        return known.success ? [{ ...{ id, folder, state }, manifest: known.data, trouble: why }] : []
      })
  }

  /** The import of a manifest, by its SHA-256; null when there is none. */
  idOf(manifestSha256: string): string | null {
    const sql = 'SELECT id FROM bundle_imports WHERE manifest_sha256 = ?'
    return this.#database.prepare<{ id: string }>(sql).get(manifestSha256)?.id ?? null
  }

  /** Enters one that begins, or that goes on from another folder. */
  enter({ id, folder, manifest }: ImportRow, manifestSha256: string, addedAt: number): void {
    this.#database
      .prepare(
        `INSERT INTO bundle_imports (id, folder, manifest, manifest_sha256, state, trouble, added_at)
         VALUES (?, ?, ?, ?, 'running', NULL, ?)
         ON CONFLICT (id) DO UPDATE SET folder = excluded.folder, state = 'running', trouble = NULL`,
      )
      .run(id, folder, JSON.stringify(manifest), manifestSha256, addedAt)
  }

  keep(id: string, state: ImportState, trouble: Trouble | null): void {
    this.#database
      .prepare('UPDATE bundle_imports SET state = ?, trouble = ? WHERE id = ?')
      .run(state, trouble && JSON.stringify(trouble), id)
  }

  /** With those of its items. */
  drop(id: string): void {
    this.#database.prepare('DELETE FROM bundle_imports WHERE id = ?').run(id)
  }

  item(id: string, sha256: string): ItemRow | null {
    const row = this.#database
      .prepare<{ parts: string; file_identity: string | null; words: string | null }>(
        'SELECT parts, file_identity, words FROM bundle_items WHERE import_id = ? AND sha256 = ?',
      )
      .get(id, sha256)
    if (!row) return null
    const identity = row.file_identity === null ? null : FileIdentity.parse(JSON.parse(row.file_identity))
    return { parts: z.array(Part).catch([]).parse(JSON.parse(row.parts)), identity, words: row.words }
  }

  keepItem(id: string, sha256: string, { parts = [], identity = null, words = null }: Partial<ItemRow>): void {
    this.#database
      .prepare(
        `INSERT INTO bundle_items (import_id, sha256, parts, file_identity, words) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (import_id, sha256) DO UPDATE
           SET parts = excluded.parts, file_identity = excluded.file_identity, words = excluded.words`,
      )
      .run(id, sha256, JSON.stringify(parts), identity && JSON.stringify(identity), words)
  }
}
