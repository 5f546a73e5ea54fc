/** Automatic numbers of Word's paragraphs: what is defined of lists, and the counting through a text. */
import { readOfficeXml } from '../office-markup.ts'
import { symbolSign } from '../symbol-fonts.ts'
import type { ZipFile } from '../zip-file.ts'
import { listNumber } from './docx-number-formats.ts'
import { isOn, type WordStyles } from './docx-styles.ts'

interface Level {
  start: number
  format: string
  /** Of a format of its own. */
  pattern: string
  /** `%1.%2` */
  text: string
  /** What comes behind the number. */
  gap: string
  /** Number (from 1) of the level that lets this one begin anew; 0 for none, undefined for every higher one. */
  restart: number | undefined
  style: string
  /** Shows the numbers of all levels as decimals. */
  legal: boolean
  font: string
}

/** What lists have in common that are of one kind (`w:abstractNum`). */
interface ListKind {
  levels: Map<number, Level>
  /** Style that says where the levels are. */
  link: string
}

interface List {
  kind: string
  levels: Map<number, Level>
  starts: Map<number, number>
}

const deepest = 9

export class WordLists {
  readonly #kinds = new Map<string, ListKind>()
  readonly #lists = new Map<string, List>()
  readonly #styles: WordStyles

  private constructor(styles: WordStyles) {
    this.#styles = styles
  }

  static async read(zip: ZipFile, part: string | undefined, styles: WordStyles): Promise<WordLists> {
    const lists = new WordLists(styles)
    if (part !== undefined && zip.has(part)) await lists.#read(zip, part)
    return lists
  }

  /** A list with its kind, which may be defined behind a style. */
  find(id: string): { list: List; kind: string; levelAt: (level: number) => Level | undefined } | null {
    const list = this.#lists.get(id)
    if (!list) return null
    let { kind } = list
    for (let step = 0; step < deepest; step++) {
      const link = this.#kinds.get(kind)?.link ?? ''
      const behind = link === '' ? undefined : this.#lists.get(this.#styles.listOf(link) ?? '')?.kind
      if (behind === undefined || behind === kind) break
      kind = behind
    }
    return { list, kind, levelAt: (level) => list.levels.get(level) ?? this.#kinds.get(kind)?.levels.get(level) }
  }

  async #read(zip: ZipFile, part: string): Promise<void> {
    let kind: ListKind | null = null
    let list: List | null = null
    let level: Level | null = null
    let at = 0
    await readOfficeXml(zip.pieces(part), {
      open: (name, attributes) => {
        const value = attributes['w:val'] ?? ''
        if (name === 'w:abstractNum') {
          kind = { levels: new Map(), link: '' }
          list = null
          this.#kinds.set(attributes['w:abstractNumId'] ?? '', kind)
        } else if (name === 'w:num') {
          list = { kind: '', levels: new Map(), starts: new Map() }
          kind = null
          this.#lists.set(attributes['w:numId'] ?? '', list)
        } else if (name === 'w:numStyleLink' && kind) kind.link = value
        else if (name === 'w:abstractNumId' && list) list.kind = value
        else if (name === 'w:lvlOverride') at = whole(attributes['w:ilvl'], 0)
        else if (name === 'w:startOverride' && list) list.starts.set(at, whole(value, 1))
        else if (name === 'w:lvl') {
          level = newLevel()
          const levels = (kind ?? list)?.levels
          if (levels && levels.size <= deepest) levels.set(whole(attributes['w:ilvl'], 0), level)
        } else if (level) readLevel(level, name, attributes)
      },
      close: (name) => {
        if (name === 'w:lvl') level = null
      },
    })
  }
}

function newLevel(): Level {
  return { start: 0, format: 'decimal', pattern: '', text: '', gap: ' ', restart: undefined, style: '', legal: false, font: '' }
}

function readLevel(level: Level, name: string, attributes: Readonly<Record<string, string>>): void {
  const value = attributes['w:val'] ?? ''
  if (name === 'w:start') level.start = whole(value, 1)
  else if (name === 'w:numFmt') {
    level.format = value
    level.pattern = attributes['w:format'] ?? ''
  } else if (name === 'w:lvlText') level.text = value.slice(0, 200)
  else if (name === 'w:suff') level.gap = value === 'nothing' ? '' : ' '
  else if (name === 'w:lvlRestart') level.restart = whole(value, 0)
  else if (name === 'w:pStyle') level.style = value
  else if (name === 'w:isLgl') level.legal = isOn(attributes['w:val'])
  else if (name === 'w:rFonts') level.font = attributes['w:ascii'] ?? attributes['w:hAnsi'] ?? ''
}

/** Counts the paragraphs of one text through, in their order. */
export class ListCounter {
  readonly #lists: WordLists
  /** Of each kind of list the number each level has come to, null before its first. */
  readonly #counts = new Map<string, (number | null)[]>()
  readonly #begun = new Set<string>()

  constructor(lists: WordLists) {
    this.#lists = lists
  }

  /**
   * What stands in front of the next paragraph of a list, with its gap, '' when it is a mere bullet; null when there is no such list.
   * @param level null for the one that goes with the style, or else `usual`
   * @param number that it has, whatever was counted; null to count on
   */
  next(id: string, level: number | null, style: string | undefined, usual: number, number: number | null = null): string | null {
    const found = this.#lists.find(id)
    if (!found) return null
    const { list, kind, levelAt } = found
    const at = level ?? levelOfStyle(levelAt, style) ?? usual
    const here = levelAt(at)
    if (!here) return null
    if (here.format === 'bullet') return bulletSign(here)
    const counts = this.#counts.get(kind) ?? Array.from({ length: deepest }, () => null)
    this.#counts.set(kind, counts)
    this.#count(id, at, here, counts, list.starts.get(at))
    if (number !== null) counts[at] = number
    for (let deeper = at + 1; deeper < deepest; deeper++) {
      const restart = levelAt(deeper)?.restart
      if (restart === undefined || at < restart) counts[deeper] = null
    }
    const text = here.text.replace(/%([1-9])/g, (_, digit: string) => {
      const index = Number(digit) - 1
      const other = levelAt(index)
      if (!other || index > at) return ''
      const value = counts[index] ?? list.starts.get(index) ?? other.start
      return listNumber(value, here.legal && other.format !== 'none' ? 'decimal' : other.format, other.pattern)
    })
    return text === '' ? '' : `${text}${here.gap}`
  }

  #count(id: string, at: number, level: Level, counts: (number | null)[], start: number | undefined): void {
    const isFirst = !this.#begun.has(`${id}/${at}`)
    this.#begun.add(`${id}/${at}`)
    const before = counts[at] ?? null
    counts[at] = isFirst && start !== undefined ? start : before === null ? (start ?? level.start) : before + 1
  }
}

function levelOfStyle(levelAt: (level: number) => Level | undefined, style: string | undefined): number | null {
  if (style === undefined) return null
  for (let level = 0; level < deepest; level++) if (levelAt(level)?.style === style) return level
  return null
}

/** A bullet says that the paragraph is one of a list, which its block says too. A box to tick and a word say more. */
function bulletSign({ text, font, gap }: Level): string {
  const shown = [...text].map((sign) => symbolSign(font, sign.codePointAt(0) ?? 0)).join('')
  return /[☐☑☒✓✗\p{N}]|\p{L}{2}/u.test(shown) ? `${shown}${gap}` : ''
}

function whole(text: string | undefined, otherwise: number): number {
  const value = Number.parseInt(text ?? '', 10)
  return Number.isSafeInteger(value) ? value : otherwise
}
