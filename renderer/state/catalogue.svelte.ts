/** The catalogue, what of it is on its way here, and whether each model would run on this machine now. */
import type { Client } from '../../contract/contract.ts'
import type { CatalogueSource, CatalogueState as CatalogueFacts, CatalogueStudent, Download } from '../../contract/catalogue.ts'
import type { Fit, Model } from '../../contract/entities.ts'
import type { Area, Life } from './area.ts'
import { isFetchedAs, type SendFile } from './models.svelte.ts'
import { Task } from './task.svelte.ts'

export class CatalogueState implements Area {
  #facts = $state.raw<CatalogueFacts | null>(null)
  #downloads = $state.raw<Download[]>([])
  #fits = $state.raw<Record<string, Fit>>({})
  readonly #client: Client
  readonly #sendFile: SendFile
  /** Taking another catalogue. */
  readonly taking = new Task()
  /** The last thing a person asked of a download. */
  readonly asking = new Task()

  constructor(client: Client, sendFile: SendFile) {
    this.#client = client
    this.#sendFile = sendFile
  }

  /** Null until the host has said. */
  get facts(): CatalogueFacts | null {
    return this.#facts
  }

  /** Those that a bundle can take along: neither what is part of every program, nor what nobody would take any more. */
  get portable(): CatalogueSource[] {
    return this.#facts?.sources.filter(({ kind, expired }) => kind !== 'built_in' && !expired) ?? []
  }

  get downloads(): Download[] {
    return this.#downloads
  }

  /** Of a model, or of a student of the catalogue, by its id. */
  fit(id: string): Fit | null {
    return this.#fits[id] ?? null
  }

  /** The student of the catalogue that a model here is; null where the catalogue does not know it. */
  knownAs(model: Pick<Model, 'id' | 'catalogueId'>): CatalogueStudent | null {
    const students = this.#facts?.catalogue.families.flatMap((family) => family.students) ?? []
    return students.find((student) => isFetchedAs(student, model)) ?? null
  }

  downloadOf(studentId: string): Download | null {
    return this.#downloads.find((download) => download.studentId === studentId) ?? null
  }

  onUnlock({ follow }: Life): void {
    follow(this.#client.models.catalogue, (facts) => this.apply(facts))
    follow(this.#client.models.downloads, (downloads) => this.applyDownloads(downloads))
    follow(this.#client.runtime.fits, (fits) => this.applyFits(fits))
  }

  apply(facts: CatalogueFacts): void {
    this.#facts = facts
  }

  applyDownloads(downloads: Download[]): void {
    this.#downloads = downloads
  }

  applyFits(fits: Record<string, Fit>): void {
    this.#fits = fits
  }

  forget(): void {
    this.#facts = null
    this.#downloads = []
    this.#fits = {}
    this.asking.forget()
    this.taking.forget()
  }

  /** Asks the organisation's address. */
  check(): Promise<boolean> {
    return this.taking.once(() => this.#client.models.checkCatalogue({}))
  }

  /** Asks the host's dialog for a file and takes the catalogue in it. */
  pick(): Promise<boolean> {
    return this.taking.once(async () => {
      const picked = await this.#client.desktop.pickCatalogue({})
      if (picked) await this.#client.models.takeCatalogue({ reference: picked.reference })
    })
  }

  /** Sends a file from the page, and takes the catalogue in it. */
  send(file: File): Promise<boolean> {
    return this.taking.once(async () => {
      const { reference } = await this.#sendFile(file, () => undefined, new AbortController().signal)
      await this.#client.models.takeCatalogue({ reference })
    })
  }

  /** Goes back to the one that came with the application. */
  forgetTaken(): Promise<boolean> {
    return this.taking.run(() => this.#client.models.forgetCatalogues({}))
  }

  download(studentId: string): Promise<boolean> {
    return this.asking.run(() => this.#client.models.download({ studentId }))
  }

  pause(downloadId: string): Promise<boolean> {
    return this.asking.run(() => this.#client.models.pauseDownload({ downloadId }))
  }

  resume(downloadId: string): Promise<boolean> {
    return this.asking.run(() => this.#client.models.resumeDownload({ downloadId }))
  }

  cancel(downloadId: string): Promise<boolean> {
    return this.asking.run(() => this.#client.models.cancelDownload({ downloadId }))
  }
}
