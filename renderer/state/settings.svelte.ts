/** The person's settings. A change shows at once and is taken back when the host refuses it. */
import { AppError } from '../../contract/errors.ts'
import { defaultSettings, type ManagedSettings, type SettingKey, type Settings } from '../../contract/settings.ts'
import type { Client } from '../../contract/contract.ts'

export class SettingsState {
  #kept = $state.raw<Settings>(defaultSettings)
  /** Changes on their way, oldest first. */
  #wished = $state.raw<Partial<Settings>[]>([])
  #managed = $state.raw<ManagedSettings>({})
  #managedKnown = false
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

  /** Whether the host has said what is fixed. */
  get managedKnown(): boolean {
    return this.#managedKnown
  }

  applyManaged(managed: ManagedSettings): void {
    this.#managedKnown = true
    this.#managed = managed
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
