/** Models that other programs on this machine have downloaded, in the places where those programs keep them. Only looks, and only when asked. */
import type { Dirent } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { Neighbour, NeighbourProgram } from '../../../../contract/entities.ts'
import { foreignName } from '../../base/foreign-name.ts'
import { piecesOf, readModel, titleOf } from './gguf-split.ts'

/** Where a program keeps its models. `tree` holds files with their names; `ollama` holds blobs that manifests name. */
export interface NeighbourPlace {
  program: NeighbourProgram
  folder: string
  kind: 'tree' | 'ollama'
}

/** A file that was found. */
export interface NeighbourFile {
  program: NeighbourProgram
  path: string
  name: string
  sizeBytes: number
}

/** Deep enough for every layout below, and an end to a folder that links to itself. */
const deepest = 6
/** A folder with more entries is not a folder of models. */
const mostEntries = 10_000

/**
 * The usual places. Sources, as of November 2026: LM Studio `~/.lmstudio/models` (until 0.3.5 `~/.cache/lm-studio/models`);
 * Jan `data/models` and, since 0.6, `data/llamacpp/models` in its application folder; Ollama `OLLAMA_MODELS`, `~/.ollama/models`,
 * and on Linux its service's own home; GPT4All `nomic.ai/GPT4All`; the Hugging Face cache `HF_HUB_CACHE`, `HF_HOME/hub`.
 */
export function neighbourPlaces({
  platform,
  environment,
  home,
}: {
  platform: NodeJS.Platform
  environment: NodeJS.ProcessEnv
  home: string
}): NeighbourPlace[] {
  const data =
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support')
      : platform === 'win32'
        ? (environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'))
        : (environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share'))
  const local = platform === 'win32' ? (environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local')) : data
  const config = platform === 'linux' ? (environment['XDG_CONFIG_HOME'] ?? join(home, '.config')) : data
  const tree = (program: NeighbourProgram, ...folders: string[]): NeighbourPlace[] =>
    folders.map((folder) => ({ program, folder, kind: 'tree' }))
  return [
    ...tree('LM Studio', join(home, '.lmstudio', 'models'), join(home, '.cache', 'lm-studio', 'models')),
    ...tree(
      'Jan',
      ...[...new Set([data, config])].flatMap((folder) => [
        join(folder, 'Jan', 'data', 'llamacpp', 'models'),
        join(folder, 'Jan', 'data', 'models'),
      ]),
      join(home, 'jan', 'models'),
    ),
    ...[environment['OLLAMA_MODELS'] ?? join(home, '.ollama', 'models'), '/usr/share/ollama/.ollama/models'].map(
      (folder): NeighbourPlace => ({ program: 'Ollama', folder, kind: 'ollama' }),
    ),
    ...tree('GPT4All', join(local, 'nomic.ai', 'GPT4All')),
    ...tree(
      'Hugging Face',
      environment['HF_HUB_CACHE'] ?? join(environment['HF_HOME'] ?? join(home, '.cache', 'huggingface'), 'hub'),
    ),
  ]
}

/** Every model file in these places, once each, however many links lead to it. What cannot be read is passed over. */
export async function findNeighbours(places: readonly NeighbourPlace[]): Promise<NeighbourFile[]> {
  const found = new Map<string, NeighbourFile>()
  for (const { program, folder, kind } of places) {
    const files = kind === 'ollama' ? await ollamaFiles(folder) : await treeFiles(folder)
    for (const { path, name } of files) {
      const real = await realpath(path).catch(() => null)
      if (real === null || found.has(real)) continue
      // In the Hugging Face cache links with names lead to blobs without: only the links say which pieces belong together.
      const pieces = piecesOf(path)
      const sizes = await Promise.all((pieces ?? [real]).map(sizeOfFile))
      if (sizes.includes(null)) continue
      const sizeBytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
      found.set(real, { program, path: pieces ? path : real, name, sizeBytes })
    }
  }
  return [...found.values()]
}

/**
 * Of these, the models that could be run and are not used yet; one that is not made for conversation, or is broken, is no offer.
 * @param used paths of those that are used where they are
 */
export async function runnableNeighbours(
  places: readonly NeighbourPlace[],
  used: ReadonlySet<string>,
): Promise<(Omit<Neighbour, 'reference'> & { path: string; fileName: string })[]> {
  const runnable: Awaited<ReturnType<typeof runnableNeighbours>> = []
  for (const { program, path, name: fileName, sizeBytes } of await findNeighbours(places)) {
    const model = used.has(path) ? null : await readModel(path).catch(() => null)
    if (!model) continue
    const { architecture, quantisation, name } = model.header
    const files = model.split?.pieces.length ?? 1
    runnable.push({
      path,
      fileName,
      program,
      name: foreignName(name, titleOf(fileName)),
      sizeBytes,
      architecture,
      quantisation,
      files,
    })
  }
  return runnable
}

async function sizeOfFile(path: string): Promise<number | null> {
  const facts = await stat(path).catch(() => null)
  return facts?.isFile() ? facts.size : null
}

async function treeFiles(folder: string): Promise<{ path: string; name: string }[]> {
  const found: { path: string; name: string }[] = []
  let entries = 0
  const walk = async (at: string, depth: number): Promise<void> => {
    const here = await readdir(at, { withFileTypes: true }).catch((): Dirent[] => [])
    for (const entry of here) {
      if (++entries > mostEntries) return
      const path = join(at, entry.name)
      if (entry.isDirectory()) {
        if (depth < deepest) await walk(path, depth + 1)
      } else if (isModel(entry.name)) {
        // Jan calls every file model.gguf, in a folder with the model's name.
        const name = entry.name.toLowerCase() === 'model.gguf' ? `${basename(dirname(path))}.gguf` : entry.name
        found.push({ path, name })
      }
    }
  }
  await walk(folder, 0)
  return found
}

/** A picture reader beside a model is no model, and one in several files is found by its first. */
function isModel(name: string): boolean {
  return /\.gguf$/i.test(name) && !/^mmproj/i.test(name) && (piecesOf(name)?.[0] ?? name) === name
}

const Manifest = z.object({
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) })),
})

/** `manifests/REGISTRY/NAMESPACE/MODEL/TAG` names a blob `blobs/sha256-HEX`. */
async function ollamaFiles(folder: string): Promise<{ path: string; name: string }[]> {
  const found: { path: string; name: string }[] = []
  const manifests = join(folder, 'manifests')
  const names = await readdir(manifests, { recursive: true }).catch((): string[] => [])
  for (const name of names.slice(0, mostEntries)) {
    const text = await readFile(join(manifests, name), 'utf8').catch(() => null)
    if (text === null || text.length > 1_000_000) continue
    const parsed = Manifest.safeParse(parsedJson(text))
    const layer = parsed.success && parsed.data.layers.find(({ mediaType }) => mediaType === 'application/vnd.ollama.image.model')
    if (!layer) continue
    const [model = '', tag = ''] = name.split(/[\\/]/).slice(-2)
    found.push({ path: join(folder, 'blobs', layer.digest.replace(':', '-')), name: `${model} ${tag}.gguf` })
  }
  return found
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
