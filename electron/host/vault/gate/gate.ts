/**
 * The gate for foreign rows: whatever was a database elsewhere comes in row by row, through schemas, into a fresh file of ours. An exported
 * workspace comes through `takeInExported`. A backup comes through `takeInDatabase` or, for the list of a whole vault, `takeInList`, with the
 * key of its database and where it is from: one of this machine's own is `own` and keeps watched folders, what was left out of them, and marks
 * of files; any other is a `stranger`. All leave a whole database at its unfinished name and hand over its new key, which the key record
 * then gets. Until that happens a kill leaves nothing but files that the next start sweeps.
 */
import { createHash } from 'node:crypto'
import { closeSync, constants, createReadStream, createWriteStream, mkdirSync, openSync, statSync } from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { rmSync } from '../../base/patient-files.ts'
import { AppError } from '../../../../contract/errors.ts'
import { oneLine } from '../../../../contract/one-line.ts'
import type { WorkspaceFacts } from '../../../porter/contract.ts'
import { flushFolder } from '../../base/atomic-file.ts'
import { refuseToFill } from '../../base/received-file.ts'
import { diskFull } from '../files/disk-full.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from '../files/encrypted-database.ts'
import type { Migrations } from '../files/migrate.ts'
import { makeDatabase } from '../files/open-databases.ts'
import type { VaultFiles } from '../files/vault-files.ts'
import { randomKey } from '../keys/key-box.ts'
import { ForeignList } from './foreign-list.ts'
import type { ForeignRowsOptions, Origin } from './foreign-rows.ts'
import { ForeignWorkspace, type Rebuilt } from './foreign-workspace.ts'
import { malformed } from './malformed.ts'
import { PorterLine, usualPorterLimits, type LaunchPorter, type PorterLimits } from './porter-line.ts'
import { readTrailer } from './workspace-file.ts'

export interface GateOptions {
  files: VaultFiles
  launch: LaunchPorter
  /** The steps that new databases are made by; a file of a later one is refused by name. */
  migrations: Migrations
  limits?: Partial<PorterLimits>
}

export interface Arrival {
  /** Of the workspace that is made of it. */
  workspaceId: string
  /** Whose vectors are taken, by the SHA-256 of its file; null for anybody's. */
  embedderId: string | null
  signal: AbortSignal
}

/** A whole database of a backup, encrypted as ours are. */
export interface BackedUp {
  path: string
  /** 32 bytes; for the caller to wipe. */
  key: Buffer
  origin: Origin
  /** Looks at the copy that the porter is going to open. @throws whatever speaks against it */
  check?: (copy: string) => Promise<void>
  /** Looks at what was made of it. @throws whatever speaks against it */
  compare?: (rebuilt: EncryptedDatabase) => void
}

/** A damaged file of ours, of which what can be read is. */
export interface Broken {
  path: string
  /** 32 bytes; for the caller to wipe. */
  key: Buffer
}

/** A database that lies somewhere, and what is made of it. */
interface Foreign extends Omit<BackedUp, 'key' | 'origin'> {
  databaseBytes: number
  /** Of the database alone, where somebody said it. */
  sha256: string | null
  key: Buffer | null
  /** Of the database that it becomes here. */
  name: string
  signal: AbortSignal
  rebuild: (rows: ForeignRowsOptions) => Promise<unknown>
}

/** The copy and the rebuilt file together, with room for indexes that are made anew. */
const roomFactor = 2.5

export class Gate {
  readonly #options: GateOptions

  constructor(options: GateOptions) {
    this.#options = options
  }

