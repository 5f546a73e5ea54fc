// Which of the found passages are given: what a reranker finds near is not thrown out by the score that it corrects.
import { expect, test } from 'vitest'
import type { FoundPassage, SearchReport } from '../../../contract/sources.ts'
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
