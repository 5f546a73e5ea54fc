/** Comparing students in its moments: empty, asking, blind, at work, voted, failed. Each that is open has the id `compared`. */
import type { Comparison, Score, Tally } from '../../../contract/comparison.ts'
import { fakeColumn, fakeComparison } from '../../fixtures/fake-compare.ts'
import type { FakeHost } from '../../fixtures/fake-host.ts'
import { fakeShelf } from '../../fixtures/fake-nouns.ts'

const second = 1000
const day = 86_400 * second
const question =
  'Can our client leave at the end of the first three years, and how much notice does the lease with SCI Les Tilleuls require?'
const [llama, qwen, mistral] = ['Llama 3.2 3B Instruct', 'Qwen2.5 Coder 0.5B Instruct', 'Mistral 7B Instruct v0.3'] as const
const long =
  'Yes. The tenant may end the lease at the close of each three-year period, the first on **31 March 2028**, with at least six months’ notice by registered letter.\n\n| Step | No later than |\n| --- | --- |\n| Notice received | 30 September 2027 |\n| Exit inventory | 31 March 2028 |'
const short = 'The tenant may leave after three years. The notice is three months.'
const medium =
  'Article L. 145-4 lets the tenant leave at the end of each three-year period:\n\n1. with six months’ notice,\n2. by registered letter, or by a *commissaire de justice*.\n\nThe lease does not take this right away.'

/** Opens on this comparison, with a few older ones beside it. */
function open(host: FakeHost, change: Partial<Comparison>): void {
  const now = Date.now()
  host.models.set({ models: fakeShelf, offers: [], imports: [] })
  host.compare.put(
    fakeComparison({ question, createdAt: now - 40 * second, ...change }),
    fakeComparison({ id: 'older', question: 'Résume l’avenant n° 2 en trois phrases.', createdAt: now - day, vote: 'b' }),
    fakeComparison({
      id: 'oldest',
      question: 'Which charges may the tenant refuse since the Pinel act?',
      createdAt: now - 9 * day,
    }),
  )
}

const tally = (wins: number, losses: number, ties: number, none: number, share: Tally['share'] = null): Tally => ({
  wins,
  losses,
  ties,
  none,
  share,
})
const scores: Score[] = [
  { modelId: 'llama-3b', name: llama, blind: tally(13, 4, 3, 1, { low: 0.527, high: 0.904 }), open: tally(3, 1, 0, 0) },
  { modelId: 'b3a1f0c2', name: qwen, blind: tally(3, 11, 3, 1, { low: 0.076, high: 0.476 }), open: tally(1, 3, 0, 0) },
  { modelId: 'mistral', name: mistral, blind: tally(1, 2, 0, 0), open: tally(0, 0, 0, 0) },
]
const three = [
  fakeColumn('a', llama, { text: long }),
  fakeColumn('b', qwen, { text: short }),
  fakeColumn('c', mistral, { text: medium, thought: 'The question has two parts.' }),
]
const two = three.slice(0, 2)
const hidden = { blind: true, revealed: false }

/** By name, as the address of the gallery has it. */
export const compareScenarios: Record<string, (host: FakeHost) => void> = {
  'compare-two': (host) => open(host, { answers: two }),
  'compare-three': (host) => open(host, { answers: three }),
  'compare-blind': (host) => open(host, { ...hidden, answers: two }),
  'compare-busy': (host) =>
    open(host, {
      ...hidden,
      canVote: false,
      answers: [
        fakeColumn('a', llama, { text: long }),
        fakeColumn('b', qwen, {
          text: short,
          state: 'writing',
          stands: false,
          facts: null,
          writing: { stage: 'writing', fraction: 0, since: Date.now() - 4 * second },
        }),
        fakeColumn('c', mistral, {
          text: '',
          state: 'writing',
          stands: false,
          facts: null,
          writing: { stage: 'queued', fraction: 0, since: Date.now() - 9 * second },
        }),
      ],
    }),
  'compare-loading': (host) =>
    open(host, {
      canVote: false,
      answers: ['loading', 'queued'].map((stage, index) =>
        fakeColumn(index === 0 ? 'a' : 'b', index === 0 ? llama : qwen, {
          text: '',
          state: 'writing',
          stands: false,
          facts: null,
          writing: { stage: stage as 'loading', fraction: index === 0 ? 0.43 : 0, since: Date.now() - 4 * second },
        }),
      ),
    }),
  'compare-voted': (host) => open(host, { blind: true, vote: 'a', votedBlind: true, answers: three }),
  'compare-tied': (host) => open(host, { vote: 'tie', canVote: false, answers: two }),
  'compare-failed': (host) =>
    open(host, {
      canVote: false,
      answers: [
        fakeColumn('a', llama, { text: long }),
        fakeColumn('b', mistral, {
          text: '',
          state: 'failed',
          stands: false,
          facts: null,
          trouble: { code: 'out_of_memory', data: { neededBytes: 5_200_000_000, freeBytes: 1_100_000_000 } },
        }),
        fakeColumn('c', qwen, { text: short.slice(0, 40), state: 'interrupted', stands: false, facts: null }),
      ],
    }),
}

/** Before a question: nothing yet, many votes, one student. */
export const compareFormScenarios: Record<string, (host: FakeHost) => void> = {
  'compare-new': (host) => host.models.set({ models: fakeShelf, offers: [], imports: [] }),
  'compare-scores': (host) => {
    open(host, {})
    host.compare.scores.set(scores)
  },
  'compare-one-student': (host) => host.models.set({ models: fakeShelf.slice(0, 1), offers: [], imports: [] }),
}
