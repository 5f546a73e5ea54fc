/**
 * The encrypted files while the vault is open: opened, brought to the newest shape, and closed together. A workspace whose file cannot be
 * opened, or fails later, is damaged by itself; the others go on.
 */
import { dirname } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import type { WorkspaceDamage } from '../../../../contract/entities.ts'
import { flushFolder } from '../../base/atomic-file.ts'
import type { Backups } from './backups.ts'
import type { Watchable } from '../../base/watchable.ts'
import { diskFull } from './disk-full.ts'
import { workspaceDamaged, workspaceDamageOf } from './damage-told.ts'
import type { DueSteps } from './due-steps.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from './encrypted-database.ts'
import type { Derivation } from '../keys/derivation.ts'
import { FileName } from '../keys/key-record.ts'
import { migrate, type Migration, type Migrations } from './migrate.ts'
import { isCorrupt, openUnderEither } from './open-under-either.ts'
import { copyApart } from './rekeyed-copy.ts'
import type { VaultFiles } from './vault-files.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'

interface OpenDatabasesOptions {
  keys: VaultKeys
  files: VaultFiles
  backups: Backups
  migrations: Migrations
  /** Takes the steps of files of earlier versions before they are opened. */
  steps: DueSteps
  /** Copies files. Null does it in this process, which answers nobody meanwhile: for tests. */
  derivation: Pick<Derivation, 'copy'> | null
  now: () => number
  /** What happened to each workspace that cannot be used is kept here. */
  damaged: Watchable<ReadonlyMap<string, WorkspaceDamage>>
  /** Told when `main` can no longer be trusted. */
  onMainDamage: (damage: AppError) => void
  /** Why a workspace is damaged, where it is a fault of this program's: a migration that failed. */
  onBug: (error: unknown) => void
}

export class OpenDatabases {
  readonly #options: OpenDatabasesOptions
  readonly #databases = new Map<string, EncryptedDatabase>()
  readonly #closing = new AbortController()

  /** Opens every file the record knows. @throws AppError for `main` alone: vault_damaged {damage, file}, vault_from_future {file, version, known}, disk_full */
  constructor(options: OpenDatabasesOptions) {
    this.#options = options
    this.#openFile('main')
    for (const name of Object.keys(options.keys.record.keys)) {
      try {
        this.open(name)
      } catch {
        // It is damaged, and known to be.
      }
    }
  }

  /** What happened to each workspace that cannot be used. */
  get damaged(): ReadonlyMap<string, WorkspaceDamage> {
    return this.#options.damaged.value
  }

