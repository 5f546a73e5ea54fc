/**
 * Detached ed25519 signatures over JSON values: what catalogues, bundles and lineage cards are vouched for with. It knows
 * neither what is signed nor whom to trust.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { z } from 'zod'

const rawKeyBytes = 32
/** What stands before the 32 bytes of an ed25519 public key in its DER form (RFC 8410, section 4). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** A public key that signatures are accepted from: its 32 bytes in base64, and whose it is. */
export const TrustedKey = z.object({
  name: z.string().min(1).max(200),
  publicKey: z.base64().refine((text) => Buffer.from(text, 'base64').length === rawKeyBytes, 'An ed25519 key has 32 bytes'),
})
export type TrustedKey = z.infer<typeof TrustedKey>

/** One or more signatures of the same value; one that is good is enough, so that keys can be replaced by new ones. */
export const Signatures = z.object({
  signatures: z
    .array(z.object({ keyId: z.string().regex(/^[0-9a-f]{16}$/), signature: z.base64() }))
    .min(1)
    .max(16),
})
export type Signatures = z.infer<typeof Signatures>

/** Why a value is not vouched for: nobody whom we trust signed it, or somebody did and it is another value. */
export type SignatureTrouble = 'unknown_key' | 'wrong_signature'

/**
 * The bytes that are signed: JSON with the keys of objects in order of their UTF-16 units, no white space, numbers and strings
 * as `JSON.stringify` writes them (RFC 8785).
 */
export function canonicalBytes(value: unknown): Buffer {
  return Buffer.from(canonical(z.json().parse(value)), 'utf8')
}

function canonical(value: z.core.util.JSONType): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)
  return `{${members.join(',')}}`
}

/** The first 16 hexadecimal digits of the SHA-256 of the key's 32 bytes. */
export function keyIdOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16)
}

/** The public half of a private or public key, as `TrustedKey` keeps it. @throws Error when it is not ed25519 */
export function publicKeyOf(key: KeyObject): string {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('Only ed25519 keys sign here')
  const half = key.type === 'private' ? createPublicKey(key) : key
  return half.export({ type: 'spki', format: 'der' }).subarray(-rawKeyBytes).toString('base64')
}

/** Signs a value with each key. @throws Error when a key is not ed25519 */
export function signValue(value: unknown, privateKeys: readonly KeyObject[]): Signatures {
  const bytes = canonicalBytes(value)
  return {
    signatures: privateKeys.map((key) => ({
      keyId: keyIdOf(publicKeyOf(key)),
      signature: sign(null, bytes, key).toString('base64'),
    })),
  }
}

/** The trusted key that vouches for a value, or why none does. */
export function verifyValue(
  value: unknown,
  { signatures }: Signatures,
  trusted: readonly TrustedKey[],
): { signer: TrustedKey } | { trouble: SignatureTrouble } {
  const bytes = canonicalBytes(value)
  let known = false
  for (const { keyId, signature } of signatures) {
    const signer = trusted.find(({ publicKey }) => keyIdOf(publicKey) === keyId)
    if (!signer) continue
    known = true
    const der = Buffer.concat([derPrefix, Buffer.from(signer.publicKey, 'base64')])
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    if (verify(null, bytes, key, Buffer.from(signature, 'base64'))) return { signer }
  }
  return { trouble: known ? 'wrong_signature' : 'unknown_key' }
}
