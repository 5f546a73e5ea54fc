// Models come in whole and verified or not at all, and a file that is no longer the one that was checked does not run.
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Model, ModelsState } from '../../../contract/entities.ts'
import { References } from '../../../electron/host/desktop.ts'
import { ModelFiles } from '../../../electron/host/models/library/model-files.ts'
import { Models } from '../../../electron/host/models/models.ts'
import { starterModels } from '../../../electron/host/models/library/starter-models.ts'
import { Vault } from '../../../electron/host/vault/vault.ts'
import { DownloadRoom, studentFor } from '../../fixtures/download-room.ts'
import { ggufHeaderBytes } from '../../fixtures/gguf/gguf-writer.ts'
import { HubServer } from '../../fixtures/hub-server.ts'
import { MemoryKeychain } from '../../fixtures/memory-keychain.ts'
import { makeCertificates } from '../../fixtures/test-certificates.ts'
import {
  importModel,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testCards,
  testModels,
  until,
  untilSettled,
  lastOf,
} from '../../fixtures/test-host.ts'
import type { TestHost } from '../../fixtures/test-host.ts'

const { english, french, slow } = testModels()
const outside = temporaryFolder()
/** The system's temporary folder as these tests see it; the data folders lie in it too. */
const scratch = temporaryFolder()
vi.stubEnv('TMPDIR', scratch)
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
const everything = (): string[] => readdirSync(scratch, { recursive: true }).map(String)

/** The work is refused with this code, and nothing that was not there before is there afterwards. */
async function expectRefused(work: () => Promise<unknown>, refusal: { code: string; data?: unknown }): Promise<void> {
  const before = new Set(everything())
  await expect(work()).rejects.toMatchObject(refusal)
  expect(await present(host.client.models.state({}))).toMatchObject({ models: [], imports: [] })
  expect(filesHere()).toEqual([])
  expect(everything().filter((name) => !before.has(name))).toEqual([])
}
/** A copy of a model's file under another name. */
function named(name: string, source = english.path): string {
  const path = join(temporaryFolder(), name)
  copyFileSync(source, path)
  return path
}

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
  host = await startTestHost({ dataFolder: host.dataFolder, keychain: host.keychain, starterFiles: [wrongStarter] })
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
  await importModel(host, named('english.gguf', french.path))
  expect(await modelsHere()).toHaveLength(2)
  expect(new Set(filesHere()).size).toBe(2)
})

test('the same file from two pages at once is one model', async () => {
  const pages = [host, { client: host.newClient(), desktop: host.desktop }]
  const [first, second] = await Promise.all(pages.map((page) => importModel(page, english.path)))
  expect(second).toBe(first)
  expect(await modelsHere()).toHaveLength(1)
  expect(filesHere()).toEqual([basename(english.path)])
})

test('a name that means something to Alambic or is too long for the disk is changed, and the file stays', async () => {
  const long = `${'模'.repeat(83)}.gguf`
  const paths = [
    named('.incoming-1.gguf'),
    named('.download-1.gguf', french.path),
    named(long, slow.path),
    named(long, testModels().thinking.path),
  ]
  for (const path of paths) await importModel(host, path)
  await restart()
  expect((await modelsHere()).map(({ state }) => state)).toEqual(['ready', 'ready', 'ready', 'ready'])
})

