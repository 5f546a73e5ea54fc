/** The catalogue, what of it is on its way here, and whether each model would run on this machine now. */
import type { Client } from '../../contract/contract.ts'
import type { CatalogueState as CatalogueFacts, Download, Fit } from '../../contract/entities.ts'
import { Task } from './task.svelte.ts'

export class CatalogueState {
  #facts = $state.raw<CatalogueFacts | null>(null)
  #downloads = $state.raw<Download[]>([])
  #fits = $state.raw<Record<string, Fit>>({})
  readonly #client: Client
  /** The last thing a person asked of a download. */
  readonly asking = new Task()

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until the host has said. */
  get facts(): CatalogueFacts | null {
    return this.#facts
  }

  get downloads(): Download[] {
    return this.#downloads
  }

  /** Of a model, or of a student of the catalogue, by its id. */
  fit(id: string): Fit | null {
    return this.#fits[id] ?? null
  }

  downloadOf(studentId: string): Download | null {
    return this.#downloads.find((download) => download.studentId === studentId) ?? null
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
