/** The ways of workspaces out of an open vault and into it: out as one file that a passphrase opens, in through the gate. */
import type { Argon2Cost } from '../../../../contract/argon2-cost.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Words } from '../../../../contract/words.ts'
import type { WorkspaceFacts } from '../../../porter/contract.ts'
import { diskFull } from '../files/disk-full.ts'
import type { OpenDatabases } from '../files/open-databases.ts'
import { copyApart } from '../files/rekeyed-copy.ts'
import type { VaultFiles } from '../files/vault-files.ts'
import type { Derivation } from '../keys/derivation.ts'
import type { Entrance } from '../keys/entrance.ts'
import type { Rebuilt } from './foreign-workspace.ts'
import { Gate, type Arrival, type BackedUp, type Broken, type GateOptions } from './gate.ts'
import type { LaunchPorter } from './porter-line.ts'
import { takeOut, type Export } from './workspace-journey.ts'

export interface JourneysOptions extends Omit<GateOptions, 'launch'> {
  /** Starts the process that opens files from elsewhere. Without it none is taken in. */
  launch?: LaunchPorter | undefined
  /** @throws AppError locked */
  databases: () => OpenDatabases
  /** How hard the passphrases of files are made to guess. */
  cost: Argon2Cost
  entrance: Pick<Entrance, 'derive' | 'requireStrong' | 'opened'>
  /** Copies databases. Null does it in this process, which answers nobody meanwhile: for tests. */
  derivation: Pick<Derivation, 'copy'> | null
}

export class Journeys {
  readonly #options: JourneysOptions
  readonly #gate: Gate

  constructor({ launch = noPorter, ...options }: JourneysOptions) {
    this.#options = { ...options, launch }
    this.#gate = new Gate({ ...options, launch })
  }

  /** A gate into another folder, where a whole vault is put together. */
  gateInto(files: VaultFiles): Gate {
    const { launch = noPorter, migrations, limits } = this.#options
    return new Gate({ files, launch, migrations, ...(limits && { limits }) })
  }

  /**
   * Writes a workspace as one file that the passphrase opens; it is there whole or not at all.
   * @throws AppError locked, weak_passphrase, disk_full, place_unwritable, workspace_damaged {damage}; the signal's reason
   */
  async export(workspaceId: string, path: string, how: Omit<Export, 'cost' | 'derive'>): Promise<void> {
    const { databases, files, entrance, derivation, cost } = this.#options
    const { tidy, ...seal } = how
    await entrance.requireStrong(how.passphrase, how.signal)
    await takeOut(files, workspaceId, path, {
      ...{ ...seal, cost, derive: entrance.derive },
      copy: (target, key) =>
        databases().copyOut(workspaceId, target, key, async ({ source, keys }) => {
          await copyApart(derivation, { source, target, keys, tidy, signal: how.signal })
        }),
    })
  }

  /**
   * Takes a database of a backup in under a key of its own. @param origin `own` keeps what belongs to this machine
   * @throws AppError workspace_file_malformed, workspace_file_newer, porter_died, disk_full; the signal's reason
   */
  async takeInDatabase(database: BackedUp, arrival: Arrival): Promise<void> {
    const { key } = await this.#gate.takeInDatabase(database, arrival)
    try {
      this.#options.databases().adopt(arrival.workspaceId, key)
    } finally {
      key.fill(0)
    }
  }

  /**
   * Makes a workspace of what can be read of a damaged one, under a key of its own.
   * @throws AppError locked, not_found, nothing_rescued, workspace_file_newer, file_unreadable, porter_died, disk_full; the signal's reason
   */
  async rescue(damagedId: string, arrival: Arrival): Promise<Rebuilt> {
    const { path, keys } = this.#options.databases().damagedFile(damagedId)
    try {
      for (const key of keys) {
        const taken = await this.#salvage({ path, key }, arrival)
        if (!taken) continue
        try {
          this.#options.databases().adopt(arrival.workspaceId, taken.key)
          return taken.rebuilt
        } finally {
          taken.key.fill(0)
        }
      }
    } finally {
      for (const key of keys) key.fill(0)
    }
    throw new AppError('nothing_rescued', 'Nothing of it can be read')
  }

  /** Null when nothing can be read with this key. */
  async #salvage(broken: Broken, arrival: Arrival): Promise<Awaited<ReturnType<Gate['salvage']>> | null> {
    try {
      return await this.#gate.salvage(broken, arrival)
    } catch (error) {
      if (error instanceof AppError && error.code === 'workspace_file_malformed') return null
      throw error
    }
  }

  /**
   * Takes an exported workspace in under a key of its own; returns what the list said of it.
   * @throws AppError locked, workspace_file_malformed, workspace_file_newer, wrong_passphrase, file_unreadable, porter_died, disk_full; the
   *   signal's reason
   */
  async import({ path, passphrase }: { path: string; passphrase: Words }, arrival: Arrival): Promise<WorkspaceFacts> {
    const { facts, key } = await this.#options.entrance.opened(passphrase, (bytes) =>
      this.#gate.takeInExported({ path, passphrase: bytes }, arrival),
    )
    try {
      // It may have been stopped while the porter ended.
      if (arrival.signal.aborted) this.#options.files.prepare(arrival.workspaceId)
      arrival.signal.throwIfAborted()
      this.#options.databases().adopt(arrival.workspaceId, key)
      return facts
    } catch (error) {
      throw diskFull(error)
    } finally {
      key.fill(0)
    }
  }
}

function noPorter(): never {
  throw new Error('Nobody opens files from elsewhere here')
}
