/** The way into the vault: passphrases and the keychain, how often one may try, and how good a new passphrase must be. Holds no key. */
import { isDeepStrictEqual } from 'node:util'
import type { Protection } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Words } from '../../../../contract/words.ts'
import type { Derivation } from './derivation.ts'
import type { Keychain } from './keychain.ts'
import type { Argon2Cost } from '../../../../contract/argon2-cost.ts'
import { PageSeal } from './page-seal.ts'
import { charactersOf, deriveKey, requireLength, type DeriveKey } from './passphrase.ts'
import { moveOldTries, Pauses } from './pauses.ts'
import type { RecordFile } from './record-file.ts'
import { noTries } from './record-parts.ts'
import { TriesElsewhere } from './tries-elsewhere.ts'
import { Wraps, type Wrap } from './wraps.ts'

interface EntranceOptions {
  record: RecordFile
  /** Where wrong tries at backup sets are kept. */
  triesElsewhere: string
  keychain: Keychain
  /** How hard new passphrases are made to guess. */
  cost: Argon2Cost
  /** Null derives in this process, and judges by length alone. */
  derivation: Derivation | null
  /** Names that others know, which a passphrase should not be made of. */
  known: readonly string[]
  /** Epoch milliseconds. */
  now: () => number
  /** Milliseconds that only grow, from any beginning. */
  elapsed: () => number
  /** Told that wrong passphrases can be counted in memory only. */
  onUnwrittenTries: () => void
}

/** What may be tried now. */
interface Allowance {
  /** Wrong passphrases until the next pause; 0 during one. */
  triesLeft: number
  /** The end of the present pause as the clock will show it, if nobody sets it; null when there is none. */
  retryAt: number | null
  /** Milliseconds until then; null when there is none. */
  pauseMs: number | null
}

export class Entrance {
  /** Makes keys of passphrases, where its memory does not stay. */
  readonly derive: DeriveKey
  /** The least score (0 to 4, as zxcvbn counts) that a new passphrase needs. */
  leastScore = 0
  readonly #options: EntranceOptions
  readonly #seal = new PageSeal()
  readonly #wraps: Wraps
  readonly #tries: TriesElsewhere
  #pauses: Pauses

  constructor(options: EntranceOptions) {
    const { keychain, cost, derivation } = options
    this.#options = options
    this.derive = (words, salt, cost, signal) =>
      this.opened(words, (bytes) =>
        derivation ? derivation.derive(bytes, salt, cost, signal) : deriveKey(bytes.toString(), salt, cost),
      )
    this.#wraps = new Wraps({ keychain, cost, derive: this.derive })
    this.#pauses = this.#newPauses()
    const { triesElsewhere: path, now, elapsed, onUnwrittenTries: onUnwritten } = options
    this.#tries = new TriesElsewhere({ path, now, elapsed, onUnwritten })
  }

  /** What pages seal passphrases for. */
  get publicKey(): string {
    return this.#seal.publicKey
  }

