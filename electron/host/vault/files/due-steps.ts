/**
 * What a file has before it when it is of an earlier version: a copy and then its steps, both by the vault's own process, before anybody opens the
 * file here. Copying a big file, and many a step over one, takes longer than anybody should wait for an answer of the host.
 */
import type { Derivation } from '../keys/derivation.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import type { Backups, MakeCopy } from './backups.ts'
import type { Migrations } from './migrate.ts'
import { openUnderEither } from './open-under-either.ts'
import type { VaultFiles } from './vault-files.ts'

interface DueStepsOptions {
  keys: VaultKeys
  files: VaultFiles
  backups: Backups
  migrations: Migrations
  /** Null leaves everything to whoever opens the file, in this process: for tests. */
  derivation: Pick<Derivation, 'copy' | 'migrate'> | null
}

export class DueSteps {
  readonly #options: DueStepsOptions
  /** Why files did not take theirs; whoever opens one says so. */
  readonly #failures = new Map<string, unknown>()

  constructor(options: DueStepsOptions) {
    this.#options = options
  }

  /** Of every file that there is a key for. @throws the signal's reason */
  async takeAll(signal: AbortSignal): Promise<void> {
    for (const name of Object.keys(this.#options.keys.record.keys)) await this.take(name, signal)
  }

  /** Of one file. What fails is thrown by {@link makeCopy}. @throws the signal's reason; then nothing of a copy is left that is not whole */
  async take(name: string, signal: AbortSignal): Promise<void> {
    const { derivation, migrations } = this.#options
    signal.throwIfAborted()
    this.#failures.delete(name)
    const due = derivation && this.#due(name)
    if (!due) return
    const kind = name === 'main' ? 'main' : 'workspace'
    try {
      await this.#copy(name, due, derivation, signal)
      const file = { path: this.#options.files.database(name), key: due.key }
      await derivation.migrate(file, { kind, last: migrations[kind].length }, signal)
    } catch (error) {
      signal.throwIfAborted()
      this.#failures.set(name, error)
    } finally {
      due.key.fill(0)
    }
  }

  /** For whoever opens a file that has a step before it all the same: says why it does, or copies it, when nobody knew of it. */
  readonly makeCopy: MakeCopy = (name, database, fromVersion) => {
    if (!this.#failures.has(name)) return this.#options.backups.make(name, database, fromVersion)
    const failure = this.#failures.get(name)
    this.#failures.delete(name)
    throw failure
  }

  async #copy(
    name: string,
    { fromVersion, key }: { fromVersion: number; key: Buffer },
    derivation: Pick<Derivation, 'copy'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { files, backups } = this.#options
    const target = backups.place(name, fromVersion)
    try {
      await derivation.copy({ source: files.database(name), target, keys: [key], signal })
    } catch (error) {
      files.removeRekeyed(target)
      throw error
    }
    backups.trim(name)
  }

  /** From which version, and with which key, to be wiped; null where none is due. What is wrong with a file is said by whoever opens it next. */
  #due(name: string): { fromVersion: number; key: Buffer } | null {
    const { keys, files, migrations } = this.#options
    try {
      const { database, isNext } = openUnderEither(keys, name, files.database(name), { create: false })
      const fromVersion = database.userVersion
      database.close()
      const known = (name === 'main' ? migrations.main : migrations.workspace).length
      if (fromVersion === 0 || fromVersion >= known) return null
      const copied = (key: Buffer): Buffer => Buffer.from(key)
      return { fromVersion, key: isNext ? keys.useNext(name, copied) : keys.use(name, copied) }
    } catch {
      return null
    }
  }
}
