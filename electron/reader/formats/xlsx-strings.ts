/** Texts of a workbook: parts in different letters, with raised figures and struck-out words; readings above the line are left out. */
import { textCharacters } from '../limits.ts'
import type { MarkupEvents } from '../markup.ts'
import { readOfficeXml } from '../office-markup.ts'
import { loweredText, raisedText } from '../raised-text.ts'
import type { ZipFile } from '../zip-file.ts'

/** One text: what is inside of `si`, `is` or a comment. */
export class RichText implements MarkupEvents {
  #shown = ''
  #piece = ''
  #inText = false
  #phonetic = 0
  #height = ''
  #isStruck = false

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'rPh') this.#phonetic++
    else if (name === 'r') {
      this.#height = ''
      this.#isStruck = false
    } else if (name === 'vertAlign') this.#height = attributes['val'] ?? ''
    else if (name === 'strike') this.#isStruck = !/^(0|false)$/.test(attributes['val'] ?? '')
    else if (name === 't') {
      this.#inText = this.#phonetic === 0
      this.#piece = ''
    }
  }

  close(name: string): void {
    if (name === 'rPh') this.#phonetic--
    else if (name === 't' && this.#inText) {
      this.#inText = false
      this.#add(unescaped(this.#piece))
    }
  }

  text(text: string): void {
    if (this.#inText) this.#piece += text
  }

  /** The text so far; the next one begins. */
  take(): string {
    const shown = this.#shown
    this.#shown = ''
    this.#height = ''
    this.#isStruck = false
    return shown
  }

  #add(text: string): void {
    const before = this.#shown.slice(-1)
    const { raised, lowered } = { raised: this.#height === 'superscript', lowered: this.#height === 'subscript' }
    const placed = raised ? raisedText(text, before) : lowered ? loweredText(text, before) : text
    this.#shown += this.#isStruck ? struckOut(placed) : placed
  }
}

/** Words that are struck out are marked, with the spaces around them outside. */
export function struckOut(text: string): string {
  return text.trim() === '' ? text : text.replace(/^(\s*)([^]*?)(\s*)$/, '$1~~$2~~$3')
}

/** Signs that XML cannot hold are written by their numbers: `_x000D_`. */
export function unescaped(text: string): string {
  return text.replace(/_x([\da-f]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

export async function sharedStrings(zip: ZipFile, part: string | undefined): Promise<string[]> {
  const strings: string[] = []
  if (!part || !zip.has(part)) return strings
  const rich = new RichText()
  let characters = 0
  await readOfficeXml(zip.pieces(part), {
    open: (name, attributes) => {
      if (name === 'si') rich.take()
      else rich.open(name, attributes)
    },
    close: (name) => {
      if (name === 'si') strings.push(rich.take())
      else rich.close(name)
    },
    text: (piece) => {
      characters += piece.length
      rich.text(piece)
    },
    get done() {
      return characters > textCharacters
    },
  })
  return strings
}
