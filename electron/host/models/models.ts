/** The models that are here: verified files and what is known of them. A model runs only when its file is the one that was checked. */
import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { Model, ModelImport, ModelOffer, ModelsState, Neighbour } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import { rm } from '../base/patient-files.ts'
import { Mutex } from '../base/mutex.ts'
import { Watchable } from '../base/watchable.ts'
import type { References } from '../desktop.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'
import { isSameFile } from '../../../contract/file-identity.ts'
import { chooseBase } from './library/adapter-base.ts'
import { readAdapterHeader, refuseNonFinite, type AdapterHeader } from './gguf/adapter-header.ts'
import { draftCandidates } from './library/draft-candidates.ts'
import { EngineGate } from './library/engine-gate.ts'
import { FileStandings } from './library/file-standings.ts'
import { LooseFiles } from './library/loose-files.ts'
import { NeighbourOffers } from './library/neighbour-offers.ts'
import type { NeighbourPlace } from './library/neighbours.ts'
import { readGgufHeader, type GgufHeader } from './gguf/gguf-header.ts'
import { bringInSplit, joinedName, readModel, titleOf } from './library/gguf-split.ts'
import { readGgufOrigin, type GgufOrigin } from './gguf/gguf-origin.ts'
import type { LineageCards } from './lineage/lineage-cards.ts'
import { estimateMemory } from './gguf/memory-estimate.ts'
import { hashStill, type IncomingFile, type ModelFiles } from './library/model-files.ts'
import {
  describeModel,
  modelOf,
  ModelRecords,
  type Described,
  type KnownModel,
  type ModelRecord,
  type TemplateFacts,
} from './library/model-records.ts'
import { RunnableFiles, type StudentFiles } from './library/runnable-files.ts'
import { isShipped, shippedEmbedders } from './library/shipped-embedders.ts'
import { starterModels } from './library/starter-models.ts'

/** A model must run with at least this much context to be worth installing. */
const leastContextTokens = 2048
/** Progress of an import is told at most this often. */
const progressMs = 250

/** How a file is to come in. */
export interface ImportWish {
  /** Uses the file where it is; only a neighbour's stays there. */
  inPlace?: boolean | undefined
  /** The model that an adapter is put on, where its name does not say. */
  baseId?: string | undefined
}

export interface ModelsOptions {
  database: EncryptedDatabase
  files: ModelFiles
  references: References
  cards: LineageCards
  /** Files that the launcher fetched; they are offered, not installed. */
  starterFiles: readonly string[]
  /** The files of the embedders that come with the application; they are installed without a question. */
  embedderFiles: readonly string[]
  totalMemoryBytes: () => number
  neighbourPlaces: readonly NeighbourPlace[]
  now: () => number
}

export class Models {
  readonly state = new Watchable<ModelsState>({ models: [], offers: [], imports: [] })
  readonly #options: ModelsOptions
  readonly #records: ModelRecords
  readonly #loose: LooseFiles
  readonly #standings: FileStandings
  readonly #gate: EngineGate
  readonly #runnable: RunnableFiles
  readonly #imports = new Map<string, { view: ModelImport; abort: AbortController }>()
  readonly #closing = new AbortController()
  #shipping = Promise.resolve()
  readonly #onImport = new Mutex()
  /** An import and a download of the same file may end at the same time. */
  readonly #onRegister = new Mutex()
  #offers: (ModelOffer & { sha256: string })[] = []
  readonly #neighbours: NeighbourOffers
  #pinnedUse: ReadonlyMap<string, number> = new Map()

