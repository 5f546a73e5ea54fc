/** The models that are here, and what is on its way in: sent by the page, copied by the host, or failed. */
import { AppError } from '../../contract/errors.ts'
import type { CatalogueStudent } from '../../contract/catalogue.ts'
import type { Model, ModelImport, ModelOffer, ModelsState as ModelsFacts, Neighbour } from '../../contract/entities.ts'
import type { Client } from '../../contract/contract.ts'
import type { Area, Life } from './area.ts'
import { Task } from './task.svelte.ts'

/**
 * Sends a file that the person chose to the host, for skins without a file dialog of their own.
 * @param report told the fraction that has gone, from 0 to 1.
 * @param kind a `document` is kept from the disk until it is encrypted; `file`, the default, is a model or is encrypted by itself.
 * @throws AppError `cancelled` when the signal fires, or what the host refused it with.
 */
export type SendFile = (
  file: File,
  report: (fraction: number) => void,
  signal: AbortSignal,
  kind?: 'file' | 'document',
) => Promise<{ reference: string }>

/** A file on its way from the page to the host. */
export class Sending {
  readonly name: string
  readonly totalBytes: number
  readonly #work = new AbortController()
  #sentBytes = $state(0)

  constructor(name: string, totalBytes: number) {
    this.name = name
    this.totalBytes = totalBytes
  }

  get sentBytes(): number {
    return this.#sentBytes
  }

  get signal(): AbortSignal {
    return this.#work.signal
  }

  report(sentBytes: number): void {
    this.#sentBytes = sentBytes
  }

  cancel(): void {
    this.#work.abort()
  }
}

/** An import that came to nothing, until the person has read it. */
export interface FailedImport {
  name: string
  trouble: AppError
  /** The same again on the model that fits by its shape; null where that is no way out. */
  again: { baseName: string; run: () => void } | null
}

/** Whether a model here is this student of the catalogue: a pinned hash says more than the name under which a file was fetched once. */
export function isFetchedAs(
  { id, file }: Pick<CatalogueStudent, 'id' | 'file'>,
  model: Pick<Model, 'id' | 'catalogueId'>,
): boolean {
  return file?.sha256 ? model.id === file.sha256 : model.catalogueId === id
}

export class ModelsState implements Area {
  #facts = $state.raw<ModelsFacts | null>(null)
  #sendings = $state.raw<Sending[]>([])
  #failed = $state.raw<FailedImport[]>([])
  /** References that are being imported, so that an offer cannot be taken twice. */
  #taken = $state.raw<string[]>([])
  /** When each import was first seen, and how far it was: a note beside the state, from which nothing is drawn. */
  readonly #begins = new Map<string, { at: number; doneBytes: number }>()
  readonly #client: Client
  readonly #sendFile: SendFile
  readonly removing = new Task()
  readonly looking = new Task()
  readonly drafting = new Task()
  #drafts = $state.raw<Record<string, string[]>>({})
  /** What other programs have; null until somebody looked. */
  #neighbours = $state.raw<Neighbour[] | null>(null)

  constructor(client: Client, sendFile: SendFile) {
    this.#client = client
    this.#sendFile = sendFile
  }

  /** Milliseconds until an import is done, at its pace so far; null when it is too early to say. */
  leftMs(work: ModelImport): number | null {
    const begin = this.#begins.get(work.id)
    const elapsedMs = begin ? performance.now() - begin.at : 0
    if (!begin || elapsedMs < 2000 || work.doneBytes <= begin.doneBytes) return null
    return (elapsedMs / (work.doneBytes - begin.doneBytes)) * (work.totalBytes - work.doneBytes)
  }

  /** Null until the host has said. */
  get facts(): ModelsFacts | null {
    return this.#facts
  }

  /** The model here that is this student of the catalogue. */
  fetched(student: Pick<CatalogueStudent, 'id' | 'file'>): Model | undefined {
    return this.all.find((model) => isFetchedAs(student, model))
  }

  get all(): Model[] {
    return this.#facts?.models ?? []
  }

  /** Those that are for talking to, whether or not they can answer now. */
  get students(): Model[] {
    return this.all.filter(({ purpose }) => purpose === 'chat')
  }

  /** Those that find passages, or reorder what was found. */
  get finders(): Model[] {
    return this.all.filter(({ purpose }) => purpose !== 'chat')
  }

  /** The models that can answer, in the order of Alt+1…9: each with the additions that share its weights behind it. */
  get usable(): Model[] {
    const usable = this.students.filter(({ state }) => state === 'ready' || state === 'checking')
    const on = (baseId: string): Model[] => usable.filter(({ adapter }) => adapter?.baseId === baseId)
    const inFamilies = usable.filter(({ adapter }) => !adapter).flatMap((base) => [base, ...on(base.id)])
    // One whose base was changed counts for the host as well, and says so when it is asked.
    return [...inFamilies, ...usable.filter((model) => !inFamilies.includes(model))]
  }

