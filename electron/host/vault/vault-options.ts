/** What the vault is given, and what is built on it. */
import type { Argon2Cost } from '../../../contract/argon2-cost.ts'
import type { Migrations } from './files/migrate.ts'
import type { LaunchPorter } from './gate/porter-line.ts'
import type { Alarm } from './idle-lock.ts'
import type { KeyWorker } from './keys/key-work.ts'
import type { Keychain } from './keys/keychain.ts'

export interface VaultOptions {
  dataFolder: string
  keychain: Keychain
  /** Epoch milliseconds. */
  now: () => number
  migrations?: Migrations
  /** How hard new passphrases are made to guess. */
  passphraseCost?: Argon2Cost
  alarm?: Alarm
  /** Milliseconds that only grow, from any beginning: no clock that is set reaches them. */
  elapsed?: () => number
  /** Starts the vault's own process; without it passphrases are derived in this one, and nothing can be encrypted anew. */
  launchKeyWorker?: () => KeyWorker
  /** Starts the process that opens files from elsewhere. Without it none is taken in. */
  launchPorter?: LaunchPorter | undefined
  /** Names that others know, which a passphrase should not be made of. */
  known?: readonly string[]
  /** Keeps a failure that is this program's fault. */
  onBug?: (error: unknown) => void
  /** Told that wrong passphrases can be counted in memory only. */
  onUnwrittenTries?: () => void
}

/** What is built on the open vault, and taken down before it locks. */
export interface VaultGuard {
  /** Keys and databases are there; the state does not say `open` yet. When this fails `closing` is called and the vault locks again. */
  opened: () => Promise<void>
  /** The databases are still there. */
  closing: () => Promise<void>
  /** Work that the idle lock waits for; a lock by hand does not. */
  busy: () => boolean
}
