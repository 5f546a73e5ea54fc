/** What pdf.js finds of text on a page, as pieces in the frame in which their letters stand upright. */
import type { PDFPageProxy } from 'pdfjs-dist'
import type { PageSize } from './page-layout.ts'
import type { Piece } from './page-lines.ts'
import { ActualTexts, asSaid } from './pdf-actual-text.ts'
import type { IsShown } from './pdf-layers.ts'

type Matrix = readonly [number, number, number, number, number, number]

/** How far under their baseline letters reach, and how far above, in their size. */
const below = 0.22
const above = 0.78
/** Sine of the angle from which on letters stand across the page. */
const slant = 0.12
/** Signs that stand one below the other, at least so many and at most so far apart, are a column. */
const columnSigns = 3
const signStep = 1.8

type TextItem = Extract<Awaited<ReturnType<PDFPageProxy['getTextContent']>>['items'][number], { str: string }>

/** @param isShown says what stands on layers that are switched off; null when none are */
export async function piecesOf(page: PDFPageProxy, isShown: IsShown | null): Promise<Piece[]> {
  const { width, height, transform } = page.getViewport({ scale: 1 })
  const { result, texts } = await ActualTexts.during(() => page.getTextContent({ includeMarkedContent: true }))
  const pieces: Piece[] = []
  /** Parts that are open: what is said for them, and which of the pieces is their first. */
  const parts: { said: string | null; from: number }[] = []
  for (const item of result.items) {
    if (!('str' in item)) {
      if (item.type !== 'endMarkedContent') parts.push({ said: texts.of(item.id ?? null), from: pieces.length })
      else {
        const { said, from } = parts.pop() ?? { said: null, from: 0 }
        if (said !== null) pieces.push(...asSaid(pieces.splice(from), said))
      }
      continue
    }
    if (item.str === '') continue
    const matrix = item.transform as unknown as Matrix
    if (isShown && !isShown(item.str, matrix[4], matrix[5])) continue
    pieces.push(pieceOf(item, matrix, transform as unknown as Matrix, { width, height }))
  }
  return signsBelow(pieces, { width, height })
}

function pieceOf(item: TextItem, [a, b, c, d, e, f]: Matrix, view: Matrix, page: PageSize): Piece {
  const along = Math.hypot(a, b) || 1
  const size = Math.hypot(c, d) || along
  const vertical = item.dir === 'ttb'
  // From where it begins, in its own directions: onwards, and up to the top of its letters.
  const [onX, onY, upX, upY] = vertical
    ? [-c / size, -d / size, a / along, b / along]
    : [a / along, b / along, c / size, d / size]
  const length = vertical ? item.height : item.width
  const [low, high] = vertical ? [-along / 2, along / 2] : [-below * size, above * size]
  const [va, vb, vc, vd, ve, vf] = view
  // The same on the page as it is shown: one step onwards, and one up.
  const [stepX, stepY] = [va * onX + vc * onY, vb * onX + vd * onY]
  const [riseX, riseY] = [va * upX + vc * upY, vb * upX + vd * upY]
  const [fromX, fromY] = [va * e + vc * f + ve, vb * e + vd * f + vf]
  const turn = Math.abs(stepX) >= Math.abs(stepY) ? (stepX >= 0 ? 0 : 2) : stepY >= 0 ? 1 : 3
  const [left, right] = spread(fromX, stepX * length, riseX * low, riseX * high)
  const [top, bottom] = spread(fromY, stepY * length, riseY * low, riseY * high)
  const box = inFrame(turn, page, left, top, right, bottom)
  return {
    text: vertical ? item.str.normalize('NFKC') : item.str,
    ...box,
    size: vertical ? along : size,
    baseline: vertical ? box.bottom : box.bottom - below * size,
    turn,
    slanted: Math.min(Math.abs(stepX), Math.abs(stepY)) > slant,
    added: false,
  }
}

function spread(from: number, onwards: number, low: number, high: number): [number, number] {
  return [from + Math.min(0, onwards) + Math.min(low, high), from + Math.max(0, onwards) + Math.max(low, high)]
}

/** A box of the page as it is shown, in the page turned for its letters to stand upright. */
function inFrame(
  turn: Piece['turn'],
  { width, height }: PageSize,
  left: number,
  top: number,
  right: number,
  bottom: number,
): Pick<Piece, 'left' | 'top' | 'right' | 'bottom'> {
  if (turn === 0) return { left, top, right, bottom }
  if (turn === 1) return { left: top, right: bottom, top: width - right, bottom: width - left }
  if (turn === 2) return { left: width - right, right: width - left, top: height - bottom, bottom: height - top }
  return { left: height - bottom, right: height - top, top: left, bottom: right }
}

/** Chinese and Japanese signs that a writer put one by one below each other are a column that reads downwards. */
function signsBelow(pieces: Piece[], page: PageSize): Piece[] {
  if (!pieces.some(isSign)) return pieces
  const placed: Piece[] = []
  let run: Piece[] = []
  const flush = (): void => {
    if (run.length < columnSigns) placed.push(...run)
    else {
      const middle = run.reduce((sum, { left, right }) => sum + left + right, 0) / run.length / 2
      for (const { left, right, top, bottom, ...sign } of run) {
        const half = Math.max(sign.size, right - left) / 2
        const box = inFrame(1, page, Math.min(left, middle - half), top, Math.max(right, middle + half), bottom)
        placed.push({ ...sign, text: sign.text.normalize('NFKC'), ...box, baseline: box.bottom, turn: 1 })
      }
    }
    run = []
  }
  for (const piece of pieces) {
    const before = run.at(-1)
    if (piece.text.trim() === '' && before) continue
    const step = before ? piece.baseline - before.baseline : 0
    const goesOn =
      before &&
      isSign(piece) &&
      Math.abs(piece.left + piece.right - before.left - before.right) < piece.size * 0.6 &&
      step > piece.size * 0.4 &&
      step < piece.size * signStep
    if (!goesOn) flush()
    if (isSign(piece)) run.push(piece)
    else placed.push(piece)
  }
  flush()
  return placed
}

function isSign({ text, turn }: Piece): boolean {
  return turn === 0 && /^[\u2026\u2014\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\ufe30-\ufe4f\uff00-\uff60、。]$/.test(text)
}
