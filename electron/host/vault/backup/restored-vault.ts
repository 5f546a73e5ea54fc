/**
 * A whole vault out of a backup set: every file comes through the gate for foreign rows into a folder of its own before anything that is there
 * is touched, and what was there is set aside. It gets keys and a protection of its own.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { renameSync, rmSync } from '../../base/patient-files.ts'
import type { Protection } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { VaultFiles } from '../files/vault-files.ts'
import type { Gate } from '../gate/gate.ts'
import { randomKey } from '../keys/key-box.ts'
import type { RecordFile } from '../keys/record-file.ts'
import type { Wrap } from '../keys/wraps.ts'
import { VaultKeys } from '../keys/vault-keys.ts'
import { bringIn, type OpenedSet } from './restoring.ts'

interface Restore {
  set: OpenedSet
  files: VaultFiles
  record: RecordFile
  /** A gate into another folder. */
  gateInto: (files: VaultFiles) => Gate
  protection: Protection
  wrap: (vaultKey: Buffer, vaultId: string, protection: Protection) => Promise<Wrap>
  signal: AbortSignal
  /** Sets what is there aside; called when everything else is ready. */
  makeWay: () => void
}

/**
 * Builds the vault's files and its record; returns its keys, with which it can be opened.
 * @throws AppError not_found for a set of some workspaces alone, backup_unverified, backup_newer, porter_died, weak_passphrase,
 *   keychain_unavailable, disk_full
 */
export async function restoreVault({
  set,
  files,
  record,
  gateInto,
  protection,
  wrap,
  signal,
  makeWay,
}: Restore): Promise<VaultKeys> {
  if (!set.files.some(({ name }) => name === 'main')) throw new AppError('not_found', 'This set is of some workspaces alone')
  rmSync(files.restoring, { recursive: true, force: true })
  mkdirSync(files.restoring, { mode: 0o700 })
  const staging = new VaultFiles(files.restoring)
  const gate = gateInto(staging)
  const vaultId = randomUUID()
  const vaultKey = randomKey()
  const keys = new Map<string, Buffer>()
  try {
    for (const file of set.files) {
      const { name } = file
      const arrival = { workspaceId: name, embedderId: null, signal }
      const { key } = await bringIn(
        file,
        set,
        (backedUp) => (name === 'main' ? gate.takeInList(backedUp, signal) : gate.takeInDatabase(backedUp, arrival)),
        signal,
      )
      keys.set(name, key)
    }
    const wrapped = await wrap(vaultKey, vaultId, protection)
    makeWay()
    for (const name of keys.keys()) {
      files.prepare(name)
      renameSync(staging.unfinished(name), files.unfinished(name))
    }
    record.write(VaultKeys.recordOf(vaultId, vaultKey, wrapped, Object.fromEntries(keys)))
    for (const name of keys.keys()) files.finish(name)
    return new VaultKeys({ file: record, vaultKey })
  } catch (error) {
    vaultKey.fill(0)
    throw error
  } finally {
    for (const key of keys.values()) key.fill(0)
    rmSync(files.restoring, { recursive: true, force: true })
  }
}
