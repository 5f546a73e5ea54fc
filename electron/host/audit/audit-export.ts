/**
 * A log in a folder of its own, for whoever verifies it elsewhere: `entries.jsonl` (OCSF), the tiles of hashes and the checkpoint as C2SP has them, and
 * the log's public key. docs/audit-log.md says what is in them, docs/verify-audit.py verifies them without any of this code.
 */
import { createReadStream, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createPublicKey } from 'node:crypto'
import { createInterface } from 'node:readline'
import { AppError } from '../../../contract/errors.ts'
import { localDay } from '../base/local-day.ts'
import { receivingFailure } from '../base/received-file.ts'
import { rmSync } from '../base/patient-files.ts'
import type { AuditTree } from './audit-tree.ts'
import { originOf, readCheckpoint, readVerifierKey, verifierKey, type Checkpoint } from './checkpoint.ts'
import { hashBytes, rootAt, tilePath, tileWidth, type ReadTile } from './merkle.ts'
import { troubleOf, type LogSource, type LogTrouble } from './verify-log.ts'

const names = { checkpoint: 'checkpoint', key: 'log-key', entries: 'entries.jsonl' } as const
/** No entry of ours is as long. */
const mostLineLength = 10_000

/** Writes it into a new folder in this one; the checkpoint comes last, and of what fails nothing stays. @throws AppError place_unwritable, disk_full */
export async function exportLog(tree: AuditTree, into: string, now: number): Promise<{ name: string }> {
  const text = tree.checkpoint()
  const { size, first } = ownCheckpoint(text, tree)
  const name = freeName(into, now)
  const folder = join(into, name)
  try {
    mkdirSync(folder, { mode: 0o700 })
    await writeTiles(folder, size, tree.read)
    await writeEntries(join(folder, names.entries), tree, first, size)
    await writeFile(join(folder, names.key), `${verifierKey(tree.signing)}\n`)
    await writeFile(join(folder, names.checkpoint), text, { flush: true })
    return { name }
  } catch (error) {
    removeHalf(folder)
    throw receivingFailure(error)
  }
}

/** What was found of an exported log. */
interface VerifiedExport {
  origin: string
  size: number
  first: number
  /** Null when it is whole. */
  trouble: LogTrouble | { kind: 'signature' } | { kind: 'witness'; file: string } | null
}

/**
 * Verifies an exported folder, and holds earlier checkpoints against it that a witness kept.
 * @throws AppError file_unreadable when a part of it is not there
 */
export async function verifyExport(folder: string, witnesses: readonly string[]): Promise<VerifiedExport> {
  const key = readVerifierKey(readText(join(folder, names.key)))
  if (!key) throw new AppError('file_unreadable', 'log-key is no key of a log')
  const checkpoint = readCheckpoint(readText(join(folder, names.checkpoint)), key)
  if (!checkpoint?.signed) return { origin: originOf(key), size: 0, first: 0, trouble: { kind: 'signature' } }
  const { origin, size, first } = checkpoint
  const source = exported(folder, size)
  const trouble =
    (await troubleOf(source, checkpoint).catch(missingHash)) ?? witnessTrouble(witnesses, key, checkpoint, source.read)
  return { origin, size, first, trouble }
}

function witnessTrouble(
  files: readonly string[],
  key: Parameters<typeof readCheckpoint>[1],
  { size }: Checkpoint,
  read: ReadTile,
) {
  for (const file of files) {
    const earlier = readCheckpoint(readText(file), key)
    const agrees = earlier?.signed === true && earlier.size <= size && rootAt(earlier.size, read).equals(earlier.root)
    if (!agrees) return { kind: 'witness' as const, file }
  }
  return null
}

function exported(folder: string, size: number): LogSource {
  const read: ReadTile = (level, number) => {
    const width = Math.min(tileWidth, Math.floor(size / tileWidth ** level) - number * tileWidth)
    if (width <= 0) return Buffer.alloc(0)
    const path = join(folder, tilePath(level, number, width))
    return existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
  }
  return { read, lines: (from, to) => fileLines(join(folder, names.entries), to - from) }
}

/** One more than asked for, where there is one: whoever counts finds too many. */
async function* fileLines(path: string, count: number): AsyncGenerator<string[]> {
  if (!existsSync(path)) return
  const stream = createReadStream(path, 'utf8')
  try {
    let left = count + 1
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      if (left-- === 0) return
      yield [line.slice(0, mostLineLength)]
    }
  } finally {
    stream.destroy()
  }
}

async function writeTiles(folder: string, size: number, read: ReadTile): Promise<void> {
  for (let level = 0, width = size; width > 0; level++, width = Math.floor(width / tileWidth)) {
    for (let number = 0; number * tileWidth < width; number++) {
      const wide = Math.min(tileWidth, width - number * tileWidth)
      const path = join(folder, tilePath(level, number, wide))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, read(level, number).subarray(0, wide * hashBytes))
    }
  }
}

async function writeEntries(path: string, tree: AuditTree, first: number, size: number): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const lines of tree.lines(first, size)) await file.write(lines.map((line) => `${line}\n`).join(''))
    await file.sync()
  } finally {
    await file.close()
  }
}

function ownCheckpoint(text: string, tree: AuditTree): Checkpoint {
  const checkpoint = readCheckpoint(text, createPublicKey(tree.signing))
  if (!checkpoint) throw new Error('A checkpoint of our own is one')
  return checkpoint
}

function freeName(folder: string, now: number): string {
  const day = localDay(now)
  for (let turn = 1; ; turn++) {
    const name = `alambic-audit-${day}${turn === 1 ? '' : `-${turn}`}`
    if (!existsSync(join(folder, name))) return name
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new AppError('file_unreadable', 'A part of the export is missing', undefined, { cause: error })
  }
}

function missingHash(error: unknown): LogTrouble {
  if (error instanceof AppError) throw error
  return { kind: 'root' }
}

function removeHalf(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // A drive that was pulled out: without its checkpoint it verifies as nothing.
  }
}
