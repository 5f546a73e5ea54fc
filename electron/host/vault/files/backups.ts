/** The copies made before a migration: encrypted with the key of the file they were made from, which never changes. */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { VaultBackup } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { rmSync } from '../../base/patient-files.ts'
import type { EncryptedDatabase } from './encrypted-database.ts'

/** Older ones of the same file are removed: each is as big as the database. Which is older is counted, since a clock can be set back. */
const keptOfEachFile = 3

/** Sees to it that there is a copy of a database before it is brought to a newer shape, or throws. */
export type MakeCopy = (name: string, database: EncryptedDatabase, fromVersion: number) => void

export class Backups {
  readonly #folder: string
  readonly #now: () => number

  constructor({ folder, now }: { folder: string; now: () => number }) {
    this.#folder = folder
    this.#now = now
  }

  /** @param name of the database: `main`, or a workspace's id */
  make(name: string, database: EncryptedDatabase, fromVersion: number): void {
    database.copyTo(this.place(name, fromVersion))
    this.trim(name)
  }

  /** Where the next copy of this database is to be written; its folder is there. */
  place(name: string, fromVersion: number): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const number = Math.max(0, ...this.#found(name).map(({ number }) => number)) + 1
    return this.#path(`${name}-v${fromVersion}-n${number}-${this.#now()}`)
  }

  /** Removes the oldest copies of this database, when there are more than are kept. */
  trim(name: string): void {
    for (const { id } of this.list(name).slice(keptOfEachFile)) rmSync(this.#path(id), { force: true })
  }

  /** Newest first. */
  list(name: string): VaultBackup[] {
    return this.#found(name).map(({ id, madeAt, sizeBytes }) => ({ id, madeAt, sizeBytes }))
  }

  /** Newest first. Those of version 0.1.0 have no number: they are older than any that has, and follow each other by what they were made from. */
  #found(name: string): (VaultBackup & { number: number })[] {
    if (!existsSync(this.#folder)) return []
    return readdirSync(this.#folder)
      .flatMap((file) => {
        const [, id, of, version, number, madeAt] = /^((.+)-v(\d+)-(?:n(\d+)-)?(\d+))\.db$/.exec(file) ?? []
        const sizeBytes = statSync(join(this.#folder, file), { throwIfNoEntry: false })?.size
        if (id === undefined || of !== name || sizeBytes === undefined) return []
        return [{ id, madeAt: Number(madeAt), sizeBytes, number: Number(number ?? 0), version: Number(version) }]
      })
      .sort((one, other) => other.number - one.number || other.version - one.version || other.madeAt - one.madeAt)
  }

  /** The file of one of this database's backups. Only what is listed is found, so an id can name no other file. @throws AppError not_found */
  find(name: string, id: string): string {
    if (!this.list(name).some((backup) => backup.id === id)) throw new AppError('not_found', 'No such backup')
    return this.#path(id)
  }

  /** Removes every copy of this database. */
  removeAll(name: string): void {
    for (const { id } of this.list(name)) rmSync(this.#path(id), { force: true })
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.db`)
  }
}
