/**
 * The marks that a template writes around turns as plain text: `[INST]`, `### Response:`, `USER:`. No special token stands behind them, so a
 * document that holds the same letters would give exactly the tokens of a genuine turn. They are found by rendering a conversation of known
 * words, and a text that holds one gets a space inside it.
 */
import type { PromptMessage } from '../contract.ts'

/** What somebody says in the conversations that are rendered to find the marks; no template writes it. */
const said = (turn: number): string => `zqx${turn}qxz`
const saidAnywhere = /zqx\d+qxz/

const turn = (role: PromptMessage['role'], number: number, thought?: string): PromptMessage => ({
  role,
  content: said(number),
  ...(thought === undefined ? {} : { thought }),
})

/** Between them they show every frame: before and after a system message, each kind of turn, and where an answer begins. */
const conversations: PromptMessage[][] = [
  [turn('system', 1), turn('user', 2), turn('assistant', 3), turn('user', 4)],
  [turn('user', 1), turn('assistant', 2), turn('user', 3), turn('assistant', 4)],
  [turn('user', 1), turn('assistant', 2, said(3)), turn('user', 4)],
]

/** Something between brackets of any kind, as marks are written. */
const bracketed = /(?:<{1,3}|\[{1,3}|\{{1,3}|【)[^\s<>[\]{}【】][^<>[\]{}【】\n]{0,60}(?:>{1,3}|\]{1,3}|\}{1,3}|】)/gu
/** A line of more letters than this is a sentence that the template says, such as a system message of its own. */
const longestMark = 60

/** Finds the marks in a text. */
export class TurnMarks {
  readonly #marks: RegExp | null

  /**
   * @param render the template's own rendering of a conversation
   * @param special finds spellings of special tokens, which are kept out of texts elsewhere; null when there are none
   */
  constructor(render: (messages: readonly PromptMessage[]) => string, special: RegExp | null) {
    const found = new Map<string, string>()
    for (const conversation of conversations) {
      const frames = render(conversation).split(saidAnywhere)
      frames.forEach((frame, index) => {
        // What comes before everything may be a long text of the template's own; only its end frames a turn.
        const near = index === 0 ? lastLine(frame) : frame
        for (const [mark, pattern] of marksOf(near, special)) found.set(mark, pattern)
      })
    }
    // A longer mark may begin with a shorter one.
    const patterns = [...found].sort(([one], [other]) => other.length - one.length).map(([, pattern]) => pattern)
    this.#marks = patterns.length === 0 ? null : new RegExp(patterns.join('|'), 'gmu')
  }

  /** The text with a space inside each mark that it holds: as easy to read, and other tokens than those of the template's mark. */
  neutralise(text: string): string {
    if (this.#marks === null) return text
    return text.replace(this.#marks, (mark) => {
      const label = /\s*[:：]$/u.exec(mark)
      if (label && !mark.startsWith('#')) return `${mark.slice(0, label.index)} ${mark.slice(label.index)}`
      if (/^[\p{L}\p{N}]/u.test(mark)) return ` ${mark}`
      const [first = '', ...rest] = mark
      return `${first} ${rest.join('')}`
    })
  }
}

/** Marks of a frame, each with the pattern that finds it in a text. */
function marksOf(frame: string, special: RegExp | null): [string, string][] {
  const segments = special ? frame.split(special).filter((segment) => segment !== undefined) : [frame]
  const isBare = segments.length === 1
  const marks: [string, string][] = []
  for (const segment of segments) {
    for (const line of segment.split('\n').map((line) => line.trim())) {
      const inBrackets = line.match(bracketed) ?? []
      for (const mark of inBrackets) marks.push([mark, escaped(mark)])
      const rest = line.replace(bracketed, ' ').trim()
      if (rest === '' || rest.length > longestMark) continue
      if (/[:：]$/u.test(rest)) marks.push([rest, `(?<![\\p{L}\\p{N}])${escaped(rest)}`])
      else if (/^#{1,6}\s*\p{L}/u.test(rest)) marks.push([rest, escaped(rest)])
      // Without a special token or brackets the word alone on its line is the mark.
      else if (isBare && inBrackets.length === 0 && /\p{L}/u.test(rest)) marks.push([rest, `^${escaped(rest)}$`])
    }
  }
  return marks
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
