/**
 * Office files with a password ([MS-OFFCRYPTO]): the packed file lies encrypted in a compound one. Agile encryption is what Office writes since
 * 2010, standard encryption what 2007 wrote. Others, such as rights management, ask for more than a password.
 */
import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../contract/errors.ts'
import type { CompoundFile } from './compound-file.ts'
import { readXml } from './markup.ts'

/** Office turns 100,000 times; the specification allows no more than this. */
const mostTurns = 10_000_000
/** Bytes that agile encryption treats at a time. */
const segmentBytes = 4096
const hashes: Record<string, string> = { SHA1: 'sha1', 'SHA-1': 'sha1', SHA256: 'sha256', SHA384: 'sha384', SHA512: 'sha512' }
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
  const [major, minor] = [info.readUInt16LE(0), info.readUInt16LE(2)]
  const agile = major === 4 && minor === 4 ? await agileOf(info.subarray(8)) : null
  const standard = [2, 3, 4].includes(major) && minor === 2 ? standardOf(info) : null
  if (!agile && !standard) throw protectedFile()
  if (password === null) throw new AppError('document_encrypted', 'An encrypted Office file')
  const packed = file.read('EncryptedPackage')
  if (packed.length < 8) throw new AppError('document_broken', 'An encrypted Office file without its content')
  const sizeBytes = Number(packed.readBigUInt64LE(0))
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
    hashes[attributes['hashAlgorithm'] ?? ''] !== undefined
  return keyData && passwordKey && known(keyData) && known(passwordKey) ? { keyData, integrity, passwordKey } : null
}

function decryptAgile({ keyData, integrity, passwordKey }: Agile, packed: Buffer, password: string): Buffer {
  const hash = hashOf(passwordKey)
  const salt = bytesOf(passwordKey, 'saltValue')
  const turned = turnedHash(hash, salt, password, numberOf(passwordKey, 'spinCount', mostTurns))
  const open = (name: string, purpose: string): Buffer => {
    const key = sized(digest(hash, turned, Buffer.from(purpose, 'hex')), numberOf(passwordKey, 'keyBits', 256) / 8)
    return decipher(key, sized(salt, numberOf(passwordKey, 'blockSize', 16)), bytesOf(passwordKey, name))
  }
  const input = open('encryptedVerifierHashInput', purposes.verifierInput)
  const expected = open('encryptedVerifierHashValue', purposes.verifierHash)
  const said = digest(hash, input.subarray(0, numberOf(passwordKey, 'saltSize', 64)))
  if (!isSame(said, expected.subarray(0, said.length))) throw wrongPassword()
  const key = open('encryptedKeyValue', purposes.key).subarray(0, numberOf(keyData, 'keyBits', 256) / 8)
  if (integrity) refuseChanged(keyData, integrity, key, packed)
  return Buffer.concat(segmentsOf(keyData, key, packed.subarray(8)))
}

function segmentsOf(keyData: Attributes, key: Buffer, encrypted: Buffer): Buffer[] {
  const segments: Buffer[] = []
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
function refuseChanged(keyData: Attributes, integrity: Attributes, key: Buffer, packed: Buffer): void {
  const hash = hashOf(keyData)
  const sizeBytes = digest(hash).length
  const open = (name: string, purpose: string): Buffer =>
    decipher(key, ivOf(keyData, Buffer.from(purpose, 'hex')), bytesOf(integrity, name)).subarray(0, sizeBytes)
  const said = createHmac(hash, open('encryptedHmacKey', purposes.integrityKey)).update(packed).digest()
  if (!isSame(said, open('encryptedHmacValue', purposes.integrityValue)))
    throw new AppError('document_broken', 'An encrypted Office file that was changed')
}

function ivOf(keyData: Attributes, part: Buffer): Buffer {
  return sized(digest(hashOf(keyData), bytesOf(keyData, 'saltValue'), part), numberOf(keyData, 'blockSize', 16))
}

// ---- standard

interface Standard {
  keyBytes: number
  salt: Buffer
  verifier: Buffer
  verifierHash: Buffer
}

/** Null when it is no AES. */
function standardOf(info: Buffer): Standard | null {
  const header = info.subarray(12, 12 + info.readUInt32LE(8))
  const keyBytes = { 0x660e: 16, 0x660f: 24, 0x6610: 32 }[header.readUInt32LE(8)]
  const from = 12 + header.length
  if (keyBytes === undefined || info.readUInt32LE(from) !== 16) return null
  const part = (at: number, length: number): Buffer => info.subarray(from + at, from + at + length)
  return { keyBytes, salt: part(4, 16), verifier: part(20, 16), verifierHash: part(40, 32) }
}

function decryptStandard({ keyBytes, salt, verifier, verifierHash }: Standard, packed: Buffer, password: string): Buffer {
  const last = digest('sha1', turnedHash('sha1', salt, password, 50_000), longOf(0))
  const mixed = [0x36, 0x5c].map((filling) => {
    const block = Buffer.alloc(64, filling)
    for (const [at, byte] of last.entries()) block[at] = filling ^ byte
    return digest('sha1', block)
  })
  const key = Buffer.concat(mixed).subarray(0, keyBytes)
  const said = digest('sha1', decipher(key, null, verifier))
  if (!isSame(said, decipher(key, null, verifierHash).subarray(0, said.length))) throw wrongPassword()
  const encrypted = packed.subarray(8)
  return decipher(key, null, encrypted.subarray(0, encrypted.length - (encrypted.length % 16)))
}

// ---- both

/** The password is turned many times, so that guessing one is slow. */
function turnedHash(hash: string, salt: Buffer, password: string, turns: number): Buffer {
  let turned = digest(hash, salt, Buffer.from(password, 'utf16le'))
  for (let turn = 0; turn < turns; turn++) turned = digest(hash, longOf(turn), turned)
  return turned
}

/** AES, in a chain when there is an initial vector. */
function decipher(key: Buffer, iv: Buffer | null, encrypted: Buffer): Buffer {
  const mode = `aes-${key.length * 8}-${iv ? 'cbc' : 'ecb'}`
  const reading = createDecipheriv(mode, key, iv).setAutoPadding(false)
  return Buffer.concat([reading.update(encrypted), reading.final()])
}

function digest(hash: string, ...parts: readonly Buffer[]): Buffer {
  const state = createHash(hash)
  for (const part of parts) state.update(part)
  return state.digest()
}

/** Cut, or filled as the specification says. */
function sized(bytes: Buffer, length: number): Buffer {
  return bytes.length >= length ? bytes.subarray(0, length) : Buffer.concat([bytes, Buffer.alloc(length - bytes.length, 0x36)])
}

function longOf(number: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(number)
  return bytes
}

function hashOf({ hashAlgorithm = '' }: Attributes): string {
  return hashes[hashAlgorithm] ?? ''
}

function bytesOf(attributes: Attributes, name: string): Buffer {
  return Buffer.from(attributes[name] ?? '', 'base64')
}

/** @throws AppError document_broken for what is no number of that size */
function numberOf(attributes: Attributes, name: string, most: number): number {
  const number = Number(attributes[name])
  if (!Number.isInteger(number) || number < 0 || number > most) throw new AppError('document_broken', 'An odd number')
  return number
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

function wrongPassword(): AppError {
  return new AppError('document_wrong_password', 'Not the password of the Office file')
}

function protectedFile(): AppError {
  return new AppError('document_protected', 'Protected by more than a password, or in a way that is not known')
}
