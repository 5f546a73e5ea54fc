/** Numbers that fields of a Word text count by themselves (`LISTNUM`): of Word's own lists, or of the list of their paragraph. */
import type { ListField } from './docx-fields.ts'
import { listNumber } from './docx-number-formats.ts'
import type { ListCounter } from './docx-numbering.ts'

/** A level's format, and what stands around its number. */
type Level = readonly [format: string, before: string, after: string]

const levels = 9
const [decimal, small, roman] = ['decimal', 'lowerLetter', 'lowerRoman'] as const
/** Lists that Word brings; any other name counts as the first. */
const lists: Readonly<Record<string, readonly Level[]>> = {
  numberdefault: [
    ...[decimal, small, roman].map((format): Level => [format, '', ')']),
    ...[decimal, small, roman].map((format): Level => [format, '(', ')']),
    ...[decimal, small, roman].map((format): Level => [format, '', '.']),
  ],
  outlinedefault: [
    ...(['upperRoman', 'upperLetter', decimal] as const).map((format): Level => [format, '', '.']),
    [small, '', ')'],
    ...[decimal, small, roman, small, roman].map((format): Level => [format, '(', ')']),
  ],
}
const mostLists = 1000

/** Signs that no text has (noncharacters) around a field whose number waits for that of its paragraph: its level and start between them. */
const [begin, end, levelSign, digitSign] = ['\ufdd0', '\ufdef', 0xfdd1, 0xfde0] as const
const waiting = /\ufdd0([\ufdd1-\ufdd9]?)([\ufde0-\ufde9]*)\ufdef/g

/** Stands where a note shows its own number, which is that of the place that leads to it. */
export const noteSign = '\ufdda'

/** A text of the file without such signs of its own, which would be taken for a field. */
export function withoutWaiting(text: string): string {
  return text.replace(/[\ufdd0-\ufdef]/g, '')
}

export class WordListFields {
  readonly #counter: ListCounter
  readonly #counts = new Map<string, number[]>()

  constructor(counter: ListCounter) {
    this.#counter = counter
  }

  /** What stands in a field's place: its number, or signs for one that only the end of its paragraph tells. */
  numberOf({ list, level, start }: ListField): string {
    if (list !== '') return this.#counted(list, level ?? 0, start)
    const digits =
      start === null ? '' : [...String(start)].map((digit) => String.fromCharCode(digitSign + Number(digit))).join('')
    return `${begin}${level === null ? '' : String.fromCharCode(levelSign + level)}${digits}${end}`
  }

  /**
   * The text of a paragraph, once its own number was counted.
   * @param list that it is numbered in, null for none @param level of the paragraph in it
   */
  resolved(text: string, list: string | null, level: number): string {
    if (!text.includes(begin)) return text
    return text.replace(waiting, (_, at: string, digits: string) => {
      const own = at === '' ? null : at.charCodeAt(0) - levelSign
      const said = [...digits].map((digit) => digit.charCodeAt(0) - digitSign).join('')
      const start = said === '' ? null : Number(said)
      // In a list that has numbers a field counts its next level.
      const shown = list === null ? null : this.#counter.next(list, Math.min(levels - 1, own ?? level + 1), undefined, 0, start)
      return shown === null ? this.#counted('numberdefault', own ?? 0, start) : shown.trimEnd()
    })
  }

  #counted(list: string, level: number, start: number | null): string {
    const counts = this.#counts.get(list) ?? []
    if (this.#counts.size < mostLists) this.#counts.set(list, counts)
    for (let above = counts.length; above < level; above++) counts.push(1)
    const number = start ?? (counts[level] ?? 0) + 1
    counts.length = level
    counts.push(number)
    if (list === 'legaldefault') return `${counts.join('.')}.`
    const [format, before, after] = (lists[list] ?? lists['numberdefault'])?.[level] ?? [decimal, '', '.']
    return before + listNumber(number, format) + after
  }
}
