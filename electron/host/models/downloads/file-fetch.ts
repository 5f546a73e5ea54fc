/**
 * Fetches one file over the door: goes on from what is here, waits out a lost network, and ends with bytes that are the promised
 * ones or with a reason. Knows nothing of models.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Trouble } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { FileIdentity } from '../../../../contract/file-identity.ts'
import { rm } from '../../base/patient-files.ts'
import type { Network, NetworkAnswer } from '../../network.ts'
import type { Grant } from '../../network-grants.ts'
import type { IncomingFile } from '../library/model-files.ts'
import { Part, PartialFile } from './partial-file.ts'

/** The longest wait in milliseconds before the network is tried again. */
const longestWaitMs = 60_000

/** A file on its way: what was promised, what the server said of it first, and what is on disk. */
const FetchedFile = z.object({
  /** Its place below whatever hub is in force when it is asked for. */
  path: z.string(),
  /** Null until the hub has told its own digest. */
  sha256: z.string().nullable(),
  totalBytes: z.number().nullable(),
  etag: z.string().nullable(),
  /** The hub that gave the tag: another one has tags of its own for the same file. */
  etagFrom: z.string().nullable(),
  parts: z.array(Part).catch([]),
})
export type FetchedFile = z.infer<typeof FetchedFile>

/** As versions kept it that knew a file by its whole address: the hub of that time is not asked for ever. */
const OlderFile = FetchedFile.omit({ path: true, etagFrom: true })
  .extend({ url: z.string() })
  .transform(({ url, ...file }): FetchedFile => {
    const path = /[^/]+\/[^/]+\/resolve\/.+$/.exec(new URL(url).pathname)?.[0] ?? new URL(url).pathname.slice(1)
    return { ...file, path, etagFrom: url.slice(0, url.length - path.length - 1) }
  })

