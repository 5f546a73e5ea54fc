/** A file from the model hub over HTTPS, resumed where the last try ended. The server is not believed about anything. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import type { Progress } from './progress.ts'
import { sizeOf, writeVerified, type WantedFile } from './verified-file.ts'

/** Milliseconds for the server to begin its answer. */
const connectMs = 5_000
/** Milliseconds without a byte after which the line is dead. */
const silenceMs = 20_000
/** Broken lines in a row, none of which brought anything, that are put up with. */
const patience = 3

/** Address of a file on the hub. */
export function hubAddress(
  { repository, file, revision }: { repository: string; file: string; revision: string },
  hub = 'https://huggingface.co',
): string {
  return `${hub}/${repository}/resolve/${revision}/${file}`
}

/**
 * Downloads to `target` by way of `target.part`, which stays when the line breaks.
 * @throws Error a reason without its full stop
 */
export async function downloadFromHub(
  wanted: WantedFile & { name: string; url: string },
  target: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const part = `${target}.part`
  for (let fruitless = 0; ;) {
    const before = await sizeOf(part)
    try {
      await tryOnce(wanted, { part, target, progress, signal })
      return
    } catch (error) {
      signal.throwIfAborted()
      const after = await sizeOf(part)
      fruitless = after > before ? 0 : fruitless + 1
      // A server that cannot be reached, or that sent something else from the first byte on, is not asked again.
      if ((before === 0 && after === 0) || fruitless >= patience) throw error
    }
  }
}

interface Way {
  part: string
  target: string
  progress: Progress
  signal: AbortSignal
}

async function tryOnce(
  wanted: WantedFile & { name: string; url: string },
  { part, target, progress, signal }: Way,
): Promise<void> {
  const tagFile = `${part}.etag`
  const tag = await readFile(tagFile, 'utf8').catch(() => null)
  const there = await sizeOf(part)
  // Without a strong tag nobody knows whether the rest belongs to the beginning.
  const from = tag !== null && there < wanted.bytes ? there : 0
  const silence = new AbortController()
  const ended = AbortSignal.any([signal, silence.signal])
  let timer = setTimeout(() => silence.abort(new Error(`no answer within ${connectMs / 1000} s`)), connectMs)
  try {
    const response = await fetch(wanted.url, {
      signal: ended,
      headers: {
        'Accept-Encoding': 'identity',
        ...(from > 0 && tag !== null ? { Range: `bytes=${from}-`, 'If-Range': tag } : {}),
      },
    })
    if (response.status !== 200 && response.status !== 206) throw new Error(`it answered ${response.status}`)
    const resumes = response.status === 206
    if (resumes && response.headers.get('content-range') !== `bytes ${from}-${wanted.bytes - 1}/${wanted.bytes}`)
      throw new Error('it sent another range than it was asked for')
    refuseOthers(response.headers, resumes ? wanted.bytes - from : wanted.bytes)
    // Before the tag of other bytes is noted: it must never stand beside the old ones.
    if (!resumes) await rm(part, { force: true })
    const newTag = response.headers.get('etag')
    if (newTag && !newTag.startsWith('W/')) await writeFile(tagFile, newTag)
    else await rm(tagFile, { force: true })
    if (!response.body) throw new Error('it sent nothing')
    const alive = (doneBytes: number): void => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(new Error(`nothing came for ${silenceMs / 1000} s`)), silenceMs)
      progress.tell(wanted.name, doneBytes, wanted.bytes)
    }
    alive(resumes ? from : 0)
    await writeVerified(part, target, wanted, { from: resumes ? from : 0, chunks: response.body, onProgress: alive })
    await rm(tagFile, { force: true })
  } catch (error) {
    if ((await sizeOf(part)) === 0) await rm(tagFile, { force: true })
    throw silence.signal.aborted ? silence.signal.reason : readable(error)
  } finally {
    clearTimeout(timer)
  }
}

/** What cannot be the file is refused before it takes the place of anything: a proxy's page, packed bytes, another length. */
function refuseOthers(headers: Headers, bytes: number): void {
  if (/^text\/html/i.test(headers.get('content-type') ?? '')) throw new Error('it sent a web page in place of the file')
  if ((headers.get('content-encoding') ?? 'identity') !== 'identity') throw new Error('it sent the file packed')
  if (headers.get('content-length') !== String(bytes))
    throw new Error('what it sends is not the file that was published: its length is another')
}

/** `fetch failed` says nothing; its cause does. */
function readable(error: unknown): unknown {
  if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return error
  const { cause } = error
  return new Error('code' in cause && typeof cause.code === 'string' ? `${cause.code}: ${cause.message}` : cause.message, {
    cause,
  })
}
