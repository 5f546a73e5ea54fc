/** A long ordeal that is ended is gone on with: after each stretch it says where, and in the end it tells of all. */
import { expect, test } from 'vitest'
import { inStretches, Tally, type OrdealOptions, type OrdealOutcome } from './outcome.ts'

/** Every case takes its number's milliseconds; number 7 fails. */
function counting(options: OrdealOptions): Promise<OrdealOutcome> {
  const tally = new Tally('kills', options)
  for (let number = options.from; number < options.from + options.count; number++) {
    tally.had(number, `number ${number}`)
    tally.count('counted')
    if (number === 7) tally.failed(number, 'Lost')
  }
  return Promise.resolve(tally.outcome())
}

test('each stretch says where to go on, and the end tells of all (bug: an ended run had to begin anew)', async () => {
  const said: string[] = []
  const whole = await inStretches(counting, { seed: 5, from: 3, count: 10, say: (line) => said.push(line) }, 4)
  expect(whole).toMatchObject({ cases: 10, facts: { counted: 10 }, longestStall: { ms: 12, what: 'number 12' } })
  expect(whole.failures).toEqual(['Lost (npm run ordeal -- --only kills --seed 5 --from 7 --count 1)'])
  expect(said.filter((line) => line.startsWith('go on'))).toEqual([
    'go on with: npm run ordeal -- --only kills --seed 5 --from 7 --count 6',
    'go on with: npm run ordeal -- --only kills --seed 5 --from 11 --count 2',
  ])
})

test('what is no longer than a stretch says nothing of going on', async () => {
  const said: string[] = []
  await inStretches(counting, { seed: 5, from: 0, count: 4, say: (line) => said.push(line) }, 4)
  expect(said).toEqual([])
})
