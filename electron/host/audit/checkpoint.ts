/**
 * What a log vouches for: how many entries it has and the root over them, signed. In the forms of C2SP tlog-checkpoint and signed-note, so that
 * witnesses and verifiers that exist read it. One line of ours says from which entry on the entries themselves are still there.
 */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { publicKeyOf } from '../base/signed-value.ts'

export interface Checkpoint {
  /** The name of the log. It is made of its key: another key is another log. */
  origin: string
  size: number
  root: Buffer
  /** The first entry that is still there, counted from 0. */
  first: number
}

const ed25519 = 1
/** What stands before the 32 bytes of an ed25519 public key in its DER form (RFC 8410, section 4). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** The name of the log that this key, or the public half of it, signs. */
export function originOf(key: KeyObject): string {
  const bytes = Buffer.from(publicKeyOf(key), 'base64')
  return `alambic-audit/${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`
}

/** A log's key in signed-note's form: name, id and key, joined by plus signs. */
export function verifierKey(key: KeyObject): string {
  const typed = Buffer.concat([Buffer.of(ed25519), Buffer.from(publicKeyOf(key), 'base64')])
  return `${originOf(key)}+${noteKeyId(originOf(key), typed).toString('hex')}+${typed.toString('base64')}`
}

/** The key of such a text; null when it is none of a log of ours. */
export function readVerifierKey(text: string): KeyObject | null {
  const [name = '', id = '', encoded = ''] = text.trim().split('+', 2).concat(text.trim().split('+').slice(2).join('+'))
  const typed = Buffer.from(encoded, 'base64')
  if (typed.length !== 33 || typed[0] !== ed25519 || noteKeyId(name, typed).toString('hex') !== id) return null
  const key = createPublicKey({ key: Buffer.concat([derPrefix, typed.subarray(1)]), format: 'der', type: 'spki' })
  return originOf(key) === name ? key : null
}

export function signCheckpoint({ size, root, first }: Omit<Checkpoint, 'origin'>, key: KeyObject): string {
  const origin = originOf(key)
  const body = `${origin}\n${size}\n${root.toString('base64')}\nfirst ${first}\n`
  const typed = Buffer.concat([Buffer.of(ed25519), Buffer.from(publicKeyOf(key), 'base64')])
  const signature = Buffer.concat([noteKeyId(origin, typed), sign(null, Buffer.from(body), key)])
  return `${body}\n— ${origin} ${signature.toString('base64')}\n`
}

/** What stands in a checkpoint, and whether this key signed it; null when it is none. Witnesses may have added signatures of their own. */
export function readCheckpoint(text: string, key: KeyObject): (Checkpoint & { signed: boolean }) | null {
  const parts = /^((\S+)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\nfirst (0|[1-9]\d{0,14})\n)\n((?:— \S+ \S+\n)+)$/.exec(text)
  if (!parts) return null
  const [, body = '', origin = '', size, root = '', first, signatures = ''] = parts
  const typed = Buffer.concat([Buffer.of(ed25519), Buffer.from(publicKeyOf(key), 'base64')])
  const ours = signatures.split('\n').flatMap((line) => {
    const [, name, encoded = ''] = line.split(' ')
    const bytes = Buffer.from(encoded, 'base64')
    return name === originOf(key) && bytes.subarray(0, 4).equals(noteKeyId(originOf(key), typed)) ? [bytes.subarray(4)] : []
  })
  const signed = origin === originOf(key) && ours.some((signature) => verify(null, Buffer.from(body), key, signature))
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), first: Number(first), signed }
}

function noteKeyId(name: string, typedKey: Buffer): Buffer {
  return createHash('sha256').update(`${name}\n`).update(typedKey).digest().subarray(0, 4)
}
