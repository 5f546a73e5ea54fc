// The index finds by words and by meaning what is there now, and only that: whatever was added, removed, taken back or changed in between.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { fused, spreadOf, standardScore } from '../../../electron/host/workspaces/index/fusion.ts'
import { PassageIndex } from '../../../electron/host/workspaces/index/passage-index.ts'
import { quantise } from '../../../electron/host/workspaces/index/quantised.ts'
import { addDocument, ClusteredVectors, hashOf, openIndexFile, removeDocument, unit } from '../../fixtures/index-room.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

let path: string
let database: EncryptedDatabase
let index: PassageIndex
beforeEach(async () => {
  path = join(temporaryFolder(), 'workspace.db')
  database = openIndexFile(path)
  index = new PassageIndex({ database })
  await index.load()
})
afterEach(async () => {
  await index.close()
  database.close()
})

async function again(): Promise<void> {
  await index.close()
  database.close()
  database = openIndexFile(path, false)
  index = new PassageIndex({ database })
  await index.load()
}
async function found(text: string, limit = 10): Promise<number[]> {
  const { ranked } = await index.search({ text, vector: null, contents: null, limit })
  return ranked.map(({ number }) => number)
}
/** Embeds what is pending as the test says. */
function embed(embedderId: string, vectorOf: (text: string) => Float32Array, most = Infinity): string[] {
  const embedded: string[] = []
  for (;;) {
    const batch = index.pending(embedderId, Math.min(16, most - embedded.length))
    if (batch.length === 0) return embedded
    index.addVectors(
      embedderId,
      batch.map(({ textHash, searchText }) => ({ textHash, vector: vectorOf(searchText) })),
    )
    embedded.push(...batch.map(({ searchText }) => searchText))
  }
}
/** Along the axis with this number, a little tilted. */
function axis(number: number, dimensions = 32): Float32Array {
  return unit(Float32Array.from({ length: dimensions }, (_, at) => (at === number ? 1 : 0.02)))
}

test('words: stemmed, whatever the case and accents, the passage with more and rarer of them first', async () => {
  const [notice, rent, both] = addDocument(database, index, 'lease', [
    'The notice periods are three months.',
    'The rent is payable monthly.',
    'Notice of a change of rent is given by letter, and the rent changes after the notice.',
  ])
  const [prior] = addDocument(database, index, 'bail', ['Le préavis de résiliation est de trois mois.'], { language: 'fr' })
  expect(await found('notice period')).toEqual([notice, both])
  expect(await found('RENT notice')).toEqual([both, expect.anything(), expect.anything()])
  expect(await found('preavis de résiliations')).toEqual([prior])
  expect(await found('aquarium')).toEqual([])
  expect(await found('')).toEqual([])
  expect(await found('"notice" OR * NEAR(rent')).toContain(rent)
})

test('a code with a hyphen is found, which FTS5 would take for an operator', async () => {
  const [article] = addDocument(database, index, 'code', ['As article L145-14 of the code says.', 'As article L145-15 says.'])
  expect((await found('L.145-14'))[0]).toBe(article)
})

test('what is removed is found no more, also after a restart, and its numbers may come back as others', async () => {
  addDocument(database, index, 'one', ['apples and pears'])
  await found('apples')
  removeDocument(database, index, 'one')
  const [plums] = addDocument(database, index, 'two', ['plums and cherries'])
  expect(await found('apples')).toEqual([])
  expect(await found('plums')).toEqual([plums])
  await again()
  expect(await found('apples')).toEqual([])
  expect(await found('plums')).toEqual([plums])
  expect(index.progress(null)).toEqual({ passages: 1, embedded: 0 })
})

