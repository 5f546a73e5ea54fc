// How the check of sentences judges the pairs that were labelled by hand: a matrix for each half, by class, language and kind of text. By words
// alone, since no model runs here. `ALAMBIC_SUPPORT_WRONG=developed` (or `held`) lists the pairs that it judges wrongly.
import { SupportCheck } from '../../electron/host/chat/support/support-check.ts'
import { labelledPairs, type LabelledPair, type PairClass } from '../fixtures/support-pairs/passages.ts'

type Verdict = 'supported' | 'partly' | 'not_found' | 'no_claim'

const listed = process.env['ALAMBIC_SUPPORT_WRONG'] ?? ''
/** The same order as the parts of an answer's sentences: the least of them counts. */
const order: readonly Verdict[] = ['not_found', 'partly', 'supported']

function verdictOf({ claim, text, context }: LabelledPair): Verdict {
  const verdicts = new SupportCheck(claim, [{ number: 1, text, context }]).verdicts(() => null).map(({ verdict }) => verdict)
  return order.find((each) => verdicts.includes(each)) ?? 'no_claim'
}

function line(name: string, pairs: readonly LabelledPair[]): string {
  const verdicts = pairs.map(verdictOf)
  const count = (wanted: Verdict): string => String(verdicts.filter((each) => each === wanted).length).padStart(4)
  const part = verdicts.filter((each) => each === 'supported').length / Math.max(1, pairs.length)
  return `  ${name.padEnd(24)}${String(pairs.length).padStart(4)} pairs: supported${count('supported')}, partly${count('partly')}, not supported${count('not_found')}, no claim${count('no_claim')}; supported ${(part * 100).toFixed(1)} %`
}

for (const half of ['developed', 'held'] as const) {
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
