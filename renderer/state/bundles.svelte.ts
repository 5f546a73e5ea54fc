/** Bundles on sticks: what was found in a folder, and what is on its way in or out. */
import type { BundleSummary, BundleWork } from '../../contract/bundle.ts'
import type { Client } from '../../contract/contract.ts'
import type { Area, Life } from './area.ts'
import { Task } from './task.svelte.ts'

/** A folder or a file that the host has named. */
export interface Picked {
  reference: string
  name: string
}

type BundleWish = Parameters<Client['models']['exportBundle']>[0]

export class BundlesState implements Area {
  #works = $state.raw<BundleWork[]>([])
  #found = $state.raw<BundleSummary[]>([])
  #folders = $state.raw<Picked[]>([])
  readonly #client: Client
  /** Looking into a folder, and beginning to import from it. */
  readonly finding = new Task()
  readonly exporting = new Task()
  /** The last thing a person asked of one on its way. */
  readonly asking = new Task()

  constructor(client: Client) {
    this.#client = client
  }

  get works(): BundleWork[] {
    return this.#works
  }

  /** The bundles of the folder that was looked into last. */
  get found(): BundleSummary[] {
    return this.#found
  }

  /** Those that Alambic was started with, for a skin without a dialog. */
  get folders(): Picked[] {
    return this.#folders
  }

  /** Forgets what was found before, and asks which folders may be named. */
  prepare(): Promise<boolean> {
    this.#found = []
    this.exporting.forget()
    return this.finding.once(async () => (this.#folders = await this.#client.desktop.folders({})))
  }

  /** Asks the system's dialog for a folder; null when it was closed. */
  pickFolder(): Promise<Picked | null> {
    return this.#client.desktop.pickFolder({})
  }

  /** Asks the system's dialog for the file of a signing key; null when it was closed. */
  pickKey(): Promise<Picked | null> {
    return this.#client.desktop.pickKey({})
  }

  /** Looks for bundles in a folder, or in the one that is picked now. */
  look(folder: Picked | null): Promise<boolean> {
    return this.finding.once(async () => {
      const chosen = folder ?? (await this.pickFolder())
      if (chosen) this.#found = await this.#client.models.inspectBundles({ reference: chosen.reference })
    })
  }

  /** @returns whether it is on its way */
  begin({ reference, signature }: BundleSummary): Promise<boolean> {
    const insist = signature.state !== 'verified'
    return this.finding.once(() => this.#client.models.importBundle({ reference, insist }))
  }

  /** Writes a bundle into a folder, or into the one that is picked now. @returns whether it is on its way */
  async export(folder: Picked | null, wish: Omit<BundleWish, 'reference'>): Promise<boolean> {
    let begun = false
    await this.exporting.once(async () => {
      const chosen = folder ?? (await this.pickFolder())
      if (!chosen) return
      await this.#client.models.exportBundle({ reference: chosen.reference, ...wish })
      begun = true
    })
    return begun
  }

  resume(workId: string): Promise<boolean> {
    return this.asking.run(() => this.#client.models.resumeBundle({ workId }))
  }

  cancel(workId: string): Promise<boolean> {
    return this.asking.run(() => this.#client.models.cancelBundle({ workId }))
  }

  onUnlock({ follow }: Life): void {
    follow(this.#client.models.bundles, (works) => this.apply(works))
  }

  apply(works: BundleWork[]): void {
    this.#works = works
  }

  forget(): void {
    this.#works = []
    this.#found = []
    for (const task of [this.finding, this.exporting, this.asking]) task.forget()
  }
}
