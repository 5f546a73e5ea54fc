/**
 * Fetches one file over the door: goes on from what is here, waits out a lost network, and ends with bytes that are the promised
 * ones or with a reason. Knows nothing of models.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { rm } from '../../base/patient-files.ts'
import type { Grant, Network, NetworkAnswer } from '../../network.ts'
import { Part, PartialFile } from './partial-file.ts'

/** The longest wait in milliseconds before the network is tried again. */
const longestWaitMs = 60_000

/** A file on its way: what was promised, what the server said of it first, and what is on disk. */
export const FetchedFile = z.object({
  url: z.string(),
  /** Null until the hub has told its own digest. */
  sha256: z.string().nullable(),
  totalBytes: z.number().nullable(),
  etag: z.string().nullable(),
  parts: z.array(Part).catch([]),
})
export type FetchedFile = z.infer<typeof FetchedFile>

/** Why and until when the network is waited for. */
export interface Waiting {
  retryAt: number
  trouble: Trouble
  /** Ends it before its time. */
  wake: AbortController
}

export interface FileFetchOptions {
  network: Network
  now: () => number
  /** A connection that brings less than `leastBytes` in this many milliseconds is given up and made anew. */
  paceMs: number
  leastBytes: number
  /** How many bytes come between two looks at the room on disk. */
  roomLookBytes: number
  /** The first wait after a lost network; each further one is twice as long. */
  firstWaitMs: number
  /** As people know what is fetched. */
  name: string
  path: string
  file: FetchedFile
  /** Told what is to be kept of it. */
  keep: (file: FetchedFile) => void
  onProgress: (doneBytes: number) => void
  onWaiting: (waiting: Waiting | null) => void
  /** All bytes are here and are being verified. */
  onChecking: () => void
  /** @throws AppError disk_full when what is missing has no room */
  lookForRoom: () => Promise<void>
}

interface Gap {
  from: number
  to: number | null
}

export class FileFetch {
  readonly #options: FileFetchOptions
  #file: FetchedFile
  #doneBytes: number

  constructor(options: FileFetchOptions) {
    this.#options = options
    this.#file = options.file
    this.#doneBytes = bytesOf(options.file)
  }

  /**
   * Fetches what is missing and verifies the whole.
   * @returns its SHA-256 in hexadecimal
   * @throws AppError model_wrong_hash, after which nothing of it is here; download_changed, download_wrong, download_unverifiable,
   * network_*, disk_full, file_unreadable, cancelled: what is here stays
   */
  async run(signal: AbortSignal): Promise<string> {
    const { path, name } = this.#options
    const file = await PartialFile.open(path, this.#file.parts, (parts) => this.#keep({ parts }), signal)
    let sha256: string
    try {
      try {
        await this.#fetchGaps(file, signal)
      } finally {
        await file.settle()
      }
      this.#options.onChecking()
      const totalBytes = this.#file.totalBytes ?? file.doneBytes
      await file.cut(totalBytes)
      sha256 = await file.digest(totalBytes, signal)
    } finally {
      await file.close()
    }
    if (sha256 !== this.#file.sha256) {
      // Nobody can tell which of its bytes are wrong.
      await rm(path, { force: true })
      this.#keep({ parts: [], etag: null })
      this.#progress(0)
      throw new AppError('model_wrong_hash', 'Not the file that was promised', { name })
    }
    return sha256
  }

  async #fetchGaps(file: PartialFile, signal: AbortSignal): Promise<void> {
    let failures = 0
    for (;;) {
      await file.settle()
      this.#progress(file.doneBytes)
      const gap = file.missing(this.#file.totalBytes)
      if (!gap) return
      const before = file.doneBytes
      try {
        await this.#fetchGap(file, gap, signal)
      } catch (error) {
        if (!(error instanceof AppError) || signal.aborted || !passes(error)) throw error
        failures = file.doneBytes > before ? 1 : failures + 1
        await this.#wait(error, failures, signal)
      }
    }
  }

  /** Asks for what is missing and writes what comes. Comes back when the gap is filled. */
  async #fetchGap(file: PartialFile, gap: Gap, signal: AbortSignal): Promise<void> {
    const { network, paceMs, leastBytes, roomLookBytes, now, lookForRoom } = this.#options
    const { url, totalBytes, etag } = this.#file
    await lookForRoom()
    const part = gap.from > 0 || (gap.to !== null && gap.to !== totalBytes)
    const headers = {
      ...(part ? { range: `bytes=${gap.from}-${gap.to === null ? '' : gap.to - 1}` } : {}),
      ...(part && etag ? { 'if-range': etag } : {}),
    }
    const answer = await network.get(url, grantOf(url), headers, signal)
    try {
      let at = this.#identify(answer, gap)
      const to = gap.to ?? this.#file.totalBytes
      let paceAt = now()
      let paceBytes = 0
      let roomBytes = 0
      for await (const chunk of answer.body) {
        const end = at + chunk.length
        if (to !== null && end > to && answer.status === 206) {
          await file.forget(gap)
          throw wrongAnswer(url)
        }
        // A server that knows no ranges sends the beginning again: what is here already is passed over.
        const wanted = chunk.subarray(Math.max(0, gap.from - at), to === null ? undefined : Math.max(0, to - at))
        if (wanted.length > 0) await file.write(wanted, Math.max(at, gap.from))
        at = end
        this.#progress(file.doneBytes)
        paceBytes += chunk.length
        roomBytes += chunk.length
        if (roomBytes >= roomLookBytes) {
          roomBytes = 0
          await lookForRoom()
        }
        if (now() - paceAt >= paceMs) {
          if (paceBytes < leastBytes) throw lost(url)
          paceAt = now()
          paceBytes = 0
        }
        if (to !== null && at >= to) return
      }
      if (to === null) this.#keep({ totalBytes: at })
      else if (at < to) throw lost(url)
    } finally {
      answer.close()
    }
  }

