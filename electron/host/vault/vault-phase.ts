/** What people see of the vault: which phase it is in, and what can be tried. It decides nothing. */
import type { KeychainTrouble, VaultDamage, VaultState } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import { Watchable } from '../base/watchable.ts'
import type { Backups } from './files/backups.ts'
import { damageTold } from './files/damage-told.ts'
import type { Alarm } from './idle-lock.ts'
import type { Entrance } from './keys/entrance.ts'
import type { RecordFile } from './keys/record-file.ts'

export interface VaultPhaseOptions {
  record: RecordFile
  entrance: Pick<Entrance, 'allowance'>
  backups: Pick<Backups, 'list'>
  alarm: Alarm
  /** Fires when the vault closes for good. */
  closing: AbortSignal
}

export class VaultPhase {
  readonly state = new Watchable<VaultState>({ phase: 'new', keychainTrouble: null })
  /** Whether the idle lock locked it. */
  idleLocked = false
  readonly #options: VaultPhaseOptions
  #keychainTrouble: KeychainTrouble | null = null
  #disarmPause: (() => void) | null = null

  constructor(options: VaultPhaseOptions) {
    this.#options = options
  }

  /** There is no vault yet. */
  showNew(trouble: KeychainTrouble | null): void {
    this.#keychainTrouble = trouble
    this.state.set({ phase: 'new', keychainTrouble: trouble })
  }

  showOpen(): void {
    const protection = this.#options.record.record?.wraps[0].kind
    if (!protection) return
    this.idleLocked = false
    if (protection === 'keychain') this.#keychainTrouble = null
    this.state.set({ phase: 'open', protection, keychainTrouble: this.#keychainTrouble })
  }

  /** Shows what may be tried, and shows it again when the pause is over. */
  showLocked(): void {
    this.stopWaiting()
    const { record, entrance, alarm, closing } = this.#options
    const protection = record.record?.wraps[0].kind
    if (!protection) return
    const { triesLeft, retryAt, pauseMs } = entrance.allowance
    const { idleLocked } = this
    this.state.set({ phase: 'locked', protection, keychainTrouble: this.#keychainTrouble, triesLeft, retryAt, idleLocked })
    if (pauseMs === null || closing.aborted) return
    this.#disarmPause = alarm(pauseMs, () => {
      if (this.state.value.phase === 'locked') this.showLocked()
    })
  }

  /** No alarm rings any more. */
  stopWaiting(): void {
    this.#disarmPause?.()
    this.#disarmPause = null
  }

  /** Shows the damage an error tells of; false when it tells of none. */
  showDamageOf(error: unknown): boolean {
    const told = damageTold(error)
    if (told) this.showDamaged(told.damage, told.file)
    return told !== null
  }

  showDamaged(damage: VaultDamage, file: string | null): void {
    // The database a file belongs to.
    const backups = file?.endsWith('.db') ? this.#options.backups.list(file.replace(/\.db$/, '')) : []
    this.state.set({ phase: 'damaged', damage, file, backups })
  }

  /** Shows in the state why the keychain failed, until it works. */
  async noticing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof AppError && error.code === 'keychain_unavailable' && this.state.value.phase !== 'damaged') {
        this.#keychainTrouble = (error.data?.['trouble'] ?? 'refused') as KeychainTrouble
        this.state.set({ ...this.state.value, keychainTrouble: this.#keychainTrouble })
      }
      throw error
    }
  }
}
