/** What an ordeal came to, and how it is told. */

export interface OrdealOptions {
  seed: number
  /** Number of the first case. */
  from: number
  /** How many cases. */
  count: number
  say: (line: string) => void
}

export interface OrdealOutcome {
  name: string
  /** Cases that were had, whether or not they failed. */
  cases: number
  /** Each with the words that make it again. */
  failures: string[]
  /** The longest time in which nothing was heard of a case, and which it was. */
  longestStall: { ms: number; what: string }
  /** Of the process that had the cases; 0 where it was not measured. */
  peakBytes: number
  ms: number
  /** What else was counted. */
  facts: Record<string, number>
}

export class Tally {
  readonly #name: string
  readonly #options: OrdealOptions
  readonly #begunAt = performance.now()
  readonly #failures: string[] = []
  readonly #facts: Record<string, number> = {}
  #cases = 0
  #peakBytes = 0
  #longestStall = { ms: 0, what: '' }

  constructor(name: string, options: OrdealOptions) {
    this.#name = name
    this.#options = options
  }

  had(ms: number, what: string): void {
    this.#cases++
    this.stalled(ms, what)
  }

  stalled(ms: number, what: string): void {
    if (ms > this.#longestStall.ms) this.#longestStall = { ms: Math.round(ms), what }
  }

  failed(number: number, what: string): void {
    const line = `${what} (npm run ordeal -- --only ${this.#name} --seed ${this.#options.seed} --from ${number} --count 1)`
    this.#failures.push(line)
    this.#options.say(`FAILED ${line}`)
  }

  count(fact: string, by = 1): void {
    this.#facts[fact] = (this.#facts[fact] ?? 0) + by
  }

  took(bytes: number): void {
    this.#peakBytes = Math.max(this.#peakBytes, bytes)
  }

  outcome(): OrdealOutcome {
    return {
      ...{ name: this.#name, cases: this.#cases, failures: this.#failures, longestStall: this.#longestStall },
      ...{ peakBytes: this.#peakBytes, ms: Math.round(performance.now() - this.#begunAt), facts: this.#facts },
    }
  }
}

/**
 * Has many cases a stretch at a time, and says after each where to go on: a run of hours that is ended loses one stretch at most.
 * @param have the ordeal
 */
export async function inStretches(
  have: (options: OrdealOptions) => Promise<OrdealOutcome>,
  { from, count, ...options }: OrdealOptions,
  most: number,
): Promise<OrdealOutcome> {
  let whole: OrdealOutcome | null = null
  const end = from + count
  for (let next = from; next < end; next += most) {
    const outcome = await have({ ...options, from: next, count: Math.min(most, end - next) })
    whole = whole ? together(whole, outcome) : outcome
    const left = end - next - most
    if (left <= 0) continue
    options.say(told(outcome))
    options.say(
      `go on with: npm run ordeal -- --only ${outcome.name} --seed ${options.seed} --from ${next + most} --count ${left}`,
    )
  }
  if (!whole) throw new Error('There was no case')
  return whole
}

function together(one: OrdealOutcome, next: OrdealOutcome): OrdealOutcome {
  const facts = { ...one.facts }
  for (const [fact, number] of Object.entries(next.facts)) facts[fact] = (facts[fact] ?? 0) + number
  return {
    ...{ name: one.name, cases: one.cases + next.cases, failures: [...one.failures, ...next.failures], facts },
    longestStall: one.longestStall.ms >= next.longestStall.ms ? one.longestStall : next.longestStall,
    ...{ peakBytes: Math.max(one.peakBytes, next.peakBytes), ms: one.ms + next.ms },
  }
}

/** In one line, as the runner prints it. */
export function told({ name, cases, failures, longestStall, peakBytes, ms, facts }: OrdealOutcome): string {
  const counted = Object.entries(facts).map(([fact, number]) => `${fact} ${number}`)
  const memory = peakBytes > 0 ? [`peak memory ${Math.round(peakBytes / 2 ** 20)} MiB`] : []
  const stall = longestStall.ms > 0 ? [`longest stall ${longestStall.ms} ms (${longestStall.what})`] : []
  return [
    `${name}: ${cases} cases in ${(ms / 1000).toFixed(1)} s, ${failures.length} failed`,
    ...stall,
    ...memory,
    ...counted,
  ].join('; ')
}
