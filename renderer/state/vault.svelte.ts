/** The vault as the page knows it: its phase, and what a person can do about it. */
import type { Protection, VaultState as VaultFacts } from '../../contract/entities.ts'
import type { ReencryptionEstimate, VaultKeysState } from '../../contract/vault-keys.ts'
import type { Client } from '../../contract/contract.ts'
import type { Area, Life } from './area.ts'
import { Task } from './task.svelte.ts'

export class VaultState implements Area {
  #facts = $state.raw<VaultFacts | null>(null)
  #keys = $state.raw<VaultKeysState | null>(null)
  #estimate = $state.raw<ReencryptionEstimate | null>(null)
  readonly #client: Client
  /** Encrypting everything again, and what was put back. */
  readonly tending = new Task()
  /** Opening, making or repairing. */
  readonly entry = new Task()
  /** Changing how the key is kept. */
  readonly protecting = new Task()
  readonly locking = new Task()

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until the host has said. */
  get facts(): VaultFacts | null {
    return this.#facts
  }

  get isOpen(): boolean {
    return this.#facts?.phase === 'open'
  }

  apply(facts: VaultFacts): void {
    this.#facts = facts
    if (facts.phase === 'open') this.entry.forget()
    else {
      this.protecting.forget()
      this.locking.forget()
    }
  }

  /** What there is to say of the keys; null until the host has said. */
  get keys(): VaultKeysState | null {
    return this.#keys
  }

  onStart({ follow }: Life): void {
    follow(this.#client.vault.keys, (keys) => (this.#keys = keys))
  }

  /** What encrypting everything again would take; null until it was asked. */
  get estimate(): ReencryptionEstimate | null {
    return this.#estimate
  }

  async askEstimate(): Promise<void> {
    this.#estimate = null
    this.#estimate = await this.#client.vault.estimate({}).catch(() => null)
  }

  reencrypt(): Promise<boolean> {
    return this.tending.once(() => this.#client.vault.reencrypt({}))
  }

  stopReencryption(): Promise<boolean> {
    return this.tending.run(() => this.#client.vault.stopReencryption({}))
  }

  confirmPutBack(): Promise<boolean> {
    return this.tending.run(() => this.#client.vault.confirmPutBack({}))
  }

  create(protection: Protection): Promise<boolean> {
    return this.entry.once(() => this.#client.vault.create(protection))
  }

  /** @param passphrase absent for a keychain. */
  unlock(passphrase?: string): Promise<boolean> {
    return this.entry.once(() => this.#client.vault.unlock(passphrase === undefined ? {} : { passphrase }))
  }

  restore(backupId: string): Promise<boolean> {
    return this.entry.once(() => this.#client.vault.restore({ backupId }))
  }

  startOver(): Promise<boolean> {
    return this.entry.once(() => this.#client.vault.startOver({}))
  }

  lock(): Promise<boolean> {
    // Nothing that is under way keeps somebody from locking.
    return this.locking.once(() => this.#client.vault.lock({}))
  }

  /** @param current the present passphrase, where there is one. @param reencrypt whether every file is encrypted again */
  protect(next: Protection, current?: string, reencrypt = false): Promise<boolean> {
    return this.protecting.once(() =>
      this.#client.vault.protect({ ...(current === undefined ? {} : { current }), next, ...(reencrypt ? { reencrypt } : {}) }),
    )
  }

  /** Somebody is here: puts the idle lock off. */
  async touch(): Promise<void> {
    await this.#client.vault.touch({})
  }
}
