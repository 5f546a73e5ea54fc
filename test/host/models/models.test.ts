// Models come in whole and verified or not at all, and a file that is no longer the one that was checked does not run.
import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Model } from '../../../contract/entities.ts'
import { ggufHeaderBytes } from '../../fixtures/gguf/gguf-writer.ts'
import {
  importModel,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  untilSettled,
  lastOf,
} from '../../fixtures/test-host.ts'
import type { TestHost } from '../../fixtures/test-host.ts'
import { starterModels } from '../../../electron/host/models/starter-models.ts'

const { english, slow } = testModels()
const outside = temporaryFolder()
const starterSize = Math.min(...starterModels.map(({ bytes }) => bytes))
const wrongStarter = join(outside, 'starter.gguf')
let host: TestHost

beforeEach(async () => {
  host = await startTestHost({ starterFiles: [wrongStarter] })
  await host.client.vault.create({ kind: 'keychain' })
})
afterEach(() => host.close())

const modelsHere = async (client = host.client): Promise<Model[]> => (await present(client.models.state({}))).models
const filesHere = (): string[] => readdirSync(join(host.dataFolder, 'models'))
const pathOf = (name: string): string => join(host.dataFolder, 'models', name)

async function imported(): Promise<{ id: string; path: string }> {
  const id = await importModel(host, english.path)
  const [name = ''] = filesHere()
  return { id, path: pathOf(name) }
}
/** Changes a file of a model as another program would. */
function rewrite(path: string, change: () => void): void {
  chmodSync(path, 0o600)
  change()
  utimesSync(path, new Date(), new Date(Date.now() + 5000))
}
/** The state of the one model, once it is no longer being checked. */
async function checkedState(client = host.client): Promise<Model['state'] | undefined> {
  const { models } = await until(client.models.state({}), ({ models: [model] }) => model?.state !== 'checking')
  return models[0]?.state
}
/** Restarts the host on the same folder. */
async function restart(): Promise<void> {
  await host.close()
  host = await startTestHost({ dataFolder: host.dataFolder, keychain: host.keychain })
  await host.client.vault.unlock({})
}

test('a good file is copied, named by its hash, and its own file is not needed afterwards', async () => {
  const copy = join(outside, 'my model.gguf')
  copyFileSync(english.path, copy)
  const id = await importModel(host, copy)
  rmSync(copy)
  const [model] = await modelsHere()
  expect(model).toMatchObject({
    id,
    name: english.name,
    state: 'ready',
    licence: 'CC0-1.0',
    sizeBytes: statSync(english.path).size,
  })
  expect(id).toMatch(/^[0-9a-f]{64}$/)
  expect(filesHere()).toEqual(['my model.gguf'])
  expect(statSync(pathOf('my model.gguf')).mode & 0o777).toBe(0o400)
  expect(readFileSync(pathOf('my model.gguf')).equals(readFileSync(english.path))).toBe(true)
})

test('the same file twice is one model, another one of the same name has a name of its own', async () => {
  const first = await importModel(host, english.path)
  expect(await importModel(host, english.path)).toBe(first)
  expect(await modelsHere()).toHaveLength(1)
  expect(filesHere()).toHaveLength(1)
  const folder = temporaryFolder()
  const other = join(folder, 'english.gguf')
  copyFileSync(testModels().french.path, other)
  await importModel(host, other)
  expect(await modelsHere()).toHaveLength(2)
  expect(new Set(filesHere()).size).toBe(2)
})

describe('a file is refused in words and leaves nothing behind when it', () => {
  const whole = readFileSync(english.path)
  const refused: [string, string, (path: string) => void][] = [
    ['is not a model', 'model_not_gguf', (path) => writeFileSync(path, 'PK\u0003\u0004 a letter to my landlord')],
    ['is empty', 'model_not_gguf', (path) => writeFileSync(path, '')],
    ['is truncated', 'model_truncated', (path) => writeFileSync(path, whole.subarray(0, whole.length - 4096))],
    ['is truncated in its header', 'model_truncated', (path) => writeFileSync(path, whole.subarray(0, 300))],
    [
      'is of an unknown architecture',
      'model_unknown_architecture',
      (path) => writeFileSync(path, ggufHeaderBytes({ 'general.architecture': { type: 'string', value: 'wonder' } }, [])),
    ],
  ]
  for (const [what, code, make] of refused) {
    test(what, async () => {
      const path = join(outside, 'refused.gguf')
      make(path)
      const before = new Set(readdirSync(host.dataFolder, { recursive: true }).map(String))
      await expect(importModel(host, path)).rejects.toMatchObject({ code })
      expect(await present(host.client.models.state({}))).toMatchObject({ models: [], imports: [] })
      expect(filesHere()).toEqual([])
      expect(readdirSync(host.dataFolder, { recursive: true }).filter((name) => !before.has(String(name)))).toEqual([])
    })
  }

  test('does not fit in the memory of this machine', async () => {
    await host.close()
    host = await startTestHost({ memory: () => ({ totalBytes: 1_000_000, freeBytes: 1_000_000 }) })
    await host.client.vault.create({ kind: 'keychain' })
    await expect(importModel(host, english.path)).rejects.toMatchObject({
      code: 'model_too_big',
      data: { totalBytes: 1_000_000 },
    })
    expect(filesHere()).toEqual([])
  })

  test('went away before it was read', async () => {
    const path = join(outside, 'gone.gguf')
    copyFileSync(english.path, path)
    host.desktop.pick = path
    const picked = await host.client.desktop.pickModel({})
    rmSync(path)
    await expect(host.client.models.import({ reference: picked?.reference ?? '' })).rejects.toMatchObject({
      code: 'file_unreadable',
    })
    expect(filesHere()).toEqual([])
  })
})

