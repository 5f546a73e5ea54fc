/** `npm run ordeal`: has the ordeals at full length, or those that are named, and prints what each came to. See build/commands/ordeal.ts. */
import { parseArgs } from 'node:util'
import { ordeals } from './ordeals.ts'
import { inStretches, told } from './outcome.ts'

const { values } = parseArgs({
  options: {
    /** What chance begins with; a failure prints it. */
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Number of the first case: where an earlier run ended. */
    from: { type: 'string', default: '0' },
    count: { type: 'string' },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
})
const [seed, from] = [values.seed, values.from].map(Number)
const count = values.count === undefined ? undefined : Number(values.count)
const chosen = ordeals.filter(({ name }) => values.only === undefined || name === values.only)
if (chosen.length === 0 || ![seed, from, count ?? 1].every((number) => Number.isSafeInteger(number) && (number ?? -1) >= 0)) {
  console.error('npm run ordeal -- [--only kills|disks|needles|mutations|tests] [--seed N] [--from N] [--count N] [--short]')
  process.exit(2)
}
console.log(`seed ${seed ?? 0}`)
for (const { name, have, short, long, stretch } of chosen) {
  const cases = count ?? (values.short ? short : long)
  console.log(`\n== ${name}: ${cases} cases from number ${from ?? 0}`)
  const options = { seed: seed ?? 0, from: from ?? 0, count: cases, say: (line: string) => console.log(line) }
  const outcome = await inStretches(have, options, stretch)
  console.log(told(outcome))
  if (outcome.failures.length > 0) process.exitCode = 1
}
process.exit()
