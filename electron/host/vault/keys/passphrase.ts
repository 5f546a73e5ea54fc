/** From a passphrase to a key: argon2id (RFC 9106). Knows nothing of the vault it opens. */
import { argon2id } from 'hash-wasm'
import { z } from 'zod'
import { AppError } from '../../../../contract/errors.ts'

/**
 * How hard a passphrase is to guess. Whoever forged a file or a record chose its cost: the upper bounds are twice our own memory and twice
 * our own passes, which takes about a second, and are checked before anything is allocated.
 */
export const Argon2Cost = z.object({
  memoryKib: z.number().int().min(8).max(131_072),
  passes: z.number().int().min(1).max(6),
  lanes: z.number().int().min(1).max(4),
})
export type Argon2Cost = z.infer<typeof Argon2Cost>

/** 64 MiB and three passes are the second choice of RFC 9106, section 4, in one lane: 270 ms in WebAssembly on the slowest machine measured. */
export const argon2Cost: Argon2Cost = { memoryKib: 65_536, passes: 3, lanes: 1 }

const fewestCharacters = 8

/** Refuses a passphrase of under 8 characters, counted as a person does. @throws AppError weak_passphrase */
export function requireStrong(passphrase: string): void {
  const characters = [...normalised(passphrase)].length
  if (characters < fewestCharacters) throw new AppError('weak_passphrase', 'The passphrase has fewer than 8 characters')
}

/** The 32-byte key of a passphrase. Wipe it after use. Blocks the event loop while it computes. */
export async function deriveKey(passphrase: string, salt: Buffer, { memoryKib, passes, lanes }: Argon2Cost): Promise<Buffer> {
  const password = Buffer.from(normalised(passphrase))
  try {
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
  } finally {
    password.fill(0)
  }
}

/** The same characters typed on another keyboard may arrive in another form: é as one code point, or as e and an accent. */
function normalised(passphrase: string): string {
  return passphrase.normalize('NFKC')
}
