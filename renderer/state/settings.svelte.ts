/** The person's settings. A change shows at once and is taken back when the host refuses it. */
import { AppError } from '../../contract/errors.ts'
import { defaultSettings, type ManagedSettings, type SettingKey, type Settings } from '../../contract/settings.ts'
import type { Client } from '../../contract/contract.ts'
import type { Area, Life } from './area.ts'

export class SettingsState implements Area {
  #kept = $state.raw<Settings>(defaultSettings)
  /** Changes on their way, oldest first. */
  #wished = $state.raw<Partial<Settings>[]>([])
  #managed = $state.raw<ManagedSettings>({})
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
