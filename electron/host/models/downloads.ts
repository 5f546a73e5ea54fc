/** Downloads from the catalogue: each is a row that goes on after a pause, a lost network, a lock or a kill, and ends in a verified model or in words. */
import { randomUUID } from 'node:crypto'
import { readdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { Trouble, type CatalogueStudent, type Download } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import { Watchable } from '../base/watchable.ts'
import type { Grant, Network, NetworkAnswer } from '../network.ts'
import type { EncryptedDatabase } from '../vault/encrypted-database.ts'
import type { ModelFiles } from './model-files.ts'
import type { Models } from './models.ts'
import { Part, PartialFile } from './partial-file.ts'

const partialPrefix = '.download-'
/** Progress is told at most this often, and speed is over the last few seconds. */
const progressMs = 250
const speedMs = 5000
/** The longest wait in milliseconds before the network is tried again. */
const longestWaitMs = 60_000
/** How many bytes come between two looks at the room on disk. */
const roomLookBytes = 256 * 1024 * 1024

interface Row {
  id: string
  student_id: string
  name: string
  licence: string
  url: string
  file_name: string
  sha256: string | null
  total_bytes: number | null
  etag: string | null
  parts: string
  state: 'running' | 'paused' | 'failed'
  trouble: string | null
}

/** A row that is being worked on, or waits to be. */
interface Job {
  row: Row
  doneBytes: number
  phase: 'running' | 'waiting' | 'checking'
  retryAt: number | null
  waitTrouble: Trouble | null
  samples: { at: number; bytes: number }[]
  abort: AbortController
  /** Ends a wait for the network before its time. */
  wake: AbortController
  done: Promise<void> | null
}

export interface DownloadsOptions {
  database: EncryptedDatabase
  files: ModelFiles
  network: Network
  models: Models
  hub: () => string
  now: () => number
  onBug: (error: unknown) => string
  /** A connection that brings less than `leastBytes` in this many milliseconds is given up and made anew. */
  paceMs?: number
  leastBytes?: number
  /** The first wait after a lost network; each further one is twice as long. */
  firstWaitMs?: number
}

export class Downloads {
  readonly state = new Watchable<Download[]>([])
  readonly #options: Required<DownloadsOptions>
  readonly #jobs = new Map<string, Job>()
  #closed = false
  #telling: ReturnType<typeof setTimeout> | null = null

  constructor({ paceMs = 30_000, leastBytes = 16_384, firstWaitMs = 1000, ...options }: DownloadsOptions) {
    this.#options = { paceMs, leastBytes, firstWaitMs, ...options }
  }

  /** Takes up what was running, and removes bytes that belong to no download. */
  async open(): Promise<void> {
    const { database, files } = this.#options
    for (const row of database.prepare<Row>('SELECT * FROM downloads ORDER BY added_at').all())
      this.#jobs.set(row.id, newJob(row))
    for (const name of await readdir(files.folder)) {
      if (name.startsWith(partialPrefix) && !this.#jobs.has(name.slice(partialPrefix.length)))
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

  /** @throws AppError busy, download_unverifiable */
  begin({ id: studentId, name, licence, file }: CatalogueStudent): void {
    const { database, hub, now } = this.#options
    if (!file) throw new AppError('download_unverifiable', 'No file is named', { name })
    if ([...this.#jobs.values()].some(({ row }) => row.student_id === studentId)) throw new AppError('busy', 'It is on its way')
    const row: Row = {
      id: randomUUID(),
      student_id: studentId,
      name,
      licence,
      url: `${hub().replace(/\/$/, '')}/${file.repository}/resolve/main/${file.name}`,
      file_name: file.name,
      sha256: file.sha256,
      total_bytes: file.sizeBytes,
      etag: null,
      parts: '[]',
      state: 'running',
      trouble: null,
    }
    database
      .prepare(
        `INSERT INTO downloads (id, student_id, name, licence, url, file_name, sha256, total_bytes, etag, parts, state, trouble, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(...(Object.values(row) as (string | number | null)[]), now())
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

  /** @throws AppError not_found */
  resume(downloadId: string): void {
    const job = this.#job(downloadId)
    job.wake.abort()
    if (job.row.state === 'running') return
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

  #job(downloadId: string): Job {
    const job = this.#jobs.get(downloadId)
    if (!job) throw new AppError('not_found', 'No such download')
    return job
  }

  #start(job: Job): void {
    job.abort = new AbortController()
    job.phase = 'running'
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
        error instanceof AppError
          ? { code: error.code, ...(error.data ? { data: error.data } : {}) }
          : { code: 'internal', data: { reference: this.#options.onBug(error) } }
      this.#keep(job, { state: 'failed', trouble: JSON.stringify(trouble) })
    } finally {
      this.#publish()
    }
  }

  async #fetch(job: Job, signal: AbortSignal): Promise<void> {
    const { models } = this.#options
    const { row } = job
    // A kill between the model's being here and the row's going, or an import of the same file meanwhile.
    if (row.sha256 !== null && (await models.isWhole(row.sha256))) return
    const path = this.#pathOf(job)
    const known = z.array(Part).catch([]).parse(JSON.parse(row.parts))
    const file = await PartialFile.open(path, known, (parts) => this.#keep(job, { parts: JSON.stringify(parts) }), signal)
    let sha256: string
    try {
      try {
        await this.#fetchGaps(job, file, signal)
      } finally {
        await file.settle()
      }
      job.phase = 'checking'
      this.#publish()
      const totalBytes = row.total_bytes ?? file.doneBytes
      await file.cut(totalBytes)
      sha256 = await file.digest(totalBytes, signal)
    } finally {
      await file.close()
    }
    if (sha256 !== row.sha256) {
      // Nobody can tell which of its bytes are wrong.
      await rm(path, { force: true })
      this.#keep(job, { parts: '[]', etag: null })
      job.doneBytes = 0
      throw new AppError('model_wrong_hash', 'Not the file that was promised', { name: row.name })
    }
    await models.adopt({ path, sha256 }, { fileName: row.file_name, name: row.name, licence: row.licence })
  }

  async #fetchGaps(job: Job, file: PartialFile, signal: AbortSignal): Promise<void> {
    let failures = 0
    for (;;) {
      await file.settle()
      job.doneBytes = file.doneBytes
      const gap = file.missing(job.row.total_bytes)
      if (!gap) return
      const before = file.doneBytes
      try {
        await this.#fetchGap(job, file, gap, signal)
      } catch (error) {
        if (!(error instanceof AppError) || signal.aborted || !passes(error)) throw error
        failures = file.doneBytes > before ? 1 : failures + 1
        await this.#wait(job, error, failures, signal)
      }
    }
  }

  /** Asks for what is missing and writes what comes. Comes back when the gap is filled. */
  async #fetchGap(job: Job, file: PartialFile, gap: { from: number; to: number | null }, signal: AbortSignal): Promise<void> {
    const { network, paceMs, leastBytes, now } = this.#options
    const { row } = job
    await this.#lookForRoom(job)
    const part = gap.from > 0 || (gap.to !== null && gap.to !== row.total_bytes)
    const headers = {
      ...(part ? { range: `bytes=${gap.from}-${gap.to === null ? '' : gap.to - 1}` } : {}),
      ...(part && row.etag ? { 'if-range': row.etag } : {}),
    }
    const answer = await network.get(row.url, grantOf(row.url), headers, signal)
    try {
      let at = this.#identify(job, answer, gap)
      const to = gap.to ?? row.total_bytes
      let paceAt = now()
      let paceBytes = 0
      let roomBytes = 0
      for await (const chunk of answer.body) {
        const end = at + chunk.length
        if (to !== null && end > to && answer.status === 206) {
          await file.forget(gap)
          throw wrongAnswer(row.url)
        }
        // A server that knows no ranges sends the beginning again: what is here already is passed over.
        const wanted = chunk.subarray(Math.max(0, gap.from - at), to === null ? undefined : Math.max(0, to - at))
        if (wanted.length > 0) await file.write(wanted, Math.max(at, gap.from))
        at = end
        this.#progress(job, file.doneBytes)
        paceBytes += chunk.length
        roomBytes += chunk.length
        if (roomBytes >= roomLookBytes) {
          roomBytes = 0
          await this.#lookForRoom(job)
        }
        if (now() - paceAt >= paceMs) {
          if (paceBytes < leastBytes) throw lost(row.url)
          paceAt = now()
          paceBytes = 0
        }
        if (to !== null && at >= to) return
      }
      if (to === null) this.#keep(job, { total_bytes: at })
      else if (at < to) throw lost(row.url)
    } finally {
      answer.close()
    }
  }

  /**
   * Whether this is the file that was promised and the place that was asked for. Keeps what the first answer says of it.
   * @returns where its bytes begin
   * @throws AppError download_changed, download_wrong, download_unverifiable
   */
  #identify(job: Job, { status, headers, redirects }: NetworkAnswer, gap: { from: number; to: number | null }): number {
    const { row } = job
    const all = [...redirects, headers]
    const named = (name: string): string | undefined =>
      all.map((some) => some[name]).find((value): value is string => typeof value === 'string')
    const changed = new AppError('download_changed', 'Not the file that was promised', { name: row.name, host: hostOf(row.url) })

    const linked = /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(named('x-linked-etag') ?? '')?.[1]?.toLowerCase() ?? null
    if (row.sha256 === null) {
      if (linked === null) throw new AppError('download_unverifiable', 'Nobody says what the file should be', { name: row.name })
      this.#keep(job, { sha256: linked })
    } else if (linked !== null && linked !== row.sha256) throw changed

    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '')
    const length = headers['content-length']
    const size = status === 206 ? range?.[3] : (length ?? named('x-linked-size'))
    const totalBytes = size === undefined || size === '*' ? null : Number(size)
    if (totalBytes !== null && Number.isSafeInteger(totalBytes)) {
      if (row.total_bytes === null) this.#keep(job, { total_bytes: totalBytes })
      else if (row.total_bytes !== totalBytes) throw changed
    }

    const etag = headers.etag?.startsWith('"') ? headers.etag : null
    if (row.etag === null || job.doneBytes === 0) this.#keep(job, { etag })
    else if (etag !== null && etag !== row.etag) throw changed

    if (status === 200) return 0
    if (status !== 206 || Number(range?.[1] ?? Number.NaN) !== gap.from) throw wrongAnswer(row.url)
    return gap.from
  }

  async #lookForRoom(job: Job): Promise<void> {
    if (job.row.total_bytes === null) return
    const { bavail, bsize } = await statfs(this.#options.files.folder)
    const neededBytes = job.row.total_bytes - job.doneBytes
    if (bavail * bsize < neededBytes)
      throw new AppError('disk_full', 'No room for the model', { neededBytes, freeBytes: bavail * bsize })
  }

  async #wait(job: Job, error: AppError, failures: number, signal: AbortSignal): Promise<void> {
    const ms = Math.min(longestWaitMs, this.#options.firstWaitMs * 2 ** (failures - 1))
    job.phase = 'waiting'
    job.retryAt = this.#options.now() + ms
    job.waitTrouble = { code: error.code, ...(error.data ? { data: error.data } : {}) }
    job.wake = new AbortController()
    this.#publish()
    await sleep(ms, undefined, { signal: AbortSignal.any([signal, job.wake.signal]) }).catch(() => undefined)
    if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
    job.phase = 'running'
    job.retryAt = null
    job.waitTrouble = null
    job.samples = []
    this.#publish()
  }

  #progress(job: Job, doneBytes: number): void {
    job.doneBytes = doneBytes
    this.#telling ??= setTimeout(() => {
      this.#telling = null
      const at = this.#options.now()
      for (const each of this.#jobs.values())
        each.samples = [...each.samples.filter((sample) => sample.at > at - speedMs), { at, bytes: each.doneBytes }]
      this.#publish()
    }, progressMs)
  }

  #keep(job: Job, change: Partial<Row>): void {
    Object.assign(job.row, change)
    const { id, sha256, total_bytes, etag, parts, state, trouble } = job.row
    this.#options.database
      .prepare('UPDATE downloads SET sha256 = ?, total_bytes = ?, etag = ?, parts = ?, state = ?, trouble = ? WHERE id = ?')
      .run(sha256, total_bytes, etag, parts, state, trouble, id)
  }

  async #drop(job: Job): Promise<void> {
    this.#options.database.prepare('DELETE FROM downloads WHERE id = ?').run(job.row.id)
    this.#jobs.delete(job.row.id)
    await rm(this.#pathOf(job), { force: true })
  }

  #pathOf(job: Job): string {
    return join(this.#options.files.folder, `${partialPrefix}${job.row.id}`)
  }

  #publish(): void {
    if (this.#closed) return
    this.state.set(
      [...this.#jobs.values()].map((job): Download => {
        const { row, doneBytes, samples } = job
        const first = samples[0]
        const last = samples.at(-1)
        const running = row.state === 'running'
        return {
          id: row.id,
          studentId: row.student_id,
          name: row.name,
          host: hostOf(row.url),
          state: running ? job.phase : row.state,
          doneBytes,
          totalBytes: row.total_bytes,
          bytesPerSecond:
            running && first && last && last.at - first.at >= 1000
              ? ((last.bytes - first.bytes) * 1000) / (last.at - first.at)
              : null,
          retryAt: running ? job.retryAt : null,
          trouble: running ? job.waitTrouble : row.trouble === null ? null : Trouble.parse(JSON.parse(row.trouble)),
        }
      }),
    )
  }
}

function newJob(row: Row): Job {
  const parts = z.array(Part).catch([]).parse(JSON.parse(row.parts))
  return {
    row,
    doneBytes: parts.reduce((sum, { length }) => sum + length, 0),
    phase: 'running',
    retryAt: null,
    waitTrouble: null,
    samples: [],
    abort: new AbortController(),
    wake: new AbortController(),
    done: null,
  }
}

/** The hub sends files from servers of its own under other names; a mirror may do so under its own name only. */
function grantOf(url: string): Grant {
  const host = hostOf(url)
  return { purpose: 'model_download', hosts: [host, `*.${host}`, ...(host === 'huggingface.co' ? ['*.hf.co'] : [])] }
}

/** Whether trying again later may help. */
function passes({ code, data }: AppError): boolean {
  const status = Number(data?.['status'])
  return code === 'network_unreachable' || (code === 'network_status' && (status >= 500 || status === 408 || status === 429))
}

function hostOf(url: string): string {
  return new URL(url).hostname
}

function lost(url: string): AppError {
  return new AppError('network_unreachable', 'The bytes stopped coming', { host: hostOf(url) })
}

function wrongAnswer(url: string): AppError {
  return new AppError('download_wrong', 'Another place of the file than was asked for', { host: hostOf(url) })
}
