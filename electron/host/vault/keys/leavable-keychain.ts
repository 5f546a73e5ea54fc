/**
 * A keychain that whoever waits for it can be called away from: a lock and a quit do not wait for a dialog that nobody answers. The system
 * goes on with what it was asked, and nobody hears how that ends.
 */
import type { KeychainTrouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { untilAborted } from '../../base/until-aborted.ts'
import type { Keychain } from './keychain.ts'

/** Every method throws AppError cancelled as well, as soon as somebody calls away; but `trouble` says `timeout` then. */
export class LeavableKeychain implements Keychain {
  readonly #keychain: Keychain
  #calls = 0
  #away = new AbortController()

  constructor(keychain: Keychain) {
    this.#keychain = keychain
  }

  /** Everybody who waits leaves, and whoever asks meanwhile is refused, until what this returns is called. */
  callAway(): () => void {
    this.#calls++
    this.#away.abort(new AppError('cancelled', 'Called away'))
    return () => {
      if (--this.#calls === 0) this.#away = new AbortController()
    }
  }

  /** Fires, with AppError cancelled, when somebody calls away: for whatever else goes on before or after the keychain was asked. */
  get away(): AbortSignal {
    return this.#away.signal
  }

  read(account: string): Promise<string | null> {
    return this.#ask((keychain) => keychain.read(account))
  }

  write(account: string, secret: string): Promise<void> {
    return this.#ask((keychain) => keychain.write(account, secret))
  }

  remove(account: string): Promise<void> {
    return this.#ask((keychain) => keychain.remove(account))
  }

  trouble(): Promise<KeychainTrouble | null> {
    return this.#ask((keychain) => keychain.trouble()).catch(() => 'timeout')
  }

  async #ask<T>(work: (keychain: Keychain) => Promise<T>): Promise<T> {
    const { signal } = this.#away
    return untilAborted(signal, signal.aborted ? new Promise<never>(() => undefined) : work(this.#keychain))
  }
}
