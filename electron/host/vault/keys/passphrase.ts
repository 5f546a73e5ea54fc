/** From a passphrase to a key: argon2id (RFC 9106). Knows nothing of the vault it opens. */
import { argon2id } from 'hash-wasm'
import type { Argon2Cost } from '../../../../contract/argon2-cost.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Words } from '../../../../contract/words.ts'

/** 64 MiB and three passes are the second choice of RFC 9106, section 4, in one lane: 270 ms in WebAssembly on the slowest machine measured. */
export const argon2Cost: Argon2Cost = { memoryKib: 65_536, passes: 3, lanes: 1 }

const fewestCharacters = 8

/** Refuses a passphrase of under 8 characters. @throws AppError weak_passphrase */
export function requireLength(characters: number): void {
  if (characters < fewestCharacters) throw new AppError('weak_passphrase', 'The passphrase has fewer than 8 characters')
}

/** Makes a 32-byte key of a passphrase. Wipe it after use. The signal ends it where it happens in a process of its own. */
export type DeriveKey = (words: Words, salt: Buffer, cost: Argon2Cost, signal?: AbortSignal) => Promise<Buffer>

/** Derives in this process, and blocks its event loop meanwhile: for tests and for a process that does nothing else. */
export const deriveKey: DeriveKey = async (words, salt, cost) => {
  if (typeof words !== 'string') throw new Error('What was sealed is opened by the entrance')
  const bytes = passphraseBytes(words)
  try {
    return await argon2Key(bytes, salt, cost)
  } finally {
    bytes.fill(0)
  }
}

/** argon2id of a passphrase's bytes; the caller wipes both. */
export async function argon2Key(password: Uint8Array, salt: Buffer, { memoryKib, passes, lanes }: Argon2Cost): Promise<Buffer> {
  const hash = await argon2id({
    password,
    salt,
    memorySize: memoryKib,
    iterations: passes,
    parallelism: lanes,
    hashLength: 32,
    outputType: 'binary',
  })
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length)
}

/** What a passphrase is derived from, in memory that nothing else uses. Wipe it after use. */
export function passphraseBytes(passphrase: string): Buffer {
  const text = normalised(passphrase)
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}

/** The same characters typed on another keyboard may arrive in another form: é as one code point, or as e and an accent. */
export function normalised(passphrase: string): string {
  return passphrase.normalize('NFKC')
}

/** Counted as a person does. */
export function charactersOf(passphrase: string): number {
  return [...normalised(passphrase)].length
}
