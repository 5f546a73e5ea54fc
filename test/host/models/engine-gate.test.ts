// The gate in front of the engine, and what it then read. The bugs it would catch: a model that is swapped with its time put back and runs, one
// that is swapped between the look and the load and answers, and a way around the gate.
import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { identityOf } from '../../../contract/file-identity.ts'
import { OpenedFile } from '../../../electron/engine/opened-file.ts'
import { References } from '../../../electron/host/desktop.ts'
import { ModelFiles } from '../../../electron/host/models/library/model-files.ts'
import { Models } from '../../../electron/host/models/models.ts'
import type { WorkerProcess } from '../../../electron/host/base/worker-process.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { Vault } from '../../../electron/host/vault/vault.ts'
import { MemoryKeychain } from '../../fixtures/memory-keychain.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  lastOf,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testAdapters,
  testCards,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

const { english, trades } = testModels()
const adapters = testAdapters()
let room: TestHost | null = null
afterEach(async () => {
  await room?.close()
  room = null
})

async function start(launchEngine: () => WorkerProcess): Promise<TestHost> {
  room = await startTestHost({ launchEngine })
  await room.client.vault.create({ kind: 'keychain' })
  await room.client.settings.set({ threads: 1, contextTokens: 2048 })
  return room
}
/** Other bytes under the same path, as many as before – its own but for one, or another file's –, with the time of before. */
function swap(path: string, how: 'written over' | 'replaced' = 'replaced', source = path): void {
  const { atime, mtime } = statSync(path)
  const bytes = readFileSync(source)
  if (source === path) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  const written = how === 'replaced' ? `${path}.other` : path
  // As whoever owns the file can.
  if (how === 'written over') chmodSync(path, 0o600)
  writeFileSync(written, bytes)
  utimesSync(written, atime, mtime)
  if (how === 'replaced') renameSync(written, path)
}
const pathIn = ({ dataFolder }: TestHost, name: string): string => join(dataFolder, 'models', name)
async function ask({ client }: TestHost, modelId: string) {
  const place = await client.chat.send({
    ...{ workspaceId: await personal(client), conversationId: null, text: 'Hello', onceModelId: modelId },
  })
  return lastOf((await untilSettled(client, place)).conversation)
}

describe.each(['written over', 'replaced'] as const)('a model that is %s with its time put back', (how) => {
  test('does not run, neither now, nor when it is in memory, nor after a restart', async () => {
    const engine = new ScriptedEngine()
    const { client, dataFolder, keychain } = await start(engine.launch)
    const id = await importModel(room as TestHost, english.path)
    await client.runtime.load({ modelId: id })
    const path = pathIn(room as TestHost, 'english.gguf')
    swap(path, how)
    expect(await ask(room as TestHost, id)).toMatchObject({ state: 'failed', trouble: { code: 'model_changed' } })
    await room?.close()
    room = await startTestHost({ launchEngine: engine.launch, dataFolder, keychain })
    await room.client.vault.unlock({})
    await expect(room.client.runtime.load({ modelId: id })).rejects.toMatchObject({ code: 'model_changed' })
    expect(engine.questions).toEqual([])
  })
})

