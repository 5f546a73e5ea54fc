/**
 * Secrets between two processes: each makes a key pair (X25519), and what one sends only the other opens (AES-256-GCM). It is not about
 * somebody listening, since nobody can: message queues copy what they carry and never wipe it.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

/** Which way a box goes; it opens nowhere else. */
export type Way = 'to-worker' | 'to-host'

export class SealedLine {
  /** As base64. */
  readonly publicKey: string
  readonly #privateKey: KeyObject

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('x25519')
    this.publicKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
    this.#privateKey = privateKey
  }

  seal(bytes: Uint8Array, theirs: string, way: Way): string {
    return this.#withKey(theirs, (key) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(way))
      return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString('base64')
    })
  }

  /** What was sealed, in memory that nothing else uses; wipe it after use. @throws Error when it was not sealed for this line */
  open(box: string, theirs: string, way: Way): Buffer {
    return this.#withKey(theirs, (key) => {
      const bytes = Buffer.from(box, 'base64')
      const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      cipher.setAAD(Buffer.from(way)).setAuthTag(bytes.subarray(-tagBytes))
      const opened = cipher.update(bytes.subarray(nonceBytes, -tagBytes))
      cipher.final()
      return opened
    })
  }

  #withKey<T>(theirs: string, work: (key: Buffer) => T): T {
    const publicKey = createPublicKey({ key: Buffer.from(theirs, 'base64'), type: 'spki', format: 'der' })
    const shared = diffieHellman({ privateKey: this.#privateKey, publicKey })
    const key = Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), 'alambic-sealed-line-1', 32))
    shared.fill(0)
    try {
      return work(key)
    } finally {
      key.fill(0)
    }
  }
}
