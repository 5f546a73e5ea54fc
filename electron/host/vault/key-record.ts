/**
 * vault.json: every key of the vault, each locked in a box. The file alone opens nothing; without it nothing opens, so it
 * is only ever replaced whole.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import { writeFileAtomic } from '../base/atomic-file.ts'
import { Box, Wrap } from './wraps.ts'

/** What a file of the vault may be called: `main`, or a workspace's id. It becomes a file name. */
export const FileName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

const currentVersion = 1

const KeyRecord = z.object({
  version: z.literal(currentVersion),
  vaultId: FileName,
  /** Ways to the vault's key. A list, so that a later version can add one, such as an organisation's recovery key; this one knows one. */
  wraps: z.tuple([Wrap]),
  /** The data key of each file, boxed under the vault's key. */
  keys: z.record(FileName, Box).refine((keys) => Object.hasOwn(keys, 'main'), 'There is no key for main'),
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
  const record = KeyRecord.safeParse(json)
  if (!record.success) throw unreadable(path, 'record_unreadable', record.error)
  return record.data
}

/**
 * @param overwrite writes noise over the old record's bytes once the new one stands, as far as the disk lets them be overwritten. Not on
 *   Windows, where a file that is open cannot be replaced.
 */
export function writeKeyRecord(path: string, record: KeyRecord, { overwrite }: { overwrite: boolean }): void {
  const old = overwrite && process.platform !== 'win32' ? openSync(path, 'r+') : null
  try {
    writeFileAtomic(path, JSON.stringify(record, null, 2))
    if (old === null) return
    writeSync(old, randomBytes(fstatSync(old).size), 0, undefined, 0)
    fsyncSync(old)
  } finally {
    if (old !== null) closeSync(old)
  }
}

function unreadable(path: string, damage: 'record_unreadable' | 'from_future', cause?: unknown): AppError {
  const file = basename(path)
  return new AppError('vault_damaged', `${file}: ${damage}`, { damage, file }, { cause })
}
