/** A key locked inside another: AES-256-GCM (NIST SP 800-38D). The envelope's only cipher; knows nothing of files. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/** What a boxed key is for. It is authenticated, so that a box moved to another place does not open there. */
export interface BoxPurpose {
  purpose: 'vault-key' | 'data-key' | 'next-data-key'
  vaultId: string
  /** The wrap's kind, or the name of the file. */
  id: string
}

/** A new key: 32 random bytes. Wipe it with `fill(0)` after use. */
export function randomKey(): Buffer {
  return randomBytes(32)
}

/** Locks a 32-byte key in a box of 60 bytes (nonce, cipher text, tag), as base64. */
export function sealKey(key: Buffer, wrappingKey: Buffer, purpose: BoxPurpose): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce, { authTagLength: tagBytes })
  cipher.setAAD(additionalData(purpose))
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Takes the key out again; null when the wrapping key, the purpose or the box is not the right one. */
export function openKey(box: string, wrappingKey: Buffer, purpose: BoxPurpose): Buffer | null {
  const bytes = Buffer.from(box, 'base64')
  if (bytes.length !== nonceBytes + 32 + tagBytes) return null
  const cipher = createDecipheriv('aes-256-gcm', wrappingKey, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
  cipher.setAAD(additionalData(purpose))
  cipher.setAuthTag(bytes.subarray(-tagBytes))
  const key = cipher.update(bytes.subarray(nonceBytes, -tagBytes))
  try {
    cipher.final()
    return key
  } catch {
    key.fill(0)
    return null
  }
}

function additionalData({ purpose, vaultId, id }: BoxPurpose): Buffer {
  return Buffer.from(JSON.stringify(['alambic-vault-1', purpose, vaultId, id]))
}