describe('between the look and the load', () => {
  /** The real engine, before which something happens to the files when it is asked for this. */
  const realAfter = (method: string, happen: () => void) => (): WorkerProcess => {
    const real = forkTestEngine(join(import.meta.dirname, '../../../electron/engine/engine.ts'))
    return {
      ...real,
      port: {
        ...real.port,
        send: (frame) => {
          if (frame.t === 'open' && frame.method === method) happen()
          real.port.send(frame)
        },
      },
    }
  }

  test('a model that is swapped is taken out again, and never answers', async () => {
    let path = ''
    let swaps = 1
    await start(
      realAfter('engine.load', () => {
        if (swaps-- > 0) swap(path)
      }),
    )
    const at = room as TestHost
    const id = await importModel(at, english.path)
    path = pathIn(at, 'english.gguf')
    await expect(at.client.runtime.load({ modelId: id })).rejects.toMatchObject({
      code: 'model_changed',
      data: { name: english.name },
    })
    expect((await present(at.client.runtime.state({}))).warm).toEqual([])
    expect(await ask(at, id)).toMatchObject({ text: '', state: 'failed', trouble: { code: 'model_changed' } })
    // The right one again, and it answers.
    rmSync(path)
    await importModel(at, english.path)
    expect(await ask(at, id)).toMatchObject({ state: 'finished' })
  })

  test('an adapter that is swapped for another of the same shape is not spoken through', async () => {
    let path = ''
    let swaps = 1
    await start(
      realAfter('engine.open', () => {
        if (swaps-- > 0) swap(path, 'replaced', adapters.health.path)
      }),
    )
    const at = room as TestHost
    await importModel(at, trades.path)
    const id = await importModel(at, adapters.tenancy.path)
    path = pathIn(at, readdirSync(join(at.dataFolder, 'models')).find((name) => name.startsWith('adapter-')) ?? '')
    await expect(at.client.runtime.load({ modelId: id })).rejects.toMatchObject({ code: 'model_changed' })
    expect((await present(at.client.runtime.state({}))).warm).toEqual([])
  })

  test.runIf(process.platform === 'linux')(
    'a name that leads elsewhere while a file is read changes nothing: it is read by its descriptor',
    () => {
      const folder = temporaryFolder()
      const path = join(folder, 'model.gguf')
      copyFileSync(english.path, path)
      const before = identityOf(statSync(path, { bigint: true }))
      const opened = new OpenedFile(path)
      swap(path)
      expect(readFileSync(opened.path).equals(readFileSync(english.path))).toBe(true)
      // The old file has no name any more, which is a change of it.
      expect(opened.opened).toEqual(before)
      expect(() => opened.identity()).toThrow('changed')
      opened.close()
    },
  )

  test.each(['written over', 'replaced'] as const)('where files are read by path, one that is %s meanwhile is refused', (how) => {
    const path = join(temporaryFolder(), 'model.gguf')
    copyFileSync(english.path, path)
    const opened = new OpenedFile(path, { byDescriptor: false })
    expect(opened.path).toBe(path)
    expect(opened.identity()).toEqual(identityOf(statSync(path, { bigint: true })))
    swap(path, how)
    expect(() => opened.identity()).toThrow(expect.objectContaining({ code: 'model_changed' }))
    opened.close()
  })
})

test('a row of an earlier version, without an identity, is hashed once and runs', async () => {
  const folder = temporaryFolder()
  const vault = new Vault({ dataFolder: folder, keychain: new MemoryKeychain(), now: Date.now })
  await vault.start()
  await vault.create({ kind: 'keychain' })
  const references = new References()
  let now = 1
  const open = async (): Promise<Models> => {
    const models = new Models({
      ...{ database: vault.main, files: new ModelFiles(join(folder, 'models')), references, cards: testCards(vault.main) },
      ...{ starterFiles: [], embedderFiles: [], neighbourPlaces: [], totalMemoryBytes: () => 2 ** 35, now: () => now },
    })
    await models.open()
    return models
  }
  const models = await open()
  const { modelId } = await models.import(references.issue(english.path))
  await models.close()
  vault.main.prepare('UPDATE models SET file_identity = NULL').run()
  now = 2
  const later = await open()
  const { models: here } = await until(
    later.state.watch(new AbortController().signal),
    ({ models: [model] }) => model?.state === 'ready',
  )
  expect(here).toMatchObject([{ id: modelId, verifiedAt: 2 }])
  now = 3
  expect((await later.toRun(modelId)).file).toMatchObject({ modelId, vouched: 'nothing_required' })
  expect(later.get(modelId).verifiedAt).toBe(2)
  await later.close()
  await vault.close()
})

test('nothing but the gate makes a path that the engine takes', () => {
  const root = join(import.meta.dirname, '../../../electron')
  const makers = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && /as (unknown as )?CheckedPath/.test(readFileSync(join(root, name), 'utf8')))
    .map((name) => name.replaceAll('\\', '/'))
  expect(makers).toEqual(['host/models/library/engine-gate.ts'])
})
