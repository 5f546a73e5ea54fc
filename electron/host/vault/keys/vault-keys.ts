/** The keys while the vault is open: the vault's own key in memory, the files' keys taken out of their boxes for a moment. */
import { AppError } from '../../../../contract/errors.ts'
import { openKey, randomKey, sealKey, type BoxPurpose } from './key-box.ts'
import { writeKeyRecord, type KeyRecord } from './key-record.ts'
import type { Wrap } from './wraps.ts'

export class VaultKeys {
  readonly #path: string
  readonly #vaultKey: Buffer
  #record: KeyRecord

  /** @param vaultKey is wiped by `close`. */
  constructor({ path, record, vaultKey }: { path: string; record: KeyRecord; vaultKey: Buffer }) {
    this.#path = path
    this.#record = record
    this.#vaultKey = vaultKey
  }

  /** A record that is not written yet, with a key for `main`. */
  static newRecord(vaultId: string, vaultKey: Buffer, wrap: Wrap): KeyRecord {
    const key = randomKey()
    const main = sealKey(key, vaultKey, purposeOf(vaultId, 'main'))
    key.fill(0)
    return { version: 1, vaultId, wraps: [wrap], keys: { main } }
  }

  get record(): KeyRecord {
    return this.#record
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#record.keys, name)
  }

  /** Hands the key of a file to the work, which must not keep it. @throws AppError vault_damaged {damage: record_unreadable} */
  use<T>(name: string, work: (key: Buffer) => T): T {
    const { vaultId, keys } = this.#record
    const key = openKey(keys[name] ?? '', this.#vaultKey, purposeOf(vaultId, name))
    if (!key)
      throw new AppError('vault_damaged', `The key of ${name} does not open`, { damage: 'record_unreadable', file: 'vault.json' })
    try {
      return work(key)
    } finally {
      key.fill(0)
    }
  }

  /** Makes a key for a new file. The record is written when the work has ended well: a key that the record names always has its file. */
  add(name: string, work: (key: Buffer) => void): void {
    const key = randomKey()
    try {
      work(key)
      const box = sealKey(key, this.#vaultKey, purposeOf(this.#record.vaultId, name))
      this.#write({ ...this.#record, keys: { ...this.#record.keys, [name]: box } })
    } finally {
      key.fill(0)
    }
  }

  /** Takes the keys of files that are there in, all at once; `main` is among them. */
  adopt(keysByName: Readonly<Record<string, Buffer>>): void {
    const keys = { ...this.#record.keys }
    for (const [name, key] of Object.entries(keysByName))
      keys[name] = sealKey(key, this.#vaultKey, purposeOf(this.#record.vaultId, name))
    this.#write({ ...this.#record, keys })
  }

  /** Forgets the key of a file for good: what it encrypted is noise from now on, wherever a copy lies. */
  destroy(name: string): void {
    const { [name]: _gone, ...keys } = this.#record.keys
    this.#write({ ...this.#record, keys })
  }

  /** Hands out the vault's own key, to be wrapped anew. */
  get vaultKey(): Buffer {
    return this.#vaultKey
  }

  /** Writes a record that is new. */
  save(): void {
    this.#write(this.#record)
  }

  /** From now on the vault's key is kept this way only. */
  replaceWrap(wrap: Wrap): void {
    this.#write({ ...this.#record, wraps: [wrap] })
  }

  close(): void {
    this.#vaultKey.fill(0)
  }

  #write(record: KeyRecord): void {
    writeKeyRecord(this.#path, record)
    this.#record = record
  }
}

function purposeOf(vaultId: string, name: string): BoxPurpose {
  return { purpose: 'data-key', vaultId, id: name }
}
