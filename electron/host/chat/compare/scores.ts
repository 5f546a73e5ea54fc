/** Votes counted for each student. A few votes prove nothing, and this says so. Pure: knows no database. */
import type { Letter, Score, Tally, Vote } from '../../../../contract/comparison.ts'

/** A vote as one of its answers met it. */
export interface CountedVote {
  vote: Vote
  /** Given without knowing who wrote what. */
  blind: boolean
  letter: Letter
  modelId: string
  name: string
}

/** With fewer decided votes nothing is claimed: with 9 the interval would still be about 60 points wide. */
const fewestDecided = 10

/**
 * The 95 % score interval of a proportion, as fractions of 0 to 1, after E. B. Wilson, “Probable inference, the law of succession, and
 * statistical inference”, Journal of the American Statistical Association 22 (1927), pages 209–212. Right also for few trials, and at 0 and 1.
 * @param wins of `trials`, which is at least 1
 */
export function wilsonInterval(wins: number, trials: number): { low: number; high: number } {
  // The 97.5 % point of the normal distribution.
  const z = 1.959964
  const share = wins / trials
  const middle = share + z ** 2 / (2 * trials)
  const reach = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2))
  const whole = 1 + z ** 2 / trials
  return { low: Math.max(0, (middle - reach) / whole), high: Math.min(1, (middle + reach) / whole) }
}

/** Every student with a vote, the most votes first. Its name is the newest that it had. */
export function scoresOf(votes: readonly CountedVote[]): Score[] {
  const scores = new Map<string, Score>()
  for (const { vote, blind, letter, modelId, name } of votes) {
    const score = scores.get(modelId) ?? { modelId, name, blind: emptyTally(), open: emptyTally() }
    const tally = blind ? score.blind : score.open
    if (vote === 'tie') tally.ties++
    else if (vote === 'none') tally.none++
    else if (vote === letter) tally.wins++
    else tally.losses++
    scores.set(modelId, { ...score, name })
  }
  const all = [...scores.values()]
  for (const { blind, open } of all) for (const tally of [blind, open]) tally.share = shareOf(tally)
  return all.sort((a, b) => sizeOf(b) - sizeOf(a) || a.name.localeCompare(b.name))
}

function shareOf({ wins, losses }: Tally): Tally['share'] {
  return wins + losses < fewestDecided ? null : wilsonInterval(wins, wins + losses)
}

function sizeOf({ blind, open }: Score): number {
  return [blind, open].reduce((sum, { wins, losses, ties, none }) => sum + wins + losses + ties + none, 0)
}

function emptyTally(): Tally {
  return { wins: 0, losses: 0, ties: 0, none: 0, share: null }
}
