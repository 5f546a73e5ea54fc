/**
 * What happens while the vault is locked, in a file beside it. Each entry is sealed for the log (X25519, HKDF-SHA-256, AES-256-GCM): the
 * program can write it without the vault's key, and nobody can read it without. Whoever can write into the data folder can add to the file or
 * take it away; what they add is labelled as sealed, and the file is bounded however much is tried.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { closeSync, constants, fstatSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '../base/atomic-file.ts'
import { rmSync } from '../base/patient-files.ts'
import { linkless, readBeside } from './read-beside.ts'

const nonceBytes = 12
const tagBytes = 16
const publicBytes = 32
/** What stands before the 32 bytes of an X25519 public key in its DER form (RFC 8410, section 4). */
const derPrefix = Buffer.from('302a300506032b656e032100', 'hex')
/** Beyond so many bytes only the numbers of what is left out are written, and beyond twice as many nothing. */
const mostBytes = 512 * 1024

export class SealedEntries {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  get #file(): string {
    return join(this.#folder, 'locked.sealed')
  }

  get #keyFile(): string {
    return join(this.#folder, 'sealing-key')
  }

  /** Writes down for whom is to be sealed. False when another key stood there: what is in the file may be for somebody else. */
  publish(sealing: KeyObject): boolean {
    const wanted = rawPublic(sealing).toString('base64')
    const there = readBeside(this.#keyFile, 100)?.toString('utf8') ?? null
    if (there !== wanted) writeFileAtomic(this.#keyFile, wanted)
    return there === null || there === wanted
  }

  /** Adds a line. Without `urgent` not beyond the first half of the room. `failed`: no key is there yet, or it cannot be written. */
  add(line: string, { urgent = false } = {}): 'sealed' | 'full' | 'failed' {
    try {
      const key = Buffer.from(readBeside(this.#keyFile, 100)?.toString('utf8') ?? '', 'base64')
      if (key.length !== publicBytes) return 'failed'
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | linkless
      const file = openSync(this.#file, flags, 0o600)
      try {
        const facts = fstatSync(file)
        if (!facts.isFile()) return 'failed'
        if (facts.size > mostBytes * (urgent ? 2 : 1)) return 'full'
        // A line that a kill or a full disk cut off must not swallow the next one.
        writeSync(file, `\n${seal(Buffer.from(line), key)}\n`)
        fsyncSync(file)
        return 'sealed'
      } finally {
        closeSync(file)
      }
    } catch {
      return 'failed'
    }
  }

  /** The lines that this key opens, in order, and how many it does not. */
  open(sealing: KeyObject): { lines: string[]; unreadable: number } {
    const text = readBeside(this.#file, mostBytes * 3)?.toString('latin1') ?? ''
    const boxes = text.split('\n').filter((box) => box !== '')
    const lines = boxes.flatMap((box) => unseal(box, sealing) ?? [])
    return { lines, unreadable: boxes.length - lines.length }
  }

  /** They stand in the log now. */
  clear(): void {
    rmSync(this.#file, { force: true })
  }
}

/** A new key that opens what is sealed, as PKCS #8. */
export function newSealingKey(): Buffer {
  return generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'der' })
}

function seal(plain: Buffer, recipient: Buffer): string {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  const own = rawPublic(publicKey)
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', agreed(privateKey, recipient, own, recipient), nonce, { authTagLength: tagBytes })
  return Buffer.concat([own, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

function unseal(box: string, sealing: KeyObject): string | null {
  try {
    const bytes = Buffer.from(box, 'base64')
    const own = bytes.subarray(0, publicBytes)
    const nonce = bytes.subarray(publicBytes, publicBytes + nonceBytes)
    const decipher = createDecipheriv('aes-256-gcm', agreed(sealing, own, own, rawPublic(sealing)), nonce, {
      authTagLength: tagBytes,
    }).setAuthTag(bytes.subarray(-tagBytes))
    const plain = decipher.update(bytes.subarray(publicBytes + nonceBytes, -tagBytes))
    return Buffer.concat([plain, decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function agreed(own: KeyObject, theirs: Buffer, ephemeral: Buffer, recipient: Buffer): Buffer {
  const publicKey = createPublicKey({ key: Buffer.concat([derPrefix, theirs]), type: 'spki', format: 'der' })
  const shared = diffieHellman({ privateKey: own, publicKey })
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, recipient]), 'alambic-audit-sealed-1', 32))
}

function rawPublic(key: KeyObject): Buffer {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return half.export({ type: 'spki', format: 'der' }).subarray(-publicBytes)
}

/** @param bytes as {@link newSealingKey} made them */
export function sealingKeyOf(bytes: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' })
}
