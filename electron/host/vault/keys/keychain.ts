/**
 * The system's keychain: Keychain on macOS, Credential Manager on Windows, the Secret Service on Linux. Keeps small
 * secrets under Alambic's name. Where it cannot, it says why; there is no fallback, since that would be a key in clear.
 */
import { randomBytes } from 'node:crypto'
import type { KeychainTrouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'

/** Every method but `trouble` throws AppError keychain_unavailable {trouble}. */
export interface Keychain {
  /** The secret of this account; null when there is none. */
  read(account: string): Promise<string | null>
  write(account: string, secret: string): Promise<void>
  remove(account: string): Promise<void>
  /** Why secrets cannot be kept here, found out by really keeping one; null when they can. */
  trouble(): Promise<KeychainTrouble | null>
}

/** What is used of keytar. */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

interface SystemKeychainOptions {
  /** The name the secrets stand under. */
  service?: string
  timeoutMs?: number
  /** Loads keytar, whose native part needs libsecret on Linux. */
  load?: () => Promise<Keytar>
}

export class SystemKeychain implements Keychain {
  readonly #service: string
  readonly #timeoutMs: number
  readonly #load: () => Promise<Keytar>
  #last: Promise<unknown> = Promise.resolve()
  #asked = 0

  constructor({ service = 'Alambic', timeoutMs = 8_000, load = loadKeytar }: SystemKeychainOptions = {}) {
    this.#service = service
    this.#timeoutMs = timeoutMs
    this.#load = load
  }

  /** Whether the system was asked and has not answered: then the process cannot exit, since Node waits for its threads; it can be killed. */
  get isAsking(): boolean {
    return this.#asked > 0
  }

  read(account: string): Promise<string | null> {
    return this.#operate((keytar) => keytar.getPassword(this.#service, account))
  }

  write(account: string, secret: string): Promise<void> {
    return this.#operate((keytar) => keytar.setPassword(this.#service, account, secret))
  }

  async remove(account: string): Promise<void> {
    await this.#operate((keytar) => keytar.deletePassword(this.#service, account))
  }

  async trouble(): Promise<KeychainTrouble | null> {
    const account = `probe-${randomBytes(8).toString('hex')}`
    const secret = randomBytes(16).toString('base64')
    try {
      await this.write(account, secret)
      const found = await this.read(account)
      await this.remove(account)
      return found === secret ? null : 'refused'
    } catch (error) {
      return error instanceof KeychainError ? error.trouble : 'refused'
    }
  }

  /**
   * One operation at a time: a prompt that nobody answers blocks one of Node's four pool threads for as long as it stands,
   * and four would stop every file operation. Whoever gave up waiting in the queue is not served later.
   */
  async #operate<T>(work: (keytar: Keytar) => Promise<T>): Promise<T> {
    const before = this.#last
    const given = { up: false }
    const served = (async (): Promise<T> => {
      await before
      if (given.up) throw new Error('Nobody waits for this any more')
      const keytar = await this.#load().catch((error: unknown) => {
        throw new KeychainError('no_library', error)
      })
      this.#asked++
      try {
        return await work(keytar)
      } finally {
        this.#asked--
      }
    })()
    this.#last = served.catch(() => undefined)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        given.up = true
        reject(new KeychainError('timeout'))
      }, this.#timeoutMs)
    })
    try {
      return await Promise.race([served, late])
    } catch (error) {
      throw error instanceof KeychainError ? error : new KeychainError(troubleOf(error), error)
    } finally {
      clearTimeout(timer)
    }
  }
}

class KeychainError extends AppError {
  readonly trouble: KeychainTrouble

  constructor(trouble: KeychainTrouble, cause?: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : ''
    super('keychain_unavailable', `The keychain cannot be used (${trouble})${reason}`, { trouble }, { cause })
    this.trouble = trouble
  }
}

async function loadKeytar(): Promise<Keytar> {
  return (await import('keytar')).default
}

/** The systems' own words; keytar hands over nothing else. */
function troubleOf(error: unknown): KeychainTrouble {
  const message = error instanceof Error ? error.message : String(error)
  // libsecret without an unlocked collection; the last one is macOS, errSecInteractionNotAllowed.
  if (/object does not exist at path|locked|user interaction is not allowed/i.test(message)) return 'locked'
  if (
    /d-?bus|autolaunch|org\.freedesktop\.secrets|\.service (file )?not found|could not connect|connection (refused|is closed)/i.test(
      message,
    )
  ) {
    return 'no_service'
  }
  return 'refused'
}
