/**
 * A copy of an encrypted file as it was at one moment, made while others go on writing, without its pages being opened: a reader holds SQLite to
 * the file as it is (what is written meanwhile stays in the WAL), and the file is copied in parts. Both stop at once when they are told to.
 */
import { once } from 'node:events'
import { createReadStream, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../../../contract/errors.ts'
import { hasAuthenticPages } from './authentic-pages.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from '../files/encrypted-database.ts'

/** Tables whose rows are counted when a file is copied and again when the copy is verified. */
const countedTables = ['workspaces', 'conversations', 'messages', 'documents', 'contents', 'questions']
const partBytes = 1024 * 1024
const sliceMs = 5
/** A writer may be in the middle of something; a checkpoint waits for nobody. */
const tries = 200

/**
 * @param progress is told bytes that were copied since it was told last
 * @throws AppError disk_full, busy, vault_damaged; the signal's reason; the system's errors of the target
 */
export async function copySnapshot(
  source: { path: string; key: Buffer },
  target: string,
  { signal, progress }: { signal: AbortSignal; progress: (bytes: number) => void },
): Promise<CopyFacts> {
  const reader = openEncryptedDatabase(source.path, source.key, { create: false, waitsMs: 0 })
  try {
    await hold(reader, signal)
    try {
      const sizeBytes = statSync(source.path).size
      const counts = countsOf(reader)
      await copyParts(source.path, target, sizeBytes, signal, progress)
      return { sizeBytes, counts }
    } finally {
      reader.exec('ROLLBACK')
    }
  } finally {
    reader.close()
  }
}

/** What is known of a copy that was just written, or was kept of one. */
export interface CopyFacts {
  sizeBytes: number
  /** Rows of tables by their names. */
  counts: Record<string, number>
}

/** Checks a copy, as {@link verifyCopy} does, wherever it does so. */
export type CheckCopy = (copy: { path: string; key: Buffer }, facts: CopyFacts, signal: AbortSignal) => Promise<void>

/**
 * Checks every page of a copy, opens it and reads every row of every table, which fails where they do not hang together; then counts again. A
 * part at a time, so that nobody waits for it.
 * @throws AppError backup_unverified; the signal's reason
 */
export async function verifyCopy(
  copy: { path: string; key: Buffer },
  { sizeBytes, counts }: CopyFacts,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (statSync(copy.path).size !== sizeBytes) throw new Error('Its size is not the right one')
    if (!(await hasAuthenticPages(copy.path, copy.key, signal))) throw new Error('A page is not the one that was written')
    const database = openEncryptedDatabase(copy.path, copy.key, { create: false, alone: true })
    try {
      await readAll(database, signal)
      const now = countsOf(database)
      if (Object.entries(counts).some(([table, count]) => now[table] !== count)) throw new Error('Rows are missing')
    } finally {
      database.close()
    }
  } catch (error) {
    if (signal.aborted) throw error
    throw new AppError('backup_unverified', 'A copy cannot be read', undefined, { cause: error })
  }
}

/** From here on SQLite writes to the WAL alone, until the reader is closed. */
async function hold(reader: EncryptedDatabase, signal: AbortSignal): Promise<void> {
  for (let turn = 0; turn < tries; turn++) {
    signal.throwIfAborted()
    reader.checkpoint()
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM sqlite_schema').get()
    // Nobody could write between the checkpoint and the first read: this thread is the only one that does.
    if ((statSync(`${reader.path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return
    reader.exec('ROLLBACK')
    await delay(50, undefined, { signal })
  }
  throw new AppError('busy', 'Somebody is reading this file all the time')
}

async function copyParts(
  from: string,
  to: string,
  sizeBytes: number,
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<void> {
  const target = await open(to, 'wx', 0o600)
  try {
    const parts = createReadStream(from, { end: sizeBytes - 1, highWaterMark: partBytes, signal })
    try {
      for await (const part of parts as AsyncIterable<Buffer>) {
        await target.writeFile(part)
        progress(part.length)
      }
    } finally {
      // The file of the database must not stay open under a reader that is closed.
      if (!parts.closed) {
        parts.destroy()
        await once(parts, 'close').catch(() => undefined)
      }
    }
    await target.sync()
  } finally {
    await target.close()
  }
}

async function readAll(database: EncryptedDatabase, signal: AbortSignal): Promise<void> {
  const tables = database
    .prepare<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0`)
    .all()
    .map(({ name }) => name)
  let began = performance.now()
  for (const table of tables) {
    for (const _row of database.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`).iterate()) {
      if (performance.now() - began < sliceMs) continue
      // As long for others as for itself.
      await delay(sliceMs, undefined, { signal })
      began = performance.now()
    }
    signal.throwIfAborted()
  }
}

function countsOf(database: EncryptedDatabase): Record<string, number> {
  const counts: Record<string, number> = {}
  const isThere = database.prepare<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?`)
  for (const table of countedTables) {
    if (!isThere.get(table)) continue
    counts[table] = database.prepare<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).get()?.count ?? 0
  }
  return counts
}
