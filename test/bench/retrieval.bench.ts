// How well passages are found: nDCG@10 and recall@10 of words alone, meaning alone, both and both reranked, through the real reader, splitter,
// embedder, index and retrieval. The project's own sets (test/fixtures/graded) are always asked, by passage; those that lie beside the checkout,
// by document: one counts by its best passage. `whole` has each of their documents as one passage, of which the embedder sees the first 512 tokens.
// `npm run bench:retrieval -- cnil own` asks the sets with these words in their names; vectors are made once and kept in the launcher's cache.
import { existsSync } from 'node:fs'
import { newKeeper } from '../fixtures/documents/read-document.ts'
import { e5 } from '../fixtures/real-embedders.ts'
import { KeptEmbedder } from './kept-embedder.ts'
import { beats, meanOf, type Scores } from './retrieval-scores.ts'
import { retrievalSets, sharedSets } from './retrieval-sets.ts'
import { SearchedSet, ways, type Way } from './searched-set.ts'

interface Row {
  name: string
  questions: number
  passages: number | null
  scores: Partial<Record<Way, Scores>>
}

const header = ['set', 'questions', 'passages', ...ways, 'hybrid beats both']

const sets = retrievalSets(process.argv.slice(2))
if (sets.length === 0) {
  console.log(`NOT RUN: no set is called ${process.argv.slice(2).join(' or ')}`)
  process.exit(1)
}
if (!existsSync(e5)) {
  console.log('NOT RUN: retrieval was not measured, because ALAMBIC_EMBEDDER names no file')
  process.exit(1)
}
if (!sharedSets.areHere) console.log(`The sets of others are not here; ALAMBIC_RETRIEVAL_SETS names their folder`)

const kept = await KeptEmbedder.open()
const reader = newKeeper()
const measured = ways.filter((way) => way !== 'reranked' || kept.reranker)
const sums: Row[] = []
const parts: Row[] = []
const began = performance.now()
for (const set of sets) {
  const searched = await SearchedSet.fill(set, kept, reader)
  const scores: Partial<Record<Way, Scores[]>> = {}
  for (const way of measured) scores[way] = await searched.measure(way)
  await searched.close()
  const row = (name: string, passages: number | null, isIn: (at: number) => boolean): Row => ({
    ...{ name, passages },
    questions: set.questions.filter((_question, at) => isIn(at)).length,
    scores: Object.fromEntries(measured.map((way) => [way, meanOf((scores[way] ?? []).filter((_score, at) => isIn(at)))])),
  })
  sums.push(row(set.name, searched.passages, () => true))
  for (const kind of ['words', 'meaning', 'both'] as const) {
    if (set.questions.every((question) => question.kind !== kind)) continue
    parts.push(row(`${set.name}, by ${kind}`, null, (at) => set.questions[at]?.kind === kind))
  }
}
await reader.close()
await kept.close()

console.log(`\nnDCG@10 / recall@10, ${kept.facts.name}; ${((performance.now() - began) / 1000).toFixed(0)} s`)
table(sums)
if (kept.reranker) console.log(`reranked by ${kept.reranker.name}`)
else console.log('reranked: not run: no reranker here (ALAMBIC_RERANKER names one)')
const lost = sums.filter((row) => !hybridWins(row)).map(({ name }) => name)
console.log(`hybrid beats both: ${lost.length === 0 ? 'yes' : `no (not on ${lost.join(', ')})`}`)
if (parts.length > 0) {
  console.log("\nThe project's own questions by what should find them")
  table(parts)
}
process.exit(0)

/** More nDCG than words alone and than meaning alone, and no less recall. */
function hybridWins({ scores: { words, meaning, hybrid } }: Row): boolean {
  return words !== undefined && meaning !== undefined && hybrid !== undefined && beats(hybrid, [words, meaning])
}

function table(rows: readonly Row[]): void {
  const cells = [
    header,
    ...rows.map((row) => [
      ...[row.name, String(row.questions), String(row.passages ?? '')],
      ...ways.map((way) => figures(row.scores[way])),
      hybridWins(row) ? 'yes' : 'no',
    ]),
  ]
  const widths = header.map((_title, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  for (const row of cells)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(' | ')
        .trimEnd(),
    )
}

function figures(scores: Scores | undefined): string {
  return scores ? `${scores.ndcg.toFixed(3)} / ${scores.recall.toFixed(3)}` : 'not run'
}
