/** The way into the vault: passphrases and the keychain, how often one may try, and how good a new passphrase must be. Holds no key. */
import type { Protection } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Derivation } from './derivation.ts'
import type { Keychain } from './keychain.ts'
import type { Argon2Cost } from '../../../../contract/argon2-cost.ts'
import { deriveKey, requireStrong, type DeriveKey } from './passphrase.ts'
import { moveOldTries, Pauses } from './pauses.ts'
import type { RecordFile } from './record-file.ts'
import { Wraps, type Wrap } from './wraps.ts'

interface EntranceOptions {
  record: RecordFile
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
  readonly #wraps: Wraps
  #pauses: Pauses

  constructor(options: EntranceOptions) {
    const { keychain, cost, derivation } = options
    this.#options = options
    this.derive = derivation ? (...asked) => derivation.derive(...asked) : deriveKey
    this.#wraps = new Wraps({ keychain, cost, derive: this.derive })
    this.#pauses = this.#newPauses()
  }

  /** Opens what another record wraps, such as a backup set's: its wrong tries are not this vault's. */
  get elsewhere(): Pick<Wraps, 'openByPassphrase'> {
    return this.#wraps
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

  /** The vault's key. Wipe it after use. @throws AppError wrong_passphrase {triesLeft, retryAt}, too_many_tries {retryAt}, invalid_input */
  async openByPassphrase(
    wrap: Extract<Wrap, { kind: 'passphrase' }>,
    vaultId: string,
    passphrase: string | undefined,
  ): Promise<Buffer> {
    if (passphrase === undefined) throw new AppError('invalid_input', 'A passphrase is needed')
    const before = this.allowance.retryAt
    if (before !== null) throw new AppError('too_many_tries', 'Too many wrong passphrases', { retryAt: before })
    this.#pauses.count()
    const vaultKey = await this.#wraps.openByPassphrase(wrap, vaultId, passphrase)
    if (vaultKey) {
      this.#pauses.clear()
      return vaultKey
    }
    const { triesLeft, retryAt } = this.allowance
    throw new AppError('wrong_passphrase', 'Wrong passphrase', { triesLeft, retryAt })
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
  async requireStrong(passphrase: string, signal?: AbortSignal): Promise<void> {
    requireStrong(passphrase)
    const { derivation, known } = this.#options
    const least = this.leastScore
    if (least === 0 || !derivation) return
    const score = await derivation.score(passphrase, known, signal)
    if (score < least) throw new AppError('weak_passphrase', 'The passphrase is easy to guess', { score, least })
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
    return new Pauses({ file, elapsed, onUnwritten })
  }
}
