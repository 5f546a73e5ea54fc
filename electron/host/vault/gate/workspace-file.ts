/**
 * One workspace as a file that another Alambic takes in: its database under a key of its own, then a trailer with that key in a box
 * that a passphrase opens. What the list says of it is in the box as well: a file on a stick says nothing of the matter.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { closeSync, createReadStream, createWriteStream, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { AppError } from '../../../../contract/errors.ts'
import { refuseToFill } from '../../base/received-file.ts'
import { Argon2Cost, deriveKey } from '../keys/passphrase.ts'

/** The end of every such file. */
const magic = Buffer.from('alambic-workspace')
const currentVersion = 1
/** Instructions of 20,000 characters, in base64 twice, need a fifth of this. */
const mostTrailerBytes = 1024 * 1024
const nonceBytes = 12
const tagBytes = 16

const Trailer = z.object({
  version: z.literal(currentVersion),
  algorithm: z.literal('argon2id'),
  cost: Argon2Cost,
  salt: z.base64().length(24),
  /** Nonce, cipher text and tag of the {@link Contents}: AES-256-GCM. */
  box: z.base64().min(40).max(mostTrailerBytes),
})
type Trailer = z.infer<typeof Trailer>
const AnyVersion = z.object({ version: z.number().int() })

/** What the list says of a workspace, as far as it is so anywhere. */
const Facts = z.object({
  name: z.string().min(1).max(100),
  instructions: z.string().max(20_000),
  strict: z.boolean(),
})
export type WorkspaceFacts = z.infer<typeof Facts>

/** What the passphrase opens. */
const Contents = z.object({
  facts: Facts,
  /** The key of the database, 32 bytes. */
  key: z.base64().length(44),
  databaseBytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** Adds the trailer to a database that lies at `path` under `key`, and flushes the file. */
export async function sealWorkspaceFile(
  path: string,
  {
    facts,
    key,
    passphrase,
    cost,
    signal,
  }: { facts: WorkspaceFacts; key: Buffer; passphrase: string; cost: Argon2Cost; signal?: AbortSignal },
): Promise<void> {
  const sha256 = await hashOf(path, signal)
  const contents: z.infer<typeof Contents> = { facts, key: key.toString('base64'), databaseBytes: statSync(path).size, sha256 }
  const salt = randomBytes(16)
  const wrappingKey = await deriveKey(passphrase, salt, cost)
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce, { authTagLength: tagBytes })
  cipher.setAAD(magic)
  const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(contents)), cipher.final(), cipher.getAuthTag()])
  wrappingKey.fill(0)
  const trailer: Trailer = {
    version: currentVersion,
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

/** An exported workspace whose passphrase was right. Wipe the key after use. */
export interface OpenedWorkspaceFile {
  facts: WorkspaceFacts
  key: Buffer
  databaseBytes: number
  sha256: string
}

/** @throws AppError workspace_file_malformed, workspace_file_newer, wrong_passphrase, file_unreadable */
export async function openWorkspaceFile(path: string, passphrase: string): Promise<OpenedWorkspaceFile> {
  const { trailer, databaseBytes } = readTrailer(path)
  const wrappingKey = await deriveKey(passphrase, Buffer.from(trailer.salt, 'base64'), trailer.cost)
  const box = Buffer.from(trailer.box, 'base64')
  const cipher = createDecipheriv('aes-256-gcm', wrappingKey, box.subarray(0, nonceBytes), { authTagLength: tagBytes })
  wrappingKey.fill(0)
  cipher.setAAD(magic)
  cipher.setAuthTag(box.subarray(-tagBytes))
  const text = cipher.update(box.subarray(nonceBytes, -tagBytes))
  try {
    cipher.final()
  } catch {
    throw new AppError('wrong_passphrase', 'The passphrase does not open this file')
  }
  const opened = Contents.safeParse(parseJson(text))
  text.fill(0)
  if (!opened.success) throw malformed(opened.error)
  const { key, ...contents } = opened.data
  if (contents.databaseBytes !== databaseBytes) throw malformed()
  return { ...contents, key: Buffer.from(key, 'base64') }
}

/** Copies the database out of the file. @throws AppError workspace_file_malformed when it is not the one that was sealed, disk_full, also by the system's own error */
export async function copyDatabase(
  path: string,
  { databaseBytes, sha256 }: OpenedWorkspaceFile,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  await refuseToFill(dirname(target), databaseBytes)
  const hash = createHash('sha256')
  await pipeline(
    createReadStream(path, { end: databaseBytes - 1 }),
    async function* (parts: AsyncIterable<Buffer>) {
      for await (const part of parts) {
        hash.update(part)
        yield part
      }
    },
    createWriteStream(target, { flags: 'wx', mode: 0o600 }),
    { signal },
  )
  if (hash.digest('hex') !== sha256) throw malformed()
}

function readTrailer(path: string): { trailer: Trailer; databaseBytes: number } {
  const { size, file } = openFile(path)
  try {
    const read = (position: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length)
      if (position < 0 || readSync(file, bytes, 0, length, position) !== length) throw malformed()
      return bytes
    }
    const end = read(size - magic.length - 4, magic.length + 4)
    const length = end.readUInt32LE()
    if (!end.subarray(4).equals(magic) || length > mostTrailerBytes) throw malformed()
    const databaseBytes = size - end.length - length
    const json = parseJson(read(databaseBytes, length))
    if ((AnyVersion.safeParse(json).data?.version ?? 0) > currentVersion)
      throw new AppError('workspace_file_newer', 'Of a later version')
    const trailer = Trailer.safeParse(json)
    if (!trailer.success) throw malformed(trailer.error)
    return { trailer: trailer.data, databaseBytes }
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

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (error) {
    throw malformed(error)
  }
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path, signal && { signal })) hash.update(part as Buffer)
  return hash.digest('hex')
}

function malformed(cause?: unknown): AppError {
  return new AppError('workspace_file_malformed', 'Not an exported workspace', undefined, { cause })
}
