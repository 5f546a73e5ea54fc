/**
 * What an administrator fixed, over what the person chose, over what an administrator recommends, over the defaults. Settings live in the
 * encrypted main file; the two that the unlock screen needs are closed enumerations and stand in a small clear file as well.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { AppError } from '../../../contract/errors.ts'
import type { PolicyFinding } from '../../../contract/policy-finding.ts'
import {
  defaultSettings,
  policyOf,
  settingKeys,
  settings,
  Settings,
  type ManagedSettings,
  type SettingKey,
} from '../../../contract/settings.ts'
import { writeFileAtomic } from '../base/atomic-file.ts'
import { receivingFailure } from '../base/received-file.ts'
import { canonicalJson } from '../base/canonical-json.ts'
import { Watchable } from '../base/watchable.ts'
import type { ManagedSource } from './managed-values.ts'
import { readPolicies, type Policies } from './policies.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'

const StoredSettings = Settings.partial()

export class SettingsArea {
  readonly state: Watchable<Settings>
  /** Those that an administrator has fixed. */
  readonly managed: Watchable<ManagedSettings>
  /** What administrators have written, entry by entry. */
  readonly findings: Watchable<PolicyFinding[]>
  readonly #clearPath: string
  readonly #source: ManagedSource
  #policies: Policies
  /** What the person chose, also where a policy holds instead: it comes back when the policy goes. */
  #own: Partial<Settings>
  #database: EncryptedDatabase | null = null

  /** @param clearPath the file for what must be known before the vault is open. @param source what administrators wrote */
  constructor({ clearPath, source }: { clearPath: string; source: ManagedSource }) {
    this.#clearPath = clearPath
    this.#source = source
    this.#policies = this.#read()
    this.#own = this.#readClear()
    this.managed = new Watchable(this.#policies.managed)
    this.findings = new Watchable(this.#policies.findings)
    this.state = new Watchable<Settings>(this.#over())
  }

  /** SHA-256 of what administrators have fixed, in hexadecimal; null when they fixed nothing. */
  get policiesHash(): string | null {
    const { values } = this.#policies
    if (Object.keys(values).length === 0) return null
    return createHash('sha256').update(canonicalJson(values)).digest('hex')
  }

  get values(): Settings {
    return this.state.value
  }

  /** Reads the person's own settings once the vault is open. What cannot be read any more falls back to its default. */
  attach(database: EncryptedDatabase): void {
    this.#database = database
    const values: Record<string, unknown> = this.#readClear()
    for (const { key, value } of database.prepare<{ key: string; value: string }>('SELECT key, value FROM settings').all()) {
      if (!isKey(key) || isPolicyOnly(key)) continue
      const parsed = settings[key].schema.safeParse(JSON.parse(value))
      if (parsed.success) values[key] = parsed.data
    }
    this.#own = StoredSettings.parse(values) as Partial<Settings>
    this.readPolicies()
  }

  /** Reads what administrators have fixed anew; it holds from now on. Nobody is told when nothing changed. */
  readPolicies(): void {
    this.#policies = this.#read()
    if (!isSame(this.managed.value, this.#policies.managed)) this.managed.set(this.#policies.managed)
    if (!isSame(this.findings.value, this.#policies.findings)) this.findings.set(this.#policies.findings)
    this.#tell()
  }

  #read(): Policies {
    try {
      return readPolicies(this.#source())
    } catch (error) {
      // A source that fails in a way that it does not know: nobody knows what is fixed, so everything restrictive closes.
      return readPolicies({ values: [], unread: [error instanceof Error ? error.message : String(error)] })
    }
  }

  #tell(): void {
    const next = this.#over()
    if (!isSame(this.state.value, next)) this.state.set(next)
  }

  /** Forgets them again when the vault locks. */
  detach(): void {
    this.#database = null
    this.#own = this.#readClear()
    this.#tell()
  }

  /**
   * Keeps a change. Before the vault is open only the clear ones can be kept; the others are ignored.
   * @throws AppError managed {setting} when one of them is fixed to something else, or is for administrators alone; nothing is kept then
   */
  set(change: { [Key in SettingKey]?: Settings[Key] | undefined }): void {
    const isFixed = (key: string): boolean => this.#policies.managed[key as SettingKey] !== undefined
    const wished = Object.entries(change).filter(([, value]) => value !== undefined)
    const refusal = refusedChange(change, { values: this.state.value, managed: this.#policies.managed })
    if (refusal) throw refusal
    const isRecommended = (key: string, value: unknown): boolean =>
      !(key in this.#own) && this.#policies.recommended[key as SettingKey] === value
    // The organisation's value does not become the person's own when a form sends it back.
    const entries = wished.filter(
      ([key, value]) =>
        !isFixed(key) && !isPolicyOnly(key) && !isRecommended(key, value) && (this.#database !== null || isClear(key)),
    )
    const next = StoredSettings.parse({ ...this.#own, ...Object.fromEntries(entries) }) as Partial<Settings>
    const keepClear = (values: Partial<Settings>): void => {
      if (!entries.some(([key]) => isClear(key))) return
      try {
        writeFileAtomic(this.#clearPath, JSON.stringify(clearOf(values)))
      } catch (error) {
        throw receivingFailure(error)
      }
    }
    const database = this.#database
    if (!database) keepClear(next)
    else {
      const write = database.prepare(
        'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      )
      // Both places or neither: where the second cannot be written the first is taken back.
      database.transaction(() => {
        for (const [key, value] of entries) write.run(key, JSON.stringify(value))
        keepClear(next)
      })
    }
    this.#own = next
    this.#tell()
  }

  #over(): Settings {
    const { recommended, values } = this.#policies
    return { ...defaultSettings, ...recommended, ...this.#own, ...values }
  }

  #readClear(): Partial<Settings> {
    if (!existsSync(this.#clearPath)) return {}
    try {
      const parsed = StoredSettings.safeParse(JSON.parse(readFileSync(this.#clearPath, 'utf8')))
      return parsed.success ? clearOf(parsed.data as Partial<Settings>) : {}
    } catch {
      return {}
    }
  }
}

/** managed {setting} for the first setting of a change that an administrator has fixed to something else, or that is for administrators alone; null for none. */
export function refusedChange(
  change: { [Key in SettingKey]?: Settings[Key] | undefined },
  { values, managed }: { values: Settings; managed: ManagedSettings },
): AppError | null {
  const refused = settingKeys.find(
    (key) => change[key] !== undefined && (managed[key] !== undefined || isPolicyOnly(key)) && change[key] !== values[key],
  )
  return refused ? new AppError('managed', 'An administrator has fixed this', { setting: refused }) : null
}

function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isKey(key: string): key is SettingKey {
  return Object.hasOwn(settings, key)
}

function isClear(key: string): boolean {
  return isKey(key) && settings[key].clear
}

/** Those of them that may stand unencrypted. */
function clearOf(values: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(settingKeys.flatMap((key) => (isClear(key) && key in values ? [[key, values[key]]] : [])))
}

function isPolicyOnly(key: string): boolean {
  return isKey(key) && policyOf(key)?.only === true
}
