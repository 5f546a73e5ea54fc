/**
 * What an administrator fixed, over what the person chose, over the defaults. Settings live in the encrypted main file; the two that the unlock screen
 * needs are closed enumerations and stand in a small clear file as well.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import { settings, Settings, type ManagedSettings, type SettingKey } from '../../../contract/settings.ts'
import { writeFileAtomic } from '../base/atomic-file.ts'
import { canonicalBytes } from '../base/signed-value.ts'
import { Watchable } from '../base/watchable.ts'
import type { ManagedSource } from './managed-values.ts'
import { readPolicies, type Policies } from './policies.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'

const ClearSettings = Settings.pick({ language: true, theme: true }).partial()
const keys = Object.keys(settings) as SettingKey[]

export class SettingsArea {
  readonly state: Watchable<Settings>
  /** Those that an administrator has fixed. */
  readonly managed: Watchable<ManagedSettings>
  readonly #clearPath: string
  readonly #source: ManagedSource
  #policies: Policies
  #database: EncryptedDatabase | null = null

  /** @param clearPath the file for what must be known before the vault is open. @param source what administrators wrote */
  constructor({ clearPath, source }: { clearPath: string; source: ManagedSource }) {
    this.#clearPath = clearPath
    this.#source = source
    this.#policies = readPolicies(source())
    this.managed = new Watchable(this.#policies.managed)
    this.state = new Watchable<Settings>(this.#over({ ...defaults(), ...this.#readClear() }))
  }

  /** SHA-256 of what administrators have fixed, in hexadecimal; null when they fixed nothing. */
  get policiesHash(): string | null {
    const { values } = this.#policies
    if (Object.keys(values).length === 0) return null
    return createHash('sha256').update(canonicalBytes(values)).digest('hex')
  }

  get values(): Settings {
    return this.state.value
  }

  /** Reads the person's own settings once the vault is open. What cannot be read any more falls back to its default. */
  attach(database: EncryptedDatabase): void {
    this.#database = database
    const values: Record<string, unknown> = { ...defaults(), ...this.#readClear() }
    for (const { key, value } of database.prepare<{ key: string; value: string }>('SELECT key, value FROM settings').all()) {
      const schema = keys.includes(key as SettingKey) ? settings[key as SettingKey].schema : null
      const parsed = schema?.safeParse(JSON.parse(value))
      if (parsed?.success) values[key] = parsed.data
    }
    this.readPolicies()
    this.state.set(this.#over(Settings.parse(values)))
  }

  /** Reads what administrators have fixed anew; it holds from now on. */
  readPolicies(): void {
    this.#policies = readPolicies(this.#source())
    this.managed.set(this.#policies.managed)
    this.state.set(this.#over(this.state.value))
  }

  /** Forgets them again when the vault locks. */
  detach(): void {
    this.#database = null
    this.state.set(this.#over({ ...defaults(), ...this.#readClear() }))
  }

  /**
   * Keeps a change. Before the vault is open only the clear ones can be kept; the others are ignored.
   * @throws AppError managed {setting} when one of them is fixed to something else; nothing is kept then
   */
  set(change: { [Key in SettingKey]?: Settings[Key] | undefined }): void {
    const isFixed = (key: string): boolean => this.#policies.managed[key as SettingKey] !== undefined
    const wished = Object.entries(change).filter(([, value]) => value !== undefined)
    for (const [key, value] of wished) {
      if (isFixed(key) && value !== this.state.value[key as SettingKey])
        throw new AppError('managed', 'An administrator has fixed this', { setting: key })
    }
    // The organisation's value does not become the person's own when a form sends it back.
    const entries = wished.filter(([key]) => !isFixed(key) && (this.#database !== null || isClear(key)))
    const database = this.#database
    if (database) {
      const write = database.prepare(
        'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      )
      database.transaction(() => {
        for (const [key, value] of entries) write.run(key, JSON.stringify(value))
      })
    }
    const next = Settings.parse({ ...this.state.value, ...Object.fromEntries(entries) })
    if (entries.some(([key]) => isClear(key))) {
      writeFileAtomic(this.#clearPath, JSON.stringify({ language: next.language, theme: next.theme }))
    }
    this.state.set(next)
  }

  #over(values: Settings): Settings {
    return { ...values, ...this.#policies.values }
  }

  #readClear(): Partial<Settings> {
    if (!existsSync(this.#clearPath)) return {}
    try {
      const parsed = ClearSettings.safeParse(JSON.parse(readFileSync(this.#clearPath, 'utf8')))
      return parsed.success ? z.record(z.string(), z.any()).parse(parsed.data) : {}
    } catch {
      return {}
    }
  }
}

function defaults(): Settings {
  return Settings.parse(Object.fromEntries(keys.map((key) => [key, settings[key].initial])))
}

function isClear(key: string): boolean {
  return keys.includes(key as SettingKey) && settings[key as SettingKey].clear
}
