/** Styles of a Word file: what a paragraph or a run has because of the style that it names, and of those that this one builds on. */
import { readOfficeXml } from '../office-markup.ts'
import type { ZipFile } from '../zip-file.ts'

/** What is said of letters; undefined where nothing is. */
export interface RunLook {
  hidden?: boolean | undefined
  struck?: boolean | undefined
  /** Raised, lowered, or on the line. */
  height?: 'raised' | 'lowered' | 'even' | undefined
  font?: string | undefined
}

/** What a paragraph is by its style. */
export interface ParagraphLook extends RunLook {
  /** 1 to 9 for a heading, 0 for text. */
  outline?: number | undefined
  /** List that it is numbered in, '0' for none. */
  list?: string | undefined
  /** From 0. */
  listLevel?: number | undefined
}

interface Style extends ParagraphLook {
  name: string
  basedOn: string
}

/** Names of headings as programs in other languages write them; Word itself always writes the English one. */
const headingName =
  /^(?:heading|titre|überschrift|título|titulo|titolo|titre|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|naslov|címsor|başlık|заголовок|επικεφαλίδα|标题|標題|見出し|제목) ?([1-9])$/iu
const titleName = /^(title|titel|titre|título|titolo|tytuł|otsikko|rubrik|název|название|заголовок|标题|表題|제목)$/iu
/** Styles that build on one another; more of them were made to lead in a circle. */
const longestChain = 30

export class WordStyles {
  readonly #styles = new Map<string, Style>()
  readonly #looks = new Map<string, ParagraphLook>()
  #usual = ''

  static async read(zip: ZipFile, part: string | undefined): Promise<WordStyles> {
    const styles = new WordStyles()
    if (part !== undefined && zip.has(part)) await styles.#read(zip, part)
    return styles
  }

  /** Of a paragraph with this style, or without one. */
  ofParagraph(id: string | undefined): ParagraphLook {
    const known = id !== undefined && this.#styles.has(id)
    const look = this.#resolved(known ? id : this.#usual)
    if (id === undefined || known) return look
    // Some writers name styles that they leave away.
    const outline = headingLevel(id)
    return outline > 0 ? { ...look, outline } : look
  }

  /** Of a run with this style. */
  ofRun(id: string): RunLook {
    return this.#resolved(id)
  }

  /** The list that a style of lists stands for. */
  listOf(id: string): string | undefined {
    return this.#resolved(id).list
  }

  #resolved(id: string): ParagraphLook {
    const known = this.#looks.get(id)
    if (known) return known
    let look: ParagraphLook = {}
    let style = this.#styles.get(id)
    for (let step = 0; style && step < longestChain; step++) {
      look = mergedLook(style, look)
      style = this.#styles.get(style.basedOn)
    }
    this.#looks.set(id, look)
    return look
  }

  async #read(zip: ZipFile, part: string): Promise<void> {
    let style: Style | null = null
    let id = ''
    let silent = 0
    await readOfficeXml(zip.pieces(part), {
      open: (name, attributes) => {
        const value = attributes['w:val'] ?? ''
        // What a style says of parts of a table is not said of its paragraphs; what it was before a change is past.
        if (silent > 0 || name === 'w:tblStylePr' || name.endsWith('Change')) silent++
        else if (name === 'w:style') {
          id = attributes['w:styleId'] ?? ''
          style = { name: '', basedOn: '' }
          if (attributes['w:type'] === 'paragraph' && isOn(attributes['w:default'] ?? '0')) this.#usual = id
        } else if (style === null) return
        else if (name === 'w:name') {
          style.name = value
          style.outline ??= headingLevel(value) || undefined
        } else if (name === 'w:basedOn') style.basedOn = value
        else readLook(style, name, attributes)
      },
      close: (name) => {
        if (silent > 0) silent--
        else if (name === 'w:style' && style) {
          this.#styles.set(id, style)
          style = null
        }
      },
    })
  }
}

/** Takes in what an element of properties says. */
export function readLook(look: ParagraphLook, name: string, attributes: Readonly<Record<string, string>>): void {
  const value = attributes['w:val']
  if (name === 'w:vanish') look.hidden = isOn(value)
  else if (name === 'w:strike' || name === 'w:dstrike') look.struck = (look.struck ?? false) || isOn(value)
  else if (name === 'w:vertAlign') look.height = value === 'superscript' ? 'raised' : value === 'subscript' ? 'lowered' : 'even'
  else if (name === 'w:rFonts') look.font = attributes['w:ascii'] ?? attributes['w:hAnsi'] ?? look.font
  else if (name === 'w:outlineLvl') look.outline = outlineOf(value)
  else if (name === 'w:numId') look.list = value
  else if (name === 'w:ilvl') look.listLevel = Math.min(8, Math.max(0, Math.trunc(Number(value)) || 0))
}

/** What `over` says, else what `under` says. */
export function mergedLook(under: ParagraphLook, over: ParagraphLook): ParagraphLook {
  return {
    hidden: over.hidden ?? under.hidden,
    struck: over.struck ?? under.struck,
    height: over.height ?? under.height,
    font: over.font ?? under.font,
    outline: over.outline ?? under.outline,
    list: over.list ?? under.list,
    listLevel: over.listLevel ?? under.listLevel,
  }
}

/** A switch of Word: on when it is there, off when it says so. */
export function isOn(value: string | undefined): boolean {
  return !/^(0|false|off)$/i.test(value ?? '')
}

function headingLevel(name: string): number {
  const level = headingName.exec(name.trim())?.[1] ?? (/^heading([1-9])$/i.exec(name) ?? [])[1]
  return level !== undefined ? Number(level) : titleName.test(name.trim()) ? 1 : 0
}

function outlineOf(value: string | undefined): number {
  const level = Math.trunc(Number(value))
  return level >= 0 && level <= 8 ? level + 1 : 0
}

/** Switches of a paragraph's style and of a run's undo one another; what the run itself says stands. */
export function wholeLook(paragraph: RunLook, style: RunLook, own: RunLook): RunLook {
  return {
    hidden: own.hidden ?? (paragraph.hidden ?? false) !== (style.hidden ?? false),
    struck: own.struck ?? (paragraph.struck ?? false) !== (style.struck ?? false),
    height: own.height ?? style.height ?? paragraph.height,
    font: own.font ?? style.font ?? paragraph.font,
  }
}