  /**
   * Takes an exported workspace in; wipe the key after use, and the passphrase, which is UTF-8.
   * @throws AppError workspace_file_malformed, workspace_file_newer, wrong_passphrase, file_unreadable, porter_died, disk_full; the signal's reason
   */
  async takeInExported(
    { path, passphrase }: { path: string; passphrase: Buffer },
    arrival: Arrival,
  ): Promise<{ facts: WorkspaceFacts; key: Buffer }> {
    const { trailer, databaseBytes } = readTrailer(path)
    return this.#withPorter(arrival.workspaceId, arrival.signal, async (line) => {
      const sealed = await line.unseal(trailer, passphrase)
      if (sealed.databaseBytes !== databaseBytes) throw malformed('Another size than it says')
      const facts = { ...sealed.facts, name: oneLine(sealed.facts.name) || '…' }
      const foreign = { path, databaseBytes, sha256: sealed.sha256, key: null, ...workspaceOf(arrival, 'stranger') }
      return { facts, key: await this.#rebuild(line, foreign) }
    })
  }

  /**
   * Takes a workspace of a backup in; wipe the key that is returned after use.
   * @throws AppError workspace_file_malformed, workspace_file_newer, file_unreadable, porter_died, disk_full; what `check` and `compare` throw;
   *   the signal's reason
   */
  takeInDatabase(backedUp: BackedUp, arrival: Arrival): Promise<{ key: Buffer }> {
    return this.#takeInBackedUp(backedUp, workspaceOf(arrival, backedUp.origin))
  }

  /**
   * Makes a workspace of what can be read of a damaged one, of this machine's own; wipe the key that is returned after use.
   * @throws AppError workspace_file_malformed when nothing can be read, workspace_file_newer, file_unreadable, porter_died, disk_full; the
   *   signal's reason
   */
  async salvage({ path, key }: Broken, arrival: Arrival): Promise<{ key: Buffer; rebuilt: Rebuilt }> {
    let rebuilt: Rebuilt | null = null
    const rebuild: Foreign['rebuild'] = async (rows) => {
      const options = { ...rows, salvages: true, origin: 'own', embedderId: null } as const
      rebuilt = await new ForeignWorkspace(options).rebuild()
    }
    const check = (copy: string): Promise<void> => takeInLog(path, copy, key)
    const what = { name: arrival.workspaceId, signal: arrival.signal, rebuild }
    const taken = await this.#takeInBackedUp({ path, key, origin: 'own', check }, what)
    if (!rebuilt) throw new Error('Nothing was rebuilt')
    return { ...taken, rebuilt }
  }

  /**
   * Takes the list of a backup in, as `main`; wipe the key that is returned after use.
   * @throws AppError as {@link Gate.takeInDatabase}
   */
  takeInList(backedUp: BackedUp, signal: AbortSignal): Promise<{ key: Buffer }> {
    const { origin } = backedUp
    const rebuild: Foreign['rebuild'] = (rows) => new ForeignList({ ...rows, origin }).rebuild()
    return this.#takeInBackedUp(backedUp, { name: 'main', signal, rebuild })
  }

  async #takeInBackedUp(
    { origin: _origin, ...backedUp }: BackedUp,
    what: Pick<Foreign, 'name' | 'signal' | 'rebuild'>,
  ): Promise<{ key: Buffer }> {
    const databaseBytes = statSync(backedUp.path, { throwIfNoEntry: false })?.size
    if (databaseBytes === undefined) throw new AppError('file_unreadable', 'There is no such file')
    return this.#withPorter(what.name, what.signal, async (line) => ({
      key: await this.#rebuild(line, { ...backedUp, ...what, databaseBytes, sha256: null }),
    }))
  }

  async #withPorter<T>(name: string, signal: AbortSignal, work: (line: PorterLine) => Promise<T>): Promise<T> {
    const { files, launch, limits } = this.#options
    signal.throwIfAborted()
    const copy = files.arriving(name)
    rmSync(dirname(copy), { recursive: true, force: true })
    mkdirSync(dirname(copy), { recursive: true, mode: 0o700 })
    // It is there before the porter starts, which is let look at it and at nothing that comes later.
    closeSync(openSync(copy, 'wx', 0o600))
    let line: PorterLine | null = null
    try {
      line = new PorterLine(launch(dirname(copy)), { limits: { ...usualPorterLimits, ...limits }, signal })
      return await work(line)
    } catch (error) {
      files.prepare(name)
      throw diskFull(error)
    } finally {
      await line?.close()
      rmSync(dirname(copy), { recursive: true, force: true })
    }
  }

  /** Leaves a database of ours, made of the foreign one's rows, under its unfinished name. Returns its key. */
  async #rebuild(line: PorterLine, foreign: Foreign): Promise<Buffer> {
    const { files, migrations } = this.#options
    const { name, databaseBytes, signal } = foreign
    const steps = name === 'main' ? migrations.main : migrations.workspace
    const copy = files.arriving(name)
    if (databaseBytes < 1) throw malformed('It is empty')
    await copyIn(foreign, copy)
    await foreign.check?.(copy)
    const version = await line.open(copy, foreign.key)
    if (version > steps.length) throw new AppError('workspace_file_newer', `Step ${version} is not known here`)
    if (version < 1) throw malformed('It has taken no step of ours')
    const key = randomKey()
    try {
      makeDatabase(files, name, key, steps)
      const database = openEncryptedDatabase(files.unfinished(name), key, { create: false })
      try {
        await foreign.rebuild({ line, database, version, databaseBytes, signal })
        foreign.compare?.(database)
        signal.throwIfAborted()
      } finally {
        database.close()
      }
      await flush(files.unfinished(name))
      return key
    } catch (error) {
      key.fill(0)
      throw error
    }
  }
}

function workspaceOf({ workspaceId, embedderId, signal }: Arrival, origin: Origin): Pick<Foreign, 'name' | 'signal' | 'rebuild'> {
  const rebuild: Foreign['rebuild'] = (rows) => new ForeignWorkspace({ ...rows, origin, embedderId }).rebuild()
  return { name: workspaceId, signal, rebuild }
}

/** Brings what was committed and is not in the file yet into the copy, as far as that can be done. */
async function takeInLog(path: string, copy: string, key: Buffer): Promise<void> {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return
  const before = `${copy}.before`
  await copyFile(copy, before, constants.COPYFILE_FICLONE)
  try {
    await copyFile(`${path}-wal`, `${copy}-wal`)
    const database = openEncryptedDatabase(copy, key, { create: false, alone: true })
    try {
      database.checkpoint()
    } finally {
      database.close()
    }
  } catch {
    await copyFile(before, copy, constants.COPYFILE_FICLONE)
  } finally {
    for (const rest of [`${copy}-wal`, `${copy}-shm`, before]) rmSync(rest, { force: true })
  }
}

/** Copies the database alone to where the porter may read it. @throws AppError workspace_file_malformed when it is not the one that was sealed, file_unreadable, disk_full, also by the system's own error */
async function copyIn({ path, databaseBytes, sha256, signal }: Foreign, copy: string): Promise<void> {
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

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  flushFolder(dirname(path))
}
