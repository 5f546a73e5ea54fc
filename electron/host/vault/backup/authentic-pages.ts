/**
 * Whether every page of an encrypted file is the one that was written at its place with its key: the authentication that SQLCipher 4 puts at the
 * end of each page (zetetic.net/sqlcipher/design), checked from outside, also for pages that nothing uses. Read in parts, so that nobody waits.
 */
import { createHmac, pbkdf2Sync } from 'node:crypto'
import { createReadStream } from 'node:fs'

const pageBytes = 4096
const saltBytes = 16
const tagBytes = 64
const zeros = Buffer.alloc(pageBytes)

/** @param key 32 bytes @throws the signal's reason; the system's errors */
export async function hasAuthenticPages(path: string, key: Buffer, signal: AbortSignal): Promise<boolean> {
  let hmacKey: Buffer | null = null
  let number = 0
  const parts = createReadStream(path, { highWaterMark: 64 * pageBytes, signal }) as AsyncIterable<Buffer>
  for await (const part of parts) {
    // A stream from a file gives whole parts but for the last.
    if (part.length % pageBytes !== 0) return false
    hmacKey ??= hmacKeyOf(key, part.subarray(0, saltBytes))
    for (let at = 0; at < part.length; at += pageBytes) {
      number++
      const page = part.subarray(at, at + pageBytes)
      if (!isAuthentic(page, number, hmacKey) && !(number > 1 && page.equals(zeros))) return false
    }
  }
  hmacKey?.fill(0)
  return number > 0
}

/** A page that SQLite never wrote is empty: the one at 1 GiB, where its locks are. One that is used and was emptied does not open. */
function isAuthentic(page: Buffer, number: number, hmacKey: Buffer): boolean {
  const place = Buffer.alloc(4)
  place.writeUInt32LE(number)
  return createHmac('sha512', hmacKey)
    .update(page.subarray(number === 1 ? saltBytes : 0, pageBytes - tagBytes))
    .update(place)
    .digest()
    .equals(page.subarray(pageBytes - tagBytes))
}

function hmacKeyOf(key: Buffer, salt: Buffer): Buffer {
  return pbkdf2Sync(key, Buffer.from(salt.map((byte) => byte ^ 0x3a)), 2, 32, 'sha512')
}
