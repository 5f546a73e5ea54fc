/**
 * Keeps what a student has evaluated of a conversation, encrypted, and takes it up again. llama.cpp writes such a state only to
 * a file with a name, and in clear; it is given one that lives in memory, has no name any more when the first byte is
 * written, and is gone with the process. Where a system has no such file nothing is kept.
 */
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync, statfsSync, unlinkSync, writeSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LlamaContextSequence } from 'node-llama-cpp'
import { AppError } from '../../contract/errors.ts'

const magic = Buffer.from('ALAMBIC-STATE-1\n')
const nonceBytes = 12
const tagBytes = 16
const chunkBytes = 4 * 1024 * 1024
/** Linux' numbers for file systems that live in memory: tmpfs and ramfs (linux/magic.h). */
const memoryFileSystems = new Set([0x01021994, 0x858458f6])

/**
 * Writes the state of a sequence, encrypted with AES-256-GCM under a key that is used for nothing else. The file appears whole or
 * not at all.
 * @param label authenticated with the file: what is kept under one label is not taken up under another
 * @throws AppError state_not_kept
 */
export async function keepState(
  sequence: LlamaContextSequence,
  { path, key, label }: { path: string; key: Buffer; label: string },
): Promise<{ tokens: number; bytes: number }> {
  const memory = openMemoryFile(sequence.context.stateSize)
  const beside = `${path}.${randomUUID()}.new`
  try {
    await sequence.saveStateToFile(pathOf(memory))
    const bytes = fstatSync(memory).size
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(label))
    const file = await open(beside, 'wx', 0o600)
    try {
      await file.write(Buffer.concat([magic, nonce]))
      for (const chunk of chunksOf(memory, bytes)) await file.write(cipher.update(chunk))
      await file.write(Buffer.concat([cipher.final(), cipher.getAuthTag()]))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
    return { tokens: sequence.contextTokens.length, bytes: bytes + magic.length + nonceBytes + tagBytes }
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw notKept(error)
  } finally {
    closeSync(memory)
  }
}

/**
 * Takes a kept state up into a sequence, once every byte has proved to be the one that was kept.
 * @throws AppError state_not_kept; the sequence is then empty
 */
export async function recallState(
  sequence: LlamaContextSequence,
  { path, key, label }: { path: string; key: Buffer; label: string },
): Promise<{ tokens: number }> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw notKept(error)
  })
  let memory: number | null = null
  try {
    const { size } = await file.stat()
    memory = openMemoryFile(size)
    const head = Buffer.alloc(magic.length + nonceBytes)
    await file.read(head, 0, head.length, 0)
    if (!head.subarray(0, magic.length).equals(magic)) throw new Error('Not a kept state')
    const decipher = createDecipheriv('aes-256-gcm', key, head.subarray(magic.length)).setAAD(Buffer.from(label))
    const end = size - tagBytes
    const chunk = Buffer.alloc(chunkBytes)
    for (let position = head.length; position < end;) {
      const { bytesRead } = await file.read(chunk, 0, Math.min(chunkBytes, end - position), position)
      if (bytesRead === 0) throw new Error('The file ends too early')
      writeWhole(memory, decipher.update(chunk.subarray(0, bytesRead)))
      position += bytesRead
    }
    const tag = Buffer.alloc(tagBytes)
    await file.read(tag, 0, tagBytes, end)
    decipher.setAuthTag(tag)
    writeWhole(memory, decipher.final())
    // Authentic from here on: llama.cpp believes every number in it.
    await sequence.loadStateFromFile(pathOf(memory), { acceptRisk: true })
    return { tokens: sequence.contextTokens.length }
  } catch (error) {
    await sequence.clearHistory()
    throw notKept(error)
  } finally {
    await file.close()
    if (memory !== null) closeSync(memory)
  }
}

/** A file in memory without a name. @throws AppError state_not_kept where the system has none, or too little room. */
function openMemoryFile(neededBytes: number): number {
  for (const folder of ['/dev/shm', process.env['XDG_RUNTIME_DIR']]) {
    if (folder === undefined || process.platform !== 'linux') continue
    try {
      const { type, bavail, bsize } = statfsSync(folder)
      if (!memoryFileSystems.has(type) || bavail * bsize < neededBytes) continue
      const path = join(folder, `alambic-${randomUUID()}`)
      const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)
      unlinkSync(path)
      return file
    } catch {
      // Not this one.
    }
  }
  throw new AppError('state_not_kept', 'This system has no file in memory')
}

/** Opens the file again, though it has no name. */
function pathOf(file: number): string {
  return `/proc/self/fd/${file}`
}

function* chunksOf(file: number, bytes: number): Generator<Buffer> {
  const chunk = Buffer.alloc(chunkBytes)
  for (let position = 0; position < bytes;) {
    const read = readSync(file, chunk, 0, Math.min(chunkBytes, bytes - position), position)
    if (read === 0) return
    position += read
    yield chunk.subarray(0, read)
  }
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
}

function notKept(cause: unknown): AppError {
  return cause instanceof AppError ? cause : new AppError('state_not_kept', 'The state was not kept', undefined, { cause })
}
