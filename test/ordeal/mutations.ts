/**
 * Mutations: files, frames and values of strangers with something wrong in them meet every parser, in a process of their own. A case that ends it, that
 * lasts thirty seconds, that takes too much memory or that throws what is no refusal has failed, and the next goes on behind it.
 */
import { Tally, type OrdealOptions, type OrdealOutcome } from './outcome.ts'
import { SpokenChild } from './spoken-child.ts'

/** A case that lasts so long has failed. */
const stallMs = 30_000
/** Of the process with the host and all parsers but the workers; one that is idle takes some 200 MiB. */
const mostBytes = 1024 * 1024 * 1024

export async function mutations(options: OrdealOptions): Promise<OrdealOutcome> {
  const tally = new Tally('mutations', options)
  const end = options.from + options.count
  for (let next = options.from; next < end;) next = await stretch(next, end, options, tally)
  return tally.outcome()
}

/** Has cases until the end, or until one ends the process. Returns the number to go on with. */
async function stretch(from: number, to: number, { seed, say }: OrdealOptions, tally: Tally): Promise<number> {
  const child = new SpokenChild('mutations-child.ts', [seed, from, to].map(String))
  let current = from
  let what = 'start'
  let at = 0
  let begunAt = performance.now()
  let isTooLate = false
  const hear = (): void => {
    for (; at < child.lines.length; at++) {
      const [word = '', number = '', ...rest] = (child.lines[at] ?? '').split(' ')
      begunAt = performance.now()
      if (word === 'case') {
        current = Number(number)
        what = rest.join(' ')
        continue
      }
      if (word === 'failed') {
        tally.had(0, what)
        tally.failed(Number(number), rest.join(' '))
      } else if (word === 'done') {
        const [ms = 0, bytes = 0] = rest.map(Number)
        tally.had(ms, `${what}, number ${number}`)
        tally.took(bytes)
        tally.count(`${rest[2]} ${rest[3]}`)
        if (bytes > mostBytes) tally.failed(Number(number), `${what}: the process takes ${Math.round(bytes / 2 ** 20)} MiB`)
        if (Number(number) % 5_000 === 0) say(`mutations: ${number}`)
      } else if (word === 'ends') {
        tally.stalled(Number(number), 'the loop of the process')
        tally.count('readers started', Number(rest[0]))
        tally.count('porters started', Number(rest[1]))
      }
    }
  }
  const watch = setInterval(() => {
    hear()
    if (performance.now() - begunAt < stallMs || isTooLate) return
    isTooLate = true
    void child.kill().catch(() => undefined)
  }, 100)
  try {
    await child.end()
    return to
  } catch (error) {
    hear()
    const why = isTooLate ? `nothing was heard for ${stallMs / 1000} s` : String(error)
    if (isTooLate) tally.stalled(stallMs, `${what}, number ${current}`)
    tally.failed(current, `${what}: the process ended: ${why}`)
    return current + 1
  } finally {
    clearInterval(watch)
    hear()
  }
}
