/**
 * The recovery code: 160 random bits that a person keeps on paper, and the pair of keys that comes of them. What is sealed with the public
 * half, which the vault keeps, opens with the code alone. Nothing that this file hands out is ever written down but the public half.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'

/** Crockford's base32: no I, L, O or U, which are taken for others or make words. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const groupCount = 8
/** Of a group: 20 bits; a fifth character checks them, so that a slip is told by its place. */
const groupLetters = 4
const codeBytes = 20
/** What stands for a sign that is none of them. */
const noLetter = 255
/** What stands before the 32 bytes of an X25519 key in PKCS #8 and in SPKI (RFC 8410). */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex')
const nonceBytes = 12
const tagBytes = 16

/** A new code as it is printed, eight groups of five, in bytes; wipe them after use. */
export function newRecoveryCode(): Buffer {
  const seed = randomBytes(codeBytes)
  try {
    return writeCode(seed)
  } finally {
    seed.fill(0)
  }
}

/**
 * What a typed code is: its seed, or the first group (from 1) that is mistyped or missing. Case, spaces and dashes do not count, nor I for 1.
 * @param typed as UTF-8: text could not be wiped
 */
export function readRecoveryCode(typed: Buffer): { seed: Buffer } | { wrongGroup: number } {
  // One more than there should be tells that it is too long.
  const values = Buffer.alloc(groupCount * (groupLetters + 1) + 1)
  try {
    return seedOf(values.subarray(0, readLetters(typed, values)))
  } finally {
    values.fill(0)
  }
}

/** Writes down what each letter counts; returns how many there are, as far as there is room. */
function readLetters(typed: Buffer, values: Buffer): number {
  let count = 0
  for (let at = 0; at < typed.length && count < values.length;) {
    const lead = typed.readUInt8(at)
    const end = at + (lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4)
    // A single sign is a string that is there already, and tells nothing of a code.
    const sign = typed.toString('utf8', at, end).toUpperCase()
    at = end
    if (/^[\s\-–—.]$/.test(sign)) continue
    const meant = sign === 'O' ? '0' : sign === 'I' || sign === 'L' ? '1' : sign
    values[count++] = letters.includes(meant) ? letters.indexOf(meant) : noLetter
  }
  return count
}

function seedOf(values: Buffer): { seed: Buffer } | { wrongGroup: number } {
  const seed = Buffer.alloc(codeBytes)
  for (let group = 0; group < groupCount; group++) {
    const part = values.subarray(group * (groupLetters + 1), (group + 1) * (groupLetters + 1))
    const data = part.subarray(0, groupLetters)
    if (part.length !== groupLetters + 1 || part.includes(noLetter) || checkOf(group, data) !== part[groupLetters])
      return { wrongGroup: group + 1 }
    const bits = data.reduce((sum, value) => sum * 32 + value, 0)
    // Two groups fill five bytes.
    const at = Math.floor(group / 2) * 5
    if (group % 2 === 0) {
      seed.writeUInt16BE(bits >> 4, at)
      seed.writeUInt8((bits & 15) << 4, at + 2)
    } else {
      seed.writeUInt8(seed.readUInt8(at + 2) | (bits >> 16), at + 2)
      seed.writeUInt16BE(bits & 0xffff, at + 3)
    }
  }
  return values.length === groupCount * (groupLetters + 1) ? { seed } : { wrongGroup: groupCount }
}

/** The public half of a code's keys, 32 bytes. */
export function recoveryPublicKey(seed: Buffer): Buffer {
  return rawPublic(createPublicKey(privateOf(seed)))
}

/** Locks 32 bytes so that the code alone opens them: a key of their own for each box (X25519, HKDF-SHA256, AES-256-GCM). */
export function sealForRecovery(secret: Buffer, publicKey: Buffer, purpose: string): string {
  const once = generateKeyPairSync('x25519')
  const own = rawPublic(once.publicKey)
  const key = agreedKey(once.privateKey, publicOf(publicKey), own, publicKey)
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(purpose))
  const sealed = Buffer.concat([own, nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
  key.fill(0)
  return sealed.toString('base64')
}

/** Takes them out again; null when the code is another, or the box is none. */
export function openByRecovery(box: string, seed: Buffer, purpose: string): Buffer | null {
  const bytes = Buffer.from(box, 'base64')
  if (bytes.length !== 32 + nonceBytes + 32 + tagBytes) return null
  const own = privateOf(seed)
  const other = bytes.subarray(0, 32)
  let key: Buffer
  try {
    key = agreedKey(own, publicOf(other), other, rawPublic(createPublicKey(own)))
  } catch {
    // A point that gives no secret (RFC 7748, section 6).
    return null
  }
  const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(32, 32 + nonceBytes), { authTagLength: tagBytes })
  key.fill(0)
  cipher.setAAD(Buffer.from(purpose))
  cipher.setAuthTag(bytes.subarray(-tagBytes))
  const secret = cipher.update(bytes.subarray(32 + nonceBytes, -tagBytes))
  try {
    cipher.final()
    return secret
  } catch {
    secret.fill(0)
    return null
  }
}

function writeCode(seed: Buffer): Buffer {
  const code = Buffer.alloc(groupCount * (groupLetters + 2) - 1, '-')
  for (let group = 0; group < groupCount; group++) {
    const at = Math.floor(group / 2) * 5
    const bits =
      group % 2 === 0
        ? (seed.readUInt16BE(at) << 4) | (seed.readUInt8(at + 2) >> 4)
        : ((seed.readUInt8(at + 2) & 15) << 16) | seed.readUInt16BE(at + 3)
    const data = Buffer.from([15, 10, 5, 0].map((shift) => (bits >> shift) & 31))
    for (const [place, value] of [...data, checkOf(group, data)].entries())
      code.write(letters[value] ?? '', group * (groupLetters + 2) + place)
    data.fill(0)
  }
  return code
}

/** Depends on the group's place, so that two groups that change places are noticed as well. */
function checkOf(group: number, data: Buffer): number {
  return createHash('sha256').update(Uint8Array.of(group)).update(data).digest().readUInt8(0) & 31
}

function privateOf(seed: Buffer): KeyObject {
  const scalar = Buffer.from(hkdfSync('sha256', seed, Buffer.alloc(0), 'alambic-recovery-1', 32))
  const key = Buffer.concat([privatePrefix, scalar])
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } finally {
    scalar.fill(0)
    key.fill(0)
  }
}

function publicOf(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: 'der', type: 'spki' })
}

function rawPublic(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32)
}

function agreedKey(own: KeyObject, other: KeyObject, ...points: Buffer[]): Buffer {
  const secret = diffieHellman({ privateKey: own, publicKey: other })
  try {
    return Buffer.from(hkdfSync('sha256', secret, Buffer.concat(points), 'alambic-recovery-box-1', 32))
  } finally {
    secret.fill(0)
  }
}
