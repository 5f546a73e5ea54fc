/** The ordeals in their short form, about two minutes on two processors; `npm run ordeal` has them at full length. A failure prints how it is made again. */
import { expect, test } from 'vitest'
import { whyNoDisks } from './disks.ts'
import { ordeals } from './ordeals.ts'
import { told } from './outcome.ts'

/** Always the same, so that a failure is nobody's luck. */
const seed = 12

for (const { name, have, short } of ordeals) {
  const why = name === 'disks' ? whyNoDisks() : null
  if (why !== null) test.skip(`NOT RUN: ${name}, because it may not run \`unshare -rm\`: ${why}`, () => undefined)
  else
    test.concurrent(`${name}: ${short} cases`, { timeout: 1_800_000 }, async () => {
      const outcome = await have({ seed, from: 0, count: short, say: () => undefined })
      console.info(told(outcome))
      expect(outcome.failures).toEqual([])
    })
}
