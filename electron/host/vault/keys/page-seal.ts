/**
 * What a page seals passphrases for (`renderer/link/sealed-words.ts`). Its key lives as long as the host does, so that a page's message which is
 * found in memory later, or was heard, opens nothing in any other.
 */
import { createCipheriv, createDecipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from 'node:crypto'
import { AppError } from '../../../../contract/errors.ts'
import { sealedAnswerInfo, sealedWordsInfo, type SealedWords, type Words } from '../../../../contract/words.ts'

const nonceBytes = 12
const tagBytes = 16

export class PageSeal {
  /** As base64 of an uncompressed point. */
  readonly publicKey: string
  readonly #own: ECDH = createECDH('prime256v1')

  constructor() {
    this.publicKey = this.#own.generateKeys().toString('base64')
  }

  /** The words as UTF-8, in memory that nothing else uses; wipe it after use. @throws AppError invalid_input for what was not sealed for this host */
  open(words: Words): Buffer {
    if (typeof words !== 'string') return this.#unsealed(words)
    const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(words))
    bytes.write(words)
    return bytes
  }

  #unsealed({ publicKey, box }: SealedWords): Buffer {
    try {
      const key = keyWith(this.#own, publicKey, sealedWordsInfo)
      const bytes = Buffer.from(box, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      key.fill(0)
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      const opened = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
      decipher.final()
      return opened
    } catch (error) {
      throw new AppError('invalid_input', 'It was sealed for another host', undefined, { cause: error })
    }
  }
}

/** Seals words for a page that asked, with a key for this once. @param theirs the page's public key @throws AppError invalid_input for what is no key */
export function sealForPage(words: Uint8Array, theirs: string): SealedWords {
  const own = createECDH('prime256v1')
  const publicKey = own.generateKeys().toString('base64')
  let key: Buffer
  try {
    key = keyWith(own, theirs, sealedAnswerInfo)
  } catch (error) {
    throw new AppError('invalid_input', 'Nothing is sealed for this', undefined, { cause: error })
  }
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  key.fill(0)
  const box = Buffer.concat([nonce, cipher.update(words), cipher.final(), cipher.getAuthTag()]).toString('base64')
  return { publicKey, box }
}

/** The key that both sides have. Wipe it after use. */
function keyWith(own: ECDH, theirs: string, info: string): Buffer {
  const shared = own.computeSecret(Buffer.from(theirs, 'base64'))
  try {
    return Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), info, 32))
  } finally {
    shared.fill(0)
  }
}