  /** What opens backup sets, whose wraps are another record's: their wrong tries are not this vault's, and count as well. */
  get elsewhere(): { wraps: Pick<Wraps, 'openByPassphrase'>; tries: TriesElsewhere; opened: Entrance['opened'] } {
    return { wraps: this.#wraps, tries: this.#tries, opened: (words, work) => this.opened(words, work) }
  }

  /** The record was read anew. @param oldTries where an earlier version kept the tries */
  begin(oldTries: string): void {
    const { record } = this.#options
    try {
      if (record.record) moveOldTries(oldTries, record)
    } finally {
      this.#pauses = this.#newPauses()
    }
  }

  get allowance(): Allowance {
    const { triesLeft, pauseMs } = this.#pauses.allowance()
    return { triesLeft, pauseMs, retryAt: pauseMs === null ? null : this.#options.now() + pauseMs }
  }

  /** The vault's key; null when the keychain works but does not have the right one. Wipe it after use. @throws AppError keychain_unavailable */
  openByKeychain(wrap: Extract<Wrap, { kind: 'keychain' }>, vaultId: string): Promise<Buffer | null> {
    return this.#wraps.openByKeychain(wrap, vaultId)
  }

  /**
   * The key of the vault whose record lies here, where nobody has to be asked for it: out of the keychain, or with a passphrase that has just
   * opened a copy of this very wrap. Null otherwise. Wipe it after use.
   */
  async keyAtHand(vaultId: string, wrap: Wrap, passphrase: Words | null): Promise<Buffer | null> {
    const { record } = this.#options.record
    if (record?.vaultId !== vaultId) return null
    const [own] = record.wraps
    if (own.kind === 'keychain') return this.#wraps.openByKeychain(own, vaultId).catch(() => null)
    return passphrase !== null && isDeepStrictEqual(own, wrap) ? this.#wraps.openByPassphrase(own, vaultId, passphrase) : null
  }

  /** The vault's key. Wipe it after use. @throws AppError wrong_passphrase {triesLeft, retryAt}, too_many_tries {retryAt}, invalid_input */
  async openByPassphrase(
    wrap: Extract<Wrap, { kind: 'passphrase' }>,
    vaultId: string,
    passphrase: Words | undefined,
  ): Promise<Buffer> {
    if (passphrase === undefined) throw new AppError('invalid_input', 'A passphrase is needed')
    // What was sealed for another host is no try: tries are counted before they are made.
    this.#seal.open(passphrase).fill(0)
    return this.#pauses.attempt(() => this.#wraps.openByPassphrase(wrap, vaultId, passphrase), {
      ...{ code: 'wrong_passphrase', now: this.#options.now },
    })
  }

  /** Keeps the vault's key in the keychain, or behind a passphrase. @throws AppError weak_passphrase, keychain_unavailable {trouble} */
  async wrap(vaultKey: Buffer, vaultId: string, protection: Protection): Promise<Wrap> {
    if (protection.kind === 'passphrase') await this.requireStrong(protection.passphrase)
    return this.#wraps.wrap(vaultKey, vaultId, protection)
  }

  /** Removes what a wrap left in the keychain. Must only be called when no record needs it any more. */
  forget(wrap: Wrap, vaultId: string): Promise<void> {
    return this.#wraps.forget(wrap, vaultId)
  }

  /** @throws AppError weak_passphrase {score, least}; without data when it is too short; the signal's reason */
  async requireStrong(words: Words, signal?: AbortSignal): Promise<void> {
    const { derivation, known } = this.#options
    const least = this.leastScore
    // Text is in memory in any case, and its length is no reason for a process.
    if (typeof words === 'string' && least === 0) return requireLength(charactersOf(words))
    const { characters, score } = await this.opened(words, async (bytes) =>
      derivation
        ? derivation.judge(bytes, least > 0 ? known : null, signal)
        : { characters: charactersOf(bytes.toString()), score: null },
    )
    requireLength(characters)
    if (score !== null && score < least)
      throw new AppError('weak_passphrase', 'The passphrase is easy to guess', { score, least })
  }

  /** The words as UTF-8, which are gone when the work has ended. @throws AppError invalid_input for what was sealed for another host */
  async opened<T>(words: Words, work: (bytes: Buffer) => Promise<T>): Promise<T> {
    const bytes = this.#seal.open(words)
    try {
      return await work(bytes)
    } finally {
      bytes.fill(0)
    }
  }

  /** There are no wrong tries any more. */
  clear(): void {
    this.#pauses.clear()
  }

  /** Keeps what is left of a pause. To be called when the program ends in order. */
  rest(): void {
    this.#pauses.rest()
  }

  #newPauses(): Pauses {
    const { record: file, elapsed, onUnwrittenTries: onUnwritten } = this.#options
    return new Pauses({
      tries: file.record?.tries ?? noTries,
      keep: (tries) => file.record === null || file.tryChange(() => ({ tries })),
      ...{ elapsed, onUnwritten },
    })
  }
}
