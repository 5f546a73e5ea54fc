// Hybrid search over 100,000 and 500,000 passages (384 dimensions) in the encrypted file: how long it takes, the longest the host is deaf
// meanwhile, loading at unlock, the host's memory, and how near the ten best are to those of comparing everything exactly.
// `npm run bench -- search`; each size fills a file once, which takes a minute for 100,000.
import { fork } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Pace } from '../../electron/host/base/pace.ts'
import { fused, spreadOf, standardScore } from '../../electron/host/workspaces/index/fusion.ts'
import { LoadedTexts } from '../../electron/host/workspaces/index/loaded-texts.ts'
import { PassageIndex } from '../../electron/host/workspaces/index/passage-index.ts'
import { cosine } from '../../electron/host/workspaces/index/quantised.ts'
import { queryTermsOf } from '../../electron/host/workspaces/text/terms.ts'
import { WordIndex } from '../../electron/host/workspaces/index/word-index.ts'
import { hashOf, openIndexFile, randomNumbers } from '../fixtures/index-room.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'

const dimensions = 384
const questions = 100
/** Of them, as many are also compared with everything. */
const exactQuestions = 20
const sizes = process.env['ALAMBIC_BENCH_PASSAGES']?.split(',').map(Number) ?? [100_000, 500_000]
const aims: Readonly<Record<number, number>> = { 100_000: 25, 500_000: 60 }

function child(task: string, file: string, size: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const running = fork(import.meta.filename, [task, file, String(size)], { execArgv: ['--expose-gc', ...process.execArgv] })
    running.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${task} ended with ${code}`))))
  })
}

/** Made-up texts and vectors of which everything follows from the number of a passage. */
class Corpus {
  readonly #words: string[] = []
  readonly #upTo: Float64Array
  readonly #noise: Float32Array
  readonly #topics: Float32Array[]
  readonly #lean: Float32Array

  constructor() {
    const random = randomNumbers(1)
    const syllables = ['ba', 'ren', 'to', 'mi', 'lor', 've', 'sa', 'kin', 'du', 'pal', 'ne', 'gor', 'fi', 'tam', 'ru', 'el']
    const seen = new Set<string>()
    while (seen.size < 60_000) {
      let word = ''
      for (let at = 0; at < 4; at++) word += syllables[Math.floor(random() * syllables.length)] ?? ''
      seen.add(word)
    }
    this.#words.push(...seen)
    // Zipf without the stop words, which nobody looks for: the commonest is in four passages of ten.
    this.#upTo = new Float64Array(this.#words.length)
    let sum = 0
    for (let rank = 0; rank < this.#words.length; rank++) this.#upTo[rank] = sum += 1 / (rank + 20)
    this.#noise = Float32Array.from({ length: 1 << 20 }, () => {
      return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    })
    this.#topics = Array.from({ length: 500 }, () => this.#from(random, 0.7))
    this.#lean = this.#from(random, 1.7)
  }

  text(number: number): string {
    const random = randomNumbers(number + 1000)
    return Array.from({ length: 80 }, () => this.#word(random())).join(' ')
  }

  vector(number: number): Float32Array {
    return this.#near(number % this.#topics.length, randomNumbers(number + 7))
  }

  /** Four words of a passage and one of any, and a vector of the passage's topic. */
  question(number: number, passages: number): { text: string; vector: Float32Array } {
    const random = randomNumbers(number + 99)
    const about = Math.floor(random() * passages)
    const words = this.text(about).split(' ')
    const some = Array.from({ length: 4 }, () => words[Math.floor(random() * words.length)])
    return {
      text: [...some, this.#word(random())].join(' '),
      vector: this.#near(about % this.#topics.length, random),
    }
  }

  #word(at: number): string {
    const wanted = at * (this.#upTo.at(-1) ?? 0)
    let [low, high] = [0, this.#upTo.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#upTo[middle] ?? 0) < wanted) low = middle + 1
      else high = middle
    }
    return this.#words[low] ?? ''
  }

  #from(random: () => number, scale: number): Float32Array {
    const start = Math.floor(random() * (this.#noise.length - dimensions))
    return this.#noise.slice(start, start + dimensions).map((value) => value * scale)
  }

  #near(topic: number, random: () => number): Float32Array {
    const vector = this.#from(random, 0.7)
    let squares = 0
    for (let at = 0; at < dimensions; at++) {
      vector[at] = (vector[at] ?? 0) + (this.#topics[topic]?.[at] ?? 0) + (this.#lean[at] ?? 0)
      squares += (vector[at] ?? 0) ** 2
    }
    return vector.map((value) => value / Math.sqrt(squares))
  }
}

function fill(file: string, passages: number): void {
  const database = openIndexFile(file)
  const index = new PassageIndex({ database })
  const corpus = new Corpus()
  const began = performance.now()
  const together = 50
  let slowest = 0
  for (let from = 0; from < passages; from += together) {
    const started = performance.now()
    database.transaction(() => {
      const content = Number(
        database.prepare(`INSERT INTO contents (hash, size_bytes, stage) VALUES (?, 0, 'ready')`).run(`c${from}`).lastInsertRowid,
      )
      const numbers = Array.from({ length: together }, (_, at) => from + at)
      const made = numbers.map((number) => {
        const text = corpus.text(number)
        return { number: number + 1, searchText: text, language: 'en', textHash: hashOf(text) }
      })
      for (const [at, { number, searchText, textHash }] of made.entries()) {
        database
          .prepare(
            `INSERT INTO passages (number, content_number, position, start, end, text, headings, place, text_hash) VALUES (?, ?, ?, 0, 1, ?, '[]', '{}', ?)`,
          )
          .run(number, content, at, searchText, textHash)
      }
      index.add(made)
      index.addVectors(
        'bench',
        made.map(({ number, textHash }) => ({ textHash, vector: corpus.vector(number - 1) })),
      )
    })
    slowest = Math.max(slowest, performance.now() - started)
  }
  database.close()
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${passages} passages: filled in ${seconds.toFixed(0)} s, ${((seconds * 1e6) / passages).toFixed(0)} µs a passage with making it up; slowest ${together} ${slowest.toFixed(0)} ms; file ${megabytes(statSync(file).size)}`,
  )
}

