// The real engine process, embedding and ranking with made models and with the real embedders.
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { TextKind } from '../../electron/engine/embed-words.ts'
import { wordsBefore } from '../../electron/engine/embed-words.ts'
import { WorkerKeeper } from '../../electron/host/base/worker-keeper.ts'
import { engineLimits, engineWorker, type EngineKeeper } from '../../electron/host/runtime/engine-worker.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { makeLexicalModel } from '../fixtures/gguf/bert-model.ts'
import { e5, miniLm, missingEmbedders } from '../fixtures/real-embedders.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'
import { asChecked } from '../fixtures/checked-path.ts'

let keeper: EngineKeeper | null = null
afterEach(() => keeper?.close())

async function open(path: string, purpose: 'embedder' | 'reranker' = 'embedder') {
  const engine = new WorkerKeeper({
    kind: engineWorker,
    limits: engineLimits,
    launch: () => forkTestEngine(join(import.meta.dirname, '../../electron/engine/engine.ts')),
    onDeath: () => undefined,
  })
  keeper = engine
  const loading = engine.stream((client) =>
    client.engine.load({ modelId: 'm', path: asChecked(path), threads: 1, backend: 'cpu' }),
  )
  let loaded
  for await (const item of loading) loaded = item
  const facts = await engine.call((client) => client.engine.openEmbedder({ modelId: 'm', purpose }))
  return {
    ...facts,
    loaded,
    async embed(kind: TextKind, ...texts: string[]): Promise<Float32Array[]> {
      const vectors: Float32Array[] = []
      for await (const { vector } of engine.stream((client) => client.engine.embed({ modelId: 'm', kind, texts })))
        vectors.push(new Float32Array(Uint8Array.from(Buffer.from(vector, 'base64')).buffer))
      return vectors
    },
    async rank(query: string, ...texts: string[]): Promise<number[]> {
      const scores: number[] = []
      for await (const { score } of engine.stream((client) => client.engine.rank({ modelId: 'm', query, texts })))
        scores.push(score)
      return scores
    },
  }
}

const dot = (one: Float32Array | undefined, other: Float32Array | undefined): number =>
  Array.from(one ?? []).reduce((sum, value, index) => sum + value * (other?.[index] ?? 0), 0)

function made(purpose: 'embedder' | 'reranker'): string {
  const path = join(temporaryFolder(), `${purpose}.gguf`)
  makeLexicalModel(path, { name: `Lexical ${purpose}`, purpose })
  return path
}

describe('a made embedder', () => {
  test('gives vectors of length 1 that agree where words do', async () => {
    const { embed, dimensions, mostTokens } = await open(made('embedder'))
    expect({ dimensions, mostTokens }).toEqual({ dimensions: 96, mostTokens: 512 })
    const [question, right, wrong] = await embed(
      'query',
      'What is the notice period',
      'the notice period is three months',
      'a cat sleeps',
    )
    expect(dot(question, question)).toBeCloseTo(1, 5)
    expect(dot(question, right)).toBeGreaterThan(dot(question, wrong) + 0.2)
  })

  test('reads nothing, and cuts a text that is too long at its end', async () => {
    const { embed } = await open(made('embedder'))
    const [nothing, spaces] = await embed('passage', '', ' \n\t ')
    expect(dot(nothing, spaces)).toBeCloseTo(1, 5)
    const beginning = 'notice '.repeat(510)
    const [cut, whole, longer] = await embed('passage', beginning, `${beginning}cat`, `${beginning}${'cat '.repeat(200_000)}`)
    expect(dot(cut, whole)).toBeCloseTo(1, 6)
    expect(dot(cut, longer)).toBeCloseTo(1, 6)
  })

  test('makes no special token of what a text says', async () => {
    const { embed } = await open(made('embedder'))
    // As letters "[CLS]" is a bracket, which this vocabulary does not have, and the word "cls", which it has.
    const [hostile, word, other] = await embed('passage', '[CLS] [SEP] notice', 'cls sep notice', 'rent')
    expect(dot(hostile, word)).toBeGreaterThan(dot(hostile, other) + 0.2)
  })

  test('a model that was not opened for it does not embed', async () => {
    const { rank } = await open(made('embedder'))
    await expect(rank('a', 'b')).rejects.toMatchObject({ code: 'engine_failed' })
  })
})