test('a transaction that is taken back leaves nothing behind, in the file or in memory', async () => {
  const [kept] = addDocument(database, index, 'kept', ['apples'])
  expect(() =>
    database.transaction(() => {
      addDocument(database, index, 'lost', ['pears'])
      removeDocument(database, index, 'kept')
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(await found('pears')).toEqual([])
  expect(await found('apples')).toEqual([kept])
  const [plums] = addDocument(database, index, 'later', ['plums'])
  expect(await found('plums pears apples')).toEqual([kept, plums])
})

test('the same text is embedded once, whoever else has it, and again only when nobody had it any more and it was swept away', async () => {
  addDocument(database, index, 'one', ['apples', 'pears'], { headings: ['Fruit'] })
  expect(embed('a', () => axis(0))).toEqual(['Fruit\napples', 'Fruit\npears'])
  addDocument(database, index, 'two', ['apples', 'plums'], { headings: ['Fruit'] })
  expect(index.progress('a')).toEqual({ passages: 4, embedded: 3 })
  expect(embed('a', () => axis(0))).toEqual(['Fruit\nplums'])
  expect(index.progress('a')).toEqual({ passages: 4, embedded: 4 })
  removeDocument(database, index, 'one')
  expect(index.progress('a')).toEqual({ passages: 2, embedded: 2 })
  expect(await found('pears')).toEqual([])
  const back = addDocument(database, index, 'one', ['apples', 'pears'], { headings: ['Fruit'] })
  expect(index.embeddedAmong('a', back)).toBe(2)
  expect(await found('pears')).toHaveLength(1)
  removeDocument(database, index, 'one')
  while (index.sweep());
  const numbers = addDocument(database, index, 'one', ['apples', 'pears'], { headings: ['Fruit'] })
  expect(index.embeddedAmong('a', numbers)).toBe(1)
  expect(embed('a', () => axis(0))).toEqual(['Fruit\npears'])
  expect(await found('apples')).toHaveLength(1)
})

test('what is pending comes whole: with its headings, and also where the text to search does not end in the passage', () => {
  database.transaction(() => {
    addDocument(database, index, 'one', ['apples'], { headings: ['Fruit', 'Red'] })
    const number = 1 + Number(database.prepare<{ last: number }>('SELECT max(number) AS last FROM passages').get()?.last)
    database
      .prepare(
        `INSERT INTO passages (number, content_number, position, start, end, text, headings, place, text_hash) SELECT ?, content_number, 1, 0, 1, 'own', '[]', place, x'00' FROM passages`,
      )
      .run(number)
    index.add([{ number, searchText: 'quite another text', language: 'en', textHash: hashOf('quite another text') }])
  })
  expect(index.pending('a', 10).map(({ searchText }) => searchText)).toEqual(['Fruit\nRed\napples', 'quite another text'])
})

test('the first embedder serves at once; another is gathered beside it and serves when it is told to; a kill between loses nothing', async () => {
  const [apples, pears] = addDocument(database, index, 'one', ['apples', 'pears'])
  const first = (text: string): Float32Array => axis(text === 'apples' ? 0 : 1)
  const second = (text: string): Float32Array => axis(text === 'apples' ? 1 : 0, 64)
  expect(index.serving).toBe(null)
  embed('a', first, 1)
  expect(index.serving).toBe('a')
  embed('a', first)
  const best = async (embedderId: string, values: Float32Array) => {
    const { ranked, byMeaning } = await index.search({
      text: 'zzz',
      vector: { embedderId, values },
      contents: null,
      limit: 1,
    })
    return byMeaning ? ranked[0]?.number : null
  }
  expect(await best('a', axis(0))).toBe(apples)
  embed('b', second, 1)
  await again()
  expect(index.progress('b')).toEqual({ passages: 2, embedded: 1 })
  expect(await best('a', axis(0))).toBe(apples)
  expect(await best('b', axis(0, 64))).toBe(null)
  expect(embed('b', second)).toEqual(['pears'])
  await index.serve('b')
  expect(index.serving).toBe('b')
  expect(await best('b', axis(0, 64))).toBe(pears)
  expect(await best('a', axis(0))).toBe(null)
  await again()
  await expect.poll(() => database.prepare('SELECT number FROM vector_sets').all()).toHaveLength(1)
  expect(database.prepare('SELECT number FROM vectors').all()).toHaveLength(2)
  // Back to the first: its vectors were dropped.
  expect(embed('a', first)).toHaveLength(2)
  await index.serve(null)
  expect(index.serving).toBe(null)
  expect(await best('b', axis(0, 64))).toBe(null)
})

test('whoever is gathered gives way to a third, and a dropped set is cleaned up at the next unlock when a kill came first', async () => {
  addDocument(database, index, 'one', ['apples', 'pears'])
  embed('a', () => axis(0))
  embed('b', () => axis(1))
  embed('c', () => axis(2), 1)
  expect(index.progress('b').embedded).toBe(0)
  expect(index.serving).toBe('a')
  await again()
  // Dropping goes on behind the loading, in slices.
  await expect
    .poll(() => database.prepare('SELECT embedder_id AS id FROM vector_sets ORDER BY number').all())
    .toEqual([{ id: 'a' }, { id: 'c' }])
  expect(database.prepare('SELECT number FROM vectors').all()).toHaveLength(3)
})

test('meaning counts as standard score over all passages, words as part of the question, to the last digits', async () => {
  const vectors = new ClusteredVectors({ dimensions: 64, topics: 5, seed: 3 })
  const texts = Array.from(
    { length: 300 },
    (_, at) => `text ${at} ${at % 7 === 0 ? 'apple' : 'pear'} ${at % 11 === 0 ? 'plum' : 'fig'}`,
  )
  const made = new Map(texts.map((text) => [text, vectors.next()]))
  const numbers = addDocument(database, index, 'one', texts)
  embed('a', (text) => made.get(text) ?? axis(0, 64))
  const query = vectors.next(2)
  const { ranked } = await index.search({
    text: 'plum apple',
    vector: { embedderId: 'a', values: query },
    contents: null,
    limit: 300,
  })
  const cosines = texts.map((text) => dot(made.get(text) ?? query, query))
  const words = texts.map((_, at) => ranked.find(({ number }) => number === numbers[at])?.words?.score ?? 0)
  const spread = (scores: number[]) =>
    spreadOf(
      scores.length,
      scores.reduce((sum, score) => sum + score, 0),
      scores.reduce((sum, score) => sum + score * score, 0),
    )
  for (const [at, number] of numbers.entries()) {
    const expected = fused(words[at] ?? 0, standardScore(cosines[at] ?? 0, spread(cosines)))
    const score = ranked.find((passage) => passage.number === number)?.score
    expect(Math.abs((score ?? NaN) - expected)).toBeLessThan(0.1)
  }
  expect(ranked.filter(({ meaning }) => meaning?.rank === 1)).toHaveLength(1)
})

test('of thousands the nearest are found by their signs: recall of the ten nearest against comparing all, also narrowed and after a restart', async () => {
  const vectors = new ClusteredVectors({ dimensions: 384, topics: 100, seed: 5 })
  const all: { number: number; vector: Float32Array; content: number }[] = []
  for (let document = 0; document < 40; document++) {
    const texts = Array.from({ length: 100 }, (_, at) => `document${document} passage${at}`)
    const made = new Map(texts.map((text) => [text, vectors.next()]))
    const numbers = addDocument(database, index, `d${document}`, texts)
    embed('a', (text) => made.get(text) ?? axis(0, 384))
    for (const [at, text] of texts.entries())
      all.push({ number: numbers[at] ?? 0, vector: made.get(text) ?? axis(0), content: document + 1 })
  }
  const recall = async (contents: ReadonlySet<number> | null) => {
    let hits = 0
    for (let question = 0; question < 20; question++) {
      const query = vectors.next(question)
      const nearest = all
        .filter(({ content }) => contents === null || contents.has(content))
        .map(({ number, vector }) => ({ number, score: dot(vector, query) }))
        .sort((one, other) => other.score - one.score)
        .slice(0, 10)
      const { ranked } = await index.search({ text: '', vector: { embedderId: 'a', values: query }, contents, limit: 10 })
      const numbers = new Set(ranked.map(({ number }) => number))
      hits += nearest.filter(({ number }) => numbers.has(number)).length
      if (contents)
        for (const { number } of ranked) expect(contents.has(all.find((each) => each.number === number)?.content ?? 0)).toBe(true)
    }
    return hits / 200
  }
  const some = new Set(Array.from({ length: 20 }, (_, at) => at * 2 + 1))
  for (const round of ['fresh', 'loaded']) {
    expect(await recall(null), round).toBeGreaterThanOrEqual(0.97)
    expect(await recall(some), round).toBeGreaterThanOrEqual(0.97)
    await again()
  }
})

test('adds, removals and new vectors while searches are under way disturb none of them', async () => {
  addDocument(database, index, 'stays', ['apples of the orchard'])
  embed('a', () => axis(0))
  const searches: Promise<unknown>[] = []
  for (let round = 0; round < 30; round++) {
    addDocument(
      database,
      index,
      `comes${round}`,
      Array.from({ length: 20 }, (_, at) => `orchard ${letters(round)} ${letters(1000 + at)}`),
    )
    searches.push(
      index
        .search({ text: 'apples orchard', vector: { embedderId: 'a', values: axis(0) }, contents: null, limit: 50 })
        .then(({ ranked }) => expect(ranked.length).toBeGreaterThan(0)),
    )
    embed('a', () => axis(round % 32), 10)
    if (round % 2 === 1) removeDocument(database, index, `comes${round - 1}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(searches)
  expect(index.progress('a').passages).toBe(301)
  expect(await found(letters(28))).toEqual([])
  expect(await found(letters(29), 50)).toHaveLength(20)
  expect((await found('apples'))[0]).toBe(1)
})

test('a search after closing says that it is locked, and one before loading waits for it', async () => {
  const [number] = addDocument(database, index, 'one', ['apples'])
  const other = new PassageIndex({ database })
  const early = other.search({ text: 'apples', vector: null, contents: null, limit: 1 })
  expect((await early).ranked[0]?.number).toBe(number)
  await other.close()
  await expect(other.search({ text: 'apples', vector: null, contents: null, limit: 1 })).rejects.toMatchObject({ code: 'locked' })
})

test('nothing of a passage or of a vector is in clear in the file, its WAL or its shared memory', async () => {
  const needles = Array.from({ length: 60 }, (_, at) => `needle${letters(at)}`)
  addDocument(database, index, 'one', needles, { headings: ['needleheading'] })
  const vector = unit(Float32Array.from({ length: 384 }, (_, at) => ((at * 37) % 101) - 50))
  embed('a', () => vector)
  const marks = [
    Buffer.from('needle'),
    Buffer.from(vector.buffer, 0, 32),
    Buffer.from(Int8Array.from(vector, (value) => Math.round((value * 127) / Math.max(...vector.map(Math.abs))))).subarray(0, 16),
  ]
  const leaks = (): string[] => {
    const folder = join(path, '..')
    return readdirSync(folder).filter((name) => marks.some((mark) => readFileSync(join(folder, name)).includes(mark)))
  }
  expect(readdirSync(join(path, '..')).length).toBeGreaterThan(1)
  expect(leaks()).toEqual([])
  expect(await found(`needle${letters(7)}`)).toHaveLength(1)
  database.checkpoint()
  expect(leaks()).toEqual([])
})

function dot(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0)
}

/** A number as a word: one with digits would be a code, whose parts are terms too. */
function letters(number: number): string {
  return `zq${String(number).replace(/\d/g, (digit) => 'bcdfghjkmp'.charAt(Number(digit)))}`
}

test('a text that came from elsewhere with its vector alone gets its words when it comes back, and is not embedded again', async () => {
  const text = 'The notice period is three months.'
  const kept = quantise(axis(3))
  database.exec(`INSERT INTO vector_sets (number, embedder_id, dimensions, serving) VALUES (1, 'first', 32, 1)`)
  const { lastInsertRowid } = database
    .prepare('INSERT INTO indexed_texts (text_hash, passages, terms, language) VALUES (?, 0, -1, NULL)')
    .run(hashOf(text))
  database
    .prepare('INSERT INTO vectors (number, vector) VALUES (?, ?)')
    .run(2 ** 32 + Number(lastInsertRowid), Buffer.from(kept.buffer))
  await again()
  expect(await found('notice')).toEqual([])
  const [notice, rent] = addDocument(database, index, 'lease', [text, 'The rent is payable monthly.'])
  expect(await found('notice period')).toEqual([notice])
  expect(index.embeddedAmong('first', [notice ?? 0, rent ?? 0])).toBe(1)
  expect(index.pending('first', 9).map(({ searchText }) => searchText)).toEqual(['The rent is payable monthly.'])
  const asked = { embedderId: 'first', values: axis(3) }
  const { ranked } = await index.search({ text: 'nothing of that', vector: asked, contents: null, limit: 1 })
  expect(ranked[0]).toMatchObject({ number: notice, meaning: { rank: 1 } })
  // Once gone and swept away it is a new text, with words of its own.
  removeDocument(database, index, 'lease')
  while (index.sweep());
  await again()
  const [later] = addDocument(database, index, 'lease again', [text])
  expect(await found('notice period')).toEqual([later])
})
