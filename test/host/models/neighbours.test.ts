// Models of other programs: found in the places where each keeps them, used there without being touched, or copied.
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findNeighbours, neighbourPlaces } from '../../../electron/host/models/library/neighbours.ts'
import { lastOf, personal, present, startTestHost, temporaryFolder, testModels, untilSettled } from '../../fixtures/test-host.ts'
import type { TestHost } from '../../fixtures/test-host.ts'

const { english, french, phrases, thinking, long } = testModels()
let home: string
let host: TestHost

function put(source: string, ...path: string[]): string {
  const target = join(home, ...path)
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(source, target)
  return target
}
const places = () => neighbourPlaces({ platform: 'linux', environment: {}, home }).filter(({ folder }) => folder.startsWith(home))

beforeEach(async () => {
  home = temporaryFolder()
  host = await startTestHost({ neighbourPlaces: places() })
  await host.client.vault.create({ kind: 'keychain' })
})
afterEach(() => host.close())

test('every program’s layout is read, links once, and what is no model for conversation is no offer', async () => {
  const scripted = readFileSync(english.path)
  put(english.path, '.lmstudio', 'models', 'publisher', 'english-GGUF', 'english.gguf')
  put(french.path, '.local', 'share', 'Jan', 'data', 'llamacpp', 'models', 'Scripté', 'model.gguf')
  const blob = put(
    phrases.path,
    '.ollama',
    'models',
    'blobs',
    `sha256-${createHash('sha256').update(readFileSync(phrases.path)).digest('hex')}`,
  )
  const manifest = join(home, '.ollama', 'models', 'manifests', 'registry.ollama.ai', 'library', 'phrases')
  mkdirSync(manifest, { recursive: true })
  const digest = `sha256:${blob.split('sha256-')[1] ?? ''}`
  writeFileSync(join(manifest, '1b'), JSON.stringify({ layers: [{ mediaType: 'application/vnd.ollama.image.model', digest }] }))
  writeFileSync(join(manifest, 'broken'), '{"layers": [')
  writeFileSync(
    join(manifest, 'hostile'),
    JSON.stringify({ layers: [{ mediaType: 'application/vnd.ollama.image.model', digest: 'sha256:../../../etc/passwd' }] }),
  )
  put(thinking.path, '.local', 'share', 'nomic.ai', 'GPT4All', 'thinking.gguf')
  const stored = put(long.path, '.cache', 'huggingface', 'hub', 'models--tests--long', 'blobs', 'abc')
  const snapshot = join(home, '.cache', 'huggingface', 'hub', 'models--tests--long', 'snapshots', 'main')
  mkdirSync(snapshot, { recursive: true })
  symlinkSync(stored, join(snapshot, 'long.gguf'))
  symlinkSync(stored, join(snapshot, 'the same again.gguf'))
  symlinkSync(home, join(snapshot, 'round and round'))
  put(english.path, '.lmstudio', 'models', 'publisher', 'pictures', 'mmproj-english.gguf')
  put(english.path, '.lmstudio', 'models', 'publisher', 'parts', 'english-00001-of-00002.gguf')
  writeFileSync(join(home, '.lmstudio', 'models', 'half.gguf'), scripted.subarray(0, scripted.length - 4096))
  writeFileSync(join(home, '.lmstudio', 'models', 'letter.gguf'), 'x'.repeat(2_000_000))

  const found = await host.client.models.neighbours({})
  expect(found.map(({ program, name }) => `${program}: ${name}`).sort()).toEqual(
    [
      `GPT4All: ${thinking.name}`,
      `Hugging Face: ${long.name}`,
      `Jan: ${french.name}`,
      `LM Studio: ${english.name}`,
      `Ollama: ${phrases.name}`,
    ].sort(),
  )
  expect(JSON.stringify(found)).not.toContain(home)
  const files = await findNeighbours(places())
  expect(files.find(({ program }) => program === 'Jan')?.name).toBe('Scripté.gguf')
  expect(files.find(({ program }) => program === 'Ollama')?.name).toBe('phrases 1b.gguf')
})

test('a model used where it is answers, is only read, and its removal leaves the file', async () => {
  const path = put(english.path, '.lmstudio', 'models', 'a', 'english.gguf')
  chmodSync(path, 0o444)
  const before = statSync(path)
  const [found] = await host.client.models.neighbours({})
  const { modelId } = await host.client.models.import({ reference: found?.reference ?? '', inPlace: true })
  const { models } = await present(host.client.models.state({}))
  expect(models).toMatchObject([{ id: modelId, inPlace: true, fileName: 'english.gguf', state: 'ready' }])
  expect(JSON.stringify(models)).not.toContain(home)
  expect(existsSync(join(host.dataFolder, 'models', 'english.gguf'))).toBe(false)
  expect(await host.client.models.neighbours({})).toEqual([])
  const place = await host.client.chat.send({ workspaceId: await personal(host.client), conversationId: null, text: 'Hello' })
  expect(lastOf((await untilSettled(host.client, place)).conversation).state).toBe('finished')
  await host.client.models.remove({ modelId })
  expect(statSync(path)).toMatchObject({ size: before.size, mtimeMs: before.mtimeMs, mode: before.mode })
})

test('a copy belongs to Alambic', async () => {
  const path = put(english.path, '.lmstudio', 'models', 'a', 'english.gguf')
  const [found] = await host.client.models.neighbours({})
  await host.client.models.import({ reference: found?.reference ?? '' })
  expect((await present(host.client.models.state({}))).models).toMatchObject([{ inPlace: false }])
  expect(existsSync(join(host.dataFolder, 'models', 'english.gguf'))).toBe(true)
  expect(existsSync(path)).toBe(true)
})

test('a file that its program changes is not used, and one that it deletes is missing', async () => {
  const path = put(english.path, '.lmstudio', 'models', 'a', 'english.gguf')
  const [found] = await host.client.models.neighbours({})
  const { modelId } = await host.client.models.import({ reference: found?.reference ?? '', inPlace: true })
  appendFileSync(path, 'more')
  await expect(host.client.runtime.load({ modelId })).rejects.toMatchObject({ code: 'model_changed' })
})

test('only a neighbour’s file is used in place: a file that the page names otherwise is always copied', async () => {
  host.desktop.pick = english.path
  const picked = await host.client.desktop.pickModel({})
  await expect(host.client.models.import({ reference: picked?.reference ?? '', inPlace: true })).rejects.toMatchObject({
    code: 'invalid_input',
  })
})

test('the places follow each system and its environment', () => {
  const folders = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string[] =>
    neighbourPlaces({ platform, environment, home: '/home/a' }).map(({ folder }) => folder)
  expect(folders('linux', { OLLAMA_MODELS: '/big/ollama', HF_HOME: '/big/hf', XDG_DATA_HOME: '/data' })).toEqual(
    expect.arrayContaining(['/big/ollama', '/big/hf/hub', '/data/nomic.ai/GPT4All', '/home/a/.config/Jan/data/models']),
  )
  expect(folders('darwin', {})).toEqual(
    expect.arrayContaining(['/home/a/Library/Application Support/nomic.ai/GPT4All', '/home/a/.lmstudio/models']),
  )
  expect(folders('win32', { APPDATA: '/roaming', LOCALAPPDATA: '/local' })).toEqual(
    expect.arrayContaining(['/roaming/Jan/data/models', '/local/nomic.ai/GPT4All']),
  )
})