  get sendings(): Sending[] {
    return this.#sendings
  }

  get failed(): FailedImport[] {
    return this.#failed
  }

  /** Whether anything is on its way in. */
  get isImporting(): boolean {
    return this.#sendings.length > 0 || this.#taken.length > 0 || (this.#facts?.imports.length ?? 0) > 0
  }

  byId(id: string | null): Model | null {
    return this.all.find((model) => model.id === id) ?? null
  }

  isTaken(reference: string): boolean {
    return this.#taken.includes(reference)
  }

  onUnlock({ follow }: Life): void {
    follow(this.#client.models.state, (facts) => this.apply(facts))
  }

  apply(facts: ModelsFacts): void {
    for (const { id, doneBytes } of facts.imports)
      if (!this.#begins.has(id)) this.#begins.set(id, { at: performance.now(), doneBytes })
    this.#facts = facts
  }

  forget(): void {
    for (const sending of this.#sendings) sending.cancel()
    this.#facts = null
    this.#failed = []
    this.#neighbours = null
    this.looking.forget()
    this.drafting.forget()
    this.#drafts = {}
    this.removing.forget()
  }

  /** Makes a model of an offer, or of any other file that the host has named. @returns the model's id, or null when it came to nothing. */
  async take(
    { reference, name }: Pick<ModelOffer, 'reference' | 'name'>,
    how: { inPlace?: boolean; baseId?: string } = {},
  ): Promise<string | null> {
    if (this.isTaken(reference)) return null
    this.#taken = [...this.#taken, reference]
    try {
      const { modelId } = await this.#client.models.import({ reference, ...how })
      this.#neighbours = this.#neighbours?.filter((neighbour) => neighbour.reference !== reference) ?? null
      return modelId
    } catch (error) {
      this.#fail(name, error, { reference, name })
      return null
    } finally {
      this.#taken = this.#taken.filter((taken) => taken !== reference)
    }
  }

  /** The models that could draft for one; none until somebody looked. */
  drafts(modelId: string): string[] {
    return this.#drafts[modelId] ?? []
  }

  /** Looks for models that could draft for this one. */
  lookForDrafts(modelId: string): Promise<boolean> {
    return this.drafting.run(async () => {
      this.#drafts = { ...this.#drafts, [modelId]: await this.#client.models.drafts({ modelId }) }
    })
  }

  /** Lets a smaller model draft, or none; the same again tries it anew. */
  setDraft(modelId: string, draftId: string | null): Promise<boolean> {
    return this.drafting.run(() => this.#client.models.setDraft({ modelId, draftId }))
  }

  get neighbours(): Neighbour[] | null {
    return this.#neighbours
  }

  /** Looks for what other programs have downloaded. */
  look(): Promise<boolean> {
    return this.looking.once(async () => (this.#neighbours = await this.#client.models.neighbours({})))
  }

  /** Asks the host's file dialog and imports what was chosen. */
  async pick(): Promise<string | null> {
    try {
      const picked = await this.#client.desktop.pickModel({})
      return picked && (await this.take(picked))
    } catch (error) {
      this.#fail('', error)
      return null
    }
  }

  /** Sends a file from the page and imports it. */
  async send(file: File): Promise<string | null> {
    const sending = new Sending(file.name, file.size)
    this.#sendings = [...this.#sendings, sending]
    try {
      const { reference } = await this.#sendFile(file, (fraction) => sending.report(fraction * file.size), sending.signal)
      return await this.take({ reference, name: file.name })
    } catch (error) {
      this.#fail(file.name, error)
      return null
    } finally {
      this.#sendings = this.#sendings.filter((other) => other !== sending)
    }
  }

  async cancelImport(importId: string): Promise<void> {
    try {
      await this.#client.models.cancelImport({ importId })
    } catch (error) {
      // It may have ended at this very moment: then there is nothing to cancel and nothing to say.
      if (!(error instanceof AppError && error.code === 'not_found')) this.#fail('', error)
    }
  }

  dismiss(failed: FailedImport): void {
    this.#failed = this.#failed.filter((other) => other !== failed)
  }

  remove(modelId: string): Promise<boolean> {
    return this.removing.run(() => this.#client.models.remove({ modelId }))
  }

  #fail(name: string, error: unknown, offer?: { reference: string; name: string }): void {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'cancelled') return
    const { baseId, name: baseName } = error.data ?? {}
    const isOther = error.code === 'adapter_other_base' && typeof baseId === 'string' && offer !== undefined
    const failed: FailedImport = {
      name,
      trouble: error,
      again: isOther
        ? {
            baseName: typeof baseName === 'string' ? baseName : '',
            run: () => {
              this.dismiss(failed)
              void this.take(offer, { baseId })
            },
          }
        : null,
    }
    this.#failed = [...this.#failed, failed]
  }
}
