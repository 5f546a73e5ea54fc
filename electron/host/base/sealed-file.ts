/**
 * A file whose bytes lie on the disk encrypted (AES-256-GCM) under a key that only this process knows: what a page sends in is kept
 * like that until it is stored for good. When the process is gone nobody can read it any more.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '../../../contract/errors.ts'
import { rm } from './patient-files.ts'

const algorithm = 'aes-256-gcm'

/** Takes the bytes of one file, in order. */
export class SealedFileWriter {
  readonly #path: string
  readonly #handle: FileHandle
  readonly #key = randomBytes(32)
  readonly #nonce = randomBytes(12)
  readonly #cipher = createCipheriv(algorithm, this.#key, this.#nonce)
  #sizeBytes = 0

  private constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
  }

  /** Makes the file, readable by this user alone; there must be none at the path. */
  static async begin(path: string): Promise<SealedFileWriter> {
    return new SealedFileWriter(path, await open(path, 'wx', 0o600))
  }

  /** How many bytes have been taken. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#sizeBytes += bytes.length
    await this.#handle.appendFile(this.#cipher.update(bytes))
  }

  /** The whole file. Nothing can be written any more. */
  async finish(): Promise<SealedFile> {
    await this.#handle.appendFile(this.#cipher.final())
    await this.#handle.close()
    const seal = { key: this.#key, nonce: this.#nonce, tag: this.#cipher.getAuthTag() }
    return new SealedFile(this.#path, this.#sizeBytes, seal)
  }

  /** Gives it up: nothing of it stays. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined)
    await rm(this.#path, { force: true })
  }
}

/** A file that was sealed. */
export class SealedFile {
  readonly sizeBytes: number
  readonly #path: string
  readonly #seal: { key: Buffer; nonce: Buffer; tag: Buffer }

  /** Use {@link SealedFileWriter}. */
  constructor(path: string, sizeBytes: number, seal: { key: Buffer; nonce: Buffer; tag: Buffer }) {
    this.#path = path
    this.sizeBytes = sizeBytes
    this.#seal = seal
  }

  /**
   * Its bytes from the beginning. Whether they are the right ones is known at the end alone: use none of them before.
   * @throws AppError file_unreadable when it is gone or somebody changed it
   */
  async *open(): AsyncGenerator<Buffer> {
    const { key, nonce, tag } = this.#seal
    const decipher = createDecipheriv(algorithm, key, nonce).setAuthTag(tag)
    try {
      for await (const part of createReadStream(this.#path, { highWaterMark: 256 * 1024 })) yield decipher.update(part as Buffer)
      decipher.final()
    } catch (error) {
      throw new AppError('file_unreadable', 'A file that was sent in cannot be read any more', undefined, { cause: error })
    }
  }

  async remove(): Promise<void> {
    this.#seal.key.fill(0)
    await rm(this.#path, { force: true })
  }
}
