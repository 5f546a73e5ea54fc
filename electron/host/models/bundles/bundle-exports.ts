/**
 * Bundles on their way out: chosen models with their cards and notices, the person's presets, the catalogues in force. What stops
 * leaves nothing behind.
 */
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import type { BundleWork } from '../../../../contract/bundle.ts'
import { AppError } from '../../../../contract/errors.ts'
import { Job } from '../../base/job.ts'
import { rm } from '../../base/patient-files.ts'
import { Throttled } from '../../base/throttled.ts'
import type { References } from '../../desktop.ts'
import type { BundlePresets } from './bundle-imports.ts'
import { aloneAs, sizeOfSource, writeBundle, type BundleSource, type BundleWriterOptions } from './bundle-writer.ts'
import type { LineageCards } from '../lineage/lineage-cards.ts'
import type { Models } from '../models.ts'
import { readSigningKey } from '../catalogue/signing-key.ts'

export interface BundleExportsOptions {
  models: Models
  cards: LineageCards
  references: References
  /** Those that the person made. */
  presets: () => BundlePresets
  /** Those in force that can travel, with their signatures. */
  catalogues: () => readonly { publisher: string; text: string }[]
  now: () => number
  onBug: (error: unknown) => string
  /** Bytes that may be written to a folder. */
  freeBytes?: (folder: string) => Promise<number>
}

/** What goes into a bundle, and where it is made. */
export interface BundleWish {
  reference: string
  name: string
  modelIds: readonly string[]
  presets: boolean
  catalogue?: boolean | undefined
  /** Reference of the file with the key that signs it. */
  key?: string | undefined
}

export class BundleExports {
  readonly state: Throttled<BundleWork[]>
  readonly #options: BundleExportsOptions
  readonly #jobs = new Map<string, { work: BundleWork; job: Job }>()

  constructor(options: BundleExportsOptions) {
    this.#options = options
    const read = (): BundleWork[] => [...this.#jobs.values()].map(({ work, job }) => ({ ...work, ...stateOf(job) }))
    this.state = new Throttled(read, options)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#jobs.values()].map(({ job }) => job.close()))
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  get busy(): boolean {
    return [...this.#jobs.values()].some(({ job }) => job.isActive)
  }

  /** Begins it. @throws AppError not_found when something is not here or no catalogue can travel, model_missing, model_changed, invalid_input, key_unusable, file_unreadable */
  async begin({ reference, name, key, ...what }: BundleWish): Promise<void> {
    const { references } = this.#options
    const into = references.resolve(reference)
    const keys = key === undefined ? [] : [await readSigningKey(references.resolve(key))]
    const sources = await this.#sources(what)
    if (sources.length === 0) throw new AppError('invalid_input', 'Nothing was chosen')
    const work: BundleWork = {
      id: randomUUID(),
      direction: 'export',
      name,
      state: 'running',
      doneBytes: 0,
      totalBytes: sources.reduce((sum, source) => sum + sizeOfSource(source), 0),
      students: what.modelIds.length,
      folder: null,
      trouble: null,
    }
    const job = new Job({
      work: (signal) => this.#write(work, { into, sources, keys, signal }),
      onChange: () => this.state.show(),
      onBug: this.#options.onBug,
    })
    this.#jobs.set(work.id, { work, job })
    job.start()
  }

  /** Stops it and removes what was written, or puts away one that is done. @throws AppError not_found */
  async cancel(exportId: string): Promise<void> {
    const job = this.#jobs.get(exportId)?.job
    if (!job) throw new AppError('not_found', 'No such export')
    await job.stop()
    this.#jobs.delete(exportId)
    this.state.show()
  }

  async #write(work: BundleWork, how: Pick<BundleWriterOptions, 'into' | 'sources' | 'keys' | 'signal'>): Promise<void> {
    const { now, freeBytes } = this.#options
    const onProgress = (doneBytes: number): void => {
      work.doneBytes = doneBytes
      this.state.tell()
    }
    const folder = await writeBundle({
      ...{ ...how, name: work.name, now, onProgress },
      ...(freeBytes ? { freeBytes } : {}),
    })
    // Stopped when all was written: whoever stops wants no bundle.
    if (how.signal.aborted) await rm(folder, { recursive: true, force: true })
    work.folder = basename(folder)
  }

  async #sources({ modelIds, ...what }: Pick<BundleWish, 'modelIds' | 'presets' | 'catalogue'>): Promise<BundleSource[]> {
    const { models, cards } = this.#options
    const sources: BundleSource[] = []
    const notices: string[] = []
    for (const id of new Set(modelIds)) {
      const model = models.get(id)
      const path = await models.checkedFile(id)
      const base = { name: model.name, of: null, sha256: null }
      sources.push({
        ...base,
        kind: model.adapter ? 'adapter' : 'model',
        fileName: model.adapter ? `${model.name}.gguf` : model.fileName,
        from: { path, sizeBytes: model.sizeBytes },
        sha256: id,
        of: model.adapter?.baseId ?? null,
      })
      const card = cards.find(id)
      if (card) sources.push({ ...base, kind: 'card', fileName: 'card.json', from: { text: card.text }, of: id })
      if (card?.signatures) {
        const from = { text: JSON.stringify(card.signatures) }
        sources.push({ ...base, kind: 'card_signature', fileName: 'card.json.sig', from, of: id })
      }
      const { notice, card: known } = cards.lineageOf(model, await models.originOf(id))
      const licence = [known.licence?.name, known.licence?.link].filter(Boolean).join(', ')
      notices.push([model.name, `Licence: ${licence || 'not stated'}`, ...(notice === null ? [] : [notice])].join('\n'))
    }
    const presets = what.presets ? this.#options.presets() : []
    if (presets.length > 0) sources.push(aloneAs('presets', 'presets', JSON.stringify(presets, null, 2)))
    const catalogues = what.catalogue ? this.#options.catalogues() : []
    if (what.catalogue && catalogues.length === 0) throw new AppError('not_found', 'No catalogue in force can travel')
    for (const { publisher, text } of catalogues) sources.push(aloneAs('catalogue', publisher, text))
    if (notices.length > 0) sources.push(aloneAs('notice', 'notice', `${notices.join('\n\n')}\n`))
    return sources
  }
}

function stateOf({ standing, isActive }: Job): Pick<BundleWork, 'state' | 'trouble'> {
  if (standing.state === 'failed') return { state: 'failed', trouble: standing.trouble }
  return { state: isActive ? 'running' : 'done', trouble: null }
}
