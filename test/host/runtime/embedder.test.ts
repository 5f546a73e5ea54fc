// The embedder beside the runtime: who goes first, what gives way, and what a crash, a change and a changed file come to.
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../contract/errors.ts'
import { References } from '../../../electron/host/desktop.ts'
import { ModelFiles } from '../../../electron/host/models/library/model-files.ts'
import { Models } from '../../../electron/host/models/models.ts'
import { Embedder } from '../../../electron/host/runtime/embedder.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import type { WorkerProcess } from '../../../electron/host/base/worker-process.ts'
import { SettingsArea } from '../../../electron/host/settings/settings-area.ts'
import { Vault } from '../../../electron/host/vault/vault.ts'
import { makeLexicalModel } from '../../fixtures/gguf/bert-model.ts'
import { MemoryKeychain } from '../../fixtures/memory-keychain.ts'
import { e5, missingEmbedders } from '../../fixtures/real-embedders.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import { temporaryFolder, testCards, testModels, until } from '../../fixtures/test-host.ts'

const never = new AbortController().signal
const engineEntry = join(import.meta.dirname, '../../../electron/engine/engine.ts')
const plentiful = (): { totalBytes: number; freeBytes: number } => ({ totalBytes: 2 ** 36, freeBytes: 2 ** 35 })
let closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  closing = []
})

function made(purpose: 'embedder' | 'reranker', name = `Lexical ${purpose}`): string {
  const path = join(temporaryFolder(), `${purpose}.gguf`)
  makeLexicalModel(path, { name, purpose })
  return path
}

/** Models and an embedder, without the rest of the house. */
async function room({
  launchEngine,
  quiet = () => Promise.resolve(),
  now = Date.now,
  idleCheckMs,
  embedderFiles = [],
  readMemory = plentiful,
}: {
  launchEngine: () => WorkerProcess
  quiet?: (signal: AbortSignal) => Promise<void>
  now?: () => number
  idleCheckMs?: number
  embedderFiles?: string[]
  readMemory?: typeof plentiful
}) {
  const folder = temporaryFolder()
  const vault = new Vault({ dataFolder: folder, keychain: new MemoryKeychain(), now: Date.now })
  await vault.start()
  await vault.create({ kind: 'keychain' })
  const references = new References()
  const settings = new SettingsArea({ clearPath: join(folder, 'appearance.json'), source: () => ({ values: [], unread: [] }) })
  settings.attach(vault.main)
  const models = new Models({
    database: vault.main,
    files: new ModelFiles(join(folder, 'models')),
    references,
    cards: testCards(vault.main, [], () => settings.values.requireCard),
    starterFiles: [],
    embedderFiles,
    neighbourPlaces: [],
    totalMemoryBytes: () => 2 ** 35,
    now: Date.now,
  })
  await models.open()
  const embedder = new Embedder({
    onBug: console.error,
    ...{ models, settings, launchEngine, readMemory, quiet, now },
    ...(idleCheckMs === undefined ? {} : { idleCheckMs }),
  })
  await embedder.open()
  closing.push(
    () => vault.close(),
    () => models.close(),
    () => embedder.close(),
  )
  const take = async (path: string): Promise<string> => (await models.import(references.issue(path))).modelId
  return { embedder, models, settings, take, folder }
}

const inUse = (embedder: Embedder) => until(embedder.state.watch(never), (facts) => facts !== null)

describe('without an embedder', () => {
  test('a question is refused by name, and nothing is started', async () => {
    const engine = new ScriptedEngine()
    const { embedder, take } = await room({ launchEngine: engine.launch })
    await take(testModels().english.path)
    expect(embedder.state.value).toBeNull()
    await expect(embedder.embedQuery('x', never)).rejects.toMatchObject({ code: 'no_embedder' })
    await expect(embedder.embedPassages(['x'], never)).rejects.toMatchObject({ code: 'no_embedder' })
    expect(await embedder.rank('x', ['y'], never)).toBeNull()
    expect(engine.launches).toBe(0)
  })
})

