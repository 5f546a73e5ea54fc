/**
 * Which sets may go, and what of them must. Sets follow each other by number and never by the clock. An older one goes when everything in it is
 * in a newer set as well, so that the only copy of a workspace that is damaged now stays; and only after a newer one was verified.
 */
import { join } from 'node:path'
import { rm } from '../../base/patient-files.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from '../files/encrypted-database.ts'
import { openEntry, openSetKey, readSets, removeSet, sealEntry, setFolder, writeManifest, type Manifest } from './backup-set.ts'

/** Removes the sets of this vault that are not needed; `kept` is how many stay in any case. Returns the numbers of those that went. */
export async function rotate(folder: string, vaultId: string, kept: number): Promise<number[]> {
  const sets = (await readSets(folder)).filter((set) => set.vaultId === vaultId)
  const covered = new Set<string>()
  const gone: number[] = []
  for (const [at, set] of sets.entries()) {
    const isNeeded = at < kept || set.files.some(({ name }) => !covered.has(name))
    if (!isNeeded) {
      await removeSet(folder, set.sequence)
      gone.push(set.sequence)
      continue
    }
    for (const { name } of set.files) covered.add(name)
  }
  return gone
}

/**
 * Takes an erased workspace out of every set of this vault in a folder: its file, the key that opens it, and what the copy of the list says of it.
 * @throws the system's error when the folder cannot be reached; then it is to be tried again
 */
export async function forgetInSets(
  folder: string,
  { vaultId, vaultKey, workspaceId }: { vaultId: string; vaultKey: Buffer; workspaceId: string },
  forget: (list: EncryptedDatabase) => void,
): Promise<void> {
  for (const set of await readSets(folder)) {
    if (set.vaultId !== vaultId) continue
    const setKey = openSetKey(set, { vaultKey })
    if (!setKey) continue
    try {
      await forgetInSet(folder, set, setKey, workspaceId, forget)
    } finally {
      setKey.fill(0)
    }
  }
}

async function forgetInSet(
  folder: string,
  set: Manifest,
  setKey: Buffer,
  workspaceId: string,
  forget: (list: EncryptedDatabase) => void,
): Promise<void> {
  const place = setFolder(folder, set.sequence)
  const files: Manifest['files'] = []
  for (const row of set.files) {
    if (row.name === workspaceId) {
      await rm(join(place, row.file), { force: true })
      continue
    }
    if (row.name !== 'main') {
      files.push(row)
      continue
    }
    const entry = openEntry(set, setKey, row)
    const key = Buffer.from(entry.key, 'base64')
    const list = openEncryptedDatabase(join(place, row.file), key, { create: false, overwritesDeleted: true, alone: true })
    try {
      forget(list)
      const workspaces = list.prepare<{ count: number }>('SELECT count(*) AS count FROM workspaces').get()?.count ?? 0
      entry.counts = { ...entry.counts, workspaces }
    } finally {
      list.close()
      key.fill(0)
    }
    files.push(sealEntry(set, setKey, row, entry))
  }
  if (files.length === 0) await removeSet(folder, set.sequence)
  else await writeManifest(place, { ...set, files })
}
