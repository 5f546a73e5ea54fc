/**
 * One workspace as a file that another Alambic takes in: its database under a key of its own, then a trailer with that key in a box
 * that a passphrase opens. What the list says of it is in the box as well: a file on a stick says nothing of the matter.
 */
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { closeSync, createReadStream, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import type { Argon2Cost } from '../../../../contract/argon2-cost.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Words } from '../../../../contract/words.ts'
import {
  mostTrailerCharacters,
  trailerMagic,
  type TrailerContents,
  type WorkspaceFacts,
  type WorkspaceTrailer,
} from '../../../porter/contract.ts'
import type { DeriveKey } from '../keys/passphrase.ts'
import { malformed } from './malformed.ts'

const magic = Buffer.from(trailerMagic)
const nonceBytes = 12
const tagBytes = 16

/** Adds the trailer to a database that lies at `path` under `key`, and flushes the file. */
export async function sealWorkspaceFile(
  path: string,
  {
    facts,
    key,
    passphrase,
    cost,
    derive,
    signal,
  }: { facts: WorkspaceFacts; key: Buffer; passphrase: Words; cost: Argon2Cost; derive: DeriveKey; signal?: AbortSignal },
): Promise<void> {
  const sha256 = await hashOf(path, signal)
  const contents: TrailerContents = { facts, key: key.toString('base64'), databaseBytes: statSync(path).size, sha256 }
  const salt = randomBytes(16)
  const wrappingKey = await derive(passphrase, salt, cost, signal)
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce, { authTagLength: tagBytes })
  cipher.setAAD(magic)
  const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(contents)), cipher.final(), cipher.getAuthTag()])
  wrappingKey.fill(0)
  const trailer: WorkspaceTrailer = {
    version: 1,
    algorithm: 'argon2id',
    cost,
    salt: salt.toString('base64'),
    box: sealed.toString('base64'),
  }
  const json = Buffer.from(JSON.stringify(trailer))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.length)
  const file = openSync(path, 'a')
  try {
    for (const part of [json, length, magic]) writeSync(file, part)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * The trailer of an exported workspace as it stands there, and how many bytes of database stand before it. What it says is for the porter to
 * look at.
 * @throws AppError workspace_file_malformed, file_unreadable
 */
export function readTrailer(path: string): { trailer: string; databaseBytes: number } {
  const { size, file } = openFile(path)
  try {
    const read = (position: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length)
      if (position < 0 || readSync(file, bytes, 0, length, position) !== length) throw malformed('It is too short')
      return bytes
    }
    const end = read(size - magic.length - 4, magic.length + 4)
    const length = end.readUInt32LE()
    if (!end.subarray(4).equals(magic) || length > mostTrailerCharacters) throw malformed('It has no trailer')
    const databaseBytes = size - end.length - length
    if (databaseBytes < 1) throw malformed('It has no database')
    return { trailer: read(databaseBytes, length).toString(), databaseBytes }
  } finally {
    closeSync(file)
  }
}

function openFile(path: string): { size: number; file: number } {
  try {
    return { size: statSync(path).size, file: openSync(path, 'r') }
  } catch (error) {
    throw new AppError('file_unreadable', 'The file cannot be read', undefined, { cause: error })
  }
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path, signal && { signal })) hash.update(part as Buffer)
  return hash.digest('hex')
}
