/** The models that are here: verified files and what is known of them. A model runs only when its file is the one that was checked. */
import { randomUUID } from 'node:crypto'
import { rm, stat } from 'node:fs/promises'
import { basename, isAbsolute } from 'node:path'
import type { Model, ModelImport, ModelOffer, ModelsState, Neighbour } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import { Mutex } from '../base/mutex.ts'
import { Watchable } from '../base/watchable.ts'
import type { References } from '../desktop.ts'
import type { EncryptedDatabase } from '../vault/encrypted-database.ts'
import { findNeighbours, type NeighbourPlace } from './neighbours.ts'
import { readGgufHeader, type GgufHeader } from './gguf-header.ts'
import { estimateMemory } from './memory-estimate.ts'
import { hashFile, type IncomingFile, type ModelFiles } from './model-files.ts'
import { starterModels } from './starter-models.ts'

/** A model must run with at least this much context to be worth installing. */
const leastContextTokens = 2048
/** Progress of an import is told at most this often. */
const progressMs = 250

interface ModelRecord {
  id: string
  name: string
  file_name: string
  size_bytes: number
  changed_at: number
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
}

/** The checked files of a student, with the header of its model. */
export interface StudentFiles {
  baseId: string
  path: string
  header: GgufHeader
  adapter: { path: string; bytes: number } | null
}

/** What is known of a file from elsewhere, where its own header does not say. */
export interface KnownModel {
  fileName: string
  name: string
  licence: string | null
}

export interface ModelsOptions {
  database: EncryptedDatabase
  files: ModelFiles
  references: References
  /** Files that the launcher fetched; they are offered, not installed. */
  starterFiles: readonly string[]
  totalMemoryBytes: () => number
  neighbourPlaces: readonly NeighbourPlace[]
  now: () => number
}

export class Models {
  readonly state = new Watchable<ModelsState>({ models: [], offers: [], imports: [] })
  readonly #options: ModelsOptions
  readonly #fileStates = new Map<string, Model['state']>()
  readonly #imports = new Map<string, { view: ModelImport; abort: AbortController }>()
  readonly #closing = new AbortController()
  readonly #onImport = new Mutex()
  /** An import and a download of the same file may end at the same time. */
  readonly #onRegister = new Mutex()
  #offers: (ModelOffer & { sha256: string })[] = []
  /** References to other programs' files, by path. */
  readonly #neighbours = new Map<string, string>()
  #pinnedUse: ReadonlyMap<string, number> = new Map()

  constructor(options: ModelsOptions) {
    this.#options = options
  }

