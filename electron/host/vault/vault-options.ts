/** What the vault is given, what is built on it, and what it holds while it is open. */
import type { OpenedBackups } from './backup/opened-backups.ts'
import type { Migrations, OpenDatabases } from './files/open-databases.ts'
import type { Alarm } from './idle-lock.ts'
import type { Keychain } from './keys/keychain.ts'
import type { Argon2Cost } from './keys/passphrase.ts'
import type { VaultKeys } from './keys/vault-keys.ts'

export interface VaultOptions {
  dataFolder: string
  keychain: Keychain
  /** Epoch milliseconds. */
  now: () => number
  migrations?: Migrations
  /** How hard new passphrases are made to guess. */
  passphraseCost?: Argon2Cost
  alarm?: Alarm
  /** Keeps a failure that is this program's fault. */
  onBug?: (error: unknown) => void
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

export interface Opened {
  keys: VaultKeys
  databases: OpenDatabases
  backups: OpenedBackups
}