describe('a file is refused in words and leaves nothing behind when it', () => {
  const whole = readFileSync(english.path)
  const refused: [string, string, (path: string) => void][] = [
    ['is not a model', 'model_not_gguf', (path) => writeFileSync(path, 'PK\u0003\u0004 a letter to my landlord')],
    ['is empty', 'model_not_gguf', (path) => writeFileSync(path, '')],
    ['is truncated', 'model_truncated', (path) => writeFileSync(path, whole.subarray(0, whole.length - 4096))],
    ['is truncated in its header', 'model_truncated', (path) => writeFileSync(path, whole.subarray(0, 300))],
    [
      'is damaged in its header',
      'model_malformed',
      (path) => writeFileSync(path, Buffer.concat([whole.subarray(0, 16), Buffer.alloc(8, 0xff), whole.subarray(24)])),
    ],
    [
      'is the vocabulary of an embedder, and nothing else',
      'model_not_chat',
      (path) => writeFileSync(path, ggufHeaderBytes({ 'general.architecture': { type: 'string', value: 'bert' } }, [])),
    ],
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
      await expectRefused(() => importModel(host, path), { code })
    })
  }

  test('does not fit in the memory of this machine', async () => {
    await host.close()
    host = await startTestHost({ memory: () => ({ totalBytes: 1_000_000, freeBytes: 1_000_000 }) })
    await host.client.vault.create({ kind: 'keychain' })
    await expectRefused(() => importModel(host, english.path), { code: 'model_too_big', data: { totalBytes: 1_000_000 } })
  })

  test('went away before it was read', async () => {
    host.desktop.pick = named('gone.gguf')
    const picked = await host.client.desktop.pickModel({})
    rmSync(host.desktop.pick)
    const reference = picked?.reference ?? ''
    await expectRefused(() => host.client.models.import({ reference }), { code: 'file_unreadable' })
    // A reference is good for one import.
    await expectRefused(() => host.client.models.import({ reference }), { code: 'not_found' })
  })

  test('is a starter of the right size with the wrong bytes, which may be tried again', async () => {
    copyFileSync(english.path, wrongStarter)
    truncateSync(wrongStarter, starterSize)
    await restart()
    const { offers } = await present(host.client.models.state({}))
    expect(offers).toHaveLength(1)
    const reference = offers[0]?.reference ?? ''
    for (let attempt = 0; attempt < 2; attempt++)
      await expectRefused(() => host.client.models.import({ reference }), { code: 'model_wrong_hash' })
    rmSync(wrongStarter)
  })
})

/** The state once some of a file has come in, and before all of it has. */
async function inTheMiddle(client = host.client): Promise<ModelsState['imports'][number]> {
  const { imports } = await until(client.models.state({}), (state) => (state.imports[0]?.doneBytes ?? 0) > 0)
  const [first] = imports
  if (!first || first.doneBytes >= first.totalBytes) throw new Error('It is over already')
  expect(filesHere()).toEqual([expect.stringMatching(/^\.incoming-/)])
  return first
}

for (const how of ['by hand', 'by the lock'] as const) {
  test(`an import is cancelled in the middle ${how}, and a later one works`, async () => {
    await expectRefused(
      async () => {
        const importing = importModel(host, slow.path)
        importing.catch(() => undefined)
        const { id } = await inTheMiddle()
        if (how === 'by hand') await host.client.models.cancelImport({ importId: id })
        else await host.client.vault.lock({})
        try {
          await importing
        } finally {
          if (how === 'by the lock') await host.client.vault.unlock({})
        }
      },
      { code: 'cancelled' },
    )
    await importModel(host, slow.path)
    expect(await modelsHere()).toHaveLength(1)
  })
}

test('an import that waits for its turn is cancelled without the one before it', async () => {
  const first = importModel(host, slow.path)
  await inTheMiddle()
  const second = importModel(host, english.path)
  second.catch(() => undefined)
  const { imports } = await until(host.client.models.state({}), (state) => state.imports.length === 2)
  await host.client.models.cancelImport({ importId: imports[1]?.id ?? '' })
  await expect(second).rejects.toMatchObject({ code: 'cancelled' })
  expect((await modelsHere()).map(({ id }) => id)).toEqual([await first])
  expect(filesHere()).toEqual([basename(slow.path)])
})