/** A file as a row keeps it, of this version or an older one. */
export const KeptFile = z.union([FetchedFile, OlderFile])

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
  /** Milliseconds that pass evenly, whatever is done to the clock. */
  elapsed: () => number
  /** A connection that brings less than `leastBytes` in this many milliseconds is given up and made anew. */
  paceMs: number
  leastBytes: number
  /** How many bytes come between two looks at the room on disk. */
  roomLookBytes: number
  /** How many bytes are settled on disk at once. */
  partBytes: number
  /** The first wait after a lost network; each further one is twice as long. */
  firstWaitMs: number
  /** What every file of this kind begins with. */
  magic: Buffer
  /** As people know what is fetched. */
  name: string
  path: string
  file: FetchedFile
  /** The address of the hub as it is now. */
  hub: () => string
  /** Leave to reach a hub, as things stand. @throws AppError network_not_allowed, network_forbidden */
  grant: (hub: string) => Grant
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
  /** The hub that is being asked, and the file's address there. */
  #hub: string
  #url: string

  constructor(options: FileFetchOptions) {
    this.#options = options
    this.#file = options.file
    this.#doneBytes = bytesOf(options.file)
    this.#hub = withoutSlash(options.hub())
    this.#url = addressAt(this.#hub, options.file.path)
  }

  /**
   * Fetches what is missing and verifies the whole.
   * @returns the SHA-256 of its bytes in hexadecimal, and which file it is
   * @throws AppError model_wrong_hash, after which nothing of it is here; model_not_gguf, download_changed, download_wrong,
   * download_unverifiable, network_*, disk_full, place_unwritable, file_unreadable, cancelled: what is here stays
   */
  async run(signal: AbortSignal): Promise<Omit<IncomingFile, 'path'>> {
    const { path, name, partBytes } = this.#options
    const file = await PartialFile.open(path, this.#file.parts, (parts) => this.#keep({ parts }), signal, partBytes)
    let sha256: string
    let identity: FileIdentity
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
      identity = await file.identity()
    } catch (error) {
      await file.close()
      // Nothing of it came: what lies there is an empty file.
      if (file.doneBytes === 0) await rm(path, { force: true })
      throw error
    }
    await file.close()
    if (sha256 !== this.#file.sha256) {
      // Nobody can tell which of its bytes are wrong.
      await rm(path, { force: true })
      this.#keep({ parts: [], etag: null })
      this.#progress(0)
      throw new AppError('model_wrong_hash', 'Not the file that was promised', { name })
    }
    return { sha256, identity }
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
    const { network, paceMs, leastBytes, roomLookBytes, elapsed, lookForRoom } = this.#options
    const { totalBytes } = this.#file
    await lookForRoom()
    // A policy may have named another hub since the last connection.
    this.#hub = withoutSlash(this.#options.hub())
    this.#url = addressAt(this.#hub, this.#file.path)
    const url = this.#url
    const etag = this.#file.etagFrom === this.#hub ? this.#file.etag : null
    const part = gap.from > 0 || (gap.to !== null && gap.to !== totalBytes)
    const range = part ? { range: { ...gap, tag: etag } } : {}
    const answer = await network.get(url, { grant: this.#options.grant(this.#hub), signal, ...range })
    try {
      const begin = this.#beginOf(answer, gap)
      let at = begin
      let paceAt = elapsed()
      let paceBytes = 0
      let roomBytes = 0
      for await (const chunk of this.#judged(answer, begin)) {
        const to = gap.to ?? this.#file.totalBytes
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
        if (elapsed() - paceAt >= paceMs) {
          if (paceBytes < leastBytes) throw lost(url)
          paceAt = elapsed()
          paceBytes = 0
        }
        if (to !== null && at >= to) return
      }
      if ((gap.to ?? this.#file.totalBytes) !== null) throw lost(url)
      this.#keep({ totalBytes: at })
    } finally {
      answer.close()
    }
  }

  /**
   * Whether an answer can be the file at all, by what it says of itself: its type, encoding, length and place. Keeps nothing.
   * @returns where its bytes begin
   * @throws AppError download_not_the_file, download_wrong
   */
  #beginOf({ status, headers }: NetworkAnswer, gap: Gap): number {
    const url = this.#url
    const length = headers['content-length'] === undefined ? null : Number(headers['content-length'])
    const encoding = headers['content-encoding'] ?? 'identity'
    if (isPage(headers['content-type']) || encoding !== 'identity') throw notTheFile(url)
    if (status === 200) {
      if (length === null) throw notTheFile(url)
      return 0
    }
    const range = rangeOf(headers)
    if (status !== 206 || range?.from !== gap.from) throw wrongAnswer(url)
    if (range.to <= range.from || (length !== null && length !== range.to - range.from)) throw notTheFile(url)
    return gap.from
  }

  /** The answer's body, held back until its first bytes have shown what it is. Only then anything is kept of what the answer says. */
  async *#judged(answer: NetworkAnswer, begin: number): AsyncGenerator<Buffer> {
    const { magic } = this.#options
    if (begin > 0) {
      this.#identify(answer)
      yield* answer.body
      return
    }
    let beginning: Buffer | null = Buffer.alloc(0)
    for await (const chunk of answer.body) {
      if (beginning === null) {
        yield chunk
        continue
      }
      beginning = Buffer.concat([beginning, chunk])
      if (beginning.length < magic.length) continue
      if (!beginning.subarray(0, magic.length).equals(magic)) throw this.#otherBeginning(answer)
      this.#identify(answer)
      yield beginning
      beginning = null
    }
    if (beginning !== null)
      throw beginning.length < Number(answer.headers['content-length']) ? lost(this.#url) : notTheFile(this.#url)
  }

  /** What a wrong beginning means: something in the way, unless the length is the promised one and nothing better ever came. */
  #otherBeginning({ headers }: NetworkAnswer): AppError {
    const { sha256, totalBytes } = this.#file
    const isPromised = sha256 !== null && totalBytes !== null && Number(headers['content-length']) === totalBytes
    return isPromised && this.#doneBytes === 0
      ? new AppError('model_not_gguf', 'The file is no model', { name: this.#options.name })
      : notTheFile(this.#url)
  }

  /**
   * Whether this is the file that was promised. Keeps what the first answer says of it.
   * @throws AppError download_changed, download_unverifiable
   */
  #identify({ status, headers, redirects }: NetworkAnswer): void {
    const { name } = this.#options
    const url = this.#url
    const all = [...redirects, headers]
    const named = (header: string): string | undefined =>
      all.map((some) => some[header]).find((value): value is string => typeof value === 'string')
    const changed = new AppError('download_changed', 'Not the file that was promised', { name, host: hostOf(url) })

    const linked = /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(named('x-linked-etag') ?? '')?.[1]?.toLowerCase() ?? null
    if (this.#file.sha256 === null && linked === null)
      throw new AppError('download_unverifiable', 'Nobody says what the file should be', { name })
    if (this.#file.sha256 !== null && linked !== null && linked !== this.#file.sha256) throw changed

    const totalBytes = status === 206 ? (rangeOf(headers)?.totalBytes ?? null) : Number(headers['content-length'])
    if (this.#file.totalBytes !== null && totalBytes !== null && this.#file.totalBytes !== totalBytes) throw changed

    const etag = headers.etag?.startsWith('"') ? headers.etag : null
    const isFirst = this.#file.etag === null || this.#file.etagFrom !== this.#hub || this.#doneBytes === 0
    if (!isFirst && etag !== null && etag !== this.#file.etag) throw changed
    this.#keep({
      sha256: this.#file.sha256 ?? linked,
      totalBytes: this.#file.totalBytes ?? totalBytes,
      ...(isFirst ? { etag, etagFrom: this.#hub } : {}),
    })
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

/** The address of a file below a hub or a mirror of it. */
function addressAt(hub: string, path: string): string {
  return `${hub}/${path}`
}

function withoutSlash(hub: string): string {
  return hub.replace(/\/+$/, '')
}

/** Whether trying again later may help. A grant that ended is asked for anew, and then it is told why there is none. */
function passes({ code, data }: AppError): boolean {
  const status = Number(data?.['status'])
  return (
    ['network_unreachable', 'network_ended', 'download_not_the_file'].includes(code) ||
    (code === 'network_status' && (status >= 500 || status === 408 || status === 429))
  )
}

/** What proxies, portals and programming interfaces say in place of a file. Some servers call any file plain text, so that is let through. */
function isPage(contentType: string | undefined): boolean {
  return /^(text\/html|multipart\/|application\/(xhtml\+xml|json|xml|problem\+json))/i.test(contentType ?? '')
}

/** The stretch that an answer says it is, `to` being the first byte behind it. */
function rangeOf(headers: NetworkAnswer['headers']): { from: number; to: number; totalBytes: number | null } | null {
  const [, from, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(headers['content-range'] ?? '') ?? []
  if (from === undefined || last === undefined) return null
  return { from: Number(from), to: Number(last) + 1, totalBytes: total === '*' ? null : Number(total) }
}

/** The name of the host that an address leads to. */
export function hostOf(url: string): string {
  return new URL(url).hostname
}

function lost(url: string): AppError {
  return new AppError('network_unreachable', 'The bytes stopped coming', { host: hostOf(url) })
}

function notTheFile(url: string): AppError {
  return new AppError('download_not_the_file', 'Something other than the file', { host: hostOf(url) })
}

function wrongAnswer(url: string): AppError {
  return new AppError('download_wrong', 'Another place of the file than was asked for', { host: hostOf(url) })
}
