/**
 * The copies before migrations, made by the vault's own process before anything is brought to a newer shape: copying a big file takes longer
 * than anybody should wait for an answer of the host.
 */
import type { Derivation } from '../keys/derivation.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import type { Backups, MakeCopy } from './backups.ts'
import { openUnderEither, type Migrations } from './open-databases.ts'
import type { VaultFiles } from './vault-files.ts'

interface StepCopiesOptions {
  keys: VaultKeys
  files: VaultFiles
  backups: Backups
  migrations: Migrations
  /** Null copies each when it is its turn, in this process: for tests. */
  derivation: Pick<Derivation, 'copy'> | null
  signal: AbortSignal
}

/**
 * Copies every file that is about to take a step. Whoever takes the steps then calls what this returns: it throws for a file whose copy
 * failed, and copies there and then one that nobody knew of.
 * @throws the signal's reason; then nothing of the copies is left that is not whole
 */
export async function copyBeforeSteps({ derivation, ...options }: StepCopiesOptions): Promise<MakeCopy> {
  const { keys, files, backups, signal } = options
  /** What became of each copy: null where it is there. */
  const outcomes = new Map<string, { error: unknown } | null>()
  for (const name of derivation ? Object.keys(keys.record.keys) : []) {
    signal.throwIfAborted()
    const due = dueCopy(name, options)
    if (!due || !derivation) continue
    let target: string | null = null
    try {
      target = backups.place(name, due.fromVersion)
      await derivation.copy({ source: files.database(name), target, keys: [due.key], signal })
      backups.trim(name)
      outcomes.set(name, null)
    } catch (error) {
      if (target !== null) files.removeRekeyed(target)
      signal.throwIfAborted()
      outcomes.set(name, { error })
    } finally {
      due.key.fill(0)
    }
  }
  return (name, database, fromVersion) => {
    const outcome = outcomes.get(name)
    outcomes.delete(name)
    if (outcome === undefined) backups.make(name, database, fromVersion)
    else if (outcome) throw outcome.error
  }
}

/** From which version, and with which key, to be wiped; null where none is due. What is wrong with a file is said by whoever opens it next. */
function dueCopy(
  name: string,
  { keys, files, migrations }: Pick<StepCopiesOptions, 'keys' | 'files' | 'migrations'>,
): { fromVersion: number; key: Buffer } | null {
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