async function measure(file: string, passages: number): Promise<void> {
  const corpus = new Corpus()
  const asked = Array.from({ length: questions }, (_, number) => corpus.question(number, passages))
  const database = openIndexFile(file, false)
  const before = memory()
  let index = new PassageIndex({ database })
  const loads: number[] = []
  const loadStall = await longestStall(async () => {
    for (let round = 0; round < 3; round++) {
      index = new PassageIndex({ database })
      const began = performance.now()
      await index.load()
      loads.push(performance.now() - began)
    }
  })
  const after = memory()
  console.log(
    `${passages} loading: ${loads.map((ms) => ms.toFixed(0)).join(', ')} ms (aim: at most 1000), longest stall ${loadStall.toFixed(0)} ms (aim: below 20); memory of the host ${megabytes(after.held - before.held)} more, ${megabytes(after.whole)} in all`,
  )
  for (const way of ['words and meaning', 'meaning alone', 'words alone'] as const) {
    const times: number[] = []
    const stalls: number[] = []
    for (const { text, vector } of [...asked.slice(0, 5), ...asked]) {
      let ms = 0
      const stall = await longestStall(async () => {
        const began = performance.now()
        await index.search({
          text: way === 'meaning alone' ? '' : text,
          vector: way === 'words alone' ? null : { embedderId: 'bench', values: vector },
          contents: null,
          limit: 60,
        })
        ms = performance.now() - began
      })
      times.push(ms)
      stalls.push(stall)
    }
    const aim = way === 'words and meaning' ? ` (aim: at most ${aims[passages] ?? '–'})` : ''
    console.log(
      `${passages} ${way}: p50 ${part(times.slice(5), 0.5)} ms${aim}, p95 ${part(times.slice(5), 0.95)} ms; stalls p50 ${part(stalls.slice(5), 0.5)}, p95 ${part(stalls.slice(5), 0.95)}, longest ${part(stalls.slice(5), 1)} ms (aim: below 20)`,
    )
  }
  await compare(database, index, asked.slice(0, exactQuestions), passages)
  await index.close()
  database.close()
}

