/**
 * Where the vault's files are, whether they are all there, and how they are moved. Opens none of them.
 * A new database is made whole as `<name>.db.new` and gets its name only after the key record knows it, so after a crash
 * an unfinished file can be told from a damaged one.
 */
import { randomBytes } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { VaultDamage } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { renameSync, rmSync } from '../../base/patient-files.ts'
import { flushFolder } from '../../base/atomic-file.ts'

/** SQLite's companions of a file. A WAL must never meet a database that it was not written for. */
const companions = ['-wal', '-shm']

export class VaultFiles {
  readonly #folder: string

  constructor(dataFolder: string) {
    this.#folder = dataFolder
  }

  get record(): string {
    return join(this.#folder, 'vault.json')
  }

  /**
   * SQLite needs a file beside each database even to read it: one that nobody works with has none, so a folder where none can be made opens
   * nothing. (Its way around that, `immutable`, is not compiled in.) @throws AppError vault_read_only
   */
  requireWritable(): void {
    try {
      accessSync(this.#folder, constants.W_OK)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && ['EROFS', 'EACCES', 'EPERM'].includes(String(error.code)))) throw error
      throw new AppError('vault_read_only', 'The data folder cannot be written to', undefined, { cause: error })
    }
  }

  get tries(): string {
    return join(this.#folder, 'tries.json')
  }

  /** Wrong tries at backup sets. */
  get triesElsewhere(): string {
    return join(this.#folder, 'backup-tries.json')
  }

  get backups(): string {
    return join(this.#folder, 'backups')
  }

  /** Our own place for backup sets. It is not the vault's: who starts over keeps it. */
  get backupSets(): string {
    return join(this.#folder, 'backup-sets')
  }

  /** Where a vault out of a backup is put together. */
  get restoring(): string {
    return join(this.#folder, 'restoring')
  }

  get #workspaces(): string {
    return join(this.#folder, 'workspaces')
  }

  /** @param name `main`, or a workspace's id */
  database(name: string): string {
    return name === 'main' ? join(this.#folder, 'main.db') : join(this.#workspaces, `${name}.db`)
  }

  /** Where a database is before the key record knows it. */
  unfinished(name: string): string {
    return `${this.database(name)}.new`
  }

  /** Makes the folder for a new database, and clears away what an earlier attempt left. */
  prepare(name: string): void {
    const path = this.unfinished(name)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    for (const companion of ['', ...companions]) rmSync(path + companion, { force: true })
  }

  get #arriving(): string {
    return join(this.#folder, 'arriving')
  }

  /** Where a database lies that comes from elsewhere: in a folder of its own, which is all that whoever opens it may read. */
  arriving(name: string): string {
    return join(this.#arriving, name, 'foreign.db')
  }

  /** Where a copy under another key is written. A name of its own each time: a process that outlived its host may still write another. */
  rekeyed(path: string): string {
    return `${path}.rekey-${randomBytes(6).toString('hex')}`
  }

  /** Removes such a copy. */
  removeRekeyed(copy: string): void {
    for (const companion of ['', ...companions, '-journal', '.new', '.new-journal']) rmSync(copy + companion, { force: true })
  }

  /** Puts a copy in the place of the file it was made of, which must be closed. @throws AppError busy when something was written that is not in that file yet */
  putRekeyed(copy: string, path: string): void {
    if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw new AppError('busy', 'The file is in use')
    for (const companion of companions) rmSync(path + companion, { force: true })
    renameSync(copy, path)
    flushFolder(dirname(path))
  }

  /** Removes a database whose key is destroyed. */
  remove(name: string): void {
    for (const companion of ['', ...companions]) rmSync(this.database(name) + companion, { force: true })
    flushFolder(dirname(this.database(name)))
  }

  /** Bytes of a database on the disk, with what is not yet in its file. */
  size(name: string): number {
    return this.sizeOf(this.database(name))
  }

  /** Bytes of any database file, with what is not yet in it. */
  sizeOf(path: string): number {
    try {
      const sizes = ['', ...companions].map((companion) => statSync(path + companion, { throwIfNoEntry: false })?.size)
      return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
    } catch {
      // The system does not say.
      return 0
    }
  }

  /** Gives a finished database its name. */
  finish(name: string): void {
    const path = this.database(name)
    renameSync(this.unfinished(name), path)
    flushFolder(dirname(path))
  }

  /** After a crash: finishes what the key record knows, and removes what it does not, which nobody can have written to. */
  settle(names: readonly string[]): void {
    rmSync(this.restoring, { recursive: true, force: true })
    for (const name of names) {
      if (existsSync(this.database(name)) || !existsSync(this.unfinished(name))) continue
      try {
        if (companions.some((companion) => existsSync(this.database(name) + companion)))
          this.#moveDatabase(name, this.#asideFolder(Date.now()))
        this.finish(name)
      } catch (error) {
        // A workspace that stays as it is counts as missing, and keeps nothing else closed.
        if (name === 'main') throw error
      }
    }
    rmSync(this.#arriving, { recursive: true, force: true })
    // What the record knows and could not be finished is somebody's only copy.
    const isKnown = (file: string): boolean =>
      names.some((name) => file.startsWith(`${name}.db.new`) && !existsSync(this.database(name)))
    for (const folder of [this.#folder, this.#workspaces, this.backups]) {
      for (const file of listed(folder))
        if (/\.db\.(new|copy|rekey-[0-9a-f]+(\.new)?)(-wal|-shm|-journal)?$/.test(file) && !isKnown(file))
          rmSync(join(folder, file), { force: true })
    }
  }

  /** Whether this database is missing or empty. */
  damage(name: string): { damage: VaultDamage; file: string } | null {
    const path = this.database(name)
    const size = statSync(path, { throwIfNoEntry: false })?.size
    if (size === undefined) return { damage: 'database_missing', file: basename(path) }
    return size === 0 ? { damage: 'database_empty', file: basename(path) } : null
  }

  /** Any database, whether or not a key is known for it. */
  get someDatabase(): boolean {
    return existsSync(this.database('main')) || listed(this.#workspaces).some((file) => file.endsWith('.db'))
  }

  /** Copies a file that nobody writes to; the copy is on the disk when this returns. */
  async copyInto(source: string, target: string): Promise<void> {
    await copyFile(source, target, constants.COPYFILE_FICLONE)
    const file = await open(target, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /** Moves this file, which is on the disk and ours, to the database's place; what was there is set aside. A crash at any point leaves one or the other. */
  putInPlace(name: string, path: string, now: number): void {
    this.prepare(name)
    renameSync(path, this.unfinished(name))
    flushFolder(dirname(this.unfinished(name)))
    this.#moveDatabase(name, this.#asideFolder(now))
    this.finish(name)
  }

  /** Moves everything of the vault into a folder beside; deletes nothing. The record goes first: half a vault must not ask for a passphrase. */
  setAllAside(now: number): void {
    const aside = this.#asideFolder(now)
    const main = basename(this.database('main'))
    for (const path of [
      this.record,
      this.tries,
      ...['', ...companions].map((end) => join(this.#folder, main + end)),
      this.#workspaces,
      this.backups,
    ]) {
      if (existsSync(path)) renameSync(path, join(aside, basename(path)))
    }
    flushFolder(aside)
    flushFolder(this.#folder)
  }

  /** The database first: without it, a WAL left behind by a crash is seen and moved by `settle`. */
  #moveDatabase(name: string, aside: string): void {
    for (const companion of ['', ...companions]) {
      const path = this.database(name) + companion
      if (existsSync(path)) renameSync(path, join(aside, basename(path)))
    }
    flushFolder(aside)
    flushFolder(dirname(this.database(name)))
  }

  #asideFolder(now: number): string {
    const name = `set-aside-${new Date(now).toISOString().replaceAll(':', '-')}`
    for (let turn = 1; ; turn++) {
      const folder = join(this.#folder, turn === 1 ? name : `${name}-${turn}`)
      if (existsSync(folder)) continue
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      return folder
    }
  }
}

function listed(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
