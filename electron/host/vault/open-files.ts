/** Opens all files of a vault whose keys are known: brings them to the newest shape, and makes what backups need of them. */
import type { WorkspaceDamage } from '../../../contract/entities.ts'
import type { AppError } from '../../../contract/errors.ts'
import type { Watchable } from '../base/watchable.ts'
import { OpenedBackups } from './backup/opened-backups.ts'
import type { Backups } from './files/backups.ts'
import { DueSteps } from './files/due-steps.ts'
import type { Migrations } from './files/migrate.ts'
import { OpenDatabases } from './files/open-databases.ts'
import type { VaultFiles } from './files/vault-files.ts'
import type { Journeys } from './gate/journeys.ts'
import type { Alarm } from './idle-lock.ts'
import type { KeyUpkeep } from './key-upkeep.ts'
import type { Derivation } from './keys/derivation.ts'
import type { Entrance } from './keys/entrance.ts'
import type { VaultKeys } from './keys/vault-keys.ts'

/** What the vault holds while it is open. */
export interface Opened {
  keys: VaultKeys
  databases: OpenDatabases
  backups: OpenedBackups
}

interface OpenFilesOptions {
  keys: VaultKeys
  files: VaultFiles
  backups: Backups
  migrations: Migrations
  damaged: Watchable<ReadonlyMap<string, WorkspaceDamage>>
  derivation: Derivation | null
  elsewhere: Entrance['elsewhere']
  journeys: Journeys
  upkeep: Pick<KeyUpkeep, 'apart'>
  now: () => number
  alarm: Alarm
  signal: AbortSignal
  onBug: (error: unknown) => void
  onMainDamage: (damage: AppError) => void
}

/** @throws AppError for `main` alone: vault_damaged {damage, file}, vault_from_future {file, version, known}, disk_full; the signal's reason */
export async function openFiles(options: OpenFilesOptions): Promise<Opened> {
  const { keys, files, backups, migrations, derivation, damaged, now, onBug, onMainDamage } = options
  const steps = new DueSteps({ keys, files, backups, migrations, derivation })
  await steps.takeAll(options.signal)
  const parts = { keys, files, backups, migrations, steps, derivation, damaged, now }
  const databases = new OpenDatabases({ ...parts, onBug, onMainDamage })
  const { elsewhere, journeys, upkeep, alarm } = options
  return {
    ...{ keys, databases },
    backups: new OpenedBackups({
      ...{ keys, databases, files, elsewhere, derivation, now, alarm },
      takeIn: (...what) => journeys.takeInDatabase(...what),
      gateInto: (files) => journeys.gateInto(files),
      apart: (work) => upkeep.apart(work),
    }),
  }
}