test('a model that cannot be entered leaves no file', async () => {
  const folder = temporaryFolder()
  const vault = new Vault({ dataFolder: folder, keychain: new MemoryKeychain(), now: Date.now })
  await vault.start()
  await vault.create({ kind: 'keychain' })
  const references = new References()
  const models = new Models({
    database: vault.main,
    files: new ModelFiles(join(folder, 'models')),
    references,
    cards: testCards(vault.main),
    starterFiles: [],
    embedderFiles: [],
    neighbourPlaces: [],
    totalMemoryBytes: () => 2 ** 35,
    now: Date.now,
  })
  await models.open()
  vault.main.exec(`CREATE TRIGGER no_entry BEFORE INSERT ON models BEGIN SELECT RAISE(ABORT, 'no entry'); END`)
  await expect(models.import(references.issue(english.path))).rejects.toThrow('no entry')
  expect(readdirSync(join(folder, 'models'))).toEqual([])
  expect(models.state.value).toEqual({ models: [], offers: [], imports: [] })
  await models.close()
  await vault.close()
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

  for (const when of ['while the host is up', 'after a restart'] as const) {
    test(`but did not change is hashed again and runs, ${when}`, async () => {
      const { id, path } = await imported()
      const before = (await modelsHere())[0]?.verifiedAt ?? 0
      rewrite(path, () => undefined)
      if (when === 'after a restart') await restart()
      else await host.client.runtime.load({ modelId: id })
      expect(await checkedState()).toBe('ready')
      const verifiedAt = (await modelsHere())[0]?.verifiedAt ?? 0
      expect(verifiedAt).toBeGreaterThan(before)
      // The time of the file is known now.
      await host.client.runtime.load({ modelId: id })
      expect((await modelsHere())[0]?.verifiedAt).toBe(verifiedAt)
    })
  }

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
    ['a cut', (path: string) => truncateSync(path, 4096)],
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

  test('and took away is missing and can be removed', async () => {
    const { id, path } = await imported()
    rmSync(path)
    await expect(host.client.runtime.load({ modelId: id })).rejects.toMatchObject({ code: 'model_missing' })
    expect(await checkedState()).toBe('missing')
    await restart()
    expect(await checkedState()).toBe('missing')
    await host.client.models.remove({ modelId: id })
    expect(await importModel(host, english.path)).toBe(id)
    expect(await checkedState()).toBe('ready')
  })

  for (const [what, touch] of [
    ['took away', (path: string) => rmSync(path)],
    ['changed', (path: string) => rewrite(path, () => appendFileSync(path, 'x'))],
  ] as const) {
    test(`and ${what} is made whole by importing it again`, async () => {
      const { id, path } = await imported()
      await host.client.runtime.load({ modelId: id })
      const [before] = await modelsHere()
      touch(path)
      await restart()
      expect(await importModel(host, english.path)).toBe(id)
      expect(await modelsHere()).toEqual([{ ...before, verifiedAt: expect.any(Number) as number }])
      expect(filesHere()).toEqual([basename(english.path)])
      expect(readFileSync(path).equals(readFileSync(english.path))).toBe(true)
      await host.client.runtime.load({ modelId: id })
    })
  }

  test('and took away does not lose its name to another model', async () => {
    const { id, path } = await imported()
    rmSync(path)
    const other = await importModel(host, named(basename(path), french.path))
    expect(filesHere()).toHaveLength(1)
    await importModel(host, english.path)
    for (const modelId of [id, other]) await host.client.runtime.load({ modelId })
    await host.client.models.remove({ modelId: other })
    expect(filesHere()).toEqual([basename(path)])
  })

  test('and took away comes again by a download', async () => {
    const bytes = readFileSync(english.path)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const { authority, identity } = makeCertificates()
    const hub = await HubServer.start(bytes, identity)
    const room = await new DownloadRoom({ hub: hub.address, certificates: authority }).open()
    try {
      for (let time = 0; time < 2; time++) {
        await room.downloads.begin(studentFor({ sizeBytes: bytes.length, sha256 }))
        await room.untilDone()
        expect(room.models.state.value.models).toMatchObject([{ id: sha256, state: 'ready' }])
        expect(room.files).toEqual(['counter.gguf'])
        await room.models.toRun(sha256)
        rmSync(join(room.folder, 'models', 'counter.gguf'))
      }
    } finally {
      await room.close()
      await hub.close()
    }
  })
})
