/**
 * vault.json: every key of the vault, each locked in a box. The file alone opens nothing; without it nothing opens, so it
 * is only ever replaced whole.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../../contract/errors.ts'
import { writeFileAtomic } from '../../base/atomic-file.ts'
import { Sequence, Tries } from './record-parts.ts'
import { Box, Wrap } from './wraps.ts'

/** Windows takes them for devices, whatever follows after a dot. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)$/i

/** What a file of the vault may be called: `main`, or a workspace's id. It becomes a file name. */
export const FileName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .refine((name) => !deviceName.test(name))

/**
 * Version 2 can hold a re-encryption that is under way. A program that knows version 1 alone would drop its keys at its next change of the
 * record, so it must not take it for its own.
 */
const currentVersion = 2

const KeyRecord = z.object({
  version: z.literal(currentVersion),
  vaultId: FileName,
  /** Ways to the vault's key. A list, so that a later version can add one, such as an organisation's recovery key; this one knows one. */
  wraps: z.tuple([Wrap]),
  /** The data key of each file, boxed under the vault's key. */
  keys: z.record(FileName, Box).refine((keys) => Object.hasOwn(keys, 'main'), 'There is no key for main'),
  /** While everything is encrypted anew: the keys to come of the files whose turn has not ended, boxed under the vault's key. */
  nextKeys: z.record(FileName, Box).default({}),
  /** How the passphrase was changed last: its wrap alone, or with every file encrypted anew. */
  lastChange: z.enum(['wrapped', 'reencrypted']).nullable().default(null),
  tries: Tries,
  /** Null where the keychain keeps it, and in a vault of before it was counted. */
  sequence: Sequence.nullable().default(null),
})
export type KeyRecord = z.infer<typeof KeyRecord>

const AnyVersion = z.object({ version: z.number().int() })

/** Null when there is none. @throws AppError vault_damaged {damage: record_unreadable | from_future, file} */
export function readKeyRecord(path: string): KeyRecord | null {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw unreadable(path, 'record_unreadable', error)
  }
  const version = AnyVersion.safeParse(json).data?.version ?? 0
  if (version > currentVersion) throw unreadable(path, 'from_future')
  // Version 1 has the same parts, and fewer.
  const record = KeyRecord.safeParse(version === 1 ? { ...(json as object), version: currentVersion } : json)
  if (!record.success) throw unreadable(path, 'record_unreadable', record.error)
  return record.data
}

/**
 * Once the new record stands, noise is written over the old one's bytes, as far as the disk lets them be overwritten: a key that was
 * destroyed must not be left in what a record was before. Not where somebody has the old file under another name, which is their backup; nor
 * on Windows, where a file that is open cannot be replaced.
 */
export function writeKeyRecord(path: string, record: KeyRecord): void {
  const old = process.platform === 'win32' || !existsSync(path) ? null : openSync(path, 'r+')
  try {
    const { size, nlink } = old === null ? { size: 0, nlink: 0 } : fstatSync(old)
    writeFileAtomic(path, JSON.stringify(record, null, 2))
    if (old !== null && nlink === 1) overwrite(old, size)
  } finally {
    if (old !== null) closeSync(old)
  }
}

/** The new record stands already: that the old one could not be written over is no reason to say that it does not. */
function overwrite(file: number, size: number): void {
  try {
    writeSync(file, randomBytes(size), 0, undefined, 0)
    fsyncSync(file)
  } catch {
    // As far as the disk lets it.
  }
}

function unreadable(path: string, damage: 'record_unreadable' | 'from_future', cause?: unknown): AppError {
  const file = basename(path)
  return new AppError('vault_damaged', `${file}: ${damage}`, { damage, file }, { cause })
}
