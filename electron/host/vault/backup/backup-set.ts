/**
 * A backup set: a folder `alambic-backup-NNNNNN` with a manifest and a file for each database that is in it. The files stay encrypted under
 * their own keys; each key lies in a box under the set's key, and that in one box that the vault's key opens and one that the recovery code
 * opens. A set without a manifest is no set: it gets its name when everything in it was verified.
 */
import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { rename, rm } from '../../base/patient-files.ts'
import { AppError } from '../../../../contract/errors.ts'
import { randomKey } from '../keys/key-box.ts'
import { FileName } from '../keys/key-record.ts'
import { Wrap } from '../keys/wraps.ts'
import { openByRecovery, sealForRecovery } from './recovery-code.ts'
import { openBytes, sealBytes } from './sealed-bytes.ts'

const currentVersion = 1
/** Bytes of the largest manifest: ten thousand workspaces take a third of it. */
const mostManifestBytes = 64 * 1024 * 1024

/** What the list said of a workspace when the set was made; null for `main`. */
const SetFacts = z.object({
  name: z.string().max(100),
  personal: z.boolean(),
  instructions: z.string().max(20_000),
  strict: z.boolean(),
})
export type SetFacts = z.infer<typeof SetFacts>

/** What the box of a file says. */
const Entry = z.object({
  facts: SetFacts.nullable(),
  /** The key of the file, 32 bytes. */
  key: z.base64().length(44),
  sizeBytes: z.number().int().positive(),
  /** Rows by table, as they were counted when it was copied. */
  counts: z.record(z.string().regex(/^[a-z_]{1,64}$/), z.number().int().nonnegative()),
})
export type Entry = z.infer<typeof Entry>

const Manifest = z.object({
  format: z.literal('alambic-backup'),
  version: z.literal(currentVersion),
  vaultId: FileName,
  sequence: z.number().int().min(1).max(999_999),
  /** Epoch milliseconds, as the clock was. Which set is newer is told by the sequence. */
  madeAt: z.number(),
  /** How the vault's key was kept then: with its passphrase a set opens on any machine. */
  wraps: z.tuple([Wrap]),
  /** The set's key, for the vault's key. */
  own: z.base64().length(80),
  /** The set's key, for the recovery code; null when there was none. */
  recovery: z.base64().length(124).nullable(),
  /** `name` is `main`, or a workspace's id. */
  files: z
    .array(z.object({ name: FileName, file: z.string().regex(/^\d{6}\.db$/), box: z.base64().max(200_000) }))
    .max(100_000)
    // Two that some disk takes for one would come into each other's place.
    .refine((files) => new Set(files.map(({ name }) => name.toLowerCase())).size === files.length),
})
export type Manifest = z.infer<typeof Manifest>
const AnyVersion = z.object({ format: z.literal('alambic-backup'), version: z.number().int() })

/** What opens a set. Wipe the keys after use. */
export type SetOpener = { vaultKey: Buffer } | { seed: Buffer }

const manifestName = 'manifest.json'
const setName = /^alambic-backup-(\d{6})$/
const unfinishedName = /^alambic-backup-\d{6}\.(part|gone)$/

/** The folder of a set. */
export function setFolder(folder: string, sequence: number): string {
  return join(folder, `alambic-backup-${String(sequence).padStart(6, '0')}`)
}

/** A folder for a set that is being made. */
export async function beginSet(folder: string, sequence: number): Promise<string> {
  const part = `${setFolder(folder, sequence)}.part`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { mode: 0o700 })
  return part
}

/** Gives a set that was verified its name. */
export async function finishSet(folder: string, part: string, manifest: Manifest): Promise<void> {
  await writeManifest(part, manifest)
  await rename(part, setFolder(folder, manifest.sequence))
  await flush(folder)
}

/** Replaces a manifest whole, or not at all. */
export async function writeManifest(set: string, manifest: Manifest): Promise<void> {
  const path = join(set, manifestName)
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(manifest))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await flush(set)
}

