// Models in several files: joined they are, byte by byte, the model that was cut, and anything that does not belong together is refused.
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { getLlama, LlamaLogLevel } from 'node-llama-cpp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BundleManifest } from '../../../contract/bundle.ts'
import { joinedName, joinSplit, piecesOf, readSplit } from '../../../electron/host/models/library/gguf-split.ts'
import { hashFile } from '../../../electron/host/models/library/model-files.ts'
import { makeBundle } from '../../../electron/host/models/bundles/make-bundle.ts'
import { cutModel } from '../../fixtures/gguf/cut-model.ts'
import { writeGguf, type GgufTensor } from '../../fixtures/gguf/gguf-writer.ts'
import { cardOf, writeCard } from '../../fixtures/signed-card.ts'
import {
  importModel,
  lastOf,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

const { english, french } = testModels()
const sha256 = createHash('sha256').update(readFileSync(english.path)).digest('hex')
const never = new AbortController().signal
const ignore = (): void => undefined
let folder: string
beforeEach(() => {
  folder = temporaryFolder()
})

test('every piece’s name says which files make the model', () => {
  const names = ['a-b-00001-of-00003.gguf', 'a-b-00002-of-00003.gguf', 'a-b-00003-of-00003.gguf']
  for (const name of names) expect(piecesOf(join('x', name))).toEqual(names.map((each) => join('x', each)))
  expect(piecesOf('BIG-00002-of-00002.GGUF')).toEqual(['BIG-00001-of-00002.GGUF', 'BIG-00002-of-00002.GGUF'])
  for (const name of [
    'a.gguf',
    'a-00001-of-00001.gguf',
    'a-00004-of-00003.gguf',
    'a-00000-of-00003.gguf',
    'a-00001-of-99999.gguf',
  ])
    expect(piecesOf(name), name).toBeNull()
  expect(joinedName('a-b-00002-of-00003.gguf')).toBe('a-b.gguf')
  expect(joinedName('a.gguf')).toBe('a.gguf')
})

test.each([
  ['two', 2, undefined],
  ['five', 5, undefined],
  ['three, the first without tensors', 3, 0],
])('a model cut into %s is whole again', async (_how, count, first) => {
  const paths = await cutModel(english.path, folder, 'cut', count, first)
  const split = await readSplit(paths)
  const target = join(folder, 'joined')
  const told: number[] = []
  expect(await joinSplit(split, target, (bytes) => told.push(bytes), never)).toBe(sha256)
  expect(await hashFile(target, ignore, never)).toBe(sha256)
  expect(told.at(-1)).toBe(split.header.sizeBytes)
  expect(split.header).toMatchObject({ sizeBytes: statSync(english.path).size, name: english.name })
})

test('llama.cpp itself takes what is cut here for one model', async () => {
  const [first = ''] = await cutModel(english.path, folder, 'cut', 3)
  const llama = await getLlama({ gpu: false, logLevel: LlamaLogLevel.disabled })
  try {
    const model = await llama.loadModel({ modelPath: first })
    expect(model.fileInfo.splicedParts).toBe(3)
  } finally {
    await llama.dispose()
  }
})

test('a real model cut into three is whole again', async () => {
  const path = process.env['ALAMBIC_TINY_MODEL'] ?? ''
  const split = await readSplit(await cutModel(path, folder, 'tiny', 3))
  const joined = await joinSplit(split, join(folder, 'joined'), ignore, never)
  expect(joined).toBe(await hashFile(path, ignore, never))
})

test('pieces that do not belong together are refused, each with its reason', async () => {
  const paths = await cutModel(english.path, folder, 'cut', 3)
  const [first = '', second = '', third = ''] = paths
  const others = await cutModel(french.path, folder, 'other', 3)
  const refusal = (which: readonly string[]): Promise<unknown> => readSplit(which).catch((error: unknown) => error)
  expect(await refusal([first, second, join(folder, 'gone.gguf')])).toMatchObject({
    code: 'model_part_missing',
    data: { name: 'gone.gguf' },
  })
  const malformed = (reason: string): object => ({ code: 'model_malformed', data: { reason } })
  expect(await refusal([second, first, third])).toMatchObject(malformed('split'))
  expect(await refusal([first, second])).toMatchObject(malformed('split'))
  expect(await refusal([first, first, third])).toMatchObject(malformed('split'))
  // The same count and number of tensors: their names are there twice, or the third's are nowhere.
  expect(await refusal([first, others[1] ?? '', third])).not.toBeInstanceOf(Array)
  writeFileSync(third, 'a letter to my landlord')
  expect(await refusal(paths)).toMatchObject({ code: 'model_not_gguf' })
})

test('two pieces with the same tensor are refused', async () => {
  const tensor: GgufTensor = { name: 'output.weight', dims: [4], type: 'F32', fill: null }
  const split = (no: number): Parameters<typeof writeGguf>[1] => ({
    'general.architecture': { type: 'string', value: 'llama' },
    'split.no': { type: 'u16', value: no },
    'split.count': { type: 'u16', value: 2 },
    'split.tensors.count': { type: 'i32', value: 2 },
  })
  const paths = [0, 1].map((no) => join(folder, `twice-0000${no + 1}-of-00002.gguf`))
  for (const [no, path] of paths.entries()) writeGguf(path, split(no), [tensor])
  await expect(readSplit(paths)).rejects.toMatchObject({ code: 'model_malformed', data: { reason: 'duplicate_tensor' } })
})

test('a piece that is cut short while it is joined leaves no model', async () => {
  const paths = await cutModel(english.path, folder, 'cut', 2)
  const split = await readSplit(paths)
  truncateSync(paths[1] ?? '', statSync(paths[1] ?? '').size - 64)
  await expect(joinSplit(split, join(folder, 'joined'), ignore, never)).rejects.toMatchObject({ code: 'file_unreadable' })
  const abort = new AbortController()
  abort.abort()
  await expect(joinSplit(split, join(folder, 'joined'), ignore, abort.signal)).rejects.toMatchObject({ code: 'cancelled' })
})

test('a bundle of files holds it once and as one, with the card that lies beside the pieces', async () => {
  const paths = await cutModel(english.path, folder, 'lease', 3)
  writeCard(join(folder, 'lease.gguf'), cardOf(sha256), [])
  const stick = temporaryFolder()
  const bundle = await makeBundle({ files: paths, into: stick, name: 'Pieces', keyPath: null })
  expect(readdirSync(stick)).toEqual([basename(bundle)])
  const { items } = BundleManifest.parse(JSON.parse(readFileSync(join(bundle, 'manifest.json'), 'utf8')))
  expect(items).toMatchObject([
    { kind: 'model', sha256, parts: ['lease.gguf'] },
    { kind: 'card', of: sha256 },
    { kind: 'notice' },
  ])
})

let host: TestHost | null = null
afterEach(async () => {
  await host?.close()
  host = null
})
async function open(options: Parameters<typeof startTestHost>[0] = {}): Promise<TestHost> {
  host = await startTestHost(options)
  await host.client.vault.create({ kind: 'keychain' })
  return host
}

test('any piece that is picked brings in the whole model, which answers', async () => {
  const { client, dataFolder, desktop } = await open()
  const paths = await cutModel(english.path, folder, 'english', 3)
  expect(await importModel({ client, desktop }, paths[1] ?? '')).toBe(sha256)
  expect((await present(client.models.state({}))).models).toMatchObject([{ fileName: 'english.gguf', name: english.name }])
  expect(readdirSync(join(dataFolder, 'models'))).toEqual(['english.gguf'])
  expect(paths.every(existsSync)).toBe(true)
  const place = await client.chat.send({ workspaceId: await personal(client), conversationId: null, text: 'Hello' })
  expect(lastOf((await untilSettled(client, place)).conversation).state).toBe('finished')
})

test('a missing piece is named, and nothing is left behind', async () => {
  const { client, dataFolder, desktop } = await open()
  const [first = '', second = ''] = await cutModel(english.path, folder, 'english', 2)
  rmSync(second)
  await expect(importModel({ client, desktop }, first)).rejects.toMatchObject({
    code: 'model_part_missing',
    data: { name: basename(second) },
  })
  // Renamed, or handed over alone: it still says that it is a piece.
  renameSync(first, join(folder, 'english.gguf'))
  await expect(importModel({ client, desktop }, join(folder, 'english.gguf'))).rejects.toMatchObject({
    code: 'model_part_missing',
  })
  expect(readdirSync(join(dataFolder, 'models'))).toEqual([])
})

test('a neighbour’s model in several files is found once and copied, and one with a piece missing is not', async () => {
  const [first = '', second = ''] = await cutModel(english.path, folder, 'english', 2)
  copyFileSync(first, join(folder, 'half-00001-of-00002.gguf'))
  const { client } = await open({ neighbourPlaces: [{ program: 'LM Studio', folder, kind: 'tree' }] })
  const found = await client.models.neighbours({})
  const sizeBytes = statSync(first).size + statSync(second).size
  expect(found).toMatchObject([{ program: 'LM Studio', name: english.name, files: 2, sizeBytes }])
  const reference = found[0]?.reference ?? ''
  await expect(client.models.import({ reference, inPlace: true })).rejects.toMatchObject({ code: 'invalid_input' })
  expect(await client.models.import({ reference })).toEqual({ modelId: sha256 })
})
