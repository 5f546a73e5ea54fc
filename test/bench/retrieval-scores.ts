/** How good a ranking is against grades: nDCG and recall of its first ten. What is graded is named by any text; what is not named counts 0. */

/** How deep a person looks. */
export const depth = 10

export interface Scores {
  ndcg: number
  recall: number
}

/**
 * Of one question. A grade of 2 is worth three of 1 (2^grade − 1, Burges and others 2005); recall counts every grade alike.
 * @param ranked best first; what comes again is passed over
 * @param grades at least one
 */
export function scoresOf(ranked: Iterable<string>, grades: ReadonlyMap<string, number>): Scores {
  const first = [...new Set(ranked)].slice(0, depth)
  const ideal = gainOf([...grades.values()].sort((one, other) => other - one).slice(0, depth))
  return {
    ndcg: gainOf(first.map((name) => grades.get(name) ?? 0)) / ideal,
    recall: first.filter((name) => grades.has(name)).length / grades.size,
  }
}

/** Of many questions. */
export function meanOf(scores: readonly Scores[]): Scores {
  const mean = (value: (scores: Scores) => number): number => scores.reduce((sum, each) => sum + value(each), 0) / scores.length
  return { ndcg: mean(({ ndcg }) => ndcg), recall: mean(({ recall }) => recall) }
}

/** Finds better than each of the others, and finds no less. */
export function beats(one: Scores, others: readonly Scores[]): boolean {
  return others.every(({ ndcg, recall }) => one.ndcg > ndcg && one.recall >= recall)
}

function gainOf(grades: readonly number[]): number {
  return grades.reduce((sum, grade, at) => sum + (2 ** grade - 1) / Math.log2(at + 2), 0)
}
