/** How text of PowerPoint files of before 2007 looks, part by part ([MS-PPT] 2.9.20, 2.9.13 and 2.9.67). What of a look is there is said by bits in front of it. */
import { viewOf } from '../bytes.ts'

/** Letters that look alike. */
interface LetterRun {
  end: number
  /** In percent of the letters' size, below zero for lowered ones. */
  height: number
  /** The font's number, -1 for the one of the slide's design. */
  font: number
  /** By which of the further looks their paragraph is numbered. */
  further: number
}

interface ParagraphRun {
  end: number
  level: number
}

/** How a paragraph is numbered: `arabicPeriod`, '' for not at all. */
export interface PptNumbering {
  scheme: string
  start: number
}

/** Kinds of numbers, by the names that newer files have for them. */
const schemes = [
  ...['alphaLcPeriod', 'alphaUcPeriod', 'arabicParenR', 'arabicPeriod', 'romanLcParenBoth', 'romanLcParenR', 'romanLcPeriod'],
  ...[
    'romanUcPeriod',
    'alphaLcParenBoth',
    'alphaLcParenR',
    'alphaUcParenBoth',
    'alphaUcParenR',
    'arabicParenBoth',
    'arabicPlain',
  ],
  ...['romanUcParenBoth', 'romanUcParenR', '', '', 'circleNumDbPlain', 'circleNumWdWhitePlain', 'circleNumWdBlackPlain'],
]
/** Further looks of one text; PowerPoint has 16. */
const mostFurther = 1000

/** The looks of a text of so many letters; what is not whole is left. */
export function looksOf(style: Uint8Array, length: number): { paragraphs: ParagraphRun[]; letters: LetterRun[] } {
  const [paragraphs, letters]: [ParagraphRun[], LetterRun[]] = [[], []]
  const reader = new StyleReader(style)
  tryWhole(() => {
    for (let end = 0; end <= length; end = paragraphs.at(-1)?.end ?? Infinity) paragraphs.push(reader.paragraphs(end))
    for (let end = 0; end <= length; end = letters.at(-1)?.end ?? Infinity) letters.push(reader.letters(end))
  })
  return { paragraphs, letters }
}

/** How paragraphs are numbered, by the number that their letters give. */
export function numberingsOf(further: Uint8Array): PptNumbering[] {
  const numberings: PptNumbering[] = []
  const reader = new StyleReader(further)
  tryWhole(() => {
    while (numberings.length < mostFurther) numberings.push(reader.numbering())
  })
  return numberings
}

function tryWhole(read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
}

class StyleReader {
  readonly #view: DataView
  #at = 0

  constructor(style: Uint8Array) {
    this.#view = viewOf(style)
  }

  paragraphs(from: number): ParagraphRun {
    const end = from + this.#long()
    const level = Math.min(8, this.#short())
    const mask = this.#long()
    const shorts = (bits: number): number => (mask & bits ? 2 : 0)
    this.#at += shorts(0xf) + shorts(0x80) + shorts(0x10) + shorts(0x40) + (mask & 0x20 ? 4 : 0)
    for (const bit of [0x800, 0x1000, 0x2000, 0x4000, 0x100, 0x400, 0x8000]) this.#at += shorts(bit)
    if (mask & 0x100000) this.#at += this.#short() * 4
    this.#at += shorts(0x10000) + shorts(0xe0000) + shorts(0x200000)
    return { end, level }
  }

  letters(from: number): LetterRun {
    const end = from + this.#long()
    const mask = this.#long()
    const further = mask & 0x3eb7 ? (this.#short() >> 10) & 15 : 0
    const font = mask & 0x10000 ? this.#short() : -1
    this.#at += (mask & 0x200000 ? 2 : 0) + (mask & 0x400000 ? 2 : 0)
    const signs = mask & 0x800000 ? this.#short() : -1
    this.#at += (mask & 0x20000 ? 2 : 0) + (mask & 0x40000 ? 4 : 0)
    const height = mask & 0x80000 ? (this.#short() << 16) >> 16 : 0
    return { end, height, font: signs >= 0 ? signs : font, further }
  }

  numbering(): PptNumbering {
    const mask = this.#long()
    if (mask & 0x800000) this.#at += 2
    const isNumbered = mask & 0x2000000 ? this.#short() === 1 : false
    const scheme = mask & 0x1000000 ? this.#short() : 3
    const start = mask & 0x1000000 ? this.#short() : 1
    // Of letters, and of their language, the rest is passed over.
    if (this.#long() & 0x100000) this.#at += 4
    const language = this.#long()
    for (const bit of [1, 2, 4]) if (language & bit) this.#at += 2
    this.#at += (language & 0x20 ? 4 : 0) + (language & 0x40 ? 2 : 0)
    if (language & 0x200) this.#at += this.#long() * 4
    return { scheme: isNumbered ? (schemes[scheme] ?? 'arabicPlain') : '', start }
  }

  #short(): number {
    this.#at += 2
    return this.#view.getUint16(this.#at - 2, true)
  }

  #long(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }
}
