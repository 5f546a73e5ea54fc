// Which of the found passages are given: what a reranker finds near is not thrown out by the score that it corrects.
import { describe, expect, test } from 'vitest'
import type { Document } from '../../../contract/document.ts'
import type { FoundPassage, SearchReport } from '../../../contract/sources.ts'
import { tokensInTime } from '../../../electron/host/chat/sources/reading-time.ts'
import { SourceChoice } from '../../../electron/host/chat/sources/source-choice.ts'

function passage(name: string, score: number, reranked: number | null, rank: number): FoundPassage {
  return {
    ...{ passageId: name, documentId: name, documentName: name, headings: [], text: `Text of ${name}`, start: 0, end: 9 },
    ...{ place: { kind: 'paragraph', paragraph: 1 }, words: null, meaning: null, score, fate: null, number: null },
    reranker: reranked === null ? null : { score: reranked, rank },
  }
}

async function fates(found: FoundPassage[]): Promise<[string, FoundPassage['fate']][]> {
  const report: SearchReport = {
    ...{ query: 'q', terms: [], embedderName: null, rerankerName: null, passages: 9, embedded: 0, tookMs: 0, found },
  }
  const choice = new SourceChoice({
    documents: { all: () => [], wholeText: () => null, places: () => [] },
    retrieval: { search: () => Promise.resolve(report) },
  })
  const scope = { documents: true, strict: false, documentIds: null }
  const chosen = await choice.choose(
    { workspaceId: 'w', conversationId: 'c', scope, query: 'q', room: 10_000, count: (text) => Promise.resolve(text.length) },
    new AbortController().signal,
  )
  return chosen.found.found.map(({ passageId, fate }) => [passageId, fate])
}

test('what is far below the best by words and meaning is left out', async () => {
  expect(await fates([passage('a', 4, null, 1), passage('b', 3, null, 2), passage('c', 1, null, 3)])).toEqual([
    ['a', 'sent'],
    ['b', 'sent'],
    ['c', 'below'],
  ])
})

test('the one that the reranker puts first is sent, whatever its score was before (bug: it was left out as too far below)', async () => {
  expect(await fates([passage('c', 1, 0.98, 1), passage('a', 4, 0.2, 2), passage('d', 1, 0.01, 3)])).toEqual([
    ['c', 'sent'],
    ['a', 'sent'],
    ['d', 'below'],
  ])
})

test('neighbours of a text that was read anew since it was searched are given as they were found (bug: what stands there now was given)', async () => {
  const part = (name: string, start: number): FoundPassage => ({
    ...passage(name, 4, null, 1),
    ...{ documentId: 'lease', text: `Text of ${name}`, start, end: start + 9 },
  })
  const found = [part('a', 0), part('b', 11)]
  const given = async (wholeText: string): Promise<string[]> => {
    const choice = new SourceChoice({
      documents: { all: () => [], wholeText: () => wholeText, places: () => [] },
      retrieval: {
        search: () =>
          Promise.resolve({
            ...{ query: 'q', terms: [], embedderName: null, rerankerName: null, passages: 9, embedded: 0, tookMs: 0, found },
          }),
      },
    })
    const { sources } = await choice.choose(
      {
        ...{ workspaceId: 'w', conversationId: 'c', query: 'q', room: 10_000 },
        scope: { documents: true, strict: false, documentIds: null },
        count: (text) => Promise.resolve(text.length),
      },
      new AbortController().signal,
    )
    return sources.given.map(({ text }) => text)
  }
  expect(await given('Text of a, Text of b')).toEqual(['Text of a, Text of b'])
  expect(await given('A newer head\n\nText of a, Text of b')).toEqual(['Text of a\n\nText of b'])
})

describe('in the time that the person gives', () => {
  const text = 'x'.repeat(100)
  const chosen = async (more: { readable: number; isRead?: () => boolean }, wholeText: string | null) => {
    const found = ['a', 'b', 'c', 'd', 'e'].map((name, at) => passage(name, 5, null, at + 1))
    const lease = {
      id: 'lease',
      name: 'Lease',
      stage: 'ready',
      conversationId: null,
      changedAt: 1,
      reading: 1,
    } as unknown as Document
    const choice = new SourceChoice({
      documents: {
        all: () => [lease],
        wholeText: () => wholeText,
        places: () => [{ start: 0, place: { kind: 'paragraph', paragraph: 1 } }],
      },
      retrieval: {
        search: () =>
          Promise.resolve({
            ...{ query: 'q', terms: [], embedderName: null, rerankerName: null, passages: 9, embedded: 0, tookMs: 0, found },
          }),
      },
    })
    const { sources } = await choice.choose(
      {
        ...{ workspaceId: 'w', conversationId: 'c', query: 'q', room: 10_000, ...more },
        scope: { documents: true, strict: false, documentIds: null },
        count: (counted) => Promise.resolve(counted.length),
      },
      new AbortController().signal,
    )
    return { mode: sources.mode, given: sources.given.length, leftOut: sources.leftOut }
  }

  test('three passages are given however long they take, and more as far as the time goes', async () => {
    expect(await chosen({ readable: 1 }, null)).toEqual({ mode: 'passages', given: 3, leftOut: 2 })
    expect(await chosen({ readable: 4 * 69 }, null)).toEqual({ mode: 'passages', given: 4, leftOut: 1 })
    expect(await chosen({ readable: Infinity }, null)).toMatchObject({ given: 5 })
  })

  test('whole documents are given where they can be read in it, or were read ahead', async () => {
    expect(await chosen({ readable: 5000 }, text.repeat(30))).toMatchObject({ mode: 'whole', given: 1 })
    expect(await chosen({ readable: 10 }, text.repeat(30))).toMatchObject({ mode: 'passages', given: 3 })
    expect(await chosen({ readable: 10, isRead: () => true }, text.repeat(30))).toMatchObject({ mode: 'whole', given: 1 })
    // No longer than the fewest passages.
    expect(await chosen({ readable: 10 }, text)).toMatchObject({ mode: 'whole', given: 1 })
  })

  test('what was never measured is not limited', () => {
    expect(tokensInTime('quick', undefined)).toBe(Infinity)
    expect(tokensInTime('quick', 50)).toBe(500)
    expect(tokensInTime('thorough', 50)).toBe(1500)
    expect(tokensInTime('everything', 50)).toBe(Infinity)
  })
})
