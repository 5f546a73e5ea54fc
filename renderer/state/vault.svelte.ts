/** The vault as the page knows it: its phase, and what a person can do about it. */
import type { Protection, VaultState as VaultFacts } from '../../contract/entities.ts'
import type { Client } from '../../contract/contract.ts'
import { Task } from './task.svelte.ts'

export class VaultState {
  #facts = $state.raw<VaultFacts | null>(null)
  readonly #client: Client
  /** Opening, making or repairing. */
  readonly entry = new Task()
  /** Changing how the key is kept. */
  readonly protecting = new Task()

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
    else this.protecting.forget()
  }

  create(protection: Protection): Promise<boolean> {
    return this.entry.run(() => this.#client.vault.create(protection))
  }

  /** @param passphrase absent for a keychain. */
  unlock(passphrase?: string): Promise<boolean> {
    return this.entry.run(() => this.#client.vault.unlock(passphrase === undefined ? {} : { passphrase }))
  }

  restore(backupId: string): Promise<boolean> {
    return this.entry.run(() => this.#client.vault.restore({ backupId }))
  }

  startOver(): Promise<boolean> {
    return this.entry.run(() => this.#client.vault.startOver({}))
  }

  lock(): Promise<boolean> {
    return this.protecting.run(() => this.#client.vault.lock({}))
  }

  /** @param current the present passphrase, where there is one. */
  protect(next: Protection, current?: string): Promise<boolean> {
    return this.protecting.run(() => this.#client.vault.protect(current === undefined ? { next } : { current, next }))
  }

  /** Somebody is here: puts the idle lock off. */
  async touch(): Promise<void> {
    await this.#client.vault.touch({})
  }
}