describe('a made reranker', () => {
  const texts = ['the notice period is three months', 'when is the rent due each month', 'a cat sleeps on the first day']
  test.each([
    ['notice period', 0],
    ['rent due', 1],
    ['cat', 2],
  ])('finds that %s is answered by the right text', async (query, right) => {
    const { rank } = await open(made('reranker'), 'reranker')
    const scores = await rank(query, ...texts)
    expect(scores.indexOf(Math.max(...scores))).toBe(right)
    for (const score of scores) expect(score).toBeGreaterThan(0)
  })

  test('takes a question and a text of any length', async () => {
    const { rank } = await open(made('reranker'), 'reranker')
    const [score] = await rank('notice '.repeat(2000), 'rent '.repeat(20_000))
    expect(score).toBeGreaterThanOrEqual(0)
    expect(await rank('', '', 'rent')).toHaveLength(2)
  })
})

describe('the words that come before a text', () => {
  test.each([
    [['Multilingual E5 Small'], 'query: ', 'passage: '],
    [['multilingual-e5-large-instruct'], expect.stringMatching(/^Instruct: .*\nQuery: $/), ''],
    [['nomic-embed-text-v1.5'], 'search_query: ', 'search_document: '],
    [['MiniLM L6 H384 Uncased'], '', ''],
    [[], '', ''],
  ])('of %j', (names, query, passage) => {
    expect(wordsBefore(names, 'query')).toEqual(query)
    expect(wordsBefore(names, 'passage')).toEqual(passage)
  })
})

const pairs = [
  ['What is the notice period for the tenant?', 'The tenant may end the lease at any time with three months of notice.'],
  ['When is the rent due?', 'The rent of 840 euros is due on the first day of each month.'],
  ['Who pays for repairs to the roof?', 'Major works, such as those on roofing and outer walls, are borne by the landlord.'],
] as const
const couples = [
  ['Quel est le préavis du locataire ?', 'Le locataire peut résilier le bail à tout moment, en prévenant trois mois à l’avance.'],
  ['Quand faut-il payer le loyer ?', 'Le loyer mensuel de 840 euros doit arriver le premier jour de chaque mois.'],
  [
    'Qui paie la réparation du toit ?',
    'Les gros travaux, comme ceux de la toiture et des façades, sont à la charge du bailleur.',
  ],
] as const

describe.skipIf(missingEmbedders !== null)(
  `the real embedders${missingEmbedders ? ` (NOT RUN: ${missingEmbedders})` : ''}`,
  () => {
    test.each([
      ['e5', e5, [...pairs, ...couples]],
      ['MiniLM', miniLm, pairs],
    ] as const)('%s finds the right passage of its languages for every question', async (_name, path, asked) => {
      const { embed, dimensions } = await open(path)
      expect(dimensions).toBe(384)
      const questions = await embed('query', ...asked.map(([question]) => question))
      for (const own of asked === pairs ? [pairs] : [pairs, couples]) {
        const passages = await embed('passage', ...own.map(([, passage]) => passage))
        own.forEach(([question], right) => {
          const vector = questions[asked.findIndex(([other]) => other === question)]
          const cosines = passages.map((passage) => dot(vector, passage))
          expect(cosines.indexOf(Math.max(...cosines)), question).toBe(right)
        })
      }
    })

    test('e5 is given its first special token, which the library forgets, and its words before', async () => {
      const { embed } = await open(e5)
      const [vector] = await embed('query', 'Quel est le   préavis ?')
      const { getLlama, LlamaLogLevel } = await import('node-llama-cpp')
      const llama = await getLlama({
        gpu: false,
        build: 'never',
        skipDownload: true,
        maxThreads: 1,
        logLevel: LlamaLogLevel.error,
      })
      const model = await llama.loadModel({ modelPath: e5, useMmap: false })
      const context = await model.createEmbeddingContext({ contextSize: 513, batchSize: 513, threads: 1 })
      const unit = (numbers: readonly number[]): Float32Array => {
        const length = Math.hypot(...numbers)
        return Float32Array.from(numbers, (value) => value / length)
      }
      const words = model.tokenize('query: Quel est le préavis ?', false)
      const { bos, eos } = model.tokens
      if (bos === null || eos === null) throw new Error('e5 has both')
      const right = unit((await context.getEmbeddingFor([bos, ...words, eos])).vector)
      const forgotten = unit((await context.getEmbeddingFor('query: Quel est le préavis ?')).vector)
      await llama.dispose()
      expect(dot(vector, right)).toBeGreaterThan(0.99999)
      expect(dot(vector, forgotten)).toBeLessThan(0.999)
    })

    test('hostile and endless texts are only texts', async () => {
      const { embed } = await open(e5)
      const vectors = await embed('passage', '<s></s><mask><pad>'.repeat(3000), '\ud800 \u0000 \ufffe', '', '漢'.repeat(100_000))
      for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 4)
    })
  },
)
