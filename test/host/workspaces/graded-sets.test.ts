// What retrieval is measured by (npm run bench:retrieval): a snippet that stands twice or nowhere, or a wrong sum, would make every figure a lie.
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { blockGap } from '../../../contract/text-place.ts'
import { splitPassages } from '../../../electron/host/workspaces/text/passages.ts'
import { KeptNumbers } from '../../bench/kept-numbers.ts'
import { beats, scoresOf } from '../../bench/retrieval-scores.ts'
import { newKeeper, readDocument } from '../../fixtures/documents/read-document.ts'
import { gradedSet } from '../../fixtures/graded-sets.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

const reader = newKeeper()
afterAll(() => reader.close())

describe.each(['en', 'fr'] as const)('the graded set, %s', (language) => {
  test('each snippet stands once in its document as it is read, and the set is as large as it is said to be', async () => {
    const { documents, questions } = gradedSet(language)
    const texts = new Map<string, string>()
    const passages = new Map<string, Awaited<ReturnType<typeof splitPassages>>>()
    for (const { name, text } of documents) {
      const { blocks } = await readDocument(reader, name, text)
      texts.set(name, blocks.map((block) => block.text).join(blockGap))
      passages.set(name, await splitPassages(blocks))
    }
    const wrong = questions.flatMap(({ question, grades }) =>
      grades
        .filter(({ document, snippet }) => (texts.get(document) ?? '').split(snippet).length !== 2)
        .map(({ document, snippet }) => ({ question, document, snippet })),
    )
    expect(wrong).toEqual([])
    expect([...passages.values()].flat().length).toBeGreaterThanOrEqual(150)
    expect(questions.length).toBeGreaterThanOrEqual(45)
    expect(new Set(questions.map(({ question }) => question)).size).toBe(questions.length)
    for (const kind of ['words', 'meaning', 'both']) {
      expect(questions.filter((question) => question.kind === kind).length).toBeGreaterThanOrEqual(15)
    }
    // An answer is in each document, so that none is there for nothing.
    const graded = new Set(questions.flatMap(({ grades }) => grades.map(({ document }) => document)))
    expect([...graded].sort()).toEqual(documents.map(({ name }) => name))
    expect(questions.filter(({ grades }) => !grades.some(({ grade }) => grade === 2))).toEqual([])
  })
})

describe('scores', () => {
  const grades = new Map([
    ['answer', 2],
    ['context', 1],
  ])

  test('the best order is 1, the other less, and what is not found nothing', () => {
    expect(scoresOf(['answer', 'context', 'other'], grades)).toEqual({ ndcg: 1, recall: 1 })
    // (1/log2(2) + 3/log2(3)) / (3/log2(2) + 1/log2(3))
    expect(scoresOf(['context', 'answer'], grades).ndcg).toBeCloseTo(0.7967, 4)
    expect(scoresOf(['other', 'answer'], grades)).toEqual({ ndcg: expect.closeTo(0.5213, 4) as number, recall: 0.5 })
    expect(scoresOf([], grades)).toEqual({ ndcg: 0, recall: 0 })
  })

  test('only the first ten count, each once', () => {
    const others = Array.from({ length: 9 }, (_, at) => `other ${at}`)
    expect(scoresOf(['answer', ...others, 'context'], grades).recall).toBe(0.5)
    expect(scoresOf(['answer', 'answer', ...others.slice(1), 'context'], grades).recall).toBe(1)
  })

  test('what is better in one and worse in the other does not win', () => {
    expect(beats({ ndcg: 0.8, recall: 0.9 }, [{ ndcg: 0.7, recall: 0.9 }])).toBe(true)
    expect(beats({ ndcg: 0.8, recall: 0.89 }, [{ ndcg: 0.7, recall: 0.9 }])).toBe(false)
    expect(
      beats({ ndcg: 0.8, recall: 1 }, [
        { ndcg: 0.7, recall: 0.9 },
        { ndcg: 0.8, recall: 0.9 },
      ]),
    ).toBe(false)
  })
})

test('numbers are kept by all that they were made from, also after a kill in the middle of a row', () => {
  const path = join(temporaryFolder(), 'kept', 'numbers')
  const kept = new KeptNumbers(path, 3)
  kept.add(Float32Array.of(1, 2, 3), 'query', 'a')
  kept.add(Float32Array.of(4, 5, 6), 'passage', 'a')
  const whole = readFileSync(path).length
  appendFileSync(path, 'half a row')
  const again = new KeptNumbers(path, 3)
  expect(again.get('query', 'a')).toEqual(Float32Array.of(1, 2, 3))
  expect(again.get('passage', 'a')).toEqual(Float32Array.of(4, 5, 6))
  expect(again.get('passage', 'b')).toBeUndefined()
  expect(readFileSync(path)).toHaveLength(whole)
  again.add(Float32Array.of(7, 8, 9), 'passage', 'b')
  expect(new KeptNumbers(path, 3).get('passage', 'b')).toEqual(Float32Array.of(7, 8, 9))
  again.clear()
  expect(new KeptNumbers(path, 3).get('query', 'a')).toBeUndefined()
})
