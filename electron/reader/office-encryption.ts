/**
 * Office files with a password ([MS-OFFCRYPTO]): the packed file lies encrypted in a compound one. Agile encryption is what Office writes since
 * 2010, standard encryption what 2007 wrote. Others, such as rights management, ask for more than a password. The ciphers are in JavaScript:
 * WebCrypto has neither their modes nor a hash that is turned 100,000 times in bearable time (with these it takes a quarter of a second).
 */
import { cbc, ecb } from '@noble/ciphers/aes.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { AppError } from '../../contract/errors.ts'
import { bytesOfBase64, bytesOfHex, joined, viewOf, wideBytes } from './bytes.ts'
import type { CompoundFile } from './compound-file.ts'
import { readXml } from './markup.ts'

/** Office turns 100,000 times; the specification allows no more than this. */
const mostTurns = 10_000_000
/** Bytes that agile encryption treats at a time. */
const segmentBytes = 4096
type Hash = typeof sha1 | typeof sha256 | typeof sha384 | typeof sha512
const hashes: Record<string, Hash> = { SHA1: sha1, 'SHA-1': sha1, SHA256: sha256, SHA384: sha384, SHA512: sha512 }
/** What each key is for is mixed into it (2.3.4.11 to 2.3.4.14). */
const purposes = {
  verifierInput: 'fea7d2763b4b9e79',
  verifierHash: 'd7aa0f6d3061344e',
  key: '146e0be7abacd0d6',
  integrityKey: '5fb2ad010cb9e1f6',
  integrityValue: 'a0677f02b22c8433',
} as const

/** The packed file inside. @throws AppError document_encrypted, document_wrong_password, document_protected, document_broken */
export async function decryptOffice(file: CompoundFile, password: string | null): Promise<Uint8Array> {
  if (!file.has('EncryptionInfo')) throw protectedFile()
  const info = file.read('EncryptionInfo')
  const version = viewOf(info)
  const [major, minor] = [version.getUint16(0, true), version.getUint16(2, true)]
  const agile = major === 4 && minor === 4 ? await agileOf(info.subarray(8)) : null
  const standard = [2, 3, 4].includes(major) && minor === 2 ? standardOf(info) : null
  if (!agile && !standard) throw protectedFile()
  if (password === null) throw new AppError('document_encrypted', 'An encrypted Office file')
  const packed = file.read('EncryptedPackage')
  if (packed.length < 8) throw new AppError('document_broken', 'An encrypted Office file without its content')
  const sizeBytes = Number(viewOf(packed).getBigUint64(0, true))
  const plain = agile ? decryptAgile(agile, packed, password) : standard ? decryptStandard(standard, packed, password) : packed
  if (plain.length < sizeBytes) throw new AppError('document_broken', 'An encrypted Office file that is cut short')
  return plain.subarray(0, sizeBytes)
}

// ---- agile

type Attributes = Record<string, string>
interface Agile {
  keyData: Attributes
  integrity: Attributes | null
  passwordKey: Attributes
}

/** Null when it is none that a password alone opens. */
async function agileOf(xml: Uint8Array): Promise<Agile | null> {
  let keyData: Attributes | null = null
  let integrity: Attributes | null = null
  let passwordKey: Attributes | null = null
  await readXml([xml], {
    open: (name, attributes) => {
      if (/(^|:)keyData$/.test(name)) keyData = attributes
      else if (/(^|:)dataIntegrity$/.test(name)) integrity = attributes
      else if (/(^|:)encryptedKey$/.test(name) && attributes['spinCount'] !== undefined) passwordKey = attributes
    },
  })
  const known = (attributes: Attributes): boolean =>
    attributes['cipherAlgorithm'] === 'AES' &&
    attributes['cipherChaining'] === 'ChainingModeCBC' &&
    Object.hasOwn(hashes, attributes['hashAlgorithm'] ?? '')
  return keyData && passwordKey && known(keyData) && known(passwordKey) ? { keyData, integrity, passwordKey } : null
}

function decryptAgile({ keyData, integrity, passwordKey }: Agile, packed: Uint8Array, password: string): Uint8Array {
  const hash = hashOf(passwordKey)
  const salt = bytesOf(passwordKey, 'saltValue')
  const turned = turnedHash(hash, salt, password, numberOf(passwordKey, 'spinCount', mostTurns))
  const open = (name: string, purpose: string): Uint8Array => {
    const key = sized(digest(hash, turned, bytesOfHex(purpose)), numberOf(passwordKey, 'keyBits', 256) / 8)
    return decipher(key, sized(salt, numberOf(passwordKey, 'blockSize', 16)), bytesOf(passwordKey, name))
  }
  const input = open('encryptedVerifierHashInput', purposes.verifierInput)
  const expected = open('encryptedVerifierHashValue', purposes.verifierHash)
  const said = digest(hash, input.subarray(0, numberOf(passwordKey, 'saltSize', 64)))
  if (!isSame(said, expected.subarray(0, said.length))) throw wrongPassword()
  const key = open('encryptedKeyValue', purposes.key).subarray(0, numberOf(keyData, 'keyBits', 256) / 8)
  if (integrity) refuseChanged(keyData, integrity, key, packed)
  return joined(segmentsOf(keyData, key, packed.subarray(8)))
}