test.each(['embedder', 'reranker'] as const)(
  'a %s that is in memory is not used any more once cards are required (bug: only loading was looked at)',
  async (purpose) => {
    const engine = new ScriptedEngine()
    const { embedder, settings, take } = await room({ launchEngine: engine.launch })
    const id = await take(made(purpose))
    if (purpose === 'reranker') settings.set({ rerankerId: id })
    const use = () => (purpose === 'embedder' ? embedder.embedQuery('x', never) : embedder.rank('x', ['y'], never))
    await until(
      (purpose === 'embedder' ? embedder.state : embedder.reranker).watch(never),
      (facts: object | null) => facts !== null,
    )
    await use()
    settings.set({ requireCard: 'card' })
    await expect(use()).rejects.toMatchObject({ code: 'card_missing' })
    settings.set({ requireCard: 'off' })
    await use()
    expect(engine.loads).toBe(1)
  },
)

describe('the queue', () => {
  test('a question goes before passages that wait (bug: a search waits for a whole book)', async () => {
    const engine = new ScriptedEngine({ paceMs: 2 })
    const { embedder, take } = await room({ launchEngine: engine.launch })
    await take(made('embedder'))
    await inUse(embedder)
    const passages = embedder.embedPassages(
      Array.from({ length: 20 }, (_, index) => `passage ${index}`),
      never,
    )
    const others = embedder.embedPassages(
      Array.from({ length: 20 }, (_, index) => `other ${index}`),
      never,
    )
    await embedder.embedQuery('question', never)
    const before = engine.texts.indexOf('question')
    expect(before).toBeLessThan(3)
    expect((await passages).length + (await others).length).toBe(40)
  })

  test('between two passages it waits while an answer is being written; a question does not', async () => {
    const engine = new ScriptedEngine()
    let open: () => void = () => undefined
    const quiet = new Promise<void>((resolve) => (open = resolve))
    let asked = 0
    const { embedder, take } = await room({
      launchEngine: engine.launch,
      quiet: () => (++asked <= 2 ? Promise.resolve() : quiet),
    })
    await take(made('embedder'))
    await inUse(embedder)
    const passages = embedder.embedPassages(['a', 'b', 'c'], never)
    while (asked < 3) await new Promise((resolve) => setTimeout(resolve, 1))
    await embedder.embedQuery('question', never)
    expect(engine.texts).toEqual(['a', 'b', 'question'])
    open()
    expect(await passages).toHaveLength(3)
    expect(engine.texts.at(-1)).toBe('c')
  })

  test('whoever leaves while waiting is told so, and nobody else notices', async () => {
    const engine = new ScriptedEngine({ paceMs: 5 })
    const { embedder, take } = await room({ launchEngine: engine.launch })
    await take(made('embedder'))
    await inUse(embedder)
    const stays = embedder.embedPassages(['a', 'b'], never)
    const leaves = new AbortController()
    const left = embedder.embedPassages(['x', 'y'], leaves.signal)
    left.catch(() => undefined)
    leaves.abort()
    await expect(left).rejects.toMatchObject({ code: 'cancelled' })
    expect(await stays).toHaveLength(2)
    expect(engine.texts).toEqual(['a', 'b'])
  })
})

describe('its engine', () => {
  test('is a process of its own whose crash fails one call, and the next starts another', async () => {
    const { embedder, take } = await room({ launchEngine: () => forkTestEngine(engineEntry) })
    await take(made('embedder'))
    await inUse(embedder)
    const [first] = await embedder.embedPassages(['the notice period'], never)
    const pid = embedder.enginePid ?? 0
    const work = embedder.embedPassages(Array<string>(2000).fill('the rent is due '.repeat(100)), never)
    process.kill(pid, 'SIGKILL')
    await expect(work).rejects.toMatchObject({ code: 'engine_died' })
    const [again] = await embedder.embedPassages(['the notice period'], never)
    expect(again).toEqual(first)
    expect(embedder.enginePid).not.toBe(pid)
  })

  test('ends when it had nothing to do for long enough, and comes again when asked', async () => {
    let clock = 1_000_000
    const engine = new ScriptedEngine()
    const { embedder, take } = await room({ launchEngine: engine.launch, now: () => clock, idleCheckMs: 5 })
    await take(made('embedder'))
    await inUse(embedder)
    const ended = new Promise<void>((resolve) => engine.onEnd(resolve))
    await embedder.embedQuery('x', never)
    clock += 31 * 60_000
    await ended
    await embedder.embedQuery('x', never)
    expect(engine.launches).toBe(2)
  })

  test('is not started where it does not fit', async () => {
    const engine = new ScriptedEngine()
    const readMemory = (): ReturnType<typeof plentiful> => ({ totalBytes: 2 ** 30, freeBytes: 1_000_000 })
    const { embedder, take } = await room({ launchEngine: engine.launch, readMemory })
    await take(made('embedder'))
    await inUse(embedder)
    await expect(embedder.embedQuery('x', never)).rejects.toMatchObject({ code: 'out_of_memory' })
    expect(engine.launches).toBe(0)
  })

  test('gets no file but the one that was checked', async () => {
    const engine = new ScriptedEngine()
    const { embedder, take, models, folder } = await room({ launchEngine: engine.launch })
    const id = await take(made('embedder'))
    await inUse(embedder)
    const path = join(folder, 'models', models.get(id).fileName)
    chmodSync(path, 0o600)
    const bytes = readFileSync(path)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    writeFileSync(path, bytes)
    await expect(embedder.embedQuery('x', never)).rejects.toMatchObject({ code: 'model_changed' })
    expect(engine.loads).toBe(0)
  })
})

