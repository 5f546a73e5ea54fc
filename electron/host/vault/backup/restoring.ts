/** The way back out of a set: what opens it, what is in it, and its files, each verified before it is used. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupContents, BackupKey } from '../../../../contract/backup.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import type { Wraps } from '../keys/wraps.ts'
import { openEntry, openSetKey, readManifest, setFolder, type Entry, type Manifest, type SetOpener } from './backup-set.ts'
import { readRecoveryCode } from './recovery-code.ts'
import { verifyCopy } from './snapshot.ts'

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
  /** It was made by the vault that opened it, on this machine or another that has its key. */
  own: boolean
}

/**
 * Opens a set.
 * @param vault the open vault; null before one is open
 * @throws AppError backup_malformed, backup_newer, backup_not_opened, recovery_code_wrong {group}, wrong_passphrase
 */
export async function openSet(
  { folder, sequence, key }: { folder: string; sequence: number; key: BackupKey },
  { vault, wraps }: { vault: VaultKeys | null; wraps: Pick<Wraps, 'openByPassphrase'> },
): Promise<OpenedSet> {
  const manifest = await readManifest(folder, sequence)
  const opener = await openerOf(key, manifest, vault, wraps)
  const setKey = openSetKey(manifest, opener)
  // The key of the open vault is not ours to wipe.
  if ('seed' in opener) opener.seed.fill(0)
  else if (key.kind === 'passphrase') opener.vaultKey.fill(0)
  if (!setKey) throw new AppError(key.kind === 'code' ? 'recovery_code_wrong' : 'backup_not_opened', 'It does not open')
  try {
    const files = manifest.files.map((row) => ({
      name: row.name,
      path: join(setFolder(folder, sequence), row.file),
      entry: openEntry(manifest, setKey, row),
    }))
    return { manifest, files, own: key.kind === 'vault' }
  } finally {
    setKey.fill(0)
  }
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

/** Copies a file of a set and verifies the copy. Wipe the key after use. @throws AppError backup_unverified; the signal's reason; the system's errors */
export async function fetchFile({ path, entry }: SetFile, target: string, signal: AbortSignal): Promise<Buffer> {
  if (!(await isFile(path))) throw new AppError('backup_unverified', 'A file of the set is missing')
  const to = await open(target, 'wx', 0o600)
  try {
    const parts = createReadStream(path, { highWaterMark: 1024 * 1024, signal }) as AsyncIterable<Buffer>
    for await (const part of parts) await to.writeFile(part)
    await to.sync()
  } finally {
    await to.close()
  }
  const key = Buffer.from(entry.key, 'base64')
  try {
    await verifyCopy({ path: target, key }, entry, signal)
    return key
  } catch (error) {
    key.fill(0)
    throw error
  }
}

/** What of a list must not come from another vault: files and folders of its machine, whom it trusts, and who may open later backups. */
const keptTables = ['settings', 'workspaces', 'presets', 'backup_plan']
const droppedSettings = ['hub', 'proxy', 'certificates', 'catalogueAddress', 'catalogueKeys', 'catalogueMode', 'modelId']

/** Leaves what a person made of a list that was made elsewhere, and nothing of its machine. */
export function tidyList(list: EncryptedDatabase): void {
  const tables = list
    .prepare<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'`)
    .all()
    .map(({ name }) => name)
  list.transaction(() => {
    list.exec('PRAGMA defer_foreign_keys = ON')
    for (const table of tables) if (!keptTables.includes(table)) list.exec(`DELETE FROM "${table.replaceAll('"', '""')}"`)
    for (const key of droppedSettings) list.prepare('DELETE FROM settings WHERE key = ?').run(key)
    list.exec(`UPDATE backup_plan SET folder = NULL, recovery_key = NULL, recovery_at = NULL, counted_from = NULL, last = NULL`)
    list.exec(`UPDATE workspaces SET model_id = NULL`)
  })
}

/** Takes out of a workspace's copy what cannot be right in another file: kept states belong to the file that they were kept for. */
export function tidyWorkspace(copy: EncryptedDatabase, { own }: { own: boolean }): void {
  copy.transaction(() => {
    copy.exec('DELETE FROM kept_states')
    if (own) return
    copy.exec(`
      UPDATE documents SET folder_id = NULL WHERE folder_id IS NOT NULL;
      DELETE FROM left_out_files;
      DELETE FROM watched_folders;
    `)
  })
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() ?? false
}

async function openerOf(
  key: BackupKey,
  manifest: Manifest,
  vault: VaultKeys | null,
  wraps: Pick<Wraps, 'openByPassphrase'>,
): Promise<SetOpener> {
  if (key.kind === 'vault') {
    if (vault?.record.vaultId !== manifest.vaultId) throw new AppError('backup_not_opened', 'It is another vault’s')
    return { vaultKey: vault.vaultKey }
  }
  if (key.kind === 'code') {
    const read = readRecoveryCode(key.code)
    if ('seed' in read) return read
    throw new AppError('recovery_code_wrong', 'It is mistyped', { group: read.wrongGroup })
  }
  const [wrap] = manifest.wraps
  if (wrap.kind !== 'passphrase') throw new AppError('backup_not_opened', 'The vault had no passphrase then')
  const vaultKey = await wraps.openByPassphrase(wrap, manifest.vaultId, key.passphrase)
  if (!vaultKey) throw new AppError('wrong_passphrase', 'Wrong passphrase')
  return { vaultKey }
}
