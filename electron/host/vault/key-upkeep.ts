/** What the vault's keys need while it is open, and what there is to say of them: files encrypted anew, files put back. The vault tells it when it opens and before it locks. */
import { AppError } from '../../../contract/errors.ts'
import type { ReencryptionEstimate, VaultKeysState } from '../../../contract/vault-keys.ts'
import { Watchable } from '../base/watchable.ts'
import type { Backups } from './files/backups.ts'
import type { OpenDatabases } from './files/open-databases.ts'
import type { VaultFiles } from './files/vault-files.ts'
import type { Derivation } from './keys/derivation.ts'
import type { Keychain } from './keys/keychain.ts'
import type { RecordFile } from './keys/record-file.ts'
import type { VaultKeys } from './keys/vault-keys.ts'
import { PutBack } from './put-back.ts'
import { Reencryption } from './reencryption.ts'

interface KeyUpkeepOptions {
  record: RecordFile
  files: VaultFiles
  backups: Backups
  keychain: Keychain
  /** Null where there is no process to do it: nothing is encrypted anew then. */
  derivation: Derivation | null
  /** Words that others know of this person. */
  known: readonly string[]
  now: () => number
  onBug: (error: unknown) => void
}

/** Milliseconds that locking waits for a keychain to take the number: what comes later is as if the program had been killed. */
const patienceMs = 1_000

export class KeyUpkeep {
  readonly state: Watchable<VaultKeysState>
  readonly #options: KeyUpkeepOptions
  /** How many work on a file that must not be encrypted anew meanwhile. */
  #apart = 0
  /** It goes on when nobody does any more. */
  #goesOn = false
  #open: { keys: VaultKeys; putBack: PutBack; reencryption: Reencryption | null } | null = null

  constructor(options: KeyUpkeepOptions) {
    this.#options = options
    this.state = new Watchable<VaultKeysState>({
      ...{ lastChange: null, reencryption: null, putBack: null },
      known: [...options.known],
    })
  }

  /** The databases are open. What was left of encrypting anew goes on when `start` is called. */
  async opened(keys: VaultKeys, databases: OpenDatabases): Promise<void> {
    const { record: file, files, backups, keychain, derivation, now, onBug } = this.#options
    const putBack = new PutBack({ file, keychain, main: databases.get('main'), now })
    const reencryption =
      derivation &&
      new Reencryption({
        ...{ keys, databases, files, backups, derivation, onBug },
        say: (progress) => this.#show({ reencryption: progress }),
      })
    this.#open = { keys, putBack, reencryption }
    this.#show({ putBack: await putBack.look() })
  }

  /** Goes on with what an earlier session left. To be called when everything that works on the vault is built. */
  start(): void {
    if (this.#apart > 0) this.#goesOn = true
    else this.#open?.reencryption?.start()
  }

  /** The databases are about to close. */
  async closing(): Promise<void> {
    const open = this.#open
    this.#open = null
    await open?.reencryption?.stop()
    if (open) await Promise.race([open.putBack.raise(), new Promise((resolve) => setTimeout(resolve, patienceMs).unref())])
    this.#show({ reencryption: null, putBack: null })
  }

  /** The key is wrapped another way. @param kept whether it is in the keychain now and was not before, or the other way round */
  async changed(moved: boolean): Promise<void> {
    if (moved) await this.#open?.putBack.move()
    this.#show({})
  }

  /** @throws AppError locked */
  async estimate(): Promise<ReencryptionEstimate> {
    return this.#reencryption.estimate()
  }

  /** @throws AppError locked, busy, disk_full {neededBytes, freeBytes}: before anything has changed */
  async requireReencryption(): Promise<void> {
    if (this.#reencryption.isUnfinished) throw new AppError('busy', 'Everything is being encrypted anew already')
    await this.#reencryption.requireRoom()
  }

  /** Goes on where it was stopped. @throws AppError locked, disk_full {neededBytes, freeBytes} */
  async reencrypt(): Promise<void> {
    await this.#reencryption.requireRoom()
    this.start()
  }

  /** @throws AppError locked */
  async stopReencryption(): Promise<void> {
    await this.#reencryption.stop()
  }

  /** Does something to a file while nothing is being encrypted anew, which goes on afterwards where it was going on. */
  async apart<T>(work: () => Promise<T>): Promise<T> {
    const reencryption = this.#open?.reencryption
    this.#goesOn ||= reencryption?.isRunning ?? false
    this.#apart++
    try {
      await reencryption?.stop()
      return await work()
    } finally {
      this.#apart--
      if (this.#apart === 0 && this.#goesOn) {
        this.#goesOn = false
        this.start()
      }
    }
  }

  /** @throws AppError locked, not_found */
  async confirmPutBack(): Promise<void> {
    if (!this.#open) throw locked()
    await this.#open.putBack.confirm()
    this.#show({ putBack: null })
  }

  get #reencryption(): Reencryption {
    if (!this.#open) throw locked()
    if (!this.#open.reencryption) throw new Error('There is no process that encrypts')
    return this.#open.reencryption
  }

  #show(part: Partial<VaultKeysState>): void {
    const lastChange = this.#open ? this.#open.keys.record.lastChange : null
    this.state.set({ ...this.state.value, lastChange, ...part })
  }
}

function locked(): AppError {
  return new AppError('locked', 'The vault is locked')
}
