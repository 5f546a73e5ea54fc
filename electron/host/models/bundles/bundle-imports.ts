/**
 * Bundles on their way in. Each is a row: its models are copied and verified one after the other beside those that are here, its
 * words are kept in the row, and only when all of it is right is anything installed. A kill, a lock or a pulled stick costs nothing that was copied.
 */
import { randomUUID } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isGguf, type BundleItem, type BundleSummary, type BundleWork } from '../../../../contract/bundle.ts'
import { Preset } from '../../../../contract/conversation.ts'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { isSameFile, type FileIdentity } from '../../../../contract/file-identity.ts'
import { rm } from '../../base/patient-files.ts'
import { Mutex } from '../../base/mutex.ts'
import { Watchable } from '../../base/watchable.ts'
import type { References } from '../../desktop.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { misfitOf, readAdapterHeader, readBaseShape, refuseNonFinite } from '../gguf/adapter-header.ts'
import { BundleFolder, lookAtItem, readItem, readWords, tampered } from './bundle-folder.ts'
import { BundleGate, hashManifest, type BundleGateOptions } from './bundle-gate.ts'
import { BundleRows, type ImportRow, type ImportState } from './bundle-rows.ts'
import { parseCard, type CardFile } from '../lineage/card-file.ts'
import type { Catalogues } from '../catalogue/catalogues.ts'
import { readGgufHeader } from '../gguf/gguf-header.ts'
import type { LineageCards } from '../lineage/lineage-cards.ts'
import { freeBytesOf, hashStill, identify, type IncomingFile, type ModelFiles } from '../library/model-files.ts'
import type { Models } from '../models.ts'
import { PartialFile, type Part } from '../downloads/partial-file.ts'

const stagedPrefix = '.bundle-'
/** Progress is told at most this often. */
const progressMs = 250

/** The presets in a bundle. */
export const BundlePresets = z.array(Preset.omit({ builtIn: true })).max(1000)
export type BundlePresets = z.infer<typeof BundlePresets>

interface Job extends Omit<ImportRow, 'state'> {
  state: BundleWork['state']
  doneBytes: number
  abort: AbortController
  done: Promise<void>
}

export interface BundleImportsOptions extends BundleGateOptions {
  database: EncryptedDatabase
  files: ModelFiles
  models: Models
  cards: LineageCards
  catalogues: Pick<Catalogues, 'fateOf' | 'takeNewer'>
  references: References
  /** Keeps presets, or throws when one cannot be kept. */
  takePresets: (presets: BundlePresets) => void
  now: () => number
  onBug: (error: unknown) => string
  /** Bytes that may be written to a folder. */
  freeBytes?: (folder: string) => Promise<number>
}

export class BundleImports {
  readonly state = new Watchable<BundleWork[]>([])
  readonly #options: Required<BundleImportsOptions>
  readonly #rows: BundleRows
  readonly #gate: BundleGate
  readonly #jobs = new Map<string, Job>()
  readonly #onBegin = new Mutex()
  #closed = false
  #telling: ReturnType<typeof setTimeout> | null = null

  constructor({ freeBytes = freeBytesOf, ...options }: BundleImportsOptions) {
    this.#options = { freeBytes, ...options }
    this.#rows = new BundleRows(options.database)
    this.#gate = new BundleGate(options)
  }

