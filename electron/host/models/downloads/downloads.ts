/** Downloads from the catalogue: each is a row that goes on after a pause, a lost network, a lock or a kill, and ends in a verified model or in words. */
import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { CatalogueStudent, Download } from '../../../../contract/catalogue.ts'
import { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { Job, type JobStanding } from '../../base/job.ts'
import { rm } from '../../base/patient-files.ts'
import { Throttled } from '../../base/throttled.ts'
import type { Network } from '../../network.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import { bytesOf, FileFetch, hostOf, KeptFile, type FetchedFile, type Waiting } from './file-fetch.ts'
import { usualPartBytes } from './partial-file.ts'
import { bringInSplit, readSplit } from '../library/gguf-split.ts'
import { freeBytesOf, type IncomingFile, type ModelFiles } from '../library/model-files.ts'
import type { Models } from '../models.ts'

const partialPrefix = '.download-'
/** Speed is over the last few seconds, of which so many samples are kept as are seen. */
const sampleMs = 250
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
  /** As it was read; how it stands now its job knows. */
  state: 'running' | 'paused' | 'failed'
  trouble: string | null
}

/** A download that has not become a model yet. */
interface Entry {
  row: Row
  /** The model's files: mostly one. */
  pieces: { file: FetchedFile; doneBytes: number }[]
  phase: 'running' | 'checking'
  waiting: Waiting | null
  samples: { at: number; bytes: number }[]
  job: Job
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
  /** So many bytes are settled on disk at once: a kill loses no more than that. */
  partBytes?: number
  /** The first wait after a lost network; each further one is twice as long. */
  firstWaitMs?: number
  /** Bytes that may be written to a folder. */
  freeBytes?: (folder: string) => Promise<number>
}

export class Downloads {
  readonly state: Throttled<Download[]>
  readonly #options: Required<DownloadsOptions>
  readonly #entries = new Map<string, Entry>()
  #closed = false