/** Removes a set. It loses its name first: half a set must not be taken for one. */
export async function removeSet(folder: string, sequence: number): Promise<void> {
  const gone = `${setFolder(folder, sequence)}.gone`
  await rm(gone, { recursive: true, force: true })
  await rename(setFolder(folder, sequence), gone)
  await rm(gone, { recursive: true, force: true })
}

/** Removes what a kill left of sets that were being made or removed. */
export async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (unfinishedName.test(name)) await rm(join(folder, name), { recursive: true, force: true })
}

/** The numbers of all sets in a folder, the newest first. @throws the system's error when it cannot be read */
export async function sequencesIn(folder: string): Promise<number[]> {
  return (await readdir(folder))
    .flatMap((name) => setName.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => other - one)
}

/** Sets whose manifest can be read, the newest first. */
export async function readSets(folder: string): Promise<Manifest[]> {
  const manifests: Manifest[] = []
  for (const sequence of await sequencesIn(folder)) {
    const manifest = await readManifest(folder, sequence).catch(() => null)
    if (manifest) manifests.push(manifest)
  }
  return manifests
}

/** @throws AppError backup_malformed, backup_newer */
export async function readManifest(folder: string, sequence: number): Promise<Manifest> {
  let json: unknown
  try {
    const bytes = await readFile(join(setFolder(folder, sequence), manifestName))
    if (bytes.length > mostManifestBytes) throw new Error('Too long')
    json = JSON.parse(bytes.toString())
  } catch (error) {
    throw malformed(error)
  }
  if ((AnyVersion.safeParse(json).data?.version ?? 0) > currentVersion)
    throw new AppError('backup_newer', 'A backup of a later version')
  const manifest = Manifest.safeParse(json)
  if (!manifest.success || manifest.data.sequence !== sequence) throw malformed(manifest.error)
  return manifest.data
}

/** The key of a new set, and its two boxes. */
export function sealSetKey(
  { vaultId, sequence }: Pick<Manifest, 'vaultId' | 'sequence'>,
  vaultKey: Buffer,
  recoveryKey: Buffer | null,
): { setKey: Buffer; own: string; recovery: string | null } {
  const setKey = randomKey()
  const purpose = setPurpose({ vaultId, sequence })
  return {
    setKey,
    own: sealBytes(setKey, vaultKey, purpose),
    recovery: recoveryKey && sealForRecovery(setKey, recoveryKey, JSON.stringify(purpose)),
  }
}

/** The key of a set; null when this does not open it. Wipe it after use. */
export function openSetKey(manifest: Manifest, opener: SetOpener): Buffer | null {
  const purpose = setPurpose(manifest)
  if ('vaultKey' in opener) return openBytes(manifest.own, opener.vaultKey, purpose)
  return manifest.recovery === null ? null : openByRecovery(manifest.recovery, opener.seed, JSON.stringify(purpose))
}

/** The row of a file in a manifest. */
export function sealEntry(
  manifest: Pick<Manifest, 'vaultId' | 'sequence'>,
  setKey: Buffer,
  { name, file }: { name: string; file: string },
  entry: Entry,
): Manifest['files'][number] {
  const plain = Buffer.from(JSON.stringify(entry))
  const box = sealBytes(plain, setKey, [...setPurpose(manifest), name, file])
  plain.fill(0)
  return { name, file, box }
}

/** What a row of a manifest says. @throws AppError backup_malformed */
export function openEntry(manifest: Manifest, setKey: Buffer, { name, file, box }: Manifest['files'][number]): Entry {
  const plain = openBytes(box, setKey, [...setPurpose(manifest), name, file])
  if (!plain) throw malformed()
  try {
    return Entry.parse(JSON.parse(plain.toString()))
  } catch (error) {
    throw malformed(error)
  } finally {
    plain.fill(0)
  }
}

function setPurpose({ vaultId, sequence }: Pick<Manifest, 'vaultId' | 'sequence'>): unknown[] {
  return ['alambic-backup-1', vaultId, sequence]
}

async function flush(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    // A share may not know how to.
    await handle.sync().catch(() => undefined)
  } finally {
    await handle.close()
  }
}

function malformed(cause?: unknown): AppError {
  return new AppError('backup_malformed', 'This backup cannot be read', undefined, { cause })
}
