/**
 * A passphrase or a recovery code on its way to the host, and a new code on its way to a page. A page seals it for the host that it talks to: what queues, sockets and parsers keep of the message is noise
 * then, and the host opens it in memory that it can wipe. Text is what the command line has; it stays in memory as long as its process.
 */
import { z } from 'zod'

/** A public key that words are sealed for, as base64 of an uncompressed point. */
export const SealKey = z.base64().max(100)

/** Sealed by `sealWords` of the page: ECDH on P-256 with a key of the page's for this once, HKDF with SHA-256, AES-256-GCM. */
export const SealedWords = z.object({
  /** Whose sealed it for this once, as base64 of an uncompressed point. */
  publicKey: SealKey,
  /** Nonce, cipher text and tag, as base64. */
  box: z.base64().max(8192),
})
export type SealedWords = z.infer<typeof SealedWords>

export const Words = z.union([z.string().max(1024), SealedWords])
export type Words = z.infer<typeof Words>

/** What both sides derive their key with: for words to the host, and for those to a page. */
export const sealedWordsInfo = 'alambic-sealed-words-1'
export const sealedAnswerInfo = 'alambic-sealed-answer-1'
