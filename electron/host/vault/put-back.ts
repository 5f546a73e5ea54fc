/**
 * Notices that `main.db`, or the key record, is of another time than the rest: somebody restored a backup, or put an older file in place.
 * Both sides keep a number that is raised at each unlock and each lock; no clock is asked. The keychain keeps the outer number where it
 * keeps the key, the key record otherwise. Noticing is all: nothing is refused.
 */
import { AppError } from '../../../contract/errors.ts'
import type { VaultKeysState } from '../../../contract/vault-keys.ts'
import type { EncryptedDatabase } from './files/encrypted-database.ts'
import type { Keychain } from './keys/keychain.ts'
import type { RecordFile } from './keys/record-file.ts'
import { Sequence } from './keys/record-parts.ts'
import { sequenceAccount } from './keys/wraps.ts'

type Found = NonNullable<VaultKeysState['putBack']>

interface PutBackOptions {
  file: RecordFile
  keychain: Keychain
  main: EncryptedDatabase
  now: () => number
}

interface Main {
  number: number
  at: number
}

export class PutBack {
  readonly #options: PutBackOptions
  /** What was found and is not confirmed yet: the numbers stay as they are until it is. */
  #found: { what: Found['what']; found: number; expected: number } | null = null

  constructor(options: PutBackOptions) {
    this.#options = options
  }

  /** Compares the numbers, and raises them when they agree. What cannot be read or written, such as a keychain that is locked, is no finding. */
  async look(): Promise<Found | null> {
    let outer: Sequence | null
    let main: Main | undefined
    try {
      outer = await this.#outer()
      main = this.#main()
    } catch {
      return null
    }
    const least = outer ? outer.number - (outer.settled ? 0 : 1) : 0
    const found = main?.number ?? 0
    const expected = outer?.number ?? 0
    if (found < least) this.#found = { what: 'main_older', found, expected }
    else if (found > expected) this.#found = { what: 'record_older', found, expected }
    else await this.raise()
    return this.#found && { what: this.#found.what, mainAt: main?.at ?? null }
  }

  /** Counts once more. The outer number goes first and says that it is ahead; killed in between, main.db may be one behind. */
  async raise(): Promise<void> {
    if (this.#found) return
    try {
      const outer = await this.#outer()
      await this.#setBoth(Math.max(outer?.number ?? 0, this.#main()?.number ?? 0) + 1)
    } catch {
      // A disk that is full or a keychain that does not answer: the numbers agree as they did.
    }
  }

  /** The person means it: a row says that she was told, and the numbers agree again. @throws AppError not_found when there is nothing to confirm */
  async confirm(): Promise<void> {
    const found = this.#found
    if (!found) throw new AppError('not_found', 'Nothing was put back')
    const { main, now } = this.#options
    main
      .prepare('INSERT INTO vault_events (at, what, found, expected) VALUES (?, ?, ?, ?)')
      .run(now(), found.what, found.found, found.expected)
    this.#found = null
    await this.#setBoth(Math.max(found.found, found.expected) + 1).catch(() => undefined)
  }

  /** The key is kept another way: from now on the number is as well. */
  async move(): Promise<void> {
    if (this.#found) return
    await this.#setBoth((this.#main()?.number ?? 0) + 1).catch(() => undefined)
  }

  async #setBoth(number: number): Promise<void> {
    const { main, now } = this.#options
    if (!(await this.#setOuter({ number, settled: false }))) return
    main.prepare('INSERT OR REPLACE INTO vault_sequence (only, number, at) VALUES (1, ?, ?)').run(number, now())
    await this.#setOuter({ number, settled: true })
  }

  #main(): Main | undefined {
    return this.#options.main.prepare<Main>('SELECT number, at FROM vault_sequence').get()
  }

  /** Null when it was never counted. */
  async #outer(): Promise<Sequence | null> {
    const { file, keychain } = this.#options
    if (!this.#inKeychain) return file.record?.sequence ?? null
    const text = await keychain.read(this.#account)
    if (text === null) return null
    return Sequence.parse(JSON.parse(text))
  }

  /** False where it could not be written. */
  async #setOuter(sequence: Sequence): Promise<boolean> {
    const { file, keychain } = this.#options
    if (!this.#inKeychain) return file.tryChange(() => ({ sequence }))
    await keychain.write(this.#account, JSON.stringify(sequence))
    return true
  }

  get #inKeychain(): boolean {
    return this.#options.file.record?.wraps[0].kind === 'keychain'
  }

  get #account(): string {
    return sequenceAccount(this.#options.file.record?.vaultId ?? '')
  }
}
