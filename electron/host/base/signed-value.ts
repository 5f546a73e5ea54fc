/**
 * Detached ed25519 signatures over JSON values: what catalogues, bundles and lineage cards are vouched for with. It knows
 * neither what is signed nor whom to trust.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import { isOneLine } from '../../../contract/one-line.ts'
import { canonicalJson, NotCanonical } from './canonical-json.ts'

const rawKeyBytes = 32
/** What stands before the 32 bytes of an ed25519 public key in its DER form (RFC 8410, section 4). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** A public key that signatures are accepted from: its 32 bytes in base64, and whose it is. */
export const TrustedKey = z.object({
  name: z.string().min(1).max(200).refine(isOneLine),
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

/** What is signed. A signature of one kind never vouches for another, whatever the value. */
export type SignedKind = 'catalogue' | 'bundle' | 'card'

/** The bytes that are signed: what it is, whose key it is, and the value's canonical form (RFC 8785). @throws NotCanonical */
function signedBytes(kind: SignedKind, keyId: string, value: unknown): Buffer {
  return Buffer.from(`alambic ${kind} v1\n${keyId}\n${canonicalJson(value)}`, 'utf8')
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

/** Signs a value with each key. @throws Error when a key is not ed25519; NotCanonical when the value has no canonical form */
export function signValue(kind: SignedKind, value: unknown, privateKeys: readonly KeyObject[]): Signatures {
  return {
    signatures: privateKeys.map((key) => {
      const keyId = keyIdOf(publicKeyOf(key))
      return { keyId, signature: sign(null, signedBytes(kind, keyId, value), key).toString('base64') }
    }),
  }
}

/** The trusted key that vouches for a value as one of this kind, or why none does. */
export function verifyValue(
  kind: SignedKind,
  value: unknown,
  { signatures }: Signatures,
  trusted: readonly TrustedKey[],
): { signer: TrustedKey } | { trouble: SignatureTrouble } {
  let known = false
  for (const { keyId, signature } of signatures) {
    const signer = trusted.find(({ publicKey }) => keyIdOf(publicKey) === keyId)
    if (!signer) continue
    known = true
    if (isSignedBy(signer, signature, kind, value)) return { signer }
  }
  return { trouble: known ? 'wrong_signature' : 'unknown_key' }
}

function isSignedBy({ publicKey }: TrustedKey, signature: string, kind: SignedKind, value: unknown): boolean {
  const der = Buffer.concat([derPrefix, Buffer.from(publicKey, 'base64')])
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  try {
    return verify(null, signedBytes(kind, keyIdOf(publicKey), value), key, Buffer.from(signature, 'base64'))
  } catch (error) {
    // Nobody can have signed what has no canonical form.
    if (error instanceof NotCanonical) return false
    throw error
  }
}