function segmentsOf(keyData: Attributes, key: Uint8Array, encrypted: Uint8Array): Uint8Array[] {
  const segments: Uint8Array[] = []
  const blockSize = numberOf(keyData, 'blockSize', 16)
  for (let from = 0, number = 0; from < encrypted.length; from += segmentBytes, number++) {
    const segment = encrypted.subarray(from, from + segmentBytes)
    // Blocks that are not whole are filling behind the end.
    segments.push(
      decipher(key, ivOf(keyData, longOf(number)), segment.subarray(0, segment.length - (segment.length % blockSize))),
    )
  }
  return segments
}

/** Whoever changed the file without its password is found out. */
function refuseChanged(keyData: Attributes, integrity: Attributes, key: Uint8Array, packed: Uint8Array): void {
  const hash = hashOf(keyData)
  const sizeBytes = hash.outputLen
  const open = (name: string, purpose: string): Uint8Array =>
    decipher(key, ivOf(keyData, bytesOfHex(purpose)), bytesOf(integrity, name)).subarray(0, sizeBytes)
  const said = hmac(hash, open('encryptedHmacKey', purposes.integrityKey), packed)
  if (!isSame(said, open('encryptedHmacValue', purposes.integrityValue)))
    throw new AppError('document_broken', 'An encrypted Office file that was changed')
}

function ivOf(keyData: Attributes, part: Uint8Array): Uint8Array {
  return sized(digest(hashOf(keyData), bytesOf(keyData, 'saltValue'), part), numberOf(keyData, 'blockSize', 16))
}

// ---- standard

interface Standard {
  keyBytes: number
  salt: Uint8Array
  verifier: Uint8Array
  verifierHash: Uint8Array
}

/** Null when it is no AES. */
function standardOf(info: Uint8Array): Standard | null {
  const view = viewOf(info)
  const header = info.subarray(12, 12 + view.getUint32(8, true))
  const keyBytes = { 0x660e: 16, 0x660f: 24, 0x6610: 32 }[viewOf(header).getUint32(8, true)]
  const from = 12 + header.length
  if (keyBytes === undefined || view.getUint32(from, true) !== 16) return null
  const part = (at: number, length: number): Uint8Array => info.subarray(from + at, from + at + length)
  return { keyBytes, salt: part(4, 16), verifier: part(20, 16), verifierHash: part(40, 32) }
}

function decryptStandard({ keyBytes, salt, verifier, verifierHash }: Standard, packed: Uint8Array, password: string): Uint8Array {
  const last = digest(sha1, turnedHash(sha1, salt, password, 50_000), longOf(0))
  const mixed = [0x36, 0x5c].map((filling) => {
    const block = new Uint8Array(64).fill(filling)
    for (const [at, byte] of last.entries()) block[at] = filling ^ byte
    return digest(sha1, block)
  })
  const key = joined(mixed).subarray(0, keyBytes)
  const said = digest(sha1, decipher(key, null, verifier))
  if (!isSame(said, decipher(key, null, verifierHash).subarray(0, said.length))) throw wrongPassword()
  const encrypted = packed.subarray(8)
  return decipher(key, null, encrypted.subarray(0, encrypted.length - (encrypted.length % 16)))
}

// ---- both

/** The password is turned many times, so that guessing one is slow. */
function turnedHash(hash: Hash, salt: Uint8Array, password: string, turns: number): Uint8Array {
  let turned = digest(hash, salt, wideBytes(password))
  const block = joined([longOf(0), turned])
  const view = viewOf(block)
  for (let turn = 0; turn < turns; turn++) {
    view.setUint32(0, turn, true)
    block.set(turned, 4)
    turned = hash(block)
  }
  return turned
}

/** AES, in a chain when there is an initial vector. @throws Error for a key or a number of bytes that is none of its own */
function decipher(key: Uint8Array, iv: Uint8Array | null, encrypted: Uint8Array): Uint8Array {
  if (encrypted.length === 0) return encrypted
  const options = { disablePadding: true }
  return (iv ? cbc(key, iv, options) : ecb(key, options)).decrypt(encrypted)
}

function digest(hash: Hash, ...parts: readonly Uint8Array[]): Uint8Array {
  return hash(joined(parts))
}

/** Cut, or filled as the specification says. */
function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length >= length) return bytes.subarray(0, length)
  return joined([bytes, new Uint8Array(length - bytes.length).fill(0x36)])
}

function longOf(number: number): Uint8Array {
  const bytes = new Uint8Array(4)
  viewOf(bytes).setUint32(0, number, true)
  return bytes
}

/** @throws AppError document_protected for a hash that is not known */
function hashOf({ hashAlgorithm = '' }: Attributes): Hash {
  const hash = Object.hasOwn(hashes, hashAlgorithm) ? hashes[hashAlgorithm] : undefined
  if (!hash) throw protectedFile()
  return hash
}

function bytesOf(attributes: Attributes, name: string): Uint8Array {
  return bytesOfBase64(attributes[name] ?? '')
}

/** @throws AppError document_broken for what is no number of that size */
function numberOf(attributes: Attributes, name: string, most: number): number {
  const number = Number(attributes[name])
  if (!Number.isInteger(number) || number < 0 || number > most) throw new AppError('document_broken', 'An odd number')
  return number
}

/** Both are of a file that is here already: nobody measures how long this takes. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}

function wrongPassword(): AppError {
  return new AppError('document_wrong_password', 'Not the password of the Office file')
}

function protectedFile(): AppError {
  return new AppError('document_protected', 'Protected by more than a password, or in a way that is not known')
}