/** With everything compared exactly: the ten nearest, and the ten best of both ways. */
async function compare(
  database: ReturnType<typeof openIndexFile>,
  index: PassageIndex,
  asked: readonly { text: string; vector: Float32Array }[],
  passages: number,
): Promise<void> {
  const pace = new Pace()
  const texts = new LoadedTexts(database)
  await texts.load(pace)
  const cosines = asked.map(() => new Float32Array(texts.slots))
  let slot = 0
  for (const { vector } of database.prepare<{ vector: Uint8Array }>('SELECT vector FROM vectors ORDER BY number').iterate()) {
    const kept = new Int8Array(Uint8Array.from(vector).buffer)
    for (const [at, question] of asked.entries()) {
      const row = cosines[at]
      if (row) row[slot] = cosine(question.vector, kept)
    }
    slot++
  }
  const words = new WordIndex(database)
  let [nearest, best] = [0, 0]
  for (const [at, { text, vector }] of asked.entries()) {
    const meaning = cosines[at] ?? new Float32Array()
    const scores = await words.score(queryTermsOf(text, texts.languages), texts, pace)
    const meaningSpread = spread(meaning)
    const both = scores.map((score, each) => fused(score, standardScore(meaning[each] ?? 0, meaningSpread)))
    nearest += await agreement(index, '', vector, topTen(meaning, texts))
    best += await agreement(index, text, vector, topTen(both, texts))
  }
  const of = asked.length * 10
  console.log(
    `${passages} of the ten nearest of all ${((100 * nearest) / of).toFixed(1)} % found; of the ten best by words and meaning of all ${((100 * best) / of).toFixed(1)} %`,
  )
}

async function agreement(index: PassageIndex, text: string, values: Float32Array, wanted: Set<number>): Promise<number> {
  const { ranked } = await index.search({ text, vector: { embedderId: 'bench', values }, contents: null, limit: 10 })
  return ranked.filter(({ number }) => wanted.has(number)).length
}

/** Texts and passages have the same numbers here. */
function topTen(scores: Float32Array, texts: LoadedTexts): Set<number> {
  const slots = Array.from(scores.keys()).sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0))
  return new Set(slots.slice(0, 10).map((slot) => texts.numbers[slot] ?? 0))
}

function spread(scores: Float32Array): ReturnType<typeof spreadOf> {
  let [sum, squares] = [0, 0]
  for (const score of scores) {
    sum += score
    squares += score * score
  }
  return spreadOf(scores.length, sum, squares)
}

/** The longest, in milliseconds, that nobody else had a turn while the work went on. */
async function longestStall(work: () => Promise<void>): Promise<number> {
  let [longest, last, done] = [0, performance.now(), false]
  const tick = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (!done) setImmediate(tick)
  }
  setImmediate(tick)
  await work()
  longest = Math.max(longest, performance.now() - last)
  done = true
  return longest
}

function memory(): { held: number; whole: number } {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { held: heapUsed + arrayBuffers, whole: rss }
}

function part(values: readonly number[], which: number): string {
  const sorted = [...values].sort((one, other) => one - other)
  return (sorted[Math.min(sorted.length - 1, Math.floor(which * sorted.length))] ?? NaN).toFixed(1)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}

const [mode, path = '', count = '0'] = process.argv.slice(2)
if (mode === 'fill') fill(path, Number(count))
else if (mode === 'measure') await measure(path, Number(count))
else {
  for (const size of sizes) {
    const file = join(temporaryFolder(), `${size}.db`)
    await child('fill', file, size)
    await child('measure', file, size)
  }
}
