/** The fonts of papers, which come with Alambic: Inter for words and JetBrains Mono for code. Latin, Greek and Cyrillic; no other script. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TrueTypeFont } from './true-type.ts'

const files = {
  regular: 'Inter-Regular',
  bold: 'Inter-Bold',
  italic: 'Inter-Italic',
  boldItalic: 'Inter-BoldItalic',
  mono: 'JetBrainsMono-Regular',
} as const

export type Face = keyof typeof files
export type Fonts = Record<Face, TrueTypeFont>

/** Reads them. @param folder `resources/fonts` */
export async function readFonts(folder: string): Promise<Fonts> {
  const entries = await Promise.all(
    Object.entries(files).map(async ([face, name]) => [
      face,
      new TrueTypeFont(name, await readFile(join(folder, `${name}.ttf`))),
    ]),
  )
  // The same keys, each with its font.
  return Object.fromEntries(entries) as Fonts
}

/** A font of one PDF, with the glyphs that were used of it so far, numbered as they came. */
export class UsedFont {
  readonly font: TrueTypeFont
  readonly #numbers = new Map<number, number>([[0, 0]])
  /** What each glyph stands for, by its number. */
  readonly #characters: string[] = ['']
  readonly #widths = new Map<number, number>()

  constructor(font: TrueTypeFont) {
    this.font = font
  }

  draws(codePoint: number): boolean {
    return this.font.glyphOf(codePoint) !== 0
  }

  /** Width of a character as a part of the font's size. */
  widthOf(codePoint: number): number {
    const known = this.#widths.get(codePoint)
    if (known !== undefined) return known
    const width = this.font.advanceOf(this.font.glyphOf(codePoint)) / this.font.unitsPerEm
    this.#widths.set(codePoint, width)
    return width
  }

  /** The text as the PDF's pages write it: four hexadecimal digits a glyph. */
  encode(text: string): string {
    let digits = ''
    for (const character of text) {
      const glyph = this.font.glyphOf(character.codePointAt(0) ?? 0)
      let number = this.#numbers.get(glyph)
      if (number === undefined) {
        number = this.#numbers.size
        this.#numbers.set(glyph, number)
        this.#characters.push(character)
      }
      digits += number.toString(16).padStart(4, '0')
    }
    return digits
  }

  get isUsed(): boolean {
    return this.#numbers.size > 1
  }

  get glyphs(): number[] {
    return [...this.#numbers.keys()]
  }

  get characters(): readonly string[] {
    return this.#characters
  }
}
