/**
 * What the person chose, over the defaults. Settings live in the encrypted main file; the two that the unlock screen
 * needs are closed enumerations and stand in a small clear file as well.
 */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { settings, Settings, type SettingKey } from '../../../contract/settings.ts'
import { writeFileAtomic } from '../base/atomic-file.ts'
import { Watchable } from '../base/watchable.ts'
import type { EncryptedDatabase } from '../vault/encrypted-database.ts'

const ClearSettings = Settings.pick({ language: true, theme: true }).partial()
const keys = Object.keys(settings) as SettingKey[]

export class SettingsArea {
  readonly state: Watchable<Settings>
  readonly #clearPath: string
  #database: EncryptedDatabase | null = null

  /** @param clearPath the file for what must be known before the vault is open. */
  constructor({ clearPath }: { clearPath: string }) {
    this.#clearPath = clearPath
    this.state = new Watchable<Settings>({ ...defaults(), ...this.#readClear() })
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
    this.state.set(Settings.parse(values))
  }

  /** Forgets them again when the vault locks. */
  detach(): void {
    this.#database = null
    this.state.set({ ...defaults(), ...this.#readClear() })
  }

  /** Keeps a change. Before the vault is open only the clear ones can be kept; the others are ignored. */
  set(change: { [Key in SettingKey]?: Settings[Key] | undefined }): void {
    const entries = Object.entries(change).filter(
      ([key, value]) => value !== undefined && (this.#database !== null || isClear(key)),
    )
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
