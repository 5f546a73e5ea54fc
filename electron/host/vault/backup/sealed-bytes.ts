/** Bytes locked with a key for one purpose (AES-256-GCM, NIST SP 800-38D): what a backup says of its files, and the key that opens it. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/** @param purpose is authenticated: what was moved to another place does not open there */
export function sealBytes(plain: Buffer, key: Buffer, purpose: readonly unknown[]): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(JSON.stringify(purpose)))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Null when the key, the purpose or the bytes are not the right ones. */
export function openBytes(box: string, key: Buffer, purpose: readonly unknown[]): Buffer | null {
  const bytes = Buffer.from(box, 'base64')
  if (bytes.length < nonceBytes + tagBytes) return null
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(JSON.stringify(purpose)))
  cipher.setAuthTag(bytes.subarray(-tagBytes))
  const plain = cipher.update(bytes.subarray(nonceBytes, -tagBytes))
  try {
    cipher.final()
    return plain
  } catch {
    plain.fill(0)
    return null
  }
}
