/**
 * A bundle as it lies on a stick, which may come from anybody: its manifest, who signed it, and the bytes of its items. Nothing
 * outside the folder is ever opened, and nothing is believed that was not hashed.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { BundleBeginning, BundleManifest, type BundleItem } from '../../../../contract/bundle.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { CardSignature } from '../../../../contract/lineage-card.ts'
import { parseCanonicalJson } from '../../base/canonical-json.ts'
import { Signatures, verifyValue, type TrustedKey } from '../../base/signed-value.ts'

export const manifestName = 'manifest.json'
const mostManifestBytes = 1024 * 1024
const chunkBytes = 1024 * 1024
/** Folders of a stick that are looked into. */
const mostFolders = 64

export class BundleFolder {
  readonly path: string
  readonly manifest: BundleManifest
  /** The manifest as it was signed. */
  readonly #json: unknown
  readonly #signatures: Signatures | null

  private constructor(path: string, json: unknown, manifest: BundleManifest, signatures: Signatures | null) {
    this.path = path
    this.manifest = manifest
    this.#json = json
    this.#signatures = signatures
  }

  /** @throws AppError bundle_missing, bundle_malformed {detail}, bundle_newer, file_unreadable */
  static async open(path: string): Promise<BundleFolder> {
    const text = await readSmall(join(path, manifestName))
    if (text === null) throw new AppError('bundle_missing', 'No manifest in the folder')
    const json = parseJson(text)
    const beginning = BundleBeginning.safeParse(json)
    if (beginning.success && beginning.data.version > 1) throw new AppError('bundle_newer', 'Of a later version')
    const manifest = BundleManifest.safeParse(json)
    if (!manifest.success) throw malformed(manifest.error)
    const signatureText = await readSmall(join(path, `${manifestName}.sig`))
    if (signatureText === null) return new BundleFolder(path, json, manifest.data, null)
    const signatures = Signatures.safeParse(parseJson(signatureText))
    if (!signatures.success) throw malformed(signatures.error)
    return new BundleFolder(path, json, manifest.data, signatures.data)
  }

  /** The bundles that are in the folder: it may be one, or the stick that holds some. @throws AppError as {@link open} does */
  static async find(path: string): Promise<BundleFolder[]> {
    const entries = await readdir(path, { withFileTypes: true }).catch(unreadable)
    if (entries.some(({ name }) => name === manifestName)) return [await BundleFolder.open(path)]
    const found: BundleFolder[] = []
    let trouble = new AppError('bundle_missing', 'No bundle in the folder')
    // A link is no folder here: it may lead anywhere.
    for (const { name } of entries.filter((entry) => entry.isDirectory()).slice(0, mostFolders)) {
      const bundle = await BundleFolder.open(join(path, name)).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error
        // A broken one does not hide the others.
        if (error.code !== 'bundle_missing' && error.code !== 'file_unreadable') trouble = error
        return null
      })
      if (bundle) found.push(bundle)
    }
    if (found.length === 0) throw trouble
    return found
  }

  /** Who vouches for the manifest, and by it for every file. */
  signature(trusted: readonly TrustedKey[]): CardSignature {
    if (!this.#signatures) return { state: 'unsigned' }
    const found = verifyValue('bundle', this.#json, this.#signatures, trusted)
    return 'signer' in found ? { state: 'verified', by: found.signer.name } : { state: found.trouble }
  }
}

/**
 * Looks whether an item's files are there, are files, and have the size that was promised, without reading them.
 * @throws AppError bundle_gone when the folder is not there, bundle_tampered {name}
 */
export async function lookAtItem(folder: string, { name, parts, sizeBytes }: BundleItem): Promise<void> {
  let bytes = 0
  for (const part of parts) {
    const found = await lstat(join(folder, part)).catch(() => null)
    if (!found && !(await isFolder(folder))) throw gone()
    if (!found?.isFile()) throw new AppError('bundle_tampered', 'A file is missing, or is none', { name })
    bytes += found.size
  }
  if (bytes !== sizeBytes) throw new AppError('bundle_tampered', 'A file has another size', { name })
}

/** The bytes of an item from a place on. @throws AppError bundle_gone, file_unreadable */
export async function* readItem(folder: string, { parts }: BundleItem, from: number): AsyncGenerator<Buffer> {
  let skip = from
  for (const part of parts) {
    const path = join(folder, part)
    const found = await lstat(path).catch(() => null)
    if (!found) throw gone()
    if (found.isFile() && skip < found.size) {
      try {
        for await (const chunk of createReadStream(path, { start: skip, highWaterMark: chunkBytes })) yield chunk as Buffer
      } catch (error) {
        if (!(await isFolder(folder))) throw gone(error)
        throw error instanceof AppError
          ? error
          : new AppError('file_unreadable', 'It cannot be read', undefined, { cause: error })
      }
    }
    skip = Math.max(0, skip - found.size)
  }
}

/** An item that is words, whole and hashed. @throws AppError bundle_tampered {name}, bundle_gone, file_unreadable */
export async function readWords(folder: string, item: BundleItem): Promise<string> {
  await lookAtItem(folder, item)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of readItem(folder, item, 0)) {
    if ((bytes += chunk.length) > item.sizeBytes) throw tampered(item)
    chunks.push(chunk)
  }
  const whole = Buffer.concat(chunks)
  if (createHash('sha256').update(whole).digest('hex') !== item.sha256) throw tampered(item)
  return whole.toString('utf8')
}

export function tampered({ name }: BundleItem): AppError {
  return new AppError('bundle_tampered', 'Not the file that was promised', { name })
}

async function isFolder(path: string): Promise<boolean> {
  return (await lstat(join(path, manifestName)).catch(() => null)) !== null
}

export function gone(cause?: unknown): AppError {
  return new AppError('bundle_gone', 'The stick is not there', undefined, { cause })
}

/** Null when there is no such file. @throws AppError bundle_malformed, file_unreadable */
async function readSmall(path: string): Promise<string | null> {
  const found = await lstat(path).catch(() => null)
  if (!found) return null
  if (!found.isFile() || found.size > mostManifestBytes)
    throw new AppError('bundle_malformed', 'Not a manifest by its size', { detail: '' })
  const file = await open(path, 'r').catch(unreadable)
  try {
    const bytes = Buffer.alloc(found.size)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0).catch(unreadable)
    return bytes.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** An item of an unknown kind is of a later version; everything else is a fault. */
function malformed(error: z.ZodError): AppError {
  const [issue] = error.issues
  const detail = issue?.path.join('.').slice(0, 100) ?? ''
  return issue?.path[0] === 'items' && issue.path.at(-1) === 'kind'
    ? new AppError('bundle_newer', 'It holds what we do not know')
    : new AppError('bundle_malformed', `Not a manifest: ${detail}`, { detail })
}

function parseJson(text: string): unknown {
  try {
    return parseCanonicalJson(text)
  } catch {
    return undefined
  }
}

function unreadable(error: unknown): never {
  throw new AppError('file_unreadable', 'The folder cannot be read', undefined, { cause: error })
}
