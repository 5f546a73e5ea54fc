/**
 * The real embedder and, where one is, the real reranker, each asked once for each text: what they said is kept in the launcher's cache,
 * so that a measurement is run again in seconds. What was kept is believed only as long as they still say the same.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { sharedModels, userCache } from '../../build/places.ts'
import { References } from '../../electron/host/desktop.ts'
import { readGgufHeader } from '../../electron/host/models/gguf/gguf-header.ts'
import { ModelFiles } from '../../electron/host/models/library/model-files.ts'
import { Models } from '../../electron/host/models/models.ts'
import { Embedder, type EmbedderFacts } from '../../electron/host/runtime/embedder.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { SettingsArea } from '../../electron/host/settings/settings-area.ts'
import { Vault } from '../../electron/host/vault/vault.ts'
import { MemoryKeychain } from '../fixtures/memory-keychain.ts'
import { e5 } from '../fixtures/real-embedders.ts'
import { temporaryFolder, testCards, until } from '../fixtures/test-host.ts'
import { KeptNumbers } from './kept-numbers.ts'

const never = new AbortController().signal
/** Below this cosine the embedder says something else than it did. The same file in another thread's order stays above it. */
const same = 0.9999

export type TextKind = 'query' | 'passage'

export class KeptEmbedder {
  readonly facts: EmbedderFacts
  readonly reranker: { id: string; name: string } | null
  readonly #embedder: Embedder
  readonly #close: () => Promise<void>
  readonly #vectors: KeptNumbers
  readonly #ranks: KeptNumbers | null
  #checked = false

  private constructor(embedder: Embedder, close: () => Promise<void>) {
    const facts = embedder.state.value
    if (!facts) throw new Error('No embedder is in use')
    this.facts = facts
    this.reranker = embedder.reranker.value
    this.#embedder = embedder
    this.#close = close
    const folder = join(userCache(), 'bench')
    this.#vectors = new KeptNumbers(join(folder, `${facts.id}.vectors`), facts.dimensions)
    this.#ranks = this.reranker && new KeptNumbers(join(folder, `${this.reranker.id}.ranks`), 1)
  }

  static async open(): Promise<KeptEmbedder> {
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
    await models.import(references.issue(e5))
    const embedder = new Embedder({
      onBug: console.error,
      ...{ models, settings, now: Date.now },
      launchEngine: () => forkTestEngine(join(import.meta.dirname, '../../electron/engine/engine.ts')),
      readMemory: () => ({ totalBytes: 2 ** 36, freeBytes: 2 ** 35 }),
      quiet: () => Promise.resolve(),
    })
    await embedder.open()
    const rerankerFile = await findReranker()
    if (rerankerFile !== null) {
      const { modelId } = await models.import(references.issue(rerankerFile))
      settings.set({ rerankerId: modelId })
      await until(embedder.reranker.watch(never), (facts) => facts?.id === modelId)
    }
    return new KeptEmbedder(embedder, async () => {
      void embedder.close()
      await models.close()
      await vault.close()
    })
  }

  async vectorOf(kind: TextKind, text: string): Promise<Float32Array> {
    if (!this.#checked) await this.#check(kind, text)
    const known = this.#vectors.get(kind, text)
    if (known) return known
    const vector = await this.#embed(kind, text)
    this.#vectors.add(vector, kind, text)
    return vector
  }

  async rankOf(query: string, text: string): Promise<number> {
    const known = this.#ranks?.get(query, text)?.[0]
    if (known !== undefined) return known
    const [score] = (await this.#embedder.rank(query, [text], never)) ?? []
    if (score === undefined) throw new Error('The reranker said nothing')
    this.#ranks?.add(Float32Array.of(score), query, text)
    return score
  }

  close(): Promise<void> {
    return this.#close()
  }

  /** The first text that is asked for is embedded in any case. */
  async #check(kind: TextKind, text: string): Promise<void> {
    this.#checked = true
    const known = this.#vectors.get(kind, text)
    if (!known) return
    const vector = await this.#embed(kind, text)
    const cosine = vector.reduce((sum, value, at) => sum + value * (known[at] ?? 0), 0)
    if (cosine >= same) return
    console.log(`The embedder's vectors are no longer those that were kept (cosine ${cosine.toFixed(4)}): all are made anew`)
    this.#vectors.clear()
  }

  async #embed(kind: TextKind, text: string): Promise<Float32Array> {
    if (kind === 'query') return this.#embedder.embedQuery(text, never)
    const [vector] = await this.#embedder.embedPassages([text], never)
    if (!vector) throw new Error('The embedder said nothing')
    return vector
  }
}

/** ALAMBIC_RERANKER names one; else the first among the models beside this checkout. Null where none is. */
async function findReranker(): Promise<string | null> {
  const named = process.env['ALAMBIC_RERANKER']
  if (named !== undefined) return named
  const shared = sharedModels()
  if (shared === null) return null
  const names = readdirSync(shared, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gguf'))
  for (const name of names.sort()) {
    const header = await readGgufHeader(join(shared, name)).catch(() => null)
    if (header?.purpose === 'reranker') return join(shared, name)
  }
  return null
}
