/**
 * A bundle made of files on disk, without a vault: what an administrator's command line does. Cards and their signatures that lie
 * beside the models go with them, and a catalogue with its own; the bundle is signed by whoever holds a key.
 */
import { mkdtemp, readdir, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import { foreignName } from '../../base/foreign-name.ts'
import { rm } from '../../base/patient-files.ts'
import { misfitOf, readAdapterHeader, readBaseShape, type BaseShape } from '../gguf/adapter-header.ts'
import { aloneAs, writeBundle, type BundleSource } from './bundle-writer.ts'
import { readCardBeside } from '../lineage/card-file.ts'
import { envelopeOf, parseCatalogue, readCatalogueFile, refuseExpired } from '../catalogue/catalogue-file.ts'
import { readGgufHeader } from '../gguf/gguf-header.ts'
import { joinedName, joinSplit, piecesOf, readSplit, titleOf } from '../library/gguf-split.ts'
import { llamaNotice } from '../lineage/llama-licence.ts'
import { hashFile, unreadable, unwritable } from '../library/model-files.ts'
import { readSigningKey } from '../catalogue/signing-key.ts'

const never = new AbortController().signal

export interface BundleOfFiles {
  /** GGUF files: models first, then the adapters, each of which fits on one of them. Any piece of a model stands for all of it. */
  files: readonly string[]
  /** The folder in which the bundle's folder is made. */
  into: string
  name: string
  /** A private ed25519 key in PEM; null leaves the bundle unsigned. */
  keyPath: string | null
  /** A signed catalogue that goes along. Whether its signature is good is seen where its key is known. */
  cataloguePath?: string | null
  onProgress?: (doneBytes: number) => void
  signal?: AbortSignal
}

/**
 * @returns the folder that was made
 * @throws AppError model_*, adapter_no_base {baseName} when an adapter fits on no model before it, card_*,
 * catalogue_unreadable, catalogue_unsigned, catalogue_expired, disk_full, file_unreadable, key_unusable, invalid_input when no file is named
 */
export async function makeBundle(bundle: BundleOfFiles): Promise<string> {
  const folder = await beginJoining(bundle.into).catch(unwritable)
  try {
    return await writeBundleOf(await wholeFiles(bundle, folder), bundle)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** This machine, in a file's name: a share may have folders of others'. */
const machine = hostname().replace(/[^A-Za-z0-9]/g, '')

/** A folder for joined pieces, which says whose it is; those of processes that were killed go first. */
async function beginJoining(into: string): Promise<string> {
  for (const name of await readdir(into)) {
    const [, of, pid] = /^\.joining-([A-Za-z0-9]*)-(\d+)-[A-Za-z0-9]{6}$/.exec(name) ?? []
    // Those of before say nothing, and are as old as the program that made them.
    const isLeft = of === undefined ? /^\.joining-[A-Za-z0-9]{6}$/.test(name) : of === machine && !isAlive(Number(pid))
    if (isLeft) await rm(join(into, name), { recursive: true, force: true })
  }
  return mkdtemp(join(into, `.joining-${machine}-${process.pid}-`))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // There is one, and it is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A model's or adapter's one file, and the name beside which its card lies. */
interface WholeFile {
  path: string
  named: string
}

/** The pieces of a model are joined into one file, in a folder of their own, once however many of them are named. */
async function wholeFiles({ files, signal = never }: BundleOfFiles, folder: string): Promise<WholeFile[]> {
  const whole = new Map<string, WholeFile>()
  for (const file of files) {
    const named = joinedName(file)
    const pieces = piecesOf(file)
    if (whole.has(named)) continue
    const path = pieces ? join(folder, basename(named)) : file
    whole.set(named, { path, named })
    if (pieces) await joinSplit(await readSplit(pieces), path, () => undefined, signal)
  }
  return [...whole.values()]
}

async function writeBundleOf(
  files: readonly WholeFile[],
  { into, name, keyPath, cataloguePath = null, onProgress = () => undefined, signal = never }: BundleOfFiles,
): Promise<string> {
  const keys = keyPath === null ? [] : [await readSigningKey(keyPath)]
  const sources: BundleSource[] = []
  const notices: string[] = []
  const models: { sha256: string; shape: BaseShape }[] = []
  for (const { path, named } of files) {
    const { size } = await stat(path).catch(unreadable)
    const sha256 = await hashFile(path, () => undefined, signal)
    const adapter = await readAdapterHeader(path)
    const header = adapter ?? (await readGgufHeader(path))
    const base = adapter && models.find(({ shape }) => misfitOf(adapter, shape) === null)
    if (adapter && !base)
      throw new AppError('adapter_no_base', 'No model before it fits', { baseName: adapter.baseName, reason: null })
    const title = foreignName(header.name, titleOf(path))
    sources.push({
      kind: adapter ? 'adapter' : 'model',
      name: title,
      fileName: basename(path),
      from: { path, sizeBytes: size },
      sha256,
      of: base?.sha256 ?? null,
    })
    if (!adapter) models.push({ sha256, shape: await readBaseShape(path) })
    const card = await readCardBeside(named, sha256)
    if (card) {
      const text = JSON.stringify(card.json, null, 2)
      sources.push({ kind: 'card', name: title, fileName: 'card.json', from: { text }, sha256: null, of: sha256 })
    }
    if (card?.signatures) {
      const from = { text: JSON.stringify(card.signatures) }
      sources.push({ kind: 'card_signature', name: title, fileName: 'card.json.sig', from, sha256: null, of: sha256 })
    }
    const licence = card?.card.licence?.name ?? header.licence
    const notice = card?.card.notice ?? llamaNotice([licence, title])
    notices.push([title, `Licence: ${licence ?? 'not stated'}`, ...(notice === null ? [] : [notice])].join('\n'))
  }
  if (cataloguePath !== null) {
    const signed = await readCatalogueFile(cataloguePath)
    const catalogue = parseCatalogue(signed.json)
    refuseExpired(catalogue, Date.now())
    sources.push(aloneAs('catalogue', catalogue.publisher, envelopeOf(signed)))
  }
  if (sources.length === 0) throw new AppError('invalid_input', 'No file is named')
  if (notices.length > 0) sources.push(aloneAs('notice', 'notice', `${notices.join('\n\n')}\n`))
  return writeBundle({ into, name, sources, keys, now: Date.now, onProgress, signal })
}