test('a starter with the right size and the wrong bytes is refused, and may be tried again', { timeout: 60_000 }, async () => {
  copyFileSync(english.path, wrongStarter)
  truncateSync(wrongStarter, starterSize)
  await restartWithStarter()
  const { offers } = await present(host.client.models.state({}))
  expect(offers).toHaveLength(1)
  const reference = offers[0]?.reference ?? ''
  for (let attempt = 0; attempt < 2; attempt++) {
    await expect(host.client.models.import({ reference })).rejects.toMatchObject({ code: 'model_wrong_hash' })
    expect(filesHere()).toEqual([])
  }
  rmSync(wrongStarter)
})
async function restartWithStarter(): Promise<void> {
  await host.close()
  host = await startTestHost({ dataFolder: host.dataFolder, keychain: host.keychain, starterFiles: [wrongStarter] })
  await host.client.vault.unlock({})
}

test('an import is cancelled in the middle, by hand or by the lock, and a later one works', async () => {
  for (const how of ['cancel', 'lock'] as const) {
    const importing = importModel(host, slow.path).then(
      () => 'imported',
      (error: unknown) => (error as { code: string }).code,
    )
    const { imports } = await until(host.client.models.state({}), (state) => state.imports.length > 0)
    if (how === 'cancel') await host.client.models.cancelImport({ importId: imports[0]?.id ?? '' })
    else await host.client.vault.lock({})
    expect(await importing).toBe('cancelled')
    if (how === 'lock') await host.client.vault.unlock({})
    expect(await modelsHere()).toEqual([])
    expect(filesHere()).toEqual([])
  }
  await importModel(host, english.path)
  expect(await modelsHere()).toHaveLength(1)
})

test('what an import left behind in a crash is gone at the next start', async () => {
  writeFileSync(pathOf('.incoming-crashed'), 'half a model')
  await restart()
  expect(filesHere()).toEqual([])
})

test('removal takes the entry and the file', async () => {
  const { id } = await imported()
  await host.client.models.remove({ modelId: id })
  expect(await modelsHere()).toEqual([])
  expect(filesHere()).toEqual([])
  await expect(host.client.models.remove({ modelId: id })).rejects.toMatchObject({ code: 'model_missing' })
})

describe('a file that somebody touched', () => {
  async function ask(): Promise<unknown> {
    const place = await host.client.chat.send({ workspaceId: await personal(host.client), conversationId: null, text: 'Hello' })
    return lastOf((await untilSettled(host.client, place)).conversation).trouble
  }

  test('but did not change is hashed again and runs', async () => {
    const { path } = await imported()
    const before = (await modelsHere())[0]?.verifiedAt ?? 0
    rewrite(path, () => undefined)
    await restart()
    expect(await checkedState()).toBe('ready')
    expect((await modelsHere())[0]?.verifiedAt).toBeGreaterThan(before)
  })

  for (const [what, change] of [
    [
      'one byte of the same size',
      (path: string) => {
        const bytes = readFileSync(path)
        bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
        writeFileSync(path, bytes)
      },
    ],
    ['a byte more', (path: string) => appendFileSync(path, 'x')],
  ] as const) {
    test(`and changed by ${what} does not run, while the host is up and after a restart`, async () => {
      const { id, path } = await imported()
      rewrite(path, () => change(path))
      await expect(host.client.runtime.load({ modelId: id })).rejects.toMatchObject({
        code: 'model_changed',
        data: { name: english.name },
      })
      expect(await checkedState()).toBe('changed')
      await restart()
      expect(await checkedState()).toBe('changed')
      await expect(host.client.runtime.load({ modelId: id })).rejects.toMatchObject({ code: 'model_changed' })
      expect(await ask().catch((error: unknown) => error)).toMatchObject({
        code: expect.stringMatching(/^model_changed|no_model$/) as string,
      })
    })
  }

  test('and took away is missing, can be removed, and can be imported again', async () => {
    const { id, path } = await imported()
    rmSync(path)
    await expect(host.client.runtime.load({ modelId: id })).rejects.toMatchObject({ code: 'model_missing' })
    expect(await checkedState()).toBe('missing')
    await host.client.models.remove({ modelId: id })
    expect(await importModel(host, english.path)).toBe(id)
    expect(await checkedState()).toBe('ready')
  })
})
