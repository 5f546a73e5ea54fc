/** The way back out of a set: what opens it, whose it is, what is in it, and its files, each brought in through the gate. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupContents, BackupKey } from '../../../../contract/backup.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import type { BackedUp } from '../gate/gate.ts'
import type { Entrance } from '../keys/entrance.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import type { TriesElsewhere } from '../keys/tries-elsewhere.ts'
import type { Wraps } from '../keys/wraps.ts'
import { hasAuthenticPages } from './authentic-pages.ts'
import { openEntry, openSetKey, readManifest, setFolder, type Entry, type Manifest } from './backup-set.ts'
import { readRecoveryCode } from './recovery-code.ts'

/** A file of an opened set. */
export interface SetFile {
  /** `main`, or the id that the workspace had. */
  name: string
  path: string
  entry: Entry
}

export interface OpenedSet {
  manifest: Manifest
  files: SetFile[]
  /** It was made by the vault that lies here: what belongs to this machine comes back with it. */
  own: boolean
}

/** Who opens a set, and what tells whose it is. */
export interface SetReaders {
  /** The open vault; null before one is open. */
  vault: VaultKeys | null
  wraps: Pick<Wraps, 'openByPassphrase'>
  tries: Pick<TriesElsewhere, 'attempt'>
  /** Opens what a page has sealed. */
  opened: Entrance['opened']
  /**
   * The key of the vault that lies here, where it is to be had without asking anybody; null where it is not, and then a set counts as
   * another machine's.
   */
  keyHere: (manifest: Manifest) => Promise<Buffer | null>
}

/**
 * Opens a set.
 * @throws AppError backup_malformed, backup_newer, backup_not_opened, recovery_code_wrong {group, triesLeft, retryAt}, wrong_passphrase
 *   {triesLeft, retryAt}, too_many_tries {retryAt}
 */
export async function openSet(
  { folder, sequence, key }: { folder: string; sequence: number; key: BackupKey },
  { keyHere, ...readers }: SetReaders,
): Promise<OpenedSet> {
  const manifest = await readManifest(folder, sequence)
  const setKey = await setKeyOf(manifest, key, readers)
  try {
    const files = manifest.files.map((row) => ({
      name: row.name,
      path: join(setFolder(folder, sequence), row.file),
      entry: openEntry(manifest, setKey, row),
    }))
    return { manifest, files, own: await isMadeHere(manifest, setKey, keyHere) }
  } finally {
    setKey.fill(0)
  }
}

/** Whether somebody with the key of the vault that lies here sealed this set. Its id alone says nothing: anybody may write it there. */
async function isMadeHere(manifest: Manifest, setKey: Buffer, keyHere: SetReaders['keyHere']): Promise<boolean> {
  const vaultKey = await keyHere(manifest)
  if (!vaultKey) return false
  const sealed = openSetKey(manifest, { vaultKey })
  vaultKey.fill(0)
  const isSame = sealed?.equals(setKey) ?? false
  sealed?.fill(0)
  return isSame
}

/** What the page is told of an opened set. */
export function contentsOf({ manifest, files }: OpenedSet): BackupContents {
  return {
    madeAt: manifest.madeAt,
    everything: files.some(({ name }) => name === 'main'),
    workspaces: files.flatMap(({ name, entry: { facts, sizeBytes, counts } }) =>
      facts
        ? [
            {
              ...{ id: name, name: facts.name, personal: facts.personal, sizeBytes },
              conversations: counts['conversations'] ?? 0,
              documents: counts['documents'] ?? 0,
            },
          ]
        : [],
    ),
  }
}

/**
 * Brings a file of a set in through the gate for foreign rows: its pages are authenticated before anybody opens it, and what was made of it
 * is counted.
 * @param takeIn the gate; the key is wiped afterwards
 * @throws AppError backup_unverified, backup_newer; what the gate throws besides; the signal's reason
 */
export async function bringIn<T>(
  { path, entry }: SetFile,
  { own }: Pick<OpenedSet, 'own'>,
  takeIn: (backedUp: BackedUp) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const found = await stat(path).catch(() => null)
  if (!found?.isFile() || found.size !== entry.sizeBytes) throw new AppError('backup_unverified', 'A file of the set is missing')
  const key = Buffer.from(entry.key, 'base64')
  const check = async (copy: string): Promise<void> => {
    if (!(await hasAuthenticPages(copy, key, signal)))
      throw new AppError('backup_unverified', 'A page is not the one that was written')
  }
  const compare = (rebuilt: EncryptedDatabase): void => {
    if (!hasRows(rebuilt, entry.counts)) throw new AppError('backup_unverified', 'Rows are missing')
  }
  try {
    return await takeIn({ path, key, origin: own ? 'own' : 'stranger', check, compare })
  } catch (error) {
    throw inWordsOfBackups(error)
  } finally {
    key.fill(0)
  }
}

/** Tables of which the gate lets every row in, or nothing. */
const wholeTables = ['conversations', 'messages', 'documents', 'questions']

function hasRows(database: EncryptedDatabase, counts: Entry['counts']): boolean {
  const isThere = database.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`)
  return wholeTables
    .filter((table) => counts[table] !== undefined && isThere.get(table))
    .every((table) => {
      const row = database.prepare<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).get()
      return row?.count === counts[table]
    })
}

/** The gate says what is wrong with a workspace's file; here that is a file of a backup. */
function inWordsOfBackups(error: unknown): unknown {
  if (!(error instanceof AppError)) return error
  if (error.code === 'workspace_file_malformed')
    return new AppError('backup_unverified', 'It is none of ours', undefined, { cause: error })
  if (error.code === 'workspace_file_newer')
    return new AppError('backup_newer', 'A backup of a later version', undefined, { cause: error })
  return error
}

async function setKeyOf(
  manifest: Manifest,
  key: BackupKey,
  { vault, wraps, tries, opened }: Omit<SetReaders, 'keyHere'>,
): Promise<Buffer> {
  if (key.kind === 'vault') {
    if (vault?.record.vaultId !== manifest.vaultId) throw new AppError('backup_not_opened', 'It is another vault’s')
    return openSetKey(manifest, { vaultKey: vault.vaultKey }) ?? notOpened()
  }
  if (key.kind === 'code') {
    const read = await opened(key.code, (typed) => Promise.resolve(readRecoveryCode(typed)))
    // A slip of the pen is no try.
    if (!('seed' in read)) throw new AppError('recovery_code_wrong', 'It is mistyped', { group: read.wrongGroup })
    return tries
      .attempt(manifest.vaultId, 'recovery_code_wrong', () => Promise.resolve(openSetKey(manifest, read)))
      .finally(() => read.seed.fill(0))
  }
  const [wrap] = manifest.wraps
  if (wrap.kind !== 'passphrase') throw new AppError('backup_not_opened', 'The vault had no passphrase then')
  const { vaultId } = manifest
  const vaultKey = await tries.attempt(vaultId, 'wrong_passphrase', () => wraps.openByPassphrase(wrap, vaultId, key.passphrase))
  const setKey = openSetKey(manifest, { vaultKey })
  vaultKey.fill(0)
  return setKey ?? notOpened()
}

function notOpened(): never {
  throw new AppError('backup_not_opened', 'It does not open')
}
