/** Text that comes in runs of one look each: raised, lowered and struck-out words keep in plain text what tells them from their neighbours. */

/** How a run looks, as far as its words depend on it. */
export interface RunLook {
  script: 'raised' | 'lowered' | null
  struck: boolean
}

export const plainLook: RunLook = { script: null, struck: false }

const signs = '0123456789+-−–=()'
const raisedSigns = '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾'
const loweredSigns = '₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎'

/** Gathers runs: `1,200` with a raised `2` is `1,200²`, ten with a raised `-3` is `10⁻³`, and what is struck out stands in `~~`. */
export class RunText {
  #text = ''
  #run = ''
  #last = ''
  /** Nothing but the mark of a note so far. */
  #isMark = false
  #look: RunLook = plainLook

  add(text: string, look: RunLook = plainLook): void {
    if (text === '') return
    if (look.script !== this.#look.script || look.struck !== this.#look.struck) this.#endRun()
    this.#look = look
    this.#run += text
  }

  /** Whether nothing was added since it was last taken. */
  get isEmpty(): boolean {
    return this.#text === '' && this.#run === ''
  }

  /** What was gathered, which is forgotten. */
  take(): string {
    this.#endRun()
    const text = this.#text
    this.#text = ''
    this.#last = ''
    this.#isMark = false
    return text
  }

  #endRun(): void {
    if (this.#run === '') return
    const { script, struck } = this.#look
    const run = script ? scriptText(this.#run, script, this.#last) : this.#run
    if (this.#isMark && /^[\p{L}\d]/u.test(run)) this.#text += ' '
    this.#text += struck ? struckText(run) : run
    this.#isMark = this.#last === '' && script === 'raised' && /^[⁰¹²³⁴⁵⁶⁷⁸⁹]+$/.test(run)
    this.#last = run.at(-1) ?? ''
    this.#run = ''
  }
}

/** Numbers in signs of their own; words as they are: `1er`, `2nd`. A number that has no such signs stands apart from the one before. */
function scriptText(text: string, script: 'raised' | 'lowered', before: string): string {
  if (/^[\d\s+\-−–=().,;*]+$/.test(text) || /^[ni]$/.test(text)) {
    const own = script === 'raised' ? raisedSigns : loweredSigns
    return text
      .replace(/[\d+\-−–=()]/g, (sign) => own[signs.indexOf(sign)] ?? sign)
      .replace(/^[ni]$/, (letter) => (script === 'lowered' ? letter : letter === 'n' ? 'ⁿ' : 'ⁱ'))
  }
  return /\d/.test(before) && /^\d/.test(text) ? ` ${text}` : text
}

function struckText(text: string): string {
  const words = text.trim()
  if (words === '') return text
  const at = text.indexOf(words)
  return `${text.slice(0, at)}~~${words}~~${text.slice(at + words.length)}`
}

/** A number of digits alone, raised. */
export function raisedNumber(digits: string): string {
  return digits.replace(/\d/g, (digit) => raisedSigns[Number(digit)] ?? digit)
}