  /** Takes up what was running, and removes copies that belong to no import. */
  async open(): Promise<void> {
    const { files } = this.#options
    for (const row of this.#rows.all()) this.#jobs.set(row.id, jobOf(row))
    for (const job of this.#jobs.values()) job.doneBytes = bytesOf(job.manifest.items) - (await this.#missingBytes(job))
    for (const name of await readdir(files.folder)) {
      const isOurs = [...this.#jobs.keys()].some((id) => name.startsWith(`${stagedPrefix}${id}-`))
      if (name.startsWith(stagedPrefix) && !isOurs) await rm(join(files.folder, name), { force: true })
    }
    for (const job of this.#jobs.values()) if (job.state !== 'failed') this.#start(job)
    this.#publish()
  }

  /** Stops all; what was running runs again at the next opening. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#telling) clearTimeout(this.#telling)
    for (const { abort } of this.#jobs.values()) abort.abort()
    for (const { done } of this.#jobs.values()) await done
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  get busy(): boolean {
    return [...this.#jobs.values()].some(({ state }) => state === 'running' || state === 'installing')
  }

  /** What bundles lie in a folder, and what each would bring. @throws AppError bundle_*, file_unreadable, not_found */
  async inspect(reference: string): Promise<BundleSummary[]> {
    const { references, files, models, freeBytes } = this.#options
    const bundles = await BundleFolder.find(references.resolve(reference))
    const free = await freeBytes(files.folder)
    const summaries: BundleSummary[] = []
    for (const bundle of bundles) {
      const students: BundleSummary['students'] = []
      let neededBytes = 0
      for (const { kind, name, sha256, sizeBytes } of bundle.manifest.items) {
        const here = isGguf({ kind }) && (await models.isWhole(sha256))
        if (!here) neededBytes += sizeBytes
        if (kind === 'model' || kind === 'adapter') students.push({ name, kind, sizeBytes, here })
      }
      summaries.push({
        reference: references.named(bundle.path).reference,
        name: bundle.manifest.name,
        createdAt: Date.parse(bundle.manifest.createdAt),
        signature: this.#gate.signature(bundle),
        students,
        presets: bundle.manifest.items.some(({ kind }) => kind === 'presets'),
        catalogues: await this.#gate.fatesOf(bundle),
        neededBytes,
        freeBytes: free,
      })
    }
    return summaries
  }

  /**
   * Begins it, or goes on with the same bundle that was interrupted, wherever its stick is now.
   * @param insist takes one that nobody vouches for; one that was changed after signing is never taken
   * @throws AppError bundle_wrong_signature, bundle_must_be_signed, bundle_not_vouched, bundle_*, catalogue_*, disk_full, busy,
   * file_unreadable, not_found
   */
  begin(reference: string, { insist }: { insist: boolean }): Promise<void> {
    return this.#onBegin.run(async () => {
      const { references, now } = this.#options
      const bundle = await BundleFolder.open(references.resolve(reference))
      this.#gate.checkSigner(bundle, insist)
      const sha256 = hashManifest(bundle.manifest)
      const before = this.#rows.idOf(sha256)
      const known = before === null ? undefined : this.#jobs.get(before)
      if (known && known.state !== 'failed') throw new AppError('busy', 'It is on its way')
      const { path: folder, manifest } = bundle
      const row: ImportRow = { id: before ?? randomUUID(), folder, manifest, state: 'running', trouble: null }
      const job = jobOf(row)
      await this.#askGate(job)
      await this.#lookForRoom(job)
      for (const item of await this.#missing(job)) await lookAtItem(folder, item)
      this.#rows.enter(row, sha256, now())
      this.#jobs.set(row.id, job)
      this.#start(job)
      this.#publish()
    })
  }

  /** Tries again from the folder where it was. @throws AppError not_found */
  resume(importId: string): void {
    const job = this.#job(importId)
    if (job.state !== 'failed') return
    this.#keep(job, 'running', null)
    this.#start(job)
    this.#publish()
  }

  /** Ends it and removes what was copied, or puts away one that is done. @throws AppError not_found */
  async cancel(importId: string): Promise<void> {
    const job = this.#job(importId)
    // All is verified and it takes no time: half a bundle is what nobody wants.
    if (job.state !== 'installing') job.abort.abort()
    await job.done
    await this.#drop(job)
    this.#jobs.delete(job.id)
    this.#publish()
  }

  #job(importId: string): Job {
    const job = this.#jobs.get(importId)
    if (!job) throw new AppError('not_found', 'No such import')
    return job
  }

  #start(job: Job): void {
    job.abort = new AbortController()
    job.done = this.#run(job)
  }

  /** Never throws: how it went is in the row, or the row is gone and all is here. */
  async #run(job: Job): Promise<void> {
    const { signal } = job.abort
    try {
      if (job.state !== 'installing') {
        await this.#askGate(job)
        await this.#lookForRoom(job)
        const missing = await this.#missing(job)
        job.doneBytes = bytesOf(job.manifest.items) - bytesOf(missing)
        for (const item of missing) await (isGguf(item) ? this.#stage(job, item, signal) : this.#read(job, item))
        await this.#checkTogether(job)
        if (signal.aborted) return
        this.#keep(job, 'installing', null)
        this.#publish()
      }
      await this.#install(job)
      await this.#drop(job)
      job.state = 'done'
    } catch (error) {
      // A lock lets it run again, and whoever cancels does the rest.
      if (signal.aborted || this.#closed) return
      const trouble: Trouble =
        error instanceof AppError ? error.toTrouble() : { code: 'internal', data: { reference: this.#options.onBug(error) } }
      this.#keep(job, 'failed', trouble)
    }
    this.#publish()
  }

  /** What has to come in: models and adapters that are here whole need not. */
  async #missing({ manifest }: Job): Promise<BundleItem[]> {
    const missing: BundleItem[] = []
    for (const item of manifest.items) if (!(await this.#isHere(item))) missing.push(item)
    return missing
  }

  async #isHere(item: BundleItem): Promise<boolean> {
    return isGguf(item) && this.#options.models.isWhole(item.sha256)
  }

  /** What is neither here nor copied. */
  async #missingBytes(job: Job): Promise<number> {
    let missingBytes = 0
    for (const item of await this.#missing(job)) {
      const copied = await stat(this.#pathOf(job, item)).catch(() => null)
      missingBytes += Math.max(0, item.sizeBytes - (copied?.size ?? 0))
    }
    return missingBytes
  }

  async #lookForRoom(job: Job): Promise<void> {
    const { files, freeBytes } = this.#options
    const neededBytes = await this.#missingBytes(job)
    const free = await freeBytes(files.folder)
    if (free < neededBytes) throw new AppError('disk_full', 'No room for the bundle', { neededBytes, freeBytes: free })
  }

  /** Reads words and checks them, unless that was done before. */
  async #read(job: Job, item: BundleItem): Promise<void> {
    const row = this.#rows.item(job.id, item.sha256)
    if (!row?.words) {
      const words = await readWords(job.folder, item)
      checkWords(words, item)
      this.#rows.keepItem(job.id, item.sha256, { words })
    }
    job.doneBytes += item.sizeBytes
  }

  /** Copies a student's file beside the models and checks it, unless that was done before. */
  async #stage(job: Job, item: BundleItem, signal: AbortSignal): Promise<void> {
    const path = this.#pathOf(job, item)
    const row = this.#rows.item(job.id, item.sha256)
    const copied = await identify(path)
    if (copied && row?.identity && isSameFile(copied, row.identity)) {
      job.doneBytes += item.sizeBytes
      return
    }
    await lookAtItem(job.folder, item)
    const keep = (parts: Part[], identity: FileIdentity | null): void =>
      this.#rows.keepItem(job.id, item.sha256, { parts, identity })
    let identity: FileIdentity
    const file = await PartialFile.open(path, copied && row ? row.parts : [], (parts) => keep(parts, null), signal)
    try {
      const before = job.doneBytes
      let at = file.missing(item.sizeBytes)?.from ?? item.sizeBytes
      for await (const chunk of readItem(job.folder, item, at)) {
        if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
        if (at + chunk.length > item.sizeBytes) throw tampered(item)
        await file.write(chunk, at)
        at += chunk.length
        job.doneBytes = before + at
        this.#tell()
      }
      if (at < item.sizeBytes) throw tampered(item)
      await file.settle()
      if ((await file.digest(item.sizeBytes, signal)) !== item.sha256) {
        keep([], null)
        job.doneBytes = before
        throw tampered(item)
      }
      await file.cut(item.sizeBytes)
      identity = await file.identity()
      job.doneBytes = before + item.sizeBytes
    } finally {
      await file.settle().catch(() => undefined)
      await file.close()
    }
    await this.#checkContents(path, item, signal)
    keep([], identity)
  }

  /** Whether a file with the right hash is also what the manifest calls it. */
  async #checkContents(path: string, { kind, name }: BundleItem, signal: AbortSignal): Promise<void> {
    if (kind === 'model') await readGgufHeader(path)
    if (kind === 'adapter') {
      const header = await readAdapterHeader(path)
      if (!header) throw new AppError('bundle_malformed', 'Not an adapter', { detail: name })
      await refuseNonFinite(path, header, signal)
    }
  }