describe('which one is used', () => {
  test('the one that is here, another when it is chosen, and none while the chosen one is in trouble', async () => {
    const engine = new ScriptedEngine()
    const { embedder, take, settings, models } = await room({ launchEngine: engine.launch })
    const one = await take(made('embedder', 'One'))
    expect(await inUse(embedder)).toEqual({ id: one, name: 'One', dimensions: 96 })
    const two = await take(made('embedder', 'Two'))
    settings.set({ embedderId: two })
    await until(embedder.state.watch(never), (facts) => facts?.id === two)
    await embedder.embedQuery('x', never)
    settings.set({ embedderId: null })
    await until(embedder.state.watch(never), (facts) => facts?.id === one)
    await embedder.embedQuery('x', never)
    expect(engine.loads).toBe(2)
    await models.remove(one)
    await until(embedder.state.watch(never), (facts) => facts?.id === two)
  })

  test('a reranker only when it is chosen, and it orders what was found', async () => {
    const { embedder, take, settings } = await room({ launchEngine: () => forkTestEngine(engineEntry) })
    await take(made('embedder'))
    const id = await take(made('reranker'))
    await inUse(embedder)
    expect(await embedder.rank('notice period', ['a'], never)).toBeNull()
    settings.set({ rerankerId: id })
    await until(embedder.reranker.watch(never), (facts) => facts?.id === id)
    const scores = await embedder.rank(
      'rent due',
      ['the notice period is three months', 'when is the rent due each month'],
      never,
    )
    expect(scores?.[1]).toBeGreaterThan(scores?.[0] ?? 1)
    expect(await embedder.embedQuery('both are there at once', never)).toHaveLength(96)
  })

  test('neither is one to talk to', async () => {
    const { models, take } = await room({ launchEngine: new ScriptedEngine().launch })
    const id = await take(made('embedder'))
    await expect(models.toRun(id)).rejects.toMatchObject({ code: 'model_not_chat', data: { kind: 'embedder' } })
    expect(() => models.student(id)).toThrow(AppError)
  })
})

describe('the embedder that came with the application', () => {
  test('is not believed for its name or size alone', async () => {
    const path = join(temporaryFolder(), 'multilingual-e5-small-q4_0.gguf')
    writeFileSync(path, Buffer.alloc(73_819_104))
    const { embedder, models } = await room({ launchEngine: new ScriptedEngine().launch, embedderFiles: [path] })
    await models.close()
    expect(models.state.value.models).toEqual([])
    expect(embedder.state.value).toBeNull()
  })

  test.skipIf(!existsSync(e5))(
    `is installed without a question, once, and finds passages${missingEmbedders ? ` (NOT RUN: ${missingEmbedders})` : ''}`,
    async () => {
      const copy = join(temporaryFolder(), 'embedder.gguf')
      copyFileSync(e5, copy)
      const { embedder, models } = await room({ launchEngine: () => forkTestEngine(engineEntry), embedderFiles: [copy] })
      expect(await inUse(embedder)).toMatchObject({ name: 'Multilingual E5 Small', dimensions: 384 })
      expect(models.state.value.models).toMatchObject([{ purpose: 'embedder', shipped: true, licence: 'MIT', state: 'ready' }])
      const query = await embedder.embedQuery('Quel est le préavis ?', never)
      const [right, wrong] = await embedder.embedPassages(['Le préavis est de trois mois.', 'Le chat dort au jardin.'], never)
      const dot = (other: Float32Array | undefined): number =>
        query.reduce((sum, value, at) => sum + value * (other?.[at] ?? 0), 0)
      expect(dot(right)).toBeGreaterThan(dot(wrong))
    },
  )
})
