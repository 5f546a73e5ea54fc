/** A file that grows while it is hashed, and that gets its name only when it is whole, right and durable. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What the finished file must be. */
export interface WantedFile {
  bytes: number
  sha256: string
}

/** SHA-256, in hexadecimal, of everything that comes. */
export async function hashOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

/** Bytes of a file; 0 when it is not there. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0
}

/**
 * Appends what comes to `part`, from byte `from` on, and renames it to `target` when it is the wanted file.
 * A part that ended early stays, to be resumed; a whole one with a wrong hash is removed.
 * @param onProgress told the bytes there are so far.
 * @throws Error a sentence without its full stop
 */
export async function writeVerified(
  part: string,
  target: string,
  wanted: WantedFile,
  { from, chunks, onProgress }: { from: number; chunks: AsyncIterable<Uint8Array>; onProgress: (doneBytes: number) => void },
): Promise<void> {
  const hash = createHash('sha256')
  if (from > 0) for await (const chunk of createReadStream(part, { end: from - 1 })) hash.update(chunk as Buffer)
  const file = await open(part, from > 0 ? 'r+' : 'w')
  let done = from
  try {
    await file.truncate(from)
    for await (const chunk of chunks) {
      if (done + chunk.byteLength > wanted.bytes) {
        done = Infinity
        break
      }
      hash.update(chunk)
      await file.write(chunk, 0, chunk.byteLength, done)
      done += chunk.byteLength
      onProgress(done)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  if (done < wanted.bytes) throw new Error(`it ended after ${done} of ${wanted.bytes} bytes`)
  const isWanted = done === wanted.bytes && hash.digest('hex') === wanted.sha256
  if (!isWanted) {
    await rm(part, { force: true })
    throw new Error('what came is not the file that was published: its SHA-256 or its length is another')
  }
  await rename(part, target)
  await flushFolder(dirname(target))
}

/** Makes a rename durable. Windows cannot open folders, and does not need it. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
