/**
 * The numbered marks in an answer while it streams: whatever way a model writes them they become [1][2], those that point at nothing
 * that was given go, and one that is cut between two pieces waits for its end. Code is left as it is.
 */

/** What models write before the number. */
const label = String.raw`(?:(?:sources?|documents?|docs?|passages?|extraits?|r[ée]f[ée]rences?|r[ée]fs?\.?)[\s:#n°º.]*)?`
const numbers = String.raw`(\d{1,3}(?:\s*(?:,|;|&|\+|-|–|and|et|à)\s*${label}\d{1,3})*)`
/** [1], [1, 2], [1-3], 【1】, 【1†L3】, [^1], [source 1], [1, p. 3], and (source 1), with the spaces before. */
const anyMark = new RegExp(
  String.raw`[ \t]*(?:(?:\[\^?|【)\s*${label}${numbers}\s*(?:[†,:][^\]】\n]{0,60})?[\]】]|\((?:sources?|passages?)\s*${numbers}\s*\))`,
  'iy',
)
/** A mark that is not whole by then is text. */
const longestMark = 90

export class CitationMarks {
  readonly #given: ReadonlySet<number>
  #rest = ''
  /** The run of backticks that code was opened with; empty outside of code. */
  #code = ''

  /** @param given numbers that a mark may have */
  constructor(given: ReadonlySet<number>) {
    this.#given = given
  }

  /** What of the text can be said by now. */
  push(text: string): string {
    this.#rest += text
    return this.#take(false)
  }

  /** What was held back, when nothing more comes. */
  flush(): string {
    return this.#take(true)
  }

  #take(last: boolean): string {
    const rest = this.#rest
    let said = ''
    let at = 0
    while (at < rest.length) {
      const step = this.#code === '' ? this.#text(rest, at, last) : this.#inCode(rest, at, last)
      if (step === null) break
      said += step.said
      at = step.end
    }
    this.#rest = rest.slice(at)
    return said
  }

  /** The next step in plain text; null when more must come first. */
  #text(rest: string, at: number, last: boolean): { said: string; end: number } | null {
    const plain = /[^ \t[【(`]+/y
    plain.lastIndex = at
    const [run] = plain.exec(rest) ?? []
    if (run !== undefined) return { said: run, end: at + run.length }
    if (rest[at] === '`') return this.#opensCode(rest, at, last)
    anyMark.lastIndex = at
    const found = anyMark.exec(rest)
    if (found) {
      const end = at + found[0].length
      // What follows decides whether Markdown would make a link of it.
      if (end === rest.length && !last) return null
      return { said: this.#mark(found[0], found[1] ?? found[2] ?? '', rest[end] ?? ''), end }
    }
    const start = at + (/^[ \t]*/.exec(rest.slice(at, at + longestMark))?.[0].length ?? 0)
    if (!last && couldBecomeMark(rest.slice(start))) return null
    const end = Math.max(start, at + 1)
    return { said: rest.slice(at, end), end }
  }

  #mark(whole: string, listed: string, next: string): string {
    const known = numbersIn(listed).filter((number) => this.#given.has(number))
    if (known.length === 0) return ''
    const space = /^[ \t]*/.exec(whole)?.[0] ?? ''
    // `[1](address)` and `[1]: address` are links in Markdown, and a mark must never be one.
    const apart = next === '(' || next === ':' ? ' ' : ''
    return `${space}${known.map((number) => `[${number}]`).join('')}${apart}`
  }

  #opensCode(rest: string, at: number, last: boolean): { said: string; end: number } | null {
    const run = /`+/y
    run.lastIndex = at
    const ticks = run.exec(rest)?.[0] ?? '`'
    if (at + ticks.length === rest.length && !last) return null
    this.#code = ticks
    return { said: ticks, end: at + ticks.length }
  }

  #inCode(rest: string, at: number, last: boolean): { said: string; end: number } | null {
    const ending = this.#code.length >= 3 ? /`+/g : /`+|\n/g
    ending.lastIndex = at
    const found = ending.exec(rest)
    if (!found) return { said: rest.slice(at), end: rest.length }
    const end = found.index + found[0].length
    if (end === rest.length && found[0] !== '\n' && !last) {
      return found.index === at ? null : { said: rest.slice(at, found.index), end: found.index }
    }
    // Code in a line ends with it, whether it was closed or not.
    if (
      found[0] === '\n' ||
      found[0].length === this.#code.length ||
      (this.#code.length >= 3 && found[0].length > this.#code.length)
    )
      this.#code = ''
    return { said: rest.slice(at, end), end }
  }
}

/** A text whose own marks are in round brackets, which nobody takes for marks: for what a student may quote. */
export function withoutMarks(text: string): string {
  return text.replace(new RegExp(anyMark.source, 'gi'), (mark) => {
    const space = /^[ \t]*/.exec(mark)?.[0] ?? ''
    const inside = mark.slice(space.length + 1, -1).replace(new RegExp(`^\\^?\\s*${label}`, 'i'), '')
    return `${space}(${inside})`
  })
}

/** Whether this beginning, which is no mark, could be one when more comes. */
function couldBecomeMark(rest: string): boolean {
  if (rest === '') return true
  if (rest.length > longestMark || /[\n\]】)]/.test(rest)) return false
  if (rest.startsWith('(')) {
    const inside = rest.slice(1).toLowerCase()
    return ['source', 'passage'].some((word) => word.startsWith(inside) || inside.startsWith(word))
  }
  return rest.startsWith('[') || rest.startsWith('【')
}

/** The numbers of a list such as `1, 2` or `1-3`, each once. */
function numbersIn(listed: string): number[] {
  const found = new Set<number>()
  for (const part of listed.split(/[,;&+]|and|et/i)) {
    const [from = 0, to = from] = (part.match(/\d+/g) ?? []).map(Number)
    // A long range is no list of sources.
    for (let number = from; number <= Math.min(to, from + 9); number++) found.add(number)
  }
  return [...found]
}
