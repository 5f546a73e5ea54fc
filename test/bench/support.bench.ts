// How the check of sentences judges the pairs that were labelled by hand: a matrix for each half, by class, language and kind of text, and the claims
// about abstracts of other people where these lie beside the checkout. By words alone, since no model runs here.
// `ALAMBIC_SUPPORT_WRONG=developed` (or `held`) lists the pairs that it judges wrongly.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SupportCheck } from '../../electron/host/chat/support/support-check.ts'
import type { ClaimsOfAbstract } from '../fixtures/support-pairs/claims-of-abstract.ts'
import { developedClaims } from '../fixtures/support-pairs/developed-claims.ts'
import { heldClaims } from '../fixtures/support-pairs/held-claims.ts'
import { labelledPairs, type LabelledPair, type PairClass } from '../fixtures/support-pairs/passages.ts'
import { sharedSets } from './retrieval-sets.ts'

type Verdict = 'supported' | 'partly' | 'not_found' | 'no_claim'
type Pair = Pick<LabelledPair, 'claim' | 'text' | 'context'>

const listed = process.env['ALAMBIC_SUPPORT_WRONG'] ?? ''
/** The same order as the parts of an answer's sentences: the least of them counts. */
const order: readonly Verdict[] = ['not_found', 'partly', 'supported']
const halves = ['developed', 'held'] as const

function verdictOf({ claim, text, context }: Pair): Verdict {
  const verdicts = new SupportCheck(claim, [{ number: 1, text, context }]).verdicts(() => null).map(({ verdict }) => verdict)
  return order.find((each) => verdicts.includes(each)) ?? 'no_claim'
}

function line(name: string, pairs: readonly Pair[]): string {
  const began = performance.now()
  const verdicts = pairs.map(verdictOf)
  const each = (performance.now() - began) / Math.max(1, pairs.length)
  const count = (wanted: Verdict): string => String(verdicts.filter((verdict) => verdict === wanted).length).padStart(4)
  const part = verdicts.filter((verdict) => verdict === 'supported').length / Math.max(1, pairs.length)
  return `  ${name.padEnd(24)}${String(pairs.length).padStart(4)} pairs: supported${count('supported')}, partly${count('partly')}, not supported${count('not_found')}, no claim${count('no_claim')}; supported ${(part * 100).toFixed(1)} %, ${each.toFixed(1)} ms each`
}

for (const half of halves) {
  const pairs = labelledPairs[half]
  console.log(`${half}: ${pairs.length} pairs`)
  for (const kind of ['restated', 'reworded', 'contradicted', 'partly', 'unrelated'] satisfies PairClass[]) {
    const ofKind = pairs.filter((pair) => pair.kind === kind)
    console.log(line(kind, ofKind))
    for (const language of ['en', 'fr'] as const) {
      for (const isScience of [false, true])
        console.log(
          line(
            `- ${language}${isScience ? ', as in science' : ''}`,
            ofKind.filter((pair) => pair.language === language && pair.isScience === isScience),
          ),
        )
    }
  }
  if (listed !== half) continue
  for (const pair of pairs) {
    const verdict = verdictOf(pair)
    if ((pair.kind === 'restated' || pair.kind === 'reworded') !== (verdict === 'supported'))
      console.log(`  ${verdict.padEnd(10)} ${pair.name}: ${pair.claim}`)
  }
}

const Abstracts = z.record(z.string(), z.object({ QUESTION: z.string(), CONTEXTS: z.array(z.string()), LONG_ANSWER: z.string() }))
const path = join(sharedSets.folder, 'pubmedqa.json')
if (existsSync(path)) judgeAbstracts(Abstracts.parse(JSON.parse(readFileSync(path, 'utf8'))))
else console.log(`Claims about abstracts of PubMedQA are not judged: there is no ${path}.`)

/** Unrelated: each claim with the abstract after the next, which is about something else. */
function judgeAbstracts(abstracts: z.infer<typeof Abstracts>): void {
  for (const half of halves) {
    const claims = Object.entries<ClaimsOfAbstract>(half === 'held' ? heldClaims : developedClaims)
    const pairOf = (id: string | undefined, claim: string): Pair => {
      const abstract = abstracts[id ?? '']
      if (!abstract) throw new Error(`There is no abstract ${id}.`)
      return { claim, context: abstract.QUESTION, text: [...abstract.CONTEXTS, abstract.LONG_ANSWER].join('\n') }
    }
    const supported = claims.flatMap(([id, of]) => of.supported.map((claim) => pairOf(id, claim)))
    const contradicted = claims.flatMap(([id, of]) => of.contradicted.map((claim) => pairOf(id, claim)))
    const unrelated = claims.flatMap(([, of], at) =>
      [...of.supported, ...of.contradicted].map((claim) => pairOf(claims[(at + 2) % claims.length]?.[0], claim)),
    )
    console.log(`claims about abstracts, ${half}: ${supported.length + contradicted.length} claims`)
    console.log(line('supported', supported))
    console.log(line('contradicted', contradicted))
    console.log(line('unrelated', unrelated))
    if (listed !== half) continue
    for (const pair of supported)
      if (verdictOf(pair) !== 'supported') console.log(`  ${verdictOf(pair).padEnd(10)} ${pair.claim}`)
    for (const pair of contradicted)
      if (verdictOf(pair) === 'supported') console.log(`  supported though contradicted: ${pair.claim}`)
  }
}
