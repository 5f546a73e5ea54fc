/** Downloads from the catalogue: each is a row that goes on after a pause, a lost network, a lock or a kill, and ends in a verified model or in words. */
import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { CatalogueStudent, Download } from '../../../../contract/catalogue.ts'
import { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { rm } from '../../base/patient-files.ts'
import { Watchable } from '../../base/watchable.ts'
import type { Network } from '../../network.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { bytesOf, FileFetch, hostOf, KeptFile, type FetchedFile, type Waiting } from './file-fetch.ts'
import { bringInSplit, readSplit } from '../library/gguf-split.ts'
import { freeBytesOf, type IncomingFile, type ModelFiles } from '../library/model-files.ts'
import type { Models } from '../models.ts'

const partialPrefix = '.download-'
/** Progress is told at most this often, and speed is over the last few seconds. */
const progressMs = 250
const speedMs = 5000

interface Row {
  id: string
  student_id: string
  name: string
  licence: string
  file_name: string
  /** Of the model that it becomes; null when nobody has said. */
  sha256: string | null
  pieces: string
  state: 'running' | 'paused' | 'failed'
  trouble: string | null
}

/** A row that is being worked on, or waits to be. */
interface Job {
  row: Row
  /** The model's files: mostly one. */
  pieces: { file: FetchedFile; doneBytes: number }[]
  phase: 'running' | 'checking'
  waiting: Waiting | null
  samples: { at: number; bytes: number }[]
  abort: AbortController
  done: Promise<void> | null
}

export interface DownloadsOptions {
  database: EncryptedDatabase
  files: ModelFiles
  network: Network
  models: Models
  hub: () => string
  now: () => number
  /** Milliseconds that pass evenly, whatever is done to the clock. */
  elapsed?: () => number
  onBug: (error: unknown) => string
  /** A connection that brings less than `leastBytes` in this many milliseconds is given up and made anew. */
  paceMs?: number
  leastBytes?: number
  /** So many bytes come between two looks at the room on disk. */
  roomLookBytes?: number
  /** The first wait after a lost network; each further one is twice as long. */
  firstWaitMs?: number
  /** Bytes that may be written to a folder. */
  freeBytes?: (folder: string) => Promise<number>
}

export class Downloads {
  readonly state = new Watchable<Download[]>([])
  readonly #options: Required<DownloadsOptions>
  readonly #jobs = new Map<string, Job>()
  #closed = false
  #telling: ReturnType<typeof setTimeout> | null = null

  constructor({
    paceMs = 30_000,
    leastBytes = 16_384,
    roomLookBytes = 256 * 1024 * 1024,
    firstWaitMs = 1000,
    freeBytes = freeBytesOf,
    elapsed = () => performance.now(),
    ...options
  }: DownloadsOptions) {
    this.#options = { paceMs, leastBytes, roomLookBytes, firstWaitMs, freeBytes, elapsed, ...options }
  }

  /** Takes up what was running, and removes bytes that belong to no download. */
  async open(): Promise<void> {
    const { database, files } = this.#options
    for (const row of database.prepare<Row>('SELECT * FROM downloads ORDER BY added_at').all())
      this.#jobs.set(row.id, newJob(row))
    for (const name of await readdir(files.folder)) {
      if (name.startsWith(partialPrefix) && !this.#jobs.has(name.slice(partialPrefix.length).split('.')[0] ?? ''))
        await rm(join(files.folder, name), { force: true })
    }
    for (const job of this.#jobs.values()) if (job.row.state === 'running') this.#start(job)
    this.#publish()
  }

  /** Stops all; what was running runs again at the next opening. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#telling) clearTimeout(this.#telling)
    for (const { abort } of this.#jobs.values()) abort.abort()
    for (const { done } of this.#jobs.values()) await done
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  /** Begins it once its server is allowed. @throws AppError busy, download_unverifiable, network_not_allowed, network_forbidden */
  async begin({ id: studentId, name, licence, file }: CatalogueStudent): Promise<void> {
    const { database, now } = this.#options
    if (!file) throw new AppError('download_unverifiable', 'No file is named', { name })
    await this.#askForHub()
    if ([...this.#jobs.values()].some(({ row }) => row.student_id === studentId)) throw new AppError('busy', 'It is on its way')
    const pieces = (file.pieces ?? [file]).map(({ name: piece, sha256, sizeBytes }): FetchedFile => ({
      ...{ path: `${file.repository}/resolve/main/${piece}`, sha256, totalBytes: sizeBytes },
      ...{ etag: null, etagFrom: null, parts: [] },
    }))
    const row: Row = {
      id: randomUUID(),
      student_id: studentId,
      name,
      licence,
      file_name: file.name,
      sha256: file.sha256,
      pieces: JSON.stringify(pieces),
      state: 'running',
      trouble: null,
    }
    database
      .prepare(
        `INSERT INTO downloads (id, student_id, name, licence, file_name, sha256, pieces, state, trouble, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...(Object.values(row) as (string | null)[]), now())
    const job = newJob(row)
    this.#jobs.set(row.id, job)
    this.#start(job)
    this.#publish()
  }

  /** @throws AppError not_found */
  async pause(downloadId: string): Promise<void> {
    const job = this.#job(downloadId)
    if (job.row.state !== 'running') return
    this.#keep(job, { state: 'paused' })
    job.abort.abort()
    await job.done
    this.#publish()
  }

  /** @throws AppError not_found, network_not_allowed, network_forbidden */
  async resume(downloadId: string): Promise<void> {
    const job = this.#job(downloadId)
    job.waiting?.wake.abort()
    if (job.row.state === 'running') return
    await this.#askForHub()
    if (this.#job(downloadId).row.state === 'running') return
    this.#keep(job, { state: 'running', trouble: null })
    this.#start(job)
    this.#publish()
  }

  /** @throws AppError not_found */
  async cancel(downloadId: string): Promise<void> {
    const job = this.#job(downloadId)
    job.abort.abort()
    await job.done
    await this.#drop(job)
    this.#publish()
  }

  /** Whoever asked is here, so that a person can be asked. What goes on by itself asks nobody. */
  async #askForHub(): Promise<void> {
    const { network, hub } = this.#options
    await network.grants.ask({ purpose: 'model_download', address: hub() })
    if (this.#closed) throw new AppError('locked', 'The vault is locked')
  }

  #job(downloadId: string): Job {
    const job = this.#jobs.get(downloadId)
    if (!job) throw new AppError('not_found', 'No such download')
    return job
  }

  #start(job: Job): void {
    job.abort = new AbortController()
    job.phase = 'running'
    job.waiting = null
    job.samples = []
    job.done = this.#run(job)
  }

  /** Never throws: how it went is in the row, or the row is gone and the model is here. */
  async #run(job: Job): Promise<void> {
    const { signal } = job.abort
    try {
      await this.#fetch(job, signal)
      await this.#drop(job)
    } catch (error) {
      // A pause has its state already, and a lock lets it run again.
      if (signal.aborted || this.#closed) return
      const trouble: Trouble =
        error instanceof AppError ? error.toTrouble() : { code: 'internal', data: { reference: this.#options.onBug(error) } }
      this.#tellFailure(job, trouble)
    } finally {
      this.#publish()
    }
  }

  #tellFailure(job: Job, trouble: Trouble): void {
    for (const piece of job.pieces) piece.doneBytes = bytesOf(piece.file)
    try {
      this.#keep(job, { state: 'failed', trouble: JSON.stringify(trouble) })
    } catch (error) {
      // Where even the row has no room the page is told all the same, and the next opening takes the download up again.
      if (!(error instanceof AppError)) this.#options.onBug(error)
    }
  }

  async #fetch(job: Job, signal: AbortSignal): Promise<void> {
    const { models } = this.#options
    const { row, pieces } = job
    const sha256 = row.sha256 ?? (pieces.length === 1 ? pieces[0]?.file.sha256 : null)
    // A kill between the model's being here and the row's going, or an import of the same file meanwhile.
    if (sha256 && (await models.isWhole(sha256))) return models.fetchedAs(sha256, row.student_id)
    const fetched: IncomingFile[] = []
    for (const index of pieces.keys())
      fetched.push({ path: this.#pathOf(job, index), ...(await this.#fetchPiece(job, index, signal)) })
    const [whole] = fetched
    const incoming = fetched.length === 1 && whole ? whole : await this.#join(job, signal)
    const { file_name: fileName, name, licence, student_id: studentId } = row
    await models.adopt(incoming, { fileName, name, licence })
    models.fetchedAs(incoming.sha256, studentId)
  }

  /** Makes one file of the pieces, which stay until the model is here. @throws AppError model_*, disk_full, cancelled */
  async #join(job: Job, signal: AbortSignal): Promise<IncomingFile> {
    const { files } = this.#options
    const { row } = job
    const paths = [...job.pieces.keys()].map((index) => this.#pathOf(job, index))
    try {
      const split = await readSplit(paths)
      const incoming = await bringInSplit(files, split, () => undefined, signal)
      if (row.sha256 === null || incoming.sha256 === row.sha256) return incoming
      await rm(incoming.path, { force: true })
      throw new AppError('model_wrong_hash', 'Not the file that was promised', { name: row.name })
    } catch (error) {
      if (error instanceof AppError && error.code.startsWith('model_')) {
        // Each is what was promised, and together they are no model: trying again must not begin with them.
        for (const path of paths) await rm(path, { force: true })
        job.pieces = job.pieces.map(({ file }) => ({ file: { ...file, etag: null, parts: [] }, doneBytes: 0 }))
        this.#keep(job, {})
      }
      throw error
    }
  }

  #fetchPiece(job: Job, index: number, signal: AbortSignal): Promise<Omit<IncomingFile, 'path'>> {
    const { network, hub, paceMs, leastBytes, roomLookBytes, firstWaitMs, now, elapsed } = this.#options
    const piece = job.pieces[index]
    if (!piece) throw new RangeError(`No piece ${index}`)
    return new FileFetch({
      ...{ network, hub, paceMs, leastBytes, roomLookBytes, firstWaitMs, now, elapsed },
      grant: (address) => network.grants.standing({ purpose: 'model_download', address }),
      magic: Buffer.from('GGUF'),
      name: job.row.name,
      path: this.#pathOf(job, index),
      file: piece.file,
      keep: (file) => {
        piece.file = file
        this.#keep(job, {})
      },
      onProgress: (doneBytes) => {
        job.phase = 'running'
        piece.doneBytes = doneBytes
        this.#tell()
      },
      onWaiting: (waiting) => {
        job.waiting = waiting
        job.samples = []
        this.#publish()
      },
      onChecking: () => {
        job.phase = 'checking'
        this.#publish()
      },
      lookForRoom: () => this.#lookForRoom(job),
    }).run(signal)
  }

  async #lookForRoom({ pieces }: Job): Promise<void> {
    const { files, freeBytes } = this.#options
    const sum = (bytes: (piece: Job['pieces'][number]) => number): number => pieces.reduce((all, piece) => all + bytes(piece), 0)
    const totalBytes = sum(({ file }) => file.totalBytes ?? 0)
    // Several are joined into one, and stay until it is whole.
    const neededBytes = totalBytes * (pieces.length > 1 ? 2 : 1) - sum(({ doneBytes }) => doneBytes)
    const free = await freeBytes(files.folder)
    if (free < neededBytes) throw new AppError('disk_full', 'No room for the model', { neededBytes, freeBytes: free })
  }

  #tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = null
      const at = this.#options.elapsed()
      for (const each of this.#jobs.values())
        each.samples = [...each.samples.filter((sample) => sample.at > at - speedMs), { at, bytes: doneBytesOf(each) }]
      this.#publish()
    }, progressMs)
  }

  #keep(job: Job, change: Partial<Row>): void {
    Object.assign(job.row, change, { pieces: JSON.stringify(job.pieces.map(({ file }) => file)) })
    const { id, pieces, state, trouble } = job.row
    this.#options.database
      .prepare('UPDATE downloads SET pieces = ?, state = ?, trouble = ? WHERE id = ?')
      .run(pieces, state, trouble, id)
  }

  async #drop(job: Job): Promise<void> {
    // The bytes first: on a full disk that makes the room that the row's going needs.
    for (const index of job.pieces.keys()) await rm(this.#pathOf(job, index), { force: true })
    this.#options.database.prepare('DELETE FROM downloads WHERE id = ?').run(job.row.id)
    this.#jobs.delete(job.row.id)
  }

  #pathOf(job: Job, index: number): string {
    return join(this.#options.files.folder, `${partialPrefix}${job.row.id}${index === 0 ? '' : `.${index}`}`)
  }

  #publish(): void {
    if (this.#closed) return
    this.state.set(
      [...this.#jobs.values()].map((job): Download => {
        const { row, samples, waiting, phase } = job
        const first = samples[0]
        const last = samples.at(-1)
        const running = row.state === 'running'
        return {
          id: row.id,
          studentId: row.student_id,
          name: row.name,
          host: hostOf(this.#options.hub()),
          state: running ? (waiting ? 'waiting' : phase) : row.state,
          doneBytes: doneBytesOf(job),
          totalBytes: totalBytesOf(job),
          bytesPerSecond:
            running && first && last && last.at - first.at >= 1000
              ? ((last.bytes - first.bytes) * 1000) / (last.at - first.at)
              : null,
          retryAt: running && waiting ? waiting.retryAt : null,
          trouble: running ? (waiting?.trouble ?? null) : row.trouble === null ? null : Trouble.parse(JSON.parse(row.trouble)),
        }
      }),
    )
  }
}

function newJob(row: Row): Job {
  const pieces = z.array(KeptFile).parse(JSON.parse(row.pieces))
  return {
    row,
    pieces: pieces.map((file) => ({ file, doneBytes: bytesOf(file) })),
    phase: 'running',
    waiting: null,
    samples: [],
    abort: new AbortController(),
    done: null,
  }
}

function doneBytesOf({ pieces }: Job): number {
  return pieces.reduce((sum, { doneBytes }) => sum + doneBytes, 0)
}

function totalBytesOf({ pieces }: Job): number | null {
  return pieces.reduce<number | null>(
    (sum, { file: { totalBytes } }) => (sum === null || totalBytes === null ? null : sum + totalBytes),
    0,
  )
}
