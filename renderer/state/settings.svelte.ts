/** The person's settings. A change shows at once and is taken back when the host refuses it. */
import { AppError } from '../../contract/errors.ts'
import type { PolicyFinding, PolicyFormat } from '../../contract/policy-finding.ts'
import { defaultSettings, type ManagedSettings, type SettingKey, type Settings } from '../../contract/settings.ts'
import type { Client } from '../../contract/contract.ts'
import type { Area, Life } from './area.ts'
import { Task } from './task.svelte.ts'

export class SettingsState implements Area {
  #kept = $state.raw<Settings>(defaultSettings)
  /** Changes on their way, oldest first. */
  #wished = $state.raw<Partial<Settings>[]>([])
  #managed = $state.raw<ManagedSettings>({})
  #findings = $state.raw<readonly PolicyFinding[]>([])
  /** What is written out for the administrators of other computers. */
  readonly exporting = new Task()
  #exported = $state<string | null>(null)
  readonly #heard = Promise.withResolvers<void>()
  #known = $state(false)
  #trouble = $state<AppError | null>(null)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Whether the host has said what they are. */
  get known(): boolean {
    return this.#known
  }

  get values(): Settings {
    return Object.assign({}, this.#kept, ...this.#wished) as Settings
  }

  /** Whether the organisation has fixed this setting. */
  isManaged(key: SettingKey): boolean {
    return this.#managed[key] !== undefined
  }

  /** Whether the organisation has fixed it to something that cannot be understood, so that its strictest value holds. */
  isUnread(key: SettingKey): boolean {
    return this.#managed[key]?.unread ?? false
  }

  /** Settles once the host has said what is fixed. */
  get managedHeard(): Promise<void> {
    return this.#heard.promise
  }

  onStart({ follow }: Life): void {
    follow(this.#client.settings.managed, (managed) => {
      this.#managed = managed
      this.#heard.resolve()
    })
    follow(this.#client.settings.findings, (findings) => (this.#findings = findings))
  }

  forget(): void {
    this.exporting.forget()
    this.#exported = null
  }

  /** What administrators have written, entry by entry. */
  get findings(): readonly PolicyFinding[] {
    return this.#findings
  }

  /** The file that the settings were written into last; null before. */
  get exported(): string | null {
    return this.#exported
  }

  /** Writes what differs from the defaults as policies, into this folder or into the one that is picked now. */
  export(format: PolicyFormat, reference: string | null): Promise<boolean> {
    return this.exporting.run(async () => {
      this.#exported = null
      const folder = reference ?? (await this.#client.desktop.pickFolder({}))?.reference
      if (folder === undefined) return
      this.#exported = (await this.#client.settings.export({ reference: folder, format })).name
    })
  }

  /** Why the last change was not kept. */
  get trouble(): AppError | null {
    return this.#trouble
  }

  apply(kept: Settings): void {
    this.#kept = kept
    this.#known = true
  }

  async set(change: Partial<Settings>): Promise<void> {
    this.#wished = [...this.#wished, change]
    this.#trouble = null
    try {
      await this.#client.settings.set(change)
      // The stream brings it too, before or after this: until then it is shown as kept.
      this.#kept = { ...this.#kept, ...change }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.#trouble = error
    } finally {
      this.#wished = this.#wished.filter((wish) => wish !== change)
    }
  }
}
