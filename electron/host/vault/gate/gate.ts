/**
 * The gate for foreign rows: whatever was a database elsewhere comes in row by row, through schemas, into a fresh file of ours. An exported
 * workspace comes through `takeInExported`. A backup comes through `takeInDatabase`, with the key of its database and where it is from: one of
 * this machine's own is `own` and keeps watched folders, what was left out of them, and marks of files; any other is a `stranger`.
 * Both leave a whole database at `files.unfinished(workspaceId)` and hand over its new key: then `OpenDatabases.adopt` names it in the record.
 * Until that happens a kill leaves nothing but files that the next start sweeps.
 */
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, createWriteStream, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { rmSync } from '../../base/patient-files.ts'
import { AppError } from '../../../../contract/errors.ts'
import { oneLine } from '../../../../contract/one-line.ts'
import type { WorkspaceFacts } from '../../../porter/contract.ts'
import { flushFolder } from '../../base/atomic-file.ts'
import { refuseToFill } from '../../base/received-file.ts'
import { diskFull } from '../files/disk-full.ts'
import { openEncryptedDatabase } from '../files/encrypted-database.ts'
import type { Migration } from '../files/migrate.ts'
import { makeDatabase } from '../files/open-databases.ts'
import type { VaultFiles } from '../files/vault-files.ts'
import { randomKey } from '../keys/key-box.ts'
import { ForeignWorkspace, type Origin } from './foreign-workspace.ts'
import { malformed } from './malformed.ts'
import { PorterLine, usualPorterLimits, type LaunchPorter, type PorterLimits } from './porter-line.ts'
import { readTrailer } from './workspace-file.ts'

export interface GateOptions {
  files: VaultFiles
  launch: LaunchPorter
  /** The steps that a new workspace is made by; a file of a later one is refused by name. */
  steps: readonly Migration[]
  limits?: Partial<PorterLimits>
}

export interface Arrival {
  /** Of the workspace that is made of it. */
  workspaceId: string
  /** Whose vectors are taken, by the SHA-256 of its file; null for anybody's. */
  embedderId: string | null
  signal: AbortSignal
}

/** A database that lies somewhere, encrypted as ours are. */
interface Foreign {
  path: string
  databaseBytes: number
  /** Of the database alone, where somebody said it. */
  sha256: string | null
  key: Buffer | null
  origin: Origin
}

/** The copy and the rebuilt file together, with room for indexes that are made anew. */
const roomFactor = 2.5

export class Gate {
  readonly #options: GateOptions

  constructor(options: GateOptions) {
    this.#options = options
  }

  /**
   * Takes an exported workspace in; wipe the key after use.
   * @throws AppError workspace_file_malformed, workspace_file_newer, wrong_passphrase, file_unreadable, porter_died, disk_full; the signal's reason
   */
  async takeInExported(
    { path, passphrase }: { path: string; passphrase: string },
    arrival: Arrival,
  ): Promise<{ facts: WorkspaceFacts; key: Buffer }> {
    const { trailer, databaseBytes } = readTrailer(path)
    return this.#withPorter(arrival, async (line) => {
      const sealed = await line.unseal(trailer, passphrase)
      if (sealed.databaseBytes !== databaseBytes) throw malformed('Another size than it says')
      const facts = { ...sealed.facts, name: oneLine(sealed.facts.name) || '…' }
      const foreign: Foreign = { path, databaseBytes, sha256: sealed.sha256, key: null, origin: 'stranger' }
      return { facts, key: await this.#rebuild(line, foreign, arrival) }
    })
  }

  /**
   * Takes a whole encrypted database in, which opens with a key of 32 bytes; wipe the one that is returned after use.
   * @throws AppError workspace_file_malformed, workspace_file_newer, file_unreadable, porter_died, disk_full; the signal's reason
   */
  async takeInDatabase(
    { path, key, origin }: { path: string; key: Buffer; origin: Origin },
    arrival: Arrival,
  ): Promise<{ key: Buffer }> {
    const databaseBytes = statSync(path, { throwIfNoEntry: false })?.size
    if (databaseBytes === undefined) throw new AppError('file_unreadable', 'There is no such file')
    return this.#withPorter(arrival, async (line) => ({
      key: await this.#rebuild(line, { path, databaseBytes, sha256: null, key, origin }, arrival),
    }))
  }

  async #withPorter<T>({ workspaceId, signal }: Arrival, work: (line: PorterLine) => Promise<T>): Promise<T> {
    const { files, launch, limits } = this.#options
    signal.throwIfAborted()
    const copy = files.arriving(workspaceId)
    rmSync(dirname(copy), { recursive: true, force: true })
    mkdirSync(dirname(copy), { recursive: true, mode: 0o700 })
    // It is there before the porter starts, which is let look at it and at nothing that comes later.
    closeSync(openSync(copy, 'wx', 0o600))
    let line: PorterLine | null = null
    try {
      line = new PorterLine(launch(dirname(copy)), { limits: { ...usualPorterLimits, ...limits }, signal })
      return await work(line)
    } catch (error) {
      files.prepare(workspaceId)
      throw diskFull(error)
    } finally {
      await line?.close()
      rmSync(dirname(copy), { recursive: true, force: true })
    }
  }

  /** Leaves a database of ours, made of the foreign one's rows, under its unfinished name. Returns its key. */
  async #rebuild(line: PorterLine, foreign: Foreign, { workspaceId, embedderId, signal }: Arrival): Promise<Buffer> {
    const { files, steps } = this.#options
    const copy = files.arriving(workspaceId)
    if (foreign.databaseBytes < 1) throw malformed('It is empty')
    await copyIn(foreign, copy, signal)
    const version = await line.open(copy, foreign.key)
    if (version > steps.length) throw new AppError('workspace_file_newer', `Step ${version} is not known here`)
    if (version < 1) throw malformed('It has taken no step of ours')
    const key = randomKey()
    try {
      makeDatabase(files, workspaceId, key, steps)
      const database = openEncryptedDatabase(files.unfinished(workspaceId), key, { create: false })
      try {
        const { databaseBytes, origin } = foreign
        await new ForeignWorkspace({ line, database, version, databaseBytes, origin, embedderId, signal }).rebuild()
        signal.throwIfAborted()
      } finally {
        database.close()
      }
      flush(files.unfinished(workspaceId))
      return key
    } catch (error) {
      key.fill(0)
      throw error
    }
  }
}

/** Copies the database alone to where the porter may read it. @throws AppError workspace_file_malformed when it is not the one that was sealed, file_unreadable, disk_full, also by the system's own error */
async function copyIn({ path, databaseBytes, sha256 }: Foreign, copy: string, signal: AbortSignal): Promise<void> {
  await refuseToFill(dirname(copy), databaseBytes * roomFactor)
  const hash = createHash('sha256')
  await pipeline(
    createReadStream(path, { end: databaseBytes - 1 }),
    async function* (parts: AsyncIterable<Buffer>) {
      for await (const part of parts) {
        hash.update(part)
        yield part
      }
    },
    createWriteStream(copy, { flags: 'r+' }),
    { signal },
  )
  if (sha256 !== null && hash.digest('hex') !== sha256) throw malformed('Other bytes than were sealed')
}

function flush(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  flushFolder(dirname(path))
}
