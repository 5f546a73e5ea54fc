/** The keys while the vault is open: the vault's own key in memory, the files' keys taken out of their boxes for a moment. */
import { AppError } from '../../../../contract/errors.ts'
import { openKey, randomKey, sealKey, type BoxPurpose } from './key-box.ts'
import type { KeyRecord } from './key-record.ts'
import type { RecordFile } from './record-file.ts'
import { noTries } from './record-parts.ts'
import type { Wrap } from './wraps.ts'

export class VaultKeys {
  readonly #file: RecordFile
  #vaultKey: Buffer

  /** @param vaultKey is wiped by `close`. */
  constructor({ file, vaultKey }: { file: RecordFile; vaultKey: Buffer }) {
    this.#file = file
    this.#vaultKey = vaultKey
  }

  /** A record that is not written yet, with a key for `main`. */
  static newRecord(vaultId: string, vaultKey: Buffer, wrap: Wrap): KeyRecord {
    const key = randomKey()
    const main = sealKey(key, vaultKey, purposeOf(vaultId, 'main'))
    key.fill(0)
    return {
      ...{ version: 2, vaultId, wraps: [wrap], keys: { main } },
      ...{ nextKeys: {}, lastChange: null, tries: noTries, sequence: null },
    }
  }

  /** A record that is not written yet, of files that are there with their keys; `main` is among them. */
  static recordOf(vaultId: string, vaultKey: Buffer, wrap: Wrap, keysByName: Readonly<Record<string, Buffer>>): KeyRecord {
    const boxes = Object.entries(keysByName).map(([name, key]) => [name, sealKey(key, vaultKey, purposeOf(vaultId, name))])
    return { ...VaultKeys.newRecord(vaultId, vaultKey, wrap), keys: Object.fromEntries(boxes) as Record<string, string> }
  }

  /** Hands the key for `main` of a record that is not written yet to the work, which must not keep it. */
  static useNew(record: KeyRecord, vaultKey: Buffer, work: (key: Buffer) => void): void {
    const key = openKey(record.keys['main'] ?? '', vaultKey, purposeOf(record.vaultId, 'main'))
    if (!key) throw new Error('The record was made with another key')
    try {
      work(key)
    } finally {
      key.fill(0)
    }
  }

  get record(): KeyRecord {
    const { record } = this.#file
    if (!record) throw new Error('There is no key record')
    return record
  }

  has(name: string): boolean {
    return Object.hasOwn(this.record.keys, name)
  }

  /** Hands the key of a file to the work, which must not keep it. @throws AppError vault_damaged {damage: record_unreadable} */
  use<T>(name: string, work: (key: Buffer) => T): T {
    const { vaultId, keys } = this.record
    return this.#withKey(name, keys[name], purposeOf(vaultId, name), work)
  }

  /** Hands over the key to come of a file that is to be encrypted anew. @throws AppError vault_damaged {damage: record_unreadable} */
  useNext<T>(name: string, work: (key: Buffer) => T): T {
    const { vaultId, nextKeys } = this.record
    return this.#withKey(name, nextKeys[name], nextPurposeOf(vaultId, name), work)
  }

  /** Makes a key for a new file. The record is written when the work has ended well: a key that the record names always has its file. */
  add(name: string, work: (key: Buffer) => void): void {
    const key = randomKey()
    try {
      work(key)
      this.keep(name, key)
    } finally {
      key.fill(0)
    }
  }

  /** Keeps the key of a file that is there already, whole and on the disk. */
  keep(name: string, key: Buffer): void {
    const box = sealKey(key, this.#vaultKey, purposeOf(this.record.vaultId, name))
    this.#file.change(({ keys }) => ({ keys: { ...keys, [name]: box } }))
  }

  /** Forgets the key of a file for good: what it encrypted is noise from now on, wherever a copy lies. */
  destroy(name: string): void {
    this.#file.change((record) => ({ keys: without(record.keys, name), ...ended(record, name) }))
  }

  /** Hands out the vault's own key, to be wrapped anew. */
  get vaultKey(): Buffer {
    return this.#vaultKey
  }

  /** From now on the vault's key is kept this way only. */
  replaceWrap(wrap: Wrap): void {
    this.#file.change(() => ({ wraps: [wrap], lastChange: 'wrapped' }))
  }

  /**
   * Puts another vault's key in the place of the present one, and gives every file a key to come. The record knows all of this in one
   * write; from then on no older record helps with what will have been encrypted anew.
   * @param vaultKey is wiped by `close`, the present one at once.
   */
  replaceAll(vaultKey: Buffer, wrap: Wrap): void {
    const { vaultId, keys } = this.record
    const boxed = (box: (name: string) => string): Record<string, string> =>
      Object.fromEntries(Object.keys(keys).map((name) => [name, box(name)]))
    // A turn that an earlier change left unended is ended by this one: the file may lie under either of its keys.
    if (this.waiting.length > 0) throw new AppError('busy', 'Everything is being encrypted anew already')
    this.#file.change(() => ({
      wraps: [wrap],
      lastChange: 'wrapped',
      keys: boxed((name) => this.use(name, (key) => sealKey(key, vaultKey, purposeOf(vaultId, name)))),
      nextKeys: boxed((name) => {
        const key = randomKey()
        const box = sealKey(key, vaultKey, nextPurposeOf(vaultId, name))
        key.fill(0)
        return box
      }),
    }))
    this.#vaultKey.fill(0)
    this.#vaultKey = vaultKey
  }

  /** The files that are still to be encrypted anew. */
  get waiting(): string[] {
    return Object.keys(this.record.nextKeys)
  }

  /**
   * A file lies under its key to come: that is its key now. Where the disk does not take the record, both keys stay in the one that lies
   * there, and opening the file tries both.
   */
  settle(name: string): void {
    const { vaultId } = this.record
    const box = this.useNext(name, (key) => sealKey(key, this.#vaultKey, purposeOf(vaultId, name)))
    this.#file.tryChange((record) => ({ keys: { ...record.keys, [name]: box }, ...ended(record, name) }))
  }

  close(): void {
    this.#vaultKey.fill(0)
  }

  #withKey<T>(name: string, box: string | undefined, purpose: BoxPurpose, work: (key: Buffer) => T): T {
    const key = openKey(box ?? '', this.#vaultKey, purpose)
    if (!key)
      throw new AppError('vault_damaged', `The key of ${name} does not open`, { damage: 'record_unreadable', file: 'vault.json' })
    try {
      return work(key)
    } finally {
      key.fill(0)
    }
  }
}

function purposeOf(vaultId: string, name: string): BoxPurpose {
  return { purpose: 'data-key', vaultId, id: name }
}

function nextPurposeOf(vaultId: string, name: string): BoxPurpose {
  return { purpose: 'next-data-key', vaultId, id: name }
}

/** The turn of this file has ended; with the last one everything is encrypted anew. */
function ended({ nextKeys, lastChange }: KeyRecord, name: string): Pick<KeyRecord, 'nextKeys' | 'lastChange'> {
  const left = without(nextKeys, name)
  const isLast = Object.hasOwn(nextKeys, name) && Object.keys(left).length === 0
  return { nextKeys: left, lastChange: isLast ? 'reencrypted' : lastChange }
}

function without(boxes: Record<string, string>, name: string): Record<string, string> {
  const { [name]: _gone, ...rest } = boxes
  return rest
}
