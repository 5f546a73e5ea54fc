/** What an answer of one sentence came to, from the counts that sentences are summed up in. */

/** The verdict on the only sentence of an answer, so that its words can be used wherever the sum is told. */
export function verdictOfOne(supported: number, partly: number): 'supported' | 'partly' | 'not_found' {
  return supported === 1 ? 'supported' : partly === 1 ? 'partly' : 'not_found'
}
