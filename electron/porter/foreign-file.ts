/** The one file that this process is for: its trailer, its key and its rows, as the host asks for them. */
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../contract/errors.ts'
import { SealedLine } from '../worker/sealed-line.ts'
import type { PorterHandlers, Sealed } from './contract.ts'
import { ForeignDatabase, type Batches } from './foreign-database.ts'
import { unsealTrailer } from './sealed-trailer.ts'

/** Milliseconds between two beats. */
const beatMs = 500

export class ForeignFile {
  readonly #line = new SealedLine()
  #key: Buffer | null = null
  #database: ForeignDatabase | null = null
  #batches: Batches | null = null

  readonly handlers: PorterHandlers = {
    porter: {
      pulse: async function* (_none, { signal }) {
        while (!signal.aborted) {
          yield { at: Date.now(), residentBytes: process.memoryUsage.rss() }
          await delay(beatMs, undefined, { signal }).catch(() => undefined)
        }
      },
      greet: () => ({ publicKey: this.#line.publicKey }),
      unseal: async ({ trailer, sealed }) => {
        // What the text leaves in memory goes with this process.
        const { key, ...contents } = await unsealTrailer(trailer, this.#opened(sealed).toString())
        this.#key = Buffer.from(key, 'base64')
        return contents
      },
      open: ({ path, sealed }) => {
        const own = sealed === null ? this.#key : this.#opened(sealed)
        if (own?.length !== 32 || this.#database) throw new AppError('invalid_input', 'One file with one key')
        this.#database = new ForeignDatabase(path, own)
        own.fill(0)
        this.#key = null
        return { version: this.#database.version }
      },
      read: ({ table, columns, order }) => {
        this.#batches = this.#file.read(table, columns, order)
      },
      salvage: ({ table, columns, order }) => {
        this.#batches = this.#file.salvage(table, columns, order)
      },
      readVectors: ({ set }) => {
        this.#batches = this.#file.readVectors(set)
      },
      next: () => {
        if (!this.#batches) throw new AppError('invalid_input', 'Nothing is being read')
        const batch = this.#batches.next()
        if (!batch.done) return { rows: batch.value, done: false, lost: 0 }
        this.#batches = null
        return { rows: [], done: true, lost: this.#database?.lost ?? 0 }
      },
    },
  }

  get #file(): ForeignDatabase {
    if (!this.#database) throw new AppError('invalid_input', 'No file is open')
    // One that was left half-way would keep the statement.
    this.#batches?.return(undefined)
    this.#batches = null
    return this.#database
  }
  #opened({ publicKey, box }: Sealed): Buffer {
    return this.#line.open(box, publicKey, 'to-worker')
  }
}
