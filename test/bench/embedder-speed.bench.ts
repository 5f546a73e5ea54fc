// How much of the embedder's own speed is left behind the queue, the process and the checks: passages a second through Embedder ÷ a bare loop.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { References } from '../../electron/host/desktop.ts'
import { ModelFiles } from '../../electron/host/models/library/model-files.ts'
import { Models } from '../../electron/host/models/models.ts'
import { Embedder } from '../../electron/host/runtime/embedder.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { chooseThreads, readMemory } from '../../electron/host/runtime/memory.ts'
import { SettingsArea } from '../../electron/host/settings/settings-area.ts'
import { Vault } from '../../electron/host/vault/vault.ts'
import { MemoryKeychain } from '../fixtures/memory-keychain.ts'
import { e5, miniLm } from '../fixtures/real-embedders.ts'
import { temporaryFolder, testCards } from '../fixtures/test-host.ts'

const rounds = 3
const never = new AbortController().signal
/** About as long as passages are. */
const sentences = [
  'The tenant may end the lease at any time with three months of notice, by registered letter.',
  'Le loyer est payable d’avance, le premier jour de chaque mois, entre les mains du bailleur.',
  'The landlord keeps the roof, the outer walls and the main pipes in good order at his own cost.',
]
const passages = Array.from({ length: 40 }, (_, index) =>
  Array.from({ length: 9 }, (_sentence, at) => `${index}.${at} ${sentences[(index + at) % sentences.length] ?? ''}`).join(' '),
)

async function bare(path: string, before: string): Promise<number> {
  const child = fork(join(import.meta.dirname, 'bare-embedder.ts'), [path, String(chooseThreads()), before], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  child.send(passages)
  const [perSecond] = (await once(child, 'message')) as [number]
  return perSecond
}

async function through(path: string): Promise<number> {
  const folder = temporaryFolder()
  const vault = new Vault({ dataFolder: folder, keychain: new MemoryKeychain(), now: Date.now })
  await vault.start()
  await vault.create({ kind: 'keychain' })
  const references = new References()
  const settings = new SettingsArea({ clearPath: join(folder, 'appearance.json'), source: () => ({ values: [], unread: [] }) })
  settings.attach(vault.main)
  const models = new Models({
    ...{ database: vault.main, references, cards: testCards(vault.main), now: Date.now },
    files: new ModelFiles(join(folder, 'models')),
    ...{ starterFiles: [], embedderFiles: [], neighbourPlaces: [], totalMemoryBytes: () => 2 ** 36 },
  })
  await models.open()
  await models.import(references.issue(path))
  const engine = join(import.meta.dirname, '../../electron/engine/engine.ts')
  const embedder = new Embedder({
    onBug: console.error,
    ...{ models, settings, readMemory, now: Date.now },
    launchEngine: () => forkTestEngine(engine),
    quiet: () => Promise.resolve(),
  })
  await embedder.open()
  await embedder.embedPassages(passages.slice(0, 2), never)
  const began = performance.now()
  await embedder.embedPassages(passages, never)
  const perSecond = (passages.length * 1000) / (performance.now() - began)
  void embedder.close()
  await models.close()
  await vault.close()
  return perSecond
}

const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[values.length >> 1] ?? 0

for (const [name, path, before] of [
  ['multilingual-e5-small Q4_0', e5, 'passage: '],
  ['all-MiniLM-L6-v2 Q8_0', miniLm, ''],
] as const) {
  if (!existsSync(path)) {
    console.log(`NOT RUN: ${name} is not here`)
    continue
  }
  const figures: { ours: number; raw: number }[] = []
  for (let round = 0; round < rounds; round++) figures.push({ raw: await bare(path, before), ours: await through(path) })
  const [ours, raw] = [median(figures.map((figure) => figure.ours)), median(figures.map((figure) => figure.raw))]
  const ratios = figures.map((figure) => figure.ours / figure.raw)
  console.log(
    `${name}: ${ours.toFixed(1)} passages/s through Embedder, ${raw.toFixed(1)} bare, ratio ${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; wanted ≥ 0.9)`,
  )
}
process.exit(0)
