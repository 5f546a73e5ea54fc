/** Kills: SIGKILL at random points of everything that writes. Nothing acknowledged is lost, and no file does not open. */
import { Chance } from './chance.ts'
import { Downloading } from './kills/downloading.ts'
import { Chatting, Exporting, Importing, Ingesting } from './kills/host-trials.ts'
import type { Trial } from './kills/trial.ts'
import { BackingUp, Migrating, Rekeying } from './kills/vault-trials.ts'
import { Tally, type OrdealOptions, type OrdealOutcome } from './outcome.ts'

const trials: (() => Trial)[] = [
  () => new Chatting(),
  () => new Ingesting(),
  () => new Downloading(),
  () => new Importing(),
  () => new Exporting(),
  () => new Rekeying(),
  () => new Migrating(),
  () => new BackingUp(),
]

/** Kill number n belongs to trial n modulo their number; two trials run beside each other. */
export async function kills(options: OrdealOptions): Promise<OrdealOutcome> {
  const tally = new Tally('kills', options)
  const waiting = trials.map((make, index) => ({ make, index }))
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await had(next.make(), next.index, options, tally)
  }
  await Promise.all([lane(), lane()])
  return tally.outcome()
}

async function had(trial: Trial, index: number, { seed, from, count, say }: OrdealOptions, tally: Tally): Promise<void> {
  const numbers = Array.from({ length: count }, (_, at) => from + at).filter((number) => number % trials.length === index)
  if (numbers.length === 0) return
  const begun = performance.now()
  let current = numbers[0] ?? 0
  try {
    await trial.prepare()
    for (const number of numbers) {
      current = number
      tally.count(`${trial.name} acknowledged`, await trial.round(new Chance(seed, number), number))
      tally.had(0, trial.name)
    }
    await trial.end()
  } catch (error) {
    // What follows would be looked at over files that have lost something already.
    tally.failed(
      current,
      `${trial.name}, kill ${current}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
  }
  say(`kills: ${trial.name}, ${numbers.length} in ${((performance.now() - begun) / 1000).toFixed(1)} s`)
}
