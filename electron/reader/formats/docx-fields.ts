/** Fields of a Word text: what they came to is shown, what they were told to do is not. */
import { symbolSign } from '../symbol-fonts.ts'

interface Field {
  instruction: string
  /** Its result has begun. */
  hasResult: boolean
  /** Its result has words. */
  hasText: boolean
  /** Of a form: ticked, or not; null when it is no box. */
  isTicked: boolean | null
  entries: string[]
  chosen: number
}

/** Characters of an instruction that are looked at. */
const longestInstruction = 4_000

/** A field that numbers by itself (`LISTNUM`): the list it counts in, its level from 0 and its first number where it says them. */
export interface ListField {
  list: string
  level: number | null
  start: number | null
}

export class WordFields {
  readonly #open: Field[] = []
  readonly #ignores: boolean
  readonly #number: (field: ListField) => string

  /**
   * @param ignores takes no notice of where fields begin and end
   * @param number what stands in the place of a field that numbers by itself
   */
  constructor(ignores: boolean, number: (field: ListField) => string) {
    this.#ignores = ignores
    this.#number = number
  }

  /** Whether what comes is an instruction. */
  get isSilent(): boolean {
    return this.#open.some(({ hasResult }) => !hasResult)
  }

  /** @returns what a field without a result of its own shows, when one ends */
  mark(type: string | undefined): string {
    if (this.#ignores) return ''
    if (type === 'begin')
      this.#open.push({ instruction: '', hasResult: false, hasText: false, isTicked: null, entries: [], chosen: 0 })
    else if (type === 'separate') {
      const field = this.#open.at(-1)
      if (field) field.hasResult = true
    } else if (type === 'end') {
      const field = this.#open.pop()
      if (field) return this.#shownOf(field)
    }
    return ''
  }

  /** Notes that words of a result were shown. */
  show(): void {
    for (const field of this.#open) field.hasText = true
  }

  instruct(text: string): void {
    const field = this.#open.at(-1)
    if (field && !field.hasResult && field.instruction.length < longestInstruction) field.instruction += text
  }

  /** Takes in what a field of a form says of itself. */
  form(name: string, value: string | undefined): void {
    const field = this.#open.at(-1)
    if (!field) return
    const on = !/^(0|false|off)$/i.test(value ?? '')
    if (name === 'w:checkBox') field.isTicked = false
    else if (name === 'w:checked') field.isTicked = on
    else if (name === 'w:default' && field.isTicked !== null) field.isTicked = on
    else if (name === 'w:result' || name === 'w:default') field.chosen = Math.trunc(Number(value)) || 0
    else if (name === 'w:listEntry' && field.entries.length < 1_000) field.entries.push(value ?? '')
  }

  #shownOf({ instruction, hasText, isTicked, entries, chosen }: Field): string {
    const [, name = '', rest = ''] = /^\s*(\S+)\s*([^]*)$/.exec(instruction) ?? []
    if (hasText) return ''
    switch (name.toUpperCase()) {
      case 'FORMCHECKBOX':
        return isTicked ? '☑' : '☐'
      case 'FORMDROPDOWN':
        return entries[chosen] ?? entries[0] ?? ''
      case 'MACROBUTTON':
      case 'GOTOBUTTON':
        return rest.replace(/^\S+\s*/, '').replace(/\\\*\s*\w+\s*/g, '')
      case 'SYMBOL':
        return symbolOf(rest)
      case 'EQ':
        return equation(rest)
      case 'LISTNUM':
        return this.#number(listField(rest))
      case 'QUOTE':
        return rest.replace(/^"|"\s*$/g, '')
      default:
        return ''
    }
  }
}

/** `LISTNUM LegalDefault \\l 2 \\s 4` */
function listField(text: string): ListField {
  const number = (option: string): number | null => {
    const found = new RegExp(`\\\\${option}\\s*"?(\\d{1,6})`, 'i').exec(text)?.[1]
    return found === undefined ? null : Number(found)
  }
  const level = number('l')
  return {
    list: (/^(?:"([^"]*)"|([^\s\\"]+))/.exec(text)?.slice(1).find(Boolean) ?? '').toLowerCase(),
    level: level === null ? null : Math.min(8, Math.max(0, level - 1)),
    start: number('s'),
  }
}

function symbolOf(text: string): string {
  const code = /^(0x[\da-f]+|\d+)/i.exec(text)?.[1]
  const font = /\\f\s+(?:"([^"]*)"|(\S+))/i.exec(text)
  return code === undefined ? '' : symbolSign(font?.[1] ?? font?.[2] ?? '', Number(code))
}

/** `\f(1,2)` as `1/2`; of signs over one another the last, which is what stands on the line. From the innermost bracket out. */
function equation(text: string): string {
  let line = text.slice(0, longestInstruction).replace(/\\\*\s*("[^"]*"|\S+)/g, '')
  for (let step = 0; step < 50; step++) {
    const before = line
    line = line.replace(
      /\\([a-z])((?:\\[a-z]+\s*\d*\s*)*)\s*\(([^()]*)\)/i,
      (_, kind: string, options: string, inside: string) => {
        const parts = inside.split(/[,;]/).map((part) => part.trim())
        if (/f/i.test(kind)) return `${parts[0] ?? ''}/${parts[1] ?? ''}`
        if (/r/i.test(kind)) return parts.length > 1 ? `${parts[0] ?? ''}√${parts[1] ?? ''}` : `√${parts[0] ?? ''}`
        if (/o/i.test(kind)) return parts.at(-1) ?? ''
        if (/s/i.test(kind) && /\\up/i.test(options)) return /^[-\d+]+$/.test(inside) ? `^${inside}` : ''
        return parts.join(' ')
      },
    )
    if (line === before) break
  }
  return line.replace(/\\[a-z]+/gi, '').trim()
}
