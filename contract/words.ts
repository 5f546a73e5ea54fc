/**
 * A passphrase on its way to the host. A page seals it for the host that it talks to: what queues, sockets and parsers keep of the message is noise
 * then, and the host opens it in memory that it can wipe. Text is what the command line has; it stays in memory as long as its process.
 */
import { z } from 'zod'

/** Sealed by `sealWords` of the page: ECDH on P-256 with a key of the page's for this once, HKDF with SHA-256, AES-256-GCM. */
export const SealedWords = z.object({
  /** The page's public key, as base64 of an uncompressed point. */
  publicKey: z.base64().max(100),
  /** Nonce, cipher text and tag, as base64. */
  box: z.base64().max(8192),
})
export type SealedWords = z.infer<typeof SealedWords>

export const Words = z.union([z.string().max(1024), SealedWords])
export type Words = z.infer<typeof Words>

/** What both sides derive their key with. */
export const sealedWordsInfo = 'alambic-sealed-words-1'