  /**
   * Whether this is the file that was promised and the place that was asked for. Keeps what the first answer says of it.
   * @returns where its bytes begin
   * @throws AppError download_changed, download_wrong, download_unverifiable
   */
  #identify({ status, headers, redirects }: NetworkAnswer, gap: Gap): number {
    const { name } = this.#options
    const { url } = this.#file
    const all = [...redirects, headers]
    const named = (header: string): string | undefined =>
      all.map((some) => some[header]).find((value): value is string => typeof value === 'string')
    const changed = new AppError('download_changed', 'Not the file that was promised', { name, host: hostOf(url) })

    const linked = /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(named('x-linked-etag') ?? '')?.[1]?.toLowerCase() ?? null
    if (this.#file.sha256 === null) {
      if (linked === null) throw new AppError('download_unverifiable', 'Nobody says what the file should be', { name })
      this.#keep({ sha256: linked })
    } else if (linked !== null && linked !== this.#file.sha256) throw changed

    const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '')
    const length = headers['content-length']
    const size = status === 206 ? range?.[3] : (length ?? named('x-linked-size'))
    const totalBytes = size === undefined || size === '*' ? null : Number(size)
    if (totalBytes !== null && Number.isSafeInteger(totalBytes)) {
      if (this.#file.totalBytes === null) this.#keep({ totalBytes })
      else if (this.#file.totalBytes !== totalBytes) throw changed
    }

    const etag = headers.etag?.startsWith('"') ? headers.etag : null
    if (this.#file.etag === null || this.#doneBytes === 0) this.#keep({ etag })
    else if (etag !== null && etag !== this.#file.etag) throw changed

    if (status === 200) return 0
    if (status !== 206 || Number(range?.[1] ?? Number.NaN) !== gap.from) throw wrongAnswer(url)
    return gap.from
  }

  async #wait(error: AppError, failures: number, signal: AbortSignal): Promise<void> {
    const { firstWaitMs, now, onWaiting } = this.#options
    const ms = Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - 1))
    const wake = new AbortController()
    onWaiting({ retryAt: now() + ms, trouble: error.toTrouble(), wake })
    await sleep(ms, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => undefined)
    if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
    onWaiting(null)
  }

  #progress(doneBytes: number): void {
    this.#doneBytes = doneBytes
    this.#options.onProgress(doneBytes)
  }

  #keep(change: Partial<FetchedFile>): void {
    this.#file = { ...this.#file, ...change }
    this.#options.keep(this.#file)
  }
}

/** Bytes that are safe on disk. */
export function bytesOf({ parts }: FetchedFile): number {
  return parts.reduce((sum, { length }) => sum + length, 0)
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

/** The name of the host that an address leads to. */
export function hostOf(url: string): string {
  return new URL(url).hostname
}

function lost(url: string): AppError {
  return new AppError('network_unreachable', 'The bytes stopped coming', { host: hostOf(url) })
}

function wrongAnswer(url: string): AppError {
  return new AppError('download_wrong', 'Another place of the file than was asked for', { host: hostOf(url) })
}
