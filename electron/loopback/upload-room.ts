/** How much a browser may send at once: files, bytes and time. */
import { AppError } from '../../contract/errors.ts'
import { refuseToFill } from '../host/base/received-file.ts'

/** Files on their way at a time. The page sends one after the other; a second window does as well. */
export const mostUploads = 4
/** Bytes of one file. The largest models that a desktop can run have half of it. */
export const largestUploadBytes = 512 * 1024 ** 3
/** A file has a minute and a second for each so many bytes: a slow network drive sends faster. */
const slowestBytesPerSecond = 64 * 1024

export class UploadRoom {
  readonly #folder: string
  #running = 0
  #announcedBytes = 0

  /** @param folder lies on the disk that has to hold all of them */
  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Keeps room for a file while it is being received.
   * @throws AppError busy, document_too_big {limit}, disk_full {neededBytes, freeBytes}
   */
  async during<T>(sizeBytes: number, receive: () => Promise<T>): Promise<T> {
    if (sizeBytes > largestUploadBytes) {
      throw new AppError('document_too_big', 'The file is larger than any that is taken', { limit: largestUploadBytes })
    }
    if (this.#running >= mostUploads) throw new AppError('busy', 'Too many files are being sent at once')
    this.#running++
    this.#announcedBytes += sizeBytes
    try {
      await refuseToFill(this.#folder, this.#announcedBytes)
      return await receive()
    } finally {
      this.#running--
      this.#announcedBytes -= sizeBytes
    }
  }
}

/** Milliseconds after which a file of this size is given up, however steadily it drips. */
export function longestUploadMs(sizeBytes: number): number {
  return 60_000 + (sizeBytes / slowestBytesPerSecond) * 1000
}
