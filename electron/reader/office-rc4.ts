/**
 * Workbooks and presentations of before 2007 with a password ([MS-OFFCRYPTO] 2.3.5 and 2.3.6): RC4, with a key of its own for each block. The
 * cipher is weak and stands here only to read what was written with it.
 */
import { md5, sha1 } from '@noble/hashes/legacy.js'
import { AppError } from '../../contract/errors.ts'
import { joined, viewOf, wideBytes } from './bytes.ts'

/** The stream of bytes that a key makes. */
export class Rc4 {
  readonly #state = Uint8Array.from({ length: 256 }, (_, at) => at)
  #first = 0
  #second = 0

  constructor(key: Uint8Array) {
    let other = 0
    for (let at = 0; at < 256; at++) {
      other = (other + (this.#state[at] ?? 0) + (key[at % key.length] ?? 0)) & 255
      this.#swap(at, other)
    }
  }

  /** The next byte of the stream. */
  next(): number {
    this.#first = (this.#first + 1) & 255
    this.#second = (this.#second + (this.#state[this.#first] ?? 0)) & 255
    this.#swap(this.#first, this.#second)
    return this.#state[((this.#state[this.#first] ?? 0) + (this.#state[this.#second] ?? 0)) & 255] ?? 0
  }

  /** These bytes, opened or closed with the next ones of the stream. */
  apply(bytes: Uint8Array): Uint8Array {
    return bytes.map((byte) => byte ^ this.next())
  }

  #swap(one: number, other: number): void {
    const held = this.#state[one] ?? 0
    this.#state[one] = this.#state[other] ?? 0
    this.#state[other] = held
  }
}

/** Gives the stream of each block, by its number. */
export type BlockCipher = (block: number) => Rc4

/** The password with which Excel opens a workbook that is only kept from being changed. */
export const excelsOwnPassword = 'VelvetSweatshop'

/**
 * @param info what the file says of its encryption, from its version on
 * @param passwords that are tried; the first that fits is taken
 * @returns null when none fits
 * @throws AppError document_protected when it is encrypted in another way
 */
export function rc4Blocks(info: Uint8Array, passwords: readonly string[]): BlockCipher | null {
  const kind = kindOf(info)
  if (!kind) throw new AppError('document_protected', 'Encrypted in a way that is not known')
  for (const password of passwords) {
    const cipher = kind.blocksOf(wideBytes(password))
    const stream = cipher(0)
    const verifier = stream.apply(kind.verifier)
    const expected = stream.apply(kind.verifierHash)
    if (kind.hash(verifier).every((byte, at) => byte === expected[at])) return cipher
  }
  return null
}

interface Kind {
  verifier: Uint8Array
  verifierHash: Uint8Array
  hash: (bytes: Uint8Array) => Uint8Array
  blocksOf: (password: Uint8Array) => BlockCipher
}

function kindOf(info: Uint8Array): Kind | null {
  if (info.length < 52) return null
  const view = viewOf(info)
  const [major, minor] = [view.getUint16(0, true), view.getUint16(2, true)]
  if (major === 1 && minor === 1) return plainKind(info.subarray(4))
  return major >= 2 && major <= 4 && minor === 2 ? providerKind(info) : null
}

/** As Office 97 and 2000 write it: keys of 40 bits. */
function plainKind(info: Uint8Array): Kind {
  const salt = info.subarray(0, 16)
  return {
    verifier: info.subarray(16, 32),
    verifierHash: info.subarray(32, 48),
    hash: md5,
    blocksOf: (password) => {
      const part = joined([md5(password).subarray(0, 5), salt])
      const key = md5(joined(Array.from({ length: 16 }, () => part))).subarray(0, 5)
      return (block) => new Rc4(md5(joined([key, longOf(block)])))
    },
  }
}

/** As Office 2002 and 2003 write it: the header names the length of the key. */
function providerKind(info: Uint8Array): Kind | null {
  const view = viewOf(info)
  const headerBytes = view.getUint32(8, true)
  const from = 12 + headerBytes
  if (headerBytes < 32 || from + 60 > info.length || view.getUint32(20, true) !== 0x6801) return null
  const keyBytes = (view.getUint32(28, true) || 40) / 8
  if (keyBytes < 5 || keyBytes > 16 || !Number.isInteger(keyBytes)) return null
  const salt = info.subarray(from + 4, from + 20)
  return {
    verifier: info.subarray(from + 20, from + 36),
    verifierHash: info.subarray(from + 40, from + 60),
    hash: sha1,
    blocksOf: (password) => {
      const start = sha1(joined([salt, password]))
      return (block) => {
        const key = sha1(joined([start, longOf(block)])).subarray(0, keyBytes)
        // The shortest keys are filled with zeros.
        return new Rc4(keyBytes === 5 ? joined([key, new Uint8Array(11)]) : key)
      }
    },
  }
}

function longOf(number: number): Uint8Array {
  const bytes = new Uint8Array(4)
  viewOf(bytes).setUint32(0, number, true)
  return bytes
}
