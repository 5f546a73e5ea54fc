/** Brings a file's bytes into a workspace's encrypted file, hashed on the way. What is known already is not stored twice. */
import { createHash, randomUUID } from 'node:crypto'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { partBytes, type ContentStore } from './content-store.ts'
import type { DocumentSource, FileLook } from './document-source.ts'

/** A file that changes every time while it is read is given up after so many readings. */
const mostReadings = 5
/** Bytes of the largest file: one that the reader can be handed, and that leaves the disk to its owner. */
const largestBytes = 1024 * 1024 * 1024

/** A content whose bytes are here. */
export interface TakenContent {
  contentNumber: number
  sizeBytes: number
  changedAt: number
  /** See {@link FileLook}. */
  stamp: string
}

/**
 * Takes a file in.
 * @param settle makes the rows that have this content, in the transaction that makes it whole, so that no content is ever without a document.
 * @throws AppError file_unreadable, document_too_big {limit}, disk_full, cancelled
 */
export async function takeContent<T>(
  store: ContentStore,
  source: DocumentSource,
  settle: (taken: TakenContent) => T,
  signal: AbortSignal,
): Promise<T> {
  for (let reading = 0; reading < mostReadings; reading++) {
    const before = await source.look()
    if (!before) break
    if (before.sizeBytes > largestBytes) {
      throw new AppError('document_too_big', 'The file is larger than can be read', { limit: largestBytes })
    }
    const known = store.hasSize(before.sizeBytes) ? await hashOf(source, signal) : null
    const isUnchanged = async (): Promise<boolean> => (await source.look())?.stamp === before.stamp
    if (known !== null && (await isUnchanged())) {
      const contentNumber = store.byHash(known)
      if (contentNumber !== null) return store.together(() => settle(takenOf(contentNumber, before)))
    }
    const number = store.begin(`incoming-${randomUUID()}`)
    let isStored = false
    try {
      const { hash, sizeBytes } = await storeBytes(store, number, source, signal)
      if (sizeBytes !== before.sizeBytes || !(await isUnchanged())) continue
      return store.together(() => {
        const same = store.byHash(hash)
        if (same === null) {
          store.arrived(number, hash, sizeBytes)
          isStored = true
        }
        return settle(takenOf(same ?? number, before))
      })
    } catch (error) {
      isStored = false
      throw error
    } finally {
      if (!isStored) store.leave(number)
    }
  }
  throw new AppError('file_unreadable', 'The file cannot be read, or changes all the time')
}

function takenOf(contentNumber: number, { sizeBytes, changedAt, stamp }: FileLook): TakenContent {
  return { contentNumber, sizeBytes, changedAt, stamp }
}

async function hashOf(source: DocumentSource, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of readAll(source, signal)) hash.update(bytes)
  return hash.digest('hex')
}

async function storeBytes(
  store: ContentStore,
  number: number,
  source: DocumentSource,
  signal: AbortSignal,
): Promise<{ hash: string; sizeBytes: number }> {
  const hash = createHash('sha256')
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let sizeBytes = 0
  let part = 0
  const flush = (): void => {
    const bytes = Buffer.concat(waiting)
    let offset = 0
    while (bytes.length - offset >= partBytes) {
      store.addPart(number, part++, bytes.subarray(offset, offset + partBytes))
      offset += partBytes
    }
    waiting = [bytes.subarray(offset)]
    waitingBytes = bytes.length - offset
  }
  for await (const bytes of readAll(source, signal)) {
    hash.update(bytes)
    sizeBytes += bytes.length
    waiting.push(bytes)
    waitingBytes += bytes.length
    if (waitingBytes >= partBytes) flush()
  }
  const rest = Buffer.concat(waiting)
  if (rest.length > 0) store.addPart(number, part, rest)
  return { hash: hash.digest('hex'), sizeBytes }
}

/** @throws AppError file_unreadable, cancelled */
async function* readAll(source: DocumentSource, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of source.open()) {
      signal.throwIfAborted()
      yield bytes
    }
  } catch (error) {
    if (signal.aborted) throw new AppError('cancelled', 'The adding was stopped')
    if (error instanceof AppError) throw error
    throw new AppError('file_unreadable', 'The file cannot be read', undefined, { cause: error })
  }
}

/** The failure as it is kept with a document; null for what is no matter of one document alone. */
export function troubleOf(error: unknown): Trouble | null {
  if (!(error instanceof AppError)) return null
  return ['cancelled', 'disk_full', 'locked', 'not_found', 'vault_damaged'].includes(error.code) ? null : error.toTrouble()
}