  constructor(options: ModelsOptions) {
    this.#options = options
    this.#records = new ModelRecords(options)
    this.#loose = new LooseFiles(options)
    this.#standings = new FileStandings({ files: options.files, records: this.#records, onChange: () => this.#publish() })
    this.#gate = new EngineGate({
      standings: this.#standings,
      // What is part of the program needs no card: the program's own list pins its bytes.
      vouch: ({ id, name }) => (isShipped(id) ? 'program' : options.cards.refuseToRun(id, name)),
    })
    this.#runnable = new RunnableFiles({ records: this.#records, gate: this.#gate })
    this.#neighbours = new NeighbourOffers(options)
  }

  /** Reads what is here and looks at the files; a file that was touched is hashed again in the background. */
  async open(): Promise<void> {
    await this.#loose.sweep()
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
    for (const record of this.#records.all()) await this.#standings.begin(record)
    this.#publish()
    this.#shipping = this.#takeShipped()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#standings.close()
    for (const { abort } of this.#imports.values()) abort.abort()
    await this.#shipping
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  /** Whether a model is here with its file as it was checked, by its identity on disk. */
  async isWhole(modelId: string): Promise<boolean> {
    const record = this.#records.find(modelId)
    return record !== undefined && (await this.#standings.look(record)) === 'ready'
  }

  /** @throws AppError model_missing */
  get(modelId: string): Model {
    const model = this.state.value.models.find((candidate) => candidate.id === modelId)
    if (!model) throw new AppError('model_missing', 'No such model')
    return model
  }

  /** A model that can be talked to. @throws AppError model_missing, model_not_chat {kind} */
  student(modelId: string): Model {
    const model = this.get(modelId)
    if (model.purpose !== 'chat') throw new AppError('model_not_chat', 'Not a model to talk to', { kind: model.purpose })
    return model
  }

  /** Who a student is, as an answer's passport keeps it. @throws AppError model_missing */
  identity(studentId: string): { modelId: string; modelName: string; base?: { id: string; name: string } } {
    const { name, adapter } = this.get(studentId)
    const base = adapter && this.#records.find(adapter.baseId)
    return { modelId: studentId, modelName: name, ...(base ? { base: { id: base.id, name: base.name } } : {}) }
  }

  /** The checked files of a student, ready to be run. @param signal ends the hashing of one that was touched @throws AppError as {@link RunnableFiles.toRun} does */
  toRun(studentId: string, signal?: AbortSignal | null): Promise<StudentFiles> {
    return this.#runnable.toRun(studentId, signal)
  }

  /** The checked file of an embedder or reranker. @throws AppError as {@link RunnableFiles.toEmbed} does */
  toEmbed(...wish: Parameters<RunnableFiles['toEmbed']>): ReturnType<RunnableFiles['toEmbed']> {
    return this.#runnable.toEmbed(...wish)
  }

  /** Whether one that is in memory may still be used. @throws AppError model_missing, card_missing, card_unsigned */
  refuseToEmbed(modelId: string, part: 'embedder' | 'reranker'): void {
    this.#runnable.refuseToEmbed(modelId, part)
  }

  /** The models here that could draft for this one, and may. @throws AppError model_missing */
  async drafts(modelId: string): Promise<string[]> {
    const record = this.#records.find(modelId)
    if (!record) throw new AppError('model_missing', 'No such model')
    const found = await draftCandidates(record, this.#records.all(), (name) => this.#options.files.pathOf(name))
    return found.filter((candidate) => this.#gate.lets(candidate, 'draft')).map(({ id }) => id)
  }

  /** Lets another model draft for this one, or none. @throws AppError model_missing, invalid_input */
  async setDraft(modelId: string, draftId: string | null): Promise<void> {
    if (draftId !== null && !(await this.drafts(modelId)).includes(draftId))
      throw new AppError('invalid_input', 'It does not speak the same tokens, or is not small enough')
    this.#records.draftFor(modelId, draftId)
    this.#publish()
  }

  /** The checked file of a model or adapter, to be read. @throws AppError model_missing, model_changed */
  async checkedFile(modelId: string): Promise<string> {
    const record = this.#records.find(modelId)
    if (!record) throw new AppError('model_missing', 'No such model')
    return (await this.#standings.checkedFile(record)).path
  }

  /** Where a file is that is here whole; null when it is not. */
  async pathOf(modelId: string): Promise<string | null> {
    const record = this.#records.find(modelId)
    return record && (await this.#standings.look(record)) === 'ready' ? this.#options.files.pathOf(record.file_name) : null
  }

  /** The header of a student's model; null when it cannot be read now. */
  async headerOf(modelId: string): Promise<GgufHeader | null> {
    const base = this.#records.baseOf(modelId)
    return base ? readGgufHeader(this.#options.files.pathOf(base.file_name)).catch(() => null) : null
  }

  /** What a model's file says of where it comes from; null when it cannot be read now. */
  async originOf(modelId: string): Promise<GgufOrigin | null> {
    const record = this.#records.find(modelId)
    return record ? readGgufOrigin(this.#options.files.pathOf(record.file_name)).catch(() => null) : null
  }

  /** Keeps that a student was used. */
  used(studentId: string): void {
    this.#records.used(studentId, this.#pinnedUse.get(studentId))
    this.#publish()
  }

  /** Keeps which student of the catalogue a model was fetched as, also when it was here before. */
  fetchedAs(modelId: string, catalogueId: string): void {
    this.#records.fetchedAs(modelId, catalogueId)
    this.#publish()
  }

  /** Keeps what is known of a model's template since it was loaded. */
  rendered(modelId: string, template: TemplateFacts): void {
    this.#records.rendered(modelId, template)
  }

  /**
   * Keeps every use of these models, from now until this is said again, as one at these times, by id: when it was used would tell
   * whose answer is whose in a blind comparison.
   */
  pinUse(usedAt: ReadonlyMap<string, number>): void {
    this.#pinnedUse = usedAt
    for (const [studentId, at] of usedAt) this.#records.used(studentId, at)
    this.#publish()
  }

  /**
   * Copies, hashes, checks and installs a file. One at a time; nothing is left behind when it is refused.
   * @throws AppError model_*, adapter_*, file_unreadable, disk_full, cancelled, invalid_input
   */
  async import(reference: string, { inPlace = false, baseId }: ImportWish = {}): Promise<{ modelId: string }> {
    const isNeighbour = this.#neighbours.has(reference)
    if (inPlace && !isNeighbour) throw new AppError('invalid_input', 'Only another program’s file can be used in place')
    const source = this.#options.references.resolve(reference)
    const offer = this.#offers.find((candidate) => candidate.reference === reference)
    const id = randomUUID()
    const abort = new AbortController()
    const totalBytes = (await stat(source).catch(() => null))?.size ?? 0
    const name = offer?.name ?? this.#options.references.nameOf(reference)
    this.#imports.set(id, { view: { id, name, doneBytes: 0, totalBytes }, abort })
    this.#publish()
    let isAskedAgain = false
    try {
      const installed = await this.#onImport.run(() =>
        this.#install(id, { source, name, pinned: offer?.sha256 ?? null, inPlace, baseId }, abort.signal),
      )
      await this.#options.cards.takeBeside(joinedName(source), installed.modelId)
      return installed
    } catch (error) {
      isAskedAgain = error instanceof AppError && error.code === 'adapter_other_base'
      throw error
    } finally {
      this.#imports.delete(id)
      // A file that was offered may be tried again; any other was handed over for this once, and an upload goes with it.
      if (!offer && !isNeighbour && !isAskedAgain) this.#options.references.release(reference)
      this.#publish()
    }
  }

  /** Models of other programs that are not here yet, and that we could run. */
  neighbours(): Promise<Neighbour[]> {
    return this.#neighbours.find(new Set(this.#records.all().map((record) => record.file_name)))
  }

  /** Brings in the embedders that came with the application, unless they are here. Where that fails there is none, and the next opening tries again. */
  async #takeShipped(): Promise<void> {
    const { embedderFiles, files } = this.#options
    for (const path of embedderFiles) {
      const sizeBytes = (await stat(path).catch(() => null))?.size
      const pinned = shippedEmbedders.find(({ bytes }) => bytes === sizeBytes)
      if (!pinned || (await this.isWhole(pinned.sha256))) continue
      try {
        const incoming = await files.bringIn(path, () => undefined, this.#closing.signal)
        if (incoming.sha256 === pinned.sha256) await this.adopt(incoming, pinned)
        else await rm(incoming.path, { force: true })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
      }
    }
  }

  get importing(): boolean {
    return this.#imports.size > 0
  }

  cancelImport(importId: string): void {
    this.#imports.get(importId)?.abort.abort()
  }

  async remove(modelId: string): Promise<void> {
    const record = this.#records.find(modelId)
    if (!record) throw new AppError('model_missing', 'No such model')
    const { database, files, cards } = this.#options
    const path = files.pathOf(record.file_name)
    const identity = files.isOwn(record.file_name) ? await files.look(record.file_name) : null
    // The row first: a file without a row is clutter, a row without a file is a lie.
    database.transaction(() => {
      if (identity) this.#loose.note(path, identity, null)
      this.#records.remove(modelId)
      cards.forget(modelId)
    })
    this.#standings.forget(modelId)
    this.#publish()
    await files.remove(record.file_name)
    this.#loose.settle(path)
  }

  async #install(
    importId: string,
    { source, name, pinned, inPlace, baseId }: { source: string; name: string; pinned: string | null } & ImportWish,
    signal: AbortSignal,
  ): Promise<{ modelId: string }> {
    const { files, now, totalMemoryBytes } = this.#options
    const known = { fileName: joinedName(name), name: titleOf(name), licence: null }
    const adapter = await readAdapterHeader(source)
    if (adapter) return this.#installAdapter(source, adapter, known, baseId, signal)
    const { header, split } = await readModel(source)
    const neededBytes = estimateMemory(header, Math.min(leastContextTokens, header.trainedContextTokens)).totalBytes
    if (neededBytes > totalMemoryBytes()) {
      throw new AppError('model_too_big', 'The model does not fit in memory', { neededBytes, totalBytes: totalMemoryBytes() })
    }
    let toldAt = 0
    const onProgress = (doneBytes: number): void => {
      const entry = this.#imports.get(importId)
      if (!entry || now() - toldAt < progressMs) return
      toldAt = now()
      entry.view = { ...entry.view, doneBytes, totalBytes: header.sizeBytes }
      this.#publish()
    }
    if (inPlace && split) throw new AppError('invalid_input', 'Several files are joined into one of our own')
    if (inPlace) return this.#registerInPlace(source, header, known, onProgress, signal)
    const incoming = split
      ? await bringInSplit(files, split, onProgress, signal)
      : await files.bringIn(source, onProgress, signal)
    try {
      if (pinned !== null && incoming.sha256 !== pinned)
        throw new AppError('model_wrong_hash', 'Not the file that was promised', { name })
      return await this.#onRegister.run(() => this.#register(incoming, describeModel(header), known))
    } catch (error) {
      await rm(incoming.path, { force: true })
      throw error
    }
  }

  async #installAdapter(
    source: string,
    header: AdapterHeader,
    known: KnownModel,
    baseId: string | undefined,
    signal: AbortSignal,
  ): Promise<{ modelId: string }> {
    const base = await this.#baseFor(header, baseId)
    const incoming = await this.#options.files.bringIn(source, () => undefined, signal)
    try {
      await refuseNonFinite(incoming.path, header, signal)
      return await this.#registerAdapter(incoming, header, base, known)
    } catch (error) {
      await rm(incoming.path, { force: true })
      throw error
    }
  }

  #registerAdapter(
    incoming: IncomingFile,
    header: AdapterHeader,
    base: ModelRecord,
    known: KnownModel,
  ): Promise<{ modelId: string }> {
    const described: Described = {
      ...header,
      purpose: 'chat',
      trainedContextTokens: base.trained_context_tokens,
      template: base.template,
      adapter: { baseId: base.id, baseName: header.baseName, rank: header.rank, alpha: header.alpha },
    }
    // llama.cpp keeps adapters by path until the model is unloaded: another file must never come under the same name.
    const fileName = `adapter-${incoming.sha256}.gguf`
    return this.#onRegister.run(() => this.#register(incoming, described, { ...known, fileName }))
  }

  /**
   * Makes a model or an adapter of a file in the models folder whose hash was found to be the right one; the file is gone if it
   * cannot be used, and stays where it is when the disk is full or away.
   * @param baseId the model that an adapter stands on
   * @throws AppError model_*, adapter_*, disk_full
   */
  async adopt(incoming: IncomingFile, known: KnownModel, baseId?: string): Promise<void> {
    try {
      const adapter = await readAdapterHeader(incoming.path)
      if (adapter) {
        const base = await this.#baseFor(adapter, baseId)
        await this.#registerAdapter(incoming, adapter, base, known)
        return this.#publish()
      }
      const header = await readGgufHeader(incoming.path)
      await this.#onRegister.run(() => this.#register(incoming, describeModel(header), known))
      this.#publish()
    } catch (error) {
      // A full disk, or a bug of ours, says nothing against the file: its bytes may have taken a day to come.
      const isNoModel = error instanceof AppError && /^(model|adapter)_/.test(error.code)
      if (isNoModel) await rm(incoming.path, { force: true })
      throw error
    }
  }

  #baseFor(header: AdapterHeader, wishedId: string | undefined): Promise<ModelRecord> {
    return chooseBase(header, this.#records.all(), (name) => this.#options.files.pathOf(name), wishedId)
  }

  async #register(incoming: IncomingFile, header: Described, known: KnownModel): Promise<{ modelId: string }> {
    const { files } = this.#options
    if (await this.#standing(incoming.sha256)) {
      await rm(incoming.path, { force: true })
      return { modelId: incoming.sha256 }
    }
    const starter = starterModels.find((model) => model.sha256 === incoming.sha256)
    // A name whose file is missing is still its model's.
    const taken = this.#records.all().flatMap((record) => (record.id === incoming.sha256 ? [] : [record.file_name]))
    const wished = starter?.fileName ?? known.fileName
    const { fileName, identity } = await files.install(incoming, wished, taken, (path) =>
      this.#loose.note(path, incoming.identity, incoming.path),
    )
    try {
      return this.#enter(incoming.sha256, fileName, identity, header, known)
    } catch (error) {
      await files.uninstall(fileName, incoming)
      this.#loose.settle(files.pathOf(fileName))
      throw error
    }
  }

  /** Whether a model is here and needs no other file; one that is missing or is not what was checked makes room for it. */
  async #standing(modelId: string): Promise<boolean> {
    const standing = await this.isWhole(modelId)
    const record = this.#records.find(modelId)
    if (standing) this.#standings.verified(modelId)
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
    const { sha256: id, identity } = await hashStill(source, onProgress, signal)
    const after = await this.#options.files.look(source)
    if (!after || !isSameFile(identity, after))
      throw new AppError('model_changed', 'The file changes while it is read', { name: known.name })
    return this.#onRegister.run(async () =>
      (await this.#standing(id)) ? { modelId: id } : this.#enter(id, source, identity, describeModel(header), known),
    )
  }

  #enter(...[id, fileName, ...rest]: Parameters<ModelRecords['enter']>): { modelId: string } {
    const { database, files } = this.#options
    database.transaction(() => {
      this.#records.enter(id, fileName, ...rest)
      this.#loose.settle(files.pathOf(fileName))
    })
    this.#standings.verified(id)
    return { modelId: id }
  }

  #publish(): void {
    if (this.#closing.signal.aborted) return
    const records = this.#records.all()
    const models = records.map((record) => modelOf(record, this.#standings.of(record), records))
    const here = new Set(models.map((model) => model.id))
    const offers = this.#offers
      .filter((offer) => !here.has(offer.sha256))
      .map(({ reference, name, sizeBytes, licence, starter }): ModelOffer => ({ reference, name, sizeBytes, licence, starter }))
    this.state.set({ models, offers, imports: [...this.#imports.values()].map(({ view }) => view) })
  }
}