  /** Reads what is here and looks at the files; a file whose size or time changed is hashed again in the background. */
  async open(): Promise<void> {
    await this.#options.files.prepare()
    for (const path of this.#options.starterFiles) {
      const found = await stat(path).catch(() => null)
      const starter = starterModels.find((model) => model.bytes === found?.size)
      if (!found || !starter) continue
      const { name, licence, sha256 } = starter
      this.#offers.push({
        reference: this.#options.references.issue(path),
        name,
        sizeBytes: found.size,
        licence,
        starter: true,
        sha256,
      })
    }
    for (const record of this.#records()) {
      const state = await this.#look(record)
      this.#fileStates.set(record.id, state)
      if (state === 'checking') void this.#check(record).catch(() => undefined)
    }
    this.#publish()
  }

  close(): void {
    this.#closing.abort()
    for (const { abort } of this.#imports.values()) abort.abort()
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  /** Whether a model is here with its file as it was checked, by size and time. */
  async isWhole(modelId: string): Promise<boolean> {
    const record = this.#record(modelId)
    return record !== undefined && (await this.#look(record)) === 'ready'
  }

  /** @throws AppError model_missing */
  get(modelId: string): Model {
    const model = this.state.value.models.find((candidate) => candidate.id === modelId)
    if (!model) throw new AppError('model_missing', 'No such model')
    return model
  }

  /**
   * The checked files of a student, ready to be run, with the header of its model.
   * @throws AppError model_missing, model_changed
   */
  async toRun(studentId: string): Promise<StudentFiles> {
    const record = this.#record(studentId)
    if (!record) throw new AppError('model_missing', 'No such model')
    let state = await this.#look(record)
    if (state === 'checking') state = await this.#check(record)
    this.#fileStates.set(record.id, state)
    this.#publish()
    if (state === 'missing') throw new AppError('model_missing', 'The file is gone', { name: record.name })
    if (state !== 'ready') throw new AppError('model_changed', 'The file is not the one that was checked', { name: record.name })
    const path = this.#options.files.pathOf(record.file_name)
    return { baseId: record.id, path, header: await readGgufHeader(path), adapter: null }
  }

  /** The header of a model's file; null when it cannot be read now. */
  async headerOf(modelId: string): Promise<GgufHeader | null> {
    const record = this.#record(modelId)
    return record ? readGgufHeader(this.#options.files.pathOf(record.file_name)).catch(() => null) : null
  }

  /** Keeps that a student was used. */
  used(studentId: string): void {
    const at = this.#pinnedUse.get(studentId) ?? this.#options.now()
    this.#options.database.prepare('UPDATE models SET last_used_at = ? WHERE id = ?').run(at, studentId)
    this.#publish()
  }

  /** Keeps whether a model's own template renders. */
  rendered(modelId: string, template: Model['template']): void {
    this.#options.database.prepare('UPDATE models SET template = ? WHERE id = ?').run(template, modelId)
  }

  /**
   * Keeps every use of these models, from now until this is said again, as one at these times, by id: when it was used would tell
   * whose answer is whose in a blind comparison.
   */
  pinUse(usedAt: ReadonlyMap<string, number>): void {
    this.#pinnedUse = usedAt
    for (const [modelId, at] of usedAt) {
      this.#options.database.prepare('UPDATE models SET last_used_at = ? WHERE id = ?').run(at, modelId)
    }
    this.#publish()
  }

  /**
   * Copies, hashes, checks and installs a file. One at a time; nothing is left behind when it is refused.
   * @param inPlace uses the file where it is; only a neighbour's stays there
   * @throws AppError model_*, file_unreadable, disk_full, cancelled, invalid_input
   */
  async import(reference: string, inPlace = false): Promise<{ modelId: string }> {
    const isNeighbour = [...this.#neighbours.values()].includes(reference)
    if (inPlace && !isNeighbour) throw new AppError('invalid_input', 'Only another program’s file can be used in place')
    const source = this.#options.references.resolve(reference)
    const offer = this.#offers.find((candidate) => candidate.reference === reference)
    const id = randomUUID()
    const abort = new AbortController()
    const found = await stat(source).catch(() => null)
    const name = offer?.name ?? this.#options.references.nameOf(reference)
    this.#imports.set(id, { view: { id, name, doneBytes: 0, totalBytes: found?.size ?? 0 }, abort })
    this.#publish()
    try {
      return await this.#onImport.run(() =>
        this.#install(id, { source, name, pinned: offer?.sha256 ?? null, inPlace }, abort.signal),
      )
    } finally {
      this.#imports.delete(id)
      // A file that was offered may be tried again; any other was handed over for this once, and an upload goes with it.
      if (!offer && !isNeighbour) this.#options.references.release(reference)
      this.#publish()
    }
  }

  /** Models of other programs that are not here yet, and that we could run. */
  async neighbours(): Promise<Neighbour[]> {
    const used = new Set(this.#records().map((record) => record.file_name))
    const found: Neighbour[] = []
    for (const { program, path, name, sizeBytes } of await findNeighbours(this.#options.neighbourPlaces)) {
      // A file that is no model for conversation, or a broken one, is no offer.
      const header = used.has(path) ? null : await readGgufHeader(path).catch(() => null)
      if (!header) continue
      const reference = this.#neighbours.get(path) ?? this.#options.references.issue(path, name)
      this.#neighbours.set(path, reference)
      const { architecture, quantisation } = header
      found.push({ reference, program, name: header.name ?? name.replace(/\.gguf$/i, ''), sizeBytes, architecture, quantisation })
    }
    return found
  }

  get importing(): boolean {
    return this.#imports.size > 0
  }

  cancelImport(importId: string): void {
    this.#imports.get(importId)?.abort.abort()
  }

  async remove(modelId: string): Promise<void> {
    const record = this.#record(modelId)
    if (!record) throw new AppError('model_missing', 'No such model')
    // The row first: a file without a row is clutter, a row without a file is a lie.
    this.#options.database.prepare('DELETE FROM models WHERE id = ?').run(modelId)
    this.#fileStates.delete(modelId)
    this.#publish()
    await this.#options.files.remove(record.file_name)
  }

  async #install(
    importId: string,
    { source, name, pinned, inPlace }: { source: string; name: string; pinned: string | null; inPlace: boolean },
    signal: AbortSignal,
  ): Promise<{ modelId: string }> {
    const { files, now, totalMemoryBytes } = this.#options
    const header = await readGgufHeader(source)
    const neededBytes = estimateMemory(header, leastContextTokens).totalBytes
    if (neededBytes > totalMemoryBytes()) {
      throw new AppError('model_too_big', 'The model does not fit in memory', { neededBytes, totalBytes: totalMemoryBytes() })
    }
    let toldAt = 0
    const onProgress = (doneBytes: number): void => {
      const entry = this.#imports.get(importId)
      if (!entry || now() - toldAt < progressMs) return
      toldAt = now()
      entry.view = { ...entry.view, doneBytes }
      this.#publish()
    }
    const known = { fileName: name, name: basename(name).replace(/\.gguf$/i, ''), licence: null }
    if (inPlace) return this.#registerInPlace(source, header, known, onProgress, signal)
    const incoming = await files.bringIn(source, onProgress, signal)
    try {
      if (pinned !== null && incoming.sha256 !== pinned)
        throw new AppError('model_wrong_hash', 'Not the file that was promised', { name })
      return await this.#onRegister.run(() => this.#register(incoming, header, known))
    } catch (error) {
      await rm(incoming.path, { force: true })
      throw error
    }
  }

  /**
   * Makes a model of a file in the models folder whose hash was found to be the right one; the file is gone if it cannot be used.
   * @throws AppError model_*, disk_full
   */
  async adopt(incoming: IncomingFile, known: KnownModel): Promise<void> {
    try {
      const header = await readGgufHeader(incoming.path)
      await this.#onRegister.run(() => this.#register(incoming, header, known))
      this.#publish()
    } catch (error) {
      await rm(incoming.path, { force: true })
      throw error
    }
  }

  async #register(incoming: IncomingFile, header: GgufHeader, known: KnownModel): Promise<{ modelId: string }> {
    const { files } = this.#options
    if (await this.#standing(incoming.sha256)) {
      await rm(incoming.path, { force: true })
      return { modelId: incoming.sha256 }
    }
    const starter = starterModels.find((model) => model.sha256 === incoming.sha256)
    // A name whose file is missing is still its model's.
    const taken = this.#records().flatMap((record) => (record.id === incoming.sha256 ? [] : [record.file_name]))
    const fileName = await files.install(incoming, starter?.fileName ?? known.fileName, taken)
    try {
      return this.#enter(incoming.sha256, fileName, await files.look(fileName), header, known)
    } catch (error) {
      await files.remove(fileName)
      throw error
    }
  }

  /** Whether a model is here and needs no other file; one that is missing or is not what was checked makes room for it. */
  async #standing(modelId: string): Promise<boolean> {
    const standing = await this.isWhole(modelId)
    const record = this.#record(modelId)
    if (standing) this.#fileStates.set(modelId, 'ready')
    else if (record) await this.#options.files.remove(record.file_name)
    return standing
  }

  /** Another program's file becomes a model where it is, unless that program writes to it meanwhile. */
  async #registerInPlace(
    source: string,
    header: GgufHeader,
    known: KnownModel,
    onProgress: (doneBytes: number) => void,
    signal: AbortSignal,
  ): Promise<{ modelId: string }> {
    const { files } = this.#options
    const before = await files.look(source)
    const id = await hashFile(source, onProgress, signal)
    const after = await files.look(source)
    if (before?.sizeBytes !== after?.sizeBytes || before?.changedAt !== after?.changedAt)
      throw new AppError('model_changed', 'The file changes while it is read', { name: known.name })
    return this.#onRegister.run(async () =>
      (await this.#standing(id)) ? { modelId: id } : this.#enter(id, source, after, header, known),
    )
  }

  #enter(
    id: string,
    fileName: string,
    seen: Awaited<ReturnType<ModelFiles['look']>>,
    header: GgufHeader,
    known: KnownModel,
  ): { modelId: string } {
    const { database, now } = this.#options
    const starter = starterModels.find((model) => model.sha256 === id)
    database
      .prepare(
        `INSERT INTO models (id, name, file_name, size_bytes, changed_at, architecture, parameters, quantisation, trained_context_tokens,
             licence, template, starter, added_at, verified_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET file_name = excluded.file_name, size_bytes = excluded.size_bytes,
             changed_at = excluded.changed_at, verified_at = excluded.verified_at`,
      )
      .run(
        id,
        starter?.name ?? header.name ?? known.name,
        fileName,
        seen?.sizeBytes ?? 0,
        seen?.changedAt ?? 0,
        header.architecture,
        header.parameters,
        header.quantisation,
        header.trainedContextTokens,
        starter?.licence ?? known.licence ?? header.licence,
        header.chatTemplate === null ? 'plain' : 'own',
        starter ? 1 : 0,
        now(),
        now(),
      )
    this.#fileStates.set(id, 'ready')
    return { modelId: id }
  }

  /** `checking` when the file is there but is not, by size and time, the one that was hashed. */
  async #look(record: ModelRecord): Promise<Model['state']> {
    const seen = await this.#options.files.look(record.file_name)
    if (!seen) return 'missing'
    return seen.sizeBytes === record.size_bytes && seen.changedAt === record.changed_at ? 'ready' : 'checking'
  }

  async #check(record: ModelRecord): Promise<Model['state']> {
    const { files, database, now } = this.#options
    const seen = await files.look(record.file_name)
    const sha256 = seen ? await hashFile(files.pathOf(record.file_name), () => undefined, this.#closing.signal) : null
    const state: Model['state'] = !seen ? 'missing' : sha256 === record.id ? 'ready' : 'changed'
    if (seen && state === 'ready') {
      database.prepare('UPDATE models SET changed_at = ?, verified_at = ? WHERE id = ?').run(seen.changedAt, now(), record.id)
    }
    this.#fileStates.set(record.id, state)
    this.#publish()
    return state
  }

  #record(modelId: string): ModelRecord | undefined {
    return this.#records().find(({ id }) => id === modelId)
  }

  #records(): ModelRecord[] {
    return this.#options.database.prepare<ModelRecord>('SELECT * FROM models ORDER BY starter, name').all()
  }

  #publish(): void {
    if (this.#closing.signal.aborted) return
    const models = this.#records().map((record): Model => ({
      id: record.id,
      name: record.name,
      fileName: basename(record.file_name),
      inPlace: isAbsolute(record.file_name),
      sizeBytes: record.size_bytes,
      architecture: record.architecture,
      parameters: record.parameters,
      quantisation: record.quantisation,
      trainedContextTokens: record.trained_context_tokens,
      licence: record.licence,
      template: record.template,
      state: this.#fileStates.get(record.id) ?? 'checking',
      addedAt: record.added_at,
      verifiedAt: record.verified_at,
      lastUsedAt: record.last_used_at,
      starter: record.starter === 1,
    }))
    const here = new Set(models.map((model) => model.id))
    const offers = this.#offers
      .filter((offer) => !here.has(offer.sha256))
      .map(({ reference, name, sizeBytes, licence, starter }): ModelOffer => ({ reference, name, sizeBytes, licence, starter }))
    this.state.set({ models, offers, imports: [...this.#imports.values()].map(({ view }) => view) })
  }
}
