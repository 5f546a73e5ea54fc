/** The rows of the students that are here: what their files said of them when they came in, and when they were used. */
import { basename, isAbsolute } from 'node:path'
import { AdapterFacts, Model, type ModelPurpose } from '../../../../contract/entities.ts'
import { identityText, type FileIdentity } from '../../../../contract/file-identity.ts'
import { foreignName, shownFileName } from '../../base/foreign-name.ts'
import { unlessFull } from '../../vault/files/disk-full.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { GgufHeader } from '../gguf/gguf-header.ts'
import { titleOf } from './gguf-split.ts'
import { isShipped } from './shipped-embedders.ts'
import { starterModels } from './starter-models.ts'

/** One row. An adapter has a base, and stands in no other way apart from a model. */
export interface ModelRecord {
  id: string
  name: string
  file_name: string
  size_bytes: number
  /** Of the file when it was hashed last; null in a row of before. */
  file_identity: string | null
  architecture: string
  parameters: number
  quantisation: string
  trained_context_tokens: number
  licence: string | null
  template: Model['template']
  starter: number
  added_at: number
  verified_at: number
  last_used_at: number | null
  base_id: string | null
  adapter: string | null
  draft_id: string | null
  catalogue_id: string | null
  purpose: ModelPurpose
  /** What it can be told of thinking, as JSON; null until it was loaded. */
  thinking: string | null
}

/** What loading a model tells of its template. */
export type TemplateFacts = Pick<Model, 'template' | 'thinking'>

/** What is kept of a file's header, be it a model's or an adapter's. */
export interface Described {
  purpose: ModelPurpose
  name: string | null
  licence: string | null
  architecture: string
  parameters: number
  quantisation: string
  trainedContextTokens: number
  template: Model['template']
  adapter: AdapterFacts | null
}

/** What is known of a file from elsewhere, where its own header does not say. */
export interface KnownModel {
  fileName: string
  name: string
  licence: string | null
}

export function describeModel(header: GgufHeader): Described {
  return { ...header, template: header.chatTemplate === null ? 'plain' : 'own', adapter: null }
}

/** What an adapter's row keeps of it; null for a model. */
export function adapterOf(record: ModelRecord): AdapterFacts | null {
  return record.adapter === null ? null : AdapterFacts.parse(JSON.parse(record.adapter))
}

export class ModelRecords {
  readonly #database: EncryptedDatabase
  readonly #now: () => number

  constructor({ database, now }: { database: EncryptedDatabase; now: () => number }) {
    this.#database = database
    this.#now = now
  }

  all(): ModelRecord[] {
    return this.#database
      .prepare<ModelRecord>('SELECT * FROM models ORDER BY starter, name')
      .all()
      .map((record) => ({ ...record, name: foreignName(record.name, titleOf(record.file_name)) }))
  }

  find(modelId: string): ModelRecord | undefined {
    return this.all().find(({ id }) => id === modelId)
  }

  /** The model that a student stands on: itself, unless it is an adapter. */
  baseOf(studentId: string): ModelRecord | undefined {
    const record = this.find(studentId)
    return record?.base_id ? this.find(record.base_id) : record
  }

  /** A file that was checked just now; one that is known already gets its new place. */
  enter(id: string, fileName: string, seen: FileIdentity, header: Described, known: KnownModel): void {
    const starter = starterModels.find((model) => model.sha256 === id)
    this.#database
      .prepare(
        `INSERT INTO models (id, name, file_name, size_bytes, changed_at, architecture, parameters, quantisation, trained_context_tokens,
             licence, template, starter, added_at, verified_at, base_id, adapter, purpose, file_identity)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET file_name = excluded.file_name, size_bytes = excluded.size_bytes,
             changed_at = excluded.changed_at, file_identity = excluded.file_identity, verified_at = excluded.verified_at, base_id = excluded.base_id,
             adapter = excluded.adapter`,
      )
      .run(
        id,
        starter?.name ?? foreignName(header.name, known.name),
        fileName,
        seen.sizeBytes,
        modifiedMs(seen),
        header.architecture,
        header.parameters,
        header.quantisation,
        header.trainedContextTokens,
        starter?.licence ?? known.licence ?? header.licence,
        header.template,
        starter ? 1 : 0,
        this.#now(),
        this.#now(),
        header.adapter?.baseId ?? null,
        header.adapter && JSON.stringify(header.adapter),
        header.purpose,
        identityText(seen),
      )
  }

  remove(id: string): void {
    this.#database.prepare('DELETE FROM models WHERE id = ?').run(id)
  }

  /** The file was hashed again and has the same bytes. */
  verified(id: string, seen: FileIdentity): void {
    this.#database
      .prepare('UPDATE models SET changed_at = ?, file_identity = ?, verified_at = ? WHERE id = ?')
      .run(modifiedMs(seen), identityText(seen), this.#now(), id)
  }

  /** Keeps when it was used; on a full disk it is not known, and no answer fails for that. */
  used(id: string, at = this.#now()): void {
    unlessFull(() => void this.#database.prepare('UPDATE models SET last_used_at = ? WHERE id = ?').run(at, id))
  }

  /** Which student of the catalogue it was fetched as. */
  fetchedAs(id: string, catalogueId: string): void {
    this.#database.prepare('UPDATE models SET catalogue_id = ? WHERE id = ?').run(catalogueId, id)
  }

  draftFor(id: string, draftId: string | null): void {
    this.#database.prepare('UPDATE models SET draft_id = ? WHERE id = ?').run(draftId, id)
  }

  /** Whether a model's own template renders, and what it can be told of thinking. */
  rendered(id: string, { template, thinking }: TemplateFacts): void {
    this.#database
      .prepare('UPDATE models SET template = ?, thinking = ? WHERE id = ?')
      .run(template, JSON.stringify(thinking), id)
  }
}

/** For the column of before, which rows must have. */
function modifiedMs({ modifiedNs }: FileIdentity): number {
  return Number(modifiedNs) / 1e6
}

/** A row as the page sees it. @param all in which the model is that an adapter stands on */
export function modelOf(record: ModelRecord, state: Model['state'], all: readonly ModelRecord[]): Model {
  return {
    id: record.id,
    name: record.name,
    fileName: shownFileName(basename(record.file_name)),
    inPlace: isAbsolute(record.file_name),
    sizeBytes: record.size_bytes,
    purpose: record.purpose,
    shipped: isShipped(record.id),
    architecture: record.architecture,
    parameters: record.parameters,
    quantisation: record.quantisation,
    trainedContextTokens: record.trained_context_tokens,
    licence: record.licence,
    template: record.template,
    thinking: thinkingOf(record.base_id === null ? record : all.find(({ id }) => id === record.base_id)),
    adapter: adapterOf(record),
    draftId: record.draft_id,
    catalogueId: record.catalogue_id,
    state,
    addedAt: record.added_at,
    verifiedAt: record.verified_at,
    lastUsedAt: record.last_used_at,
    starter: record.starter === 1,
  }
}

function thinkingOf(base: ModelRecord | undefined): Model['thinking'] {
  return base?.thinking == null ? [] : Model.shape.thinking.parse(JSON.parse(base.thinking))
}