  /** Asked before a byte is copied and again when all is here: until then a key may have been taken back. */
  async #askGate(job: Job): Promise<void> {
    const { folder, manifest } = job
    await this.#gate.checkSignerAgain(folder, manifest)
    await this.#gate.checkCatalogues(folder, manifest, (item) => this.#rows.item(job.id, item.sha256)?.words)
  }

  /** What can only be checked when all is here: signatures of cards, and the models that adapters stand on. */
  async #checkTogether(job: Job): Promise<void> {
    await this.#askGate(job)
    for (const item of job.manifest.items) {
      if (item.kind === 'card') this.#cardOf(job, item)
      if (item.kind !== 'adapter' || (await this.#isHere(item))) continue
      const header = await readAdapterHeader(this.#pathOf(job, item))
      const basePath = item.of === null ? null : await this.#pathOfModel(job, item.of)
      const shape = basePath === null ? null : await readBaseShape(basePath)
      const misfit = header && shape && misfitOf(header, shape)
      if (!header || !shape || misfit) {
        const reason = misfit ? misfit.reason : null
        throw new AppError('adapter_no_base', 'Its base is not here', { baseName: header?.baseName ?? null, reason })
      }
    }
  }

  async #pathOfModel(job: Job, sha256: string): Promise<string | null> {
    const item = job.manifest.items.find((candidate) => candidate.kind === 'model' && candidate.sha256 === sha256)
    if (item && !(await this.#isHere(item))) return this.#pathOf(job, item)
    return this.#options.models.pathOf(sha256)
  }

  /** @throws AppError card_malformed, card_wrong_file */
  #cardOf(job: Job, card: BundleItem): CardFile {
    const signature = job.manifest.items.find(({ kind, of }) => kind === 'card_signature' && of === card.of)
    return parseCard(this.#wordsOf(job, card), signature ? this.#wordsOf(job, signature) : null, card.of ?? '')
  }

  #wordsOf({ id }: Job, { sha256 }: BundleItem): string {
    return this.#rows.item(id, sha256)?.words ?? ''
  }

  /** Every step may be done again: a kill in the middle only means that the next opening goes on here. */
  async #install(job: Job): Promise<void> {
    const { models, cards, catalogues, takePresets } = this.#options
    // Catalogues first: nothing else is here yet when one is refused after all.
    for (const kind of ['catalogue', 'model', 'adapter', 'card', 'presets'] as const) {
      for (const item of job.manifest.items.filter((candidate) => candidate.kind === kind)) {
        if (kind === 'catalogue') catalogues.takeNewer(this.#wordsOf(job, item))
        else if (kind === 'card') cards.keep(item.of ?? '', this.#cardOf(job, item))
        else if (kind === 'presets') takePresets(BundlePresets.parse(parseJson(this.#wordsOf(job, item))))
        else if (!(await this.#isHere(item))) {
          const known = { fileName: item.parts[0] ?? item.name, name: item.name, licence: null }
          await models.adopt(await this.#verified(job, item), known, item.of ?? undefined)
        }
      }
    }
  }

  /** A copy that was touched since it was verified, or that an earlier version of the program verified, is looked at once more. */
  async #verified(job: Job, item: BundleItem): Promise<IncomingFile> {
    const path = this.#pathOf(job, item)
    const identity = this.#rows.item(job.id, item.sha256)?.identity
    const here = await identify(path)
    if (identity && here && isSameFile(identity, here)) return { path, sha256: item.sha256, identity }
    const found = await hashStill(path, () => undefined, job.abort.signal)
    if (found.sha256 !== item.sha256) throw tampered(item)
    return { path, ...found }
  }

  #pathOf({ id }: Job, { sha256 }: BundleItem): string {
    return join(this.#options.files.folder, `${stagedPrefix}${id}-${sha256}`)
  }

  #keep(job: Job, state: ImportState, trouble: Trouble | null): void {
    Object.assign(job, { state, trouble, doneBytes: state === 'running' ? 0 : job.doneBytes })
    this.#rows.keep(job.id, state, trouble)
  }

  /** The row first, with those of its items: copies without a row are cleared away at the next opening. */
  async #drop(job: Job): Promise<void> {
    this.#rows.drop(job.id)
    for (const item of job.manifest.items) await rm(this.#pathOf(job, item), { force: true })
  }

  #tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = null
      this.#publish()
    }, progressMs)
  }

  #publish(): void {
    if (this.#closed) return
    this.state.set(
      [...this.#jobs.values()].map(({ id, manifest, state, doneBytes, trouble }): BundleWork => {
        const totalBytes = bytesOf(manifest.items)
        return {
          id,
          direction: 'import',
          name: manifest.name,
          state,
          doneBytes: state === 'running' || state === 'failed' ? Math.min(doneBytes, totalBytes) : totalBytes,
          totalBytes,
          students: manifest.items.filter(isGguf).length,
          folder: null,
          trouble,
        }
      }),
    )
  }
}

function jobOf(row: ImportRow): Job {
  return { ...row, doneBytes: 0, abort: new AbortController(), done: Promise.resolve() }
}

function bytesOf(items: readonly BundleItem[]): number {
  return items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

/** Whether words with the right hash are also what the manifest calls them. */
function checkWords(words: string, { kind, name, of }: BundleItem): void {
  if (kind === 'card') parseCard(words, null, of ?? '')
  if (kind === 'presets' && !BundlePresets.safeParse(parseJson(words)).success)
    throw new AppError('bundle_malformed', 'Not presets', { detail: name })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
