/** Which text of a PDF's page stands on layers that are switched off. pdf.js gives text without its layers, but draws with them. */
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist'

type Matrix = readonly [number, number, number, number, number, number]
type Layers = Awaited<ReturnType<PDFDocumentProxy['getOptionalContentConfig']>>

/** Null when all layers are switched on, or there are none. */
export async function layersOf(document: PDFDocumentProxy): Promise<Layers | null> {
  try {
    const layers = await document.getOptionalContentConfig()
    const groups = [...(layers as unknown as Iterable<[string, { visible: boolean }]>)]
    return groups.some(([, { visible }]) => !visible) ? layers : null
  } catch {
    return null
  }
}

/** Whether a text that begins at a point of the page, in the page's own points, is shown. */
export type IsShown = (text: string, x: number, y: number) => boolean

export async function shownText(page: PDFPageProxy, layers: Layers): Promise<IsShown> {
  const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const { fnArray, argsArray } = await page.getOperatorList()
  const [shown, hidden] = [new Spots(), new Spots()]
  const marks: boolean[] = []
  const kept: Drawing[] = []
  let now = beginning
  let line: Matrix = identity
  let letters: Matrix = identity
  const move = (x: number, y: number): void => {
    letters = line = times(line, [1, 0, 0, 1, x, y])
  }
  for (const [at, operator] of fnArray.entries()) {
    const given = (argsArray[at] ?? []) as unknown[]
    const [first, second] = given as number[]
    switch (operator) {
      case OPS.save:
        kept.push(now)
        break
      case OPS.restore:
        now = kept.pop() ?? now
        break
      case OPS.transform:
        now = { ...now, matrix: times(now.matrix, given as unknown as Matrix) }
        break
      case OPS.paintFormXObjectBegin:
        kept.push(now)
        if (given[0]) now = { ...now, matrix: times(now.matrix, [...(given[0] as Iterable<number>)] as unknown as Matrix) }
        break
      case OPS.paintFormXObjectEnd:
        now = kept.pop() ?? now
        break
      case OPS.beginMarkedContent:
        marks.push(true)
        break
      case OPS.beginMarkedContentProps:
        marks.push(given[0] !== 'OC' || layers.isVisible(given[1] as Parameters<Layers['isVisible']>[0]))
        break
      case OPS.endMarkedContent:
        marks.pop()
        break
      case OPS.beginText:
        letters = line = identity
        break
      case OPS.setTextMatrix:
        letters = line = [...((given[0] as Iterable<number> | undefined) ?? [])] as unknown as Matrix
        break
      case OPS.setLeading:
        now = { ...now, leading: -(first ?? 0) }
        break
      case OPS.setTextRise:
        now = { ...now, rise: first ?? 0 }
        break
      case OPS.setLeadingMoveText:
        now = { ...now, leading: second ?? 0 }
        move(first ?? 0, second ?? 0)
        break
      case OPS.moveText:
        move(first ?? 0, second ?? 0)
        break
      case OPS.nextLine:
        move(0, now.leading)
        break
      case OPS.setFont:
        now = { ...now, size: second ?? 0 }
        break
      case OPS.setCharSpacing:
        now = { ...now, letterSpace: first ?? 0 }
        break
      case OPS.setWordSpacing:
        now = { ...now, wordSpace: first ?? 0 }
        break
      case OPS.setHScale:
        now = { ...now, stretch: (first ?? 100) / 100 }
        break
      case OPS.showText:
        for (const glyph of Array.isArray(given[0]) ? (given[0] as (Glyph | number | null)[]) : []) {
          if (typeof glyph === 'object' && glyph) {
            const [, , , , x, y] = times(now.matrix, times(letters, [1, 0, 0, 1, 0, now.rise]))
            ;(marks.includes(false) ? hidden : shown).add(glyph.unicode, x, y)
          }
          letters = times(letters, onwards(glyph, now))
        }
    }
  }
  return (text, x, y) => {
    const letters = [...text.trim()]
    const ends = [letters[0] ?? '', letters.at(-1) ?? '']
    return !ends.some((letter) => hidden.has(letter, x, y)) || ends.some((letter) => shown.has(letter, x, y))
  }
}

interface Glyph {
  unicode: string
  width: number
  isSpace: boolean
  vmetric?: readonly number[] | null
}

/** From one letter to the next; a number between letters moves the next one back. */
function onwards(glyph: Glyph | number | null, { size, stretch, letterSpace, wordSpace }: Drawing): Matrix {
  if (glyph === null) return identity
  if (typeof glyph === 'number') return [1, 0, 0, 1, (-glyph * size * stretch) / 1000, 0]
  const space = letterSpace + (glyph.isSpace ? wordSpace : 0)
  if (glyph.vmetric) return [1, 0, 0, 1, 0, ((glyph.vmetric[0] ?? 0) * size) / 1000 + space]
  return [1, 0, 0, 1, ((glyph.width * size) / 1000 + space) * stretch, 0]
}

/** Where letters stand. Two ways of counting differ by a little, so that near is there. */
class Spots {
  readonly #spots = new Set<string>()

  add(letter: string, x: number, y: number): void {
    this.#spots.add(`${shape(letter)} ${Math.round(x)} ${Math.round(y)}`)
  }

  has(letter: string, x: number, y: number): boolean {
    for (const dx of [0, -1, 1])
      for (const dy of [0, -1, 1])
        if (this.#spots.has(`${shape(letter)} ${Math.round(x) + dx} ${Math.round(y) + dy}`)) return true
    return false
  }
}

/** What is left of a letter, or of several in one, whatever form it was given in. */
const shape = (letter: string): string => letter.normalize('NFKC').slice(0, 1)

const identity: Matrix = [1, 0, 0, 1, 0, 0]
interface Drawing {
  matrix: Matrix
  leading: number
  rise: number
  size: number
  stretch: number
  letterSpace: number
  wordSpace: number
}

const beginning: Drawing = { matrix: identity, leading: 0, rise: 0, size: 0, stretch: 1, letterSpace: 0, wordSpace: 0 }

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}