  /** @param damage null when there is none any more */
  #setDamage(workspaceId: string, damage: WorkspaceDamage | null): void {
    const damaged = new Map(this.damaged)
    if (damage) damaged.set(workspaceId, damage)
    else if (!damaged.delete(workspaceId)) return
    this.#options.damaged.set(damaged)
  }

  /** @throws AppError workspace_damaged {damage}, vault_damaged {damage: key_missing, file} when the record has no key for it */
  get(name: string): EncryptedDatabase {
    const damage = this.damaged.get(name)
    if (damage) throw workspaceDamaged(damage)
    const database = this.#databases.get(name)
    if (!database) throw new AppError('vault_damaged', `No key for ${name}`, { damage: 'key_missing', file: `${name}.db` })
    return database
  }

  /**
   * Makes a workspace's file and key. The file is whole and on the disk before the record names it, and gets its name after.
   * @throws AppError invalid_input for an id that is taken or cannot be a file name
   */
  create(workspaceId: string): void {
    const { keys, files } = this.#options
    this.#requireFree(workspaceId)
    try {
      keys.add(workspaceId, (key) => makeDatabase(files, workspaceId, key, this.#options.migrations.workspace))
      files.finish(workspaceId)
    } catch (error) {
      throw diskFull(error)
    }
    this.open(workspaceId)
  }

  /** Takes a whole database that lies under its unfinished name in as a new workspace. @throws AppError invalid_input for an id that is taken, disk_full */
  adopt(workspaceId: string, key: Buffer): void {
    const { keys, files } = this.#options
    this.#requireFree(workspaceId)
    try {
      keys.keep(workspaceId, key)
    } catch (error) {
      files.prepare(workspaceId)
      throw error
    }
    files.finish(workspaceId)
    this.open(workspaceId)
  }

  /**
   * Has a copy written under another key, of what was committed at one moment after the beginning; whoever works with the file goes on.
   * @param copier writes it, given the paths and both keys
   * @throws AppError workspace_damaged {damage}, and what the copier throws
   */
  async copyOut(
    name: string,
    target: string,
    key: Buffer,
    copier: (wish: { source: string; target: string; keys: readonly [Buffer, Buffer] }) => Promise<void>,
  ): Promise<void> {
    const { keys } = this.#options
    for (;;) {
      const source = this.get(name).path
      // The key is wiped when `use` returns, which is before the copy is there.
      const present = keys.use(name, (own) => Buffer.from(own))
      try {
        return await copier({ source, target, keys: [present, key] })
      } catch (error) {
        // It may have been encrypted anew just before the copier opened it.
        const isSame = keys.has(name) && keys.use(name, (own) => own.equals(present))
        if (isSame || !isCorrupt(error)) throw error
      } finally {
        present.fill(0)
      }
    }
  }

  /** Closes one file; it can be opened again. */
  closeOne(name: string): void {
    const database = this.#databases.get(name)
    this.#databases.delete(name)
    database?.close()
  }

  /**
   * Puts a copy in the place of a damaged workspace's file, and that file aside. Nothing is to be encrypted anew meanwhile.
   * @throws AppError not_found, workspace_damaged {damage}, disk_full; the signal's reason
   */
  async putBack(workspaceId: string, copyId: string, signal: AbortSignal): Promise<void> {
    const { keys, files, backups, derivation } = this.#options
    if (!this.damaged.has(workspaceId)) throw new AppError('not_found', 'Nothing is damaged')
    const source = backups.find(workspaceId, copyId)
    const target = files.rekeyed(files.database(workspaceId))
    try {
      // Under its key to come it would count as encrypted anew, and the copies that are not yet would lose theirs.
      const next = this.#keyToCome(workspaceId, source)
      if (next) {
        const own = keys.use(workspaceId, (key) => Buffer.from(key))
        const wiped = (): void => [own, next].forEach((key) => key.fill(0))
        await copyApart(derivation, { source, target, keys: [next, own], signal }).finally(wiped)
      } else await files.copyInto(source, target)
      await this.putInPlace(workspaceId, target, signal)
    } finally {
      files.removeRekeyed(target)
    }
  }

  /** The key to come, where a copy lies under it; null where it does not. Wipe it after use. */
  #keyToCome(workspaceId: string, path: string): Buffer | null {
    const { keys } = this.#options
    if (!keys.waiting.includes(workspaceId)) return null
    const { database, isNext } = openUnderEither(keys, workspaceId, path, { create: false, readOnly: true })
    database.leave()
    return isNext ? keys.useNext(workspaceId, (key) => Buffer.from(key)) : null
  }

  /** Where a damaged workspace's file lies, and the keys that it may lie under; wipe them after use. @throws AppError not_found */
  damagedFile(workspaceId: string): { path: string; keys: Buffer[] } {
    const { keys, files } = this.#options
    if (!this.damaged.has(workspaceId)) throw new AppError('not_found', 'Nothing is damaged')
    const own = keys.use(workspaceId, (key) => Buffer.from(key))
    const next = keys.waiting.includes(workspaceId) ? [keys.useNext(workspaceId, (key) => Buffer.from(key))] : []
    return { path: files.database(workspaceId), keys: [own, ...next] }
  }

  /**
   * Moves another file, which has the same key, to the place of a damaged workspace's, and that one aside.
   * @throws AppError workspace_damaged {damage}, disk_full; the signal's reason
   */
  async putInPlace(workspaceId: string, path: string, signal: AbortSignal): Promise<void> {
    this.#throwIfOver(signal)
    this.closeOne(workspaceId)
    try {
      this.#options.files.putInPlace(workspaceId, path, this.#options.now())
    } catch (error) {
      throw diskFull(error)
    }
    await this.takeSteps(workspaceId, signal)
    this.open(workspaceId)
  }

  /** Brings a file that is not open to the newest shape, as far as that is possible; opening it says what was not. @throws AppError locked; the signal's reason */
  async takeSteps(workspaceId: string, signal: AbortSignal): Promise<void> {
    await this.#options.steps.take(workspaceId, AbortSignal.any([signal, this.#closing.signal]))
    this.#throwIfOver(signal)
  }

  #throwIfOver(signal: AbortSignal): void {
    signal.throwIfAborted()
    this.#closing.signal.throwIfAborted()
  }

  /**
   * Destroys the key of a workspace, then removes its file, its backups, and what backups of the list say of it; false where that could not
   * be done yet: but for the list it is noise.
   */
  erase(workspaceId: string, forget: (list: EncryptedDatabase) => void): boolean {
    const { keys, files, backups } = this.#options
    if (keys.has(workspaceId)) keys.destroy(workspaceId)
    this.#setDamage(workspaceId, null)
    succeeds(() => this.closeOne(workspaceId))
    const steps = [
      () => files.remove(workspaceId),
      () => backups.removeAll(workspaceId),
      ...backups.list('main').map(
        ({ id }) =>
          () =>
            this.#change(backups.find('main', id), forget),
      ),
    ]
    return steps.map(succeeds).every(Boolean)
  }

  /** Changes a copy of the list. */
  #change(path: string, work: (list: EncryptedDatabase) => void): void {
    const { database: list } = openUnderEither(this.#options.keys, 'main', path, { create: false, overwritesDeleted: true })
    try {
      work(list)
    } finally {
      list.close()
    }
  }

  /** @throws AggregateError when one did not close well; all were tried. */
  close(): void {
    this.#closing.abort(new AppError('locked', 'The vault is locked'))
    const failures = this.#closeAll()
    if (failures.length > 0) throw new AggregateError(failures, 'Not every database closed well')
  }

  /**
   * Opens a workspace's file and brings it to the newest shape; nothing happens when it is open. One that was damaged is tried again.
   * @throws AppError workspace_damaged {damage}
   */
  open(workspaceId: string): void {
    if (this.#databases.has(workspaceId) && !this.damaged.has(workspaceId)) return
    this.#setDamage(workspaceId, null)
    try {
      this.closeOne(workspaceId)
      this.#openFile(workspaceId)
    } catch (error) {
      const damage = workspaceDamageOf(error)
      this.#setDamage(workspaceId, damage)
      if (damage === 'migration_failed') this.#options.onBug(error)
      throw workspaceDamaged(damage, error)
    }
  }

  #openFile(name: string): void {
    const { keys, files, migrations, steps } = this.#options
    // Its turn to be encrypted anew may have ended just before the program did: then it lies under its key to come.
    const { database, isNext } = openUnderEither(keys, name, files.database(name), {
      create: false,
      overwritesDeleted: name === 'main',
      onDamage: (damage) => this.#fail(name, damage),
    })
    if (isNext) keys.settle(name)
    try {
      migrate(database, name === 'main' ? migrations.main : migrations.workspace, {
        backup: (fromVersion) => steps.makeCopy(name, database, fromVersion),
      })
    } catch (error) {
      database.close()
      throw error
    }
    this.#databases.set(name, database)
  }

  /** A file fails while it is open: from now on nothing is read of it nor written to it. */
  #fail(name: string, error: AppError): AppError {
    if (name === 'main') {
      this.#options.onMainDamage(error)
      return error
    }
    const damage = workspaceDamageOf(error)
    // While it is being opened whoever opens it says so.
    if (this.#databases.has(name)) this.#setDamage(name, damage)
    return workspaceDamaged(damage, error)
  }

  /**
   * Puts a copy under the key to come in the place of a workspace's file, or of main's, whether it is open or not; who works with it goes on.
   * @throws AppError busy while rows of it are being read one by one
   */
  replace(name: string, copy: string): void {
    const { keys, files } = this.#options
    const put = (): void => files.putRekeyed(copy, files.database(name))
    const database = this.#databases.get(name)
    if (database) keys.use(name, (present) => keys.useNext(name, (next) => database.replaceFile(put, { present, next })))
    else put()
    keys.settle(name)
  }

  #requireFree(workspaceId: string): void {
    if (FileName.safeParse(workspaceId).success && !this.#options.keys.has(workspaceId)) return
    throw new AppError('invalid_input', 'This id cannot be that of a new workspace')
  }

  #closeAll(): unknown[] {
    const failures: unknown[] = []
    for (const database of this.#databases.values()) {
      try {
        database.close()
      } catch (error) {
        failures.push(error)
      }
    }
    this.#databases.clear()
    return failures
  }
}

function succeeds(step: () => void): boolean {
  try {
    step()
    return true
  } catch {
    return false
  }
}

/** Makes a new database, whole and on the disk, under its unfinished name. */
export function makeDatabase(files: VaultFiles, name: string, key: Buffer, migrations: readonly Migration[]): void {
  files.prepare(name)
  const path = files.unfinished(name)
  const database = openEncryptedDatabase(path, key, { create: true })
  try {
    migrate(database, migrations, { backup: () => undefined })
  } finally {
    database.close()
  }
  flushFolder(dirname(path))
}