  constructor({
    paceMs = 30_000,
    leastBytes = 16_384,
    roomLookBytes = 256 * 1024 * 1024,
    partBytes = usualPartBytes,
    firstWaitMs = 1000,
    freeBytes = freeBytesOf,
    elapsed = () => performance.now(),
    ...options
  }: DownloadsOptions) {
    this.#options = { paceMs, leastBytes, roomLookBytes, partBytes, firstWaitMs, freeBytes, elapsed, ...options }
    this.state = new Throttled(() => [...this.#entries.values()].map((entry) => this.#shown(entry)), options)
  }

  /** Takes up what was running, and removes bytes that belong to no download. */
  async open(): Promise<void> {
    const { database, files } = this.#options
    for (const row of database.prepare<Row>('SELECT * FROM downloads ORDER BY added_at').all()) this.#enter(row)
    for (const name of await readdir(files.folder)) {
      if (name.startsWith(partialPrefix) && !this.#entries.has(name.slice(partialPrefix.length).split('.')[0] ?? ''))
        await rm(join(files.folder, name), { force: true })
    }
    for (const { job } of this.#entries.values()) job.resume()
    this.state.show()
  }

  /** Stops all; what was running runs again at the next opening. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#entries.values()].map(({ job }) => job.close()))
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  /** Begins it once its server is allowed. @throws AppError busy, download_unverifiable, network_not_allowed, network_forbidden */
  async begin({ id: studentId, name, licence, file }: CatalogueStudent): Promise<void> {
    const { database, now } = this.#options
    if (!file) throw new AppError('download_unverifiable', 'No file is named', { name })
    await this.#askForHub()
    if ([...this.#entries.values()].some(({ row }) => row.student_id === studentId))
      throw new AppError('busy', 'It is on its way')
    const pieces = (file.pieces ?? [file]).map(({ name: piece, sha256, sizeBytes }): FetchedFile => ({
      ...{ path: `${file.repository}/resolve/${file.revision ?? 'main'}/${piece}`, sha256, totalBytes: sizeBytes },
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
    this.#enter(row).job.resume()
  }

  /** @throws AppError not_found, and what the row throws, after which it is stopped all the same */
  async pause(downloadId: string): Promise<void> {
    const entry = this.#entry(downloadId)
    try {
      // An earlier pause may have stopped it while the disk refused to keep that.
      if (entry.job.standing.state === 'stopped') this.#keep(entry)
    } finally {
      await entry.job.stop()
    }
  }

  /** One that is leaving after a pause begins again when it has left. @throws AppError not_found, network_not_allowed, network_forbidden */
  async resume(downloadId: string): Promise<void> {
    const { waiting, job } = this.#entry(downloadId)
    waiting?.wake.abort()
    if (job.isActive && job.standing.state === 'running') return
    await this.#askForHub()
    this.#entry(downloadId).job.start()
  }

  /** @throws AppError not_found */
  async cancel(downloadId: string): Promise<void> {
    const entry = this.#entry(downloadId)
    // Its row is not written: on a full disk there is room for that only when the bytes are gone.
    await entry.job.close()
    try {
      await this.#drop(entry)
    } catch (error) {
      entry.job = this.#jobOf(() => entry, entry.job.standing)
      throw error
    } finally {
      this.state.show()
    }
  }

  /** Whoever asked is here, so that a person can be asked. What goes on by itself asks nobody. */
  async #askForHub(): Promise<void> {
    const { network, hub } = this.#options
    await network.grants.ask({ purpose: 'model_download', address: hub() })
    if (this.#closed) throw new AppError('locked', 'The vault is locked')
  }

  #entry(downloadId: string): Entry {
    const entry = this.#entries.get(downloadId)
    if (!entry) throw new AppError('not_found', 'No such download')
    return entry
  }

  #enter(row: Row): Entry {
    const pieces = z
      .array(KeptFile)
      .parse(JSON.parse(row.pieces))
      .map((file) => ({ file, doneBytes: bytesOf(file) }))
    const job = this.#jobOf(() => entry, standingOf(row))
    const entry: Entry = { row, pieces, phase: 'running', waiting: null, samples: [], job }
    this.#entries.set(row.id, entry)
    return entry
  }

  #jobOf(entry: () => Entry, standing: JobStanding): Job {
    return new Job({
      work: (signal) => this.#bringIn(entry(), signal),
      row: { read: () => standing, write: (next) => this.#keep(entry(), next) },
      onChange: () => this.state.show(),
      onBug: this.#options.onBug,
    })
  }

  /** Ends with the model here and the row gone. */
  async #bringIn(entry: Entry, signal: AbortSignal): Promise<void> {
    Object.assign(entry, { phase: 'running', waiting: null, samples: [] })
    this.state.show()
    try {
      await this.#fetch(entry, signal)
      await this.#drop(entry)
    } catch (error) {
      if (!signal.aborted) for (const piece of entry.pieces) piece.doneBytes = bytesOf(piece.file)
      throw error
    }
  }

  async #fetch(entry: Entry, signal: AbortSignal): Promise<void> {
    const { models } = this.#options
    const { row, pieces } = entry
    const sha256 = row.sha256 ?? (pieces.length === 1 ? pieces[0]?.file.sha256 : null)
    // A kill between the model's being here and the row's going, or an import of the same file meanwhile.
    if (sha256 && (await models.isWhole(sha256))) return models.fetchedAs(sha256, row.student_id)
    const fetched: IncomingFile[] = []
    for (const index of pieces.keys())
      fetched.push({ path: this.#pathOf(entry, index), ...(await this.#fetchPiece(entry, index, signal)) })
    const [whole] = fetched
    const incoming = fetched.length === 1 && whole ? whole : await this.#join(entry, signal)
    const { file_name: fileName, name, licence, student_id: studentId } = row
    await models.adopt(incoming, { fileName, name, licence })
    models.fetchedAs(incoming.sha256, studentId)
  }

  /** Makes one file of the pieces, which stay until the model is here. @throws AppError model_*, disk_full, cancelled */
  async #join(entry: Entry, signal: AbortSignal): Promise<IncomingFile> {
    const { files } = this.#options
    const { row } = entry
    const paths = [...entry.pieces.keys()].map((index) => this.#pathOf(entry, index))
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
        entry.pieces = entry.pieces.map(({ file }) => ({ file: { ...file, etag: null, parts: [] }, doneBytes: 0 }))
        this.#keep(entry)
      }
      throw error
    }
  }

  #fetchPiece(entry: Entry, index: number, signal: AbortSignal): Promise<Omit<IncomingFile, 'path'>> {
    const { network, hub, paceMs, leastBytes, roomLookBytes, partBytes, firstWaitMs, now, elapsed } = this.#options
    const piece = entry.pieces[index]
    if (!piece) throw new RangeError(`No piece ${index}`)
    return new FileFetch({
      ...{ network, hub, paceMs, leastBytes, roomLookBytes, partBytes, firstWaitMs, now, elapsed },
      grant: (address) => network.grants.standing({ purpose: 'model_download', address }),
      magic: Buffer.from('GGUF'),
      name: entry.row.name,
      path: this.#pathOf(entry, index),
      file: piece.file,
      keep: (file) => {
        piece.file = file
        this.#keep(entry)
      },
      onProgress: (doneBytes) => {
        entry.phase = 'running'
        piece.doneBytes = doneBytes
        this.#sample(entry)
        this.state.tell()
      },
      onWaiting: (waiting) => {
        entry.waiting = waiting
        entry.samples = []
        this.state.show()
      },
      onChecking: () => {
        entry.phase = 'checking'
        this.state.show()
      },
      lookForRoom: () => this.#lookForRoom(entry),
    }).run(signal)
  }

  async #lookForRoom({ pieces }: Entry): Promise<void> {
    const { files, freeBytes } = this.#options
    const sum = (bytes: (piece: Entry['pieces'][number]) => number): number =>
      pieces.reduce((all, piece) => all + bytes(piece), 0)
    const totalBytes = sum(({ file }) => file.totalBytes ?? 0)
    // Several are joined into one, and stay until it is whole.
    const neededBytes = totalBytes * (pieces.length > 1 ? 2 : 1) - sum(({ doneBytes }) => doneBytes)
    const free = await freeBytes(files.folder)
    if (free < neededBytes) throw new AppError('disk_full', 'No room for the model', { neededBytes, freeBytes: free })
  }

  #sample(entry: Entry): void {
    const at = this.#options.elapsed()
    const last = entry.samples.at(-1)
    if (last && at - last.at < sampleMs) return
    entry.samples = [...entry.samples.filter((sample) => sample.at > at - speedMs), { at, bytes: doneBytesOf(entry) }]
  }

  #keep({ row, pieces, job }: Entry, { state, trouble }: JobStanding = job.standing): void {
    this.#options.database
      .prepare('UPDATE downloads SET pieces = ?, state = ?, trouble = ? WHERE id = ?')
      .run(
        JSON.stringify(pieces.map(({ file }) => file)),
        state === 'stopped' ? 'paused' : state,
        trouble && JSON.stringify(trouble),
        row.id,
      )
  }

  async #drop(entry: Entry): Promise<void> {
    // The bytes first: on a full disk that makes the room that the row's going needs.
    for (const index of entry.pieces.keys()) await rm(this.#pathOf(entry, index), { force: true })
    this.#options.database.prepare('DELETE FROM downloads WHERE id = ?').run(entry.row.id)
    this.#entries.delete(entry.row.id)
  }

  #pathOf(entry: Entry, index: number): string {
    return join(this.#options.files.folder, `${partialPrefix}${entry.row.id}${index === 0 ? '' : `.${index}`}`)
  }

  #shown(entry: Entry): Download {
    const { row, samples, waiting, phase, job } = entry
    const { state, trouble } = job.standing
    const first = samples[0]
    const last = samples.at(-1)
    const running = state === 'running'
    return {
      id: row.id,
      studentId: row.student_id,
      name: row.name,
      host: hostOf(this.#options.hub()),
      state: running ? (waiting ? 'waiting' : phase) : state === 'failed' ? 'failed' : 'paused',
      doneBytes: doneBytesOf(entry),
      totalBytes: totalBytesOf(entry),
      bytesPerSecond:
        running && first && last && last.at - first.at >= 1000
          ? ((last.bytes - first.bytes) * 1000) / (last.at - first.at)
          : null,
      retryAt: running && waiting ? waiting.retryAt : null,
      trouble: running ? (waiting?.trouble ?? null) : trouble,
    }
  }
}

function standingOf({ state, trouble }: Row): JobStanding {
  return {
    state: state === 'paused' ? 'stopped' : state,
    trouble: trouble === null ? null : Trouble.parse(JSON.parse(trouble)),
  }
}

function doneBytesOf({ pieces }: Entry): number {
  return pieces.reduce((sum, { doneBytes }) => sum + doneBytes, 0)
}

function totalBytesOf({ pieces }: Entry): number | null {
  return pieces.reduce<number | null>(
    (sum, { file: { totalBytes } }) => (sum === null || totalBytes === null ? null : sum + totalBytes),
    0,
  )
}
