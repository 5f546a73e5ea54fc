/**
 * What a PDF says for what it draws in a marked part (`ActualText`, ISO 32000-1, 14.9.4): the letters of a ligature or of a cluster that its font
 * has no characters for, nothing for a hyphen that only parts a word. pdf.js reads the dictionary of each part and asks it for its number alone.
 * Here such a dictionary answers with the place of its text in a list. pdf.js does not export their class; it is found at the first of them
 * that is kept with a page.
 */
import type { Piece } from './page-lines.ts'

interface Dictionary {
  get: (this: Dictionary, key: string, otherKey?: string) => unknown
}

/** What the parts say that are marked while it listens. */
export class ActualTexts {
  static #listening: ActualTexts | null = null
  static #isHeard = false
  readonly #texts: string[] = []

  /** Listens while pdf.js reads the text of one page. */
  static async during<Result>(read: () => Promise<Result>): Promise<{ result: Result; texts: ActualTexts }> {
    const texts = new ActualTexts()
    ActualTexts.#listening = texts
    const give = ActualTexts.#isHeard ? null : ActualTexts.#find()
    try {
      return { result: await read(), texts }
    } finally {
      ActualTexts.#listening = null
      give?.()
    }
  }

  /** @param id that pdf.js gives to a marked part @returns null when it says nothing of its own */
  of(id: string | null): string | null {
    const [, place] = /_mc-(\d+)$/.exec(id ?? '') ?? []
    return place === undefined ? null : (this.#texts[Number(place) - 1] ?? null)
  }

  #answer(text: string): number {
    return -this.#texts.push(decoded(text))
  }

  /** Looks at what is kept, until a dictionary is. @returns what ends the looking */
  static #find(): () => void {
    const define = Object.defineProperty
    const end = (): void => {
      Object.defineProperty = define
    }
    Object.defineProperty = (target, name, description) => {
      const value: unknown = description.value
      if (typeof value === 'object' && value !== null && 'suppressEncryption' in value && 'objId' in value) {
        end()
        ActualTexts.#hear(Reflect.getPrototypeOf(value) as Dictionary)
      }
      return define(target, name, description)
    }
    return end
  }

  static #hear(dictionaries: Dictionary): void {
    ActualTexts.#isHeard = true
    const { get } = dictionaries
    dictionaries.get = function (key, otherKey) {
      if (key === 'MCID' && ActualTexts.#listening) {
        const text = get.call(this, 'ActualText')
        if (typeof text === 'string') return ActualTexts.#listening.#answer(text)
      }
      return get.call(this, key, otherKey)
    }
  }
}

/** Of PDFDocEncoding, what it has other than Latin 1, from 0x80 on. */
const otherSigns = '•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\ufffd€'

function decoded(text: string): string {
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0))
  const encoding = text.startsWith('\xfe\xff') ? 'utf-16be' : text.startsWith('\xff\xfe') ? 'utf-16le' : 'utf-8'
  if (encoding !== 'utf-8' || text.startsWith('\xef\xbb\xbf'))
    // A language may stand in between.
    return new TextDecoder(encoding).decode(bytes).replace(/\u001b[^\u001b]*\u001b/g, '')
  return text.replace(/[\x80-\xa0]/g, (sign) => otherSigns[sign.charCodeAt(0) - 0x80] ?? sign)
}

/** Scripts whose letters join and change places, so that what is drawn says little of what is written. */
const joining = /^[\u0590-\u109f\u1700-\u1cff\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufefc\u200c\u200d]+$/
/** What a font gives for a letter of which it does not know which it is, and what is its own affair. */
const unknown = /[\u0000-\u001f\ufffd\ue000-\uf8ff\s]/g
/** Letters that one drawn letter stands for at most: the longest ligature of a common font has 18, others up to four. */
const mostLetters = 4
const longestLigature = 18

/**
 * The pieces of a marked part with its words for them. It is believed where it says what is drawn, or where what is drawn says nothing by
 * itself: whatever else it says would be words that nobody sees.
 */
export function asSaid(pieces: readonly Piece[], said: string): readonly Piece[] {
  const drawn = pieces.filter(({ text }) => text.trim() !== '')
  const [first] = drawn
  if (!first || drawn.some((piece) => piece.turn !== first.turn || Math.abs(piece.baseline - first.baseline) > first.size / 2))
    return pieces
  const shown = drawn.map(({ text }) => text).join('')
  const text = wordsFor(shown, said)
  if (text === null) return pieces
  const [left, right] = [Math.min(...drawn.map((piece) => piece.left)), Math.max(...drawn.map((piece) => piece.right))]
  const [top, bottom] = [Math.min(...drawn.map((piece) => piece.top)), Math.max(...drawn.map((piece) => piece.bottom))]
  return [{ ...first, text, left, right, top, bottom }]
}

/** Null when what is drawn is to be read. */
function wordsFor(shown: string, said: string): string | null {
  if (/^[-\u2010\u00ad]$/.test(shown.trim()) && /^\u00ad?$/.test(said.trim())) return '\u00ad'
  if (said.trim() === '') return null
  if (plain(shown) === plain(said)) return said
  const letters = [...shown].length
  if ([...said].length > Math.max(letters * mostLetters, longestLigature)) return null
  if (shown.replace(unknown, '') === '') return said
  return joining.test(shown.replace(unknown, '')) && joining.test(said.replace(unknown, '')) ? said : null
}

/** Without what only says how words are set: joined letters, spaces, and a hyphen where a word is parted. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u00ad\u200b-\u200d]/g, '')
    .replace(/(?<=\p{L})[-\u2010]$/u, '')
}
