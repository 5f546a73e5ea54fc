/** What a slide is made of, whatever kind of file it lies in, and the blocks that are made of it. */
import { tableBlocks, textBlock, type TextBlock } from './blocks.ts'
import { listNumber } from './formats/docx-number-formats.ts'

export type SlidePiece =
  | { is: 'text'; kind: 'heading' | 'list_item' | 'paragraph'; text: string }
  | { is: 'table'; rows: string[][]; hasHeader: boolean }
  /** A chart or a diagram, by its relation. */
  | { is: 'part'; id: string }

/** A cell of a table on a slide. */
export interface SlideCell {
  text: string
  /** Belongs to the cell on its left, or above. */
  isLeft: boolean
  isAbove: boolean
}

/** @param slide its number, from 1 */
export function pieceBlocks(piece: Exclude<SlidePiece, { is: 'part' }>, slide: number): (TextBlock | null)[] {
  const place = { kind: 'slide' as const, slide }
  if (piece.is === 'table') return tableBlocks(piece.rows, piece.hasHeader, () => place)
  return [textBlock(piece.kind, piece.text, place, piece.kind === 'heading' ? 1 : 0)]
}

/** A cell over several rows says what it says of each of them; over several columns it says it once. */
export function tableRows(table: readonly (readonly SlideCell[])[]): string[][] {
  const rows: string[][] = []
  for (const cells of table) {
    const above = rows.at(-1)
    const row = cells.map(({ text, isLeft, isAbove }, at) => (isLeft ? '' : isAbove ? (above?.[at] ?? text) : text))
    if (cells.some(({ text, isAbove }) => text !== '' && !isAbove)) rows.push(row)
  }
  return rows
}

/** Numbers in front of the paragraphs of one box, level by level. */
export class SlideNumbers {
  /** Of each level the number it has come to. */
  readonly #counts: number[] = []

  /** What stands in front of the next paragraph, '' for none: it ends the lists of its level and of those below. @param scheme such as `arabicPeriod` */
  next(level: number, scheme: string, start: number): string {
    this.#counts.length = Math.min(this.#counts.length, scheme === '' ? level : level + 1)
    if (scheme === '') return ''
    const count = this.#counts[level] === undefined ? start : this.#counts[level] + 1
    this.#counts[level] = count
    return `${listLabel(count, scheme)} `
  }
}

/** `arabicPeriod` is `1.`, `alphaLcParenBoth` is `(a)`. */
function listLabel(count: number, scheme: string): string {
  const format = /^alphaLc/.test(scheme)
    ? 'lowerLetter'
    : /^alphaUc/.test(scheme)
      ? 'upperLetter'
      : /^romanLc/.test(scheme)
        ? 'lowerRoman'
        : /^romanUc/.test(scheme)
          ? 'upperRoman'
          : /^circle/.test(scheme)
            ? 'decimalEnclosedCircle'
            : 'decimal'
  const number = listNumber(count, format)
  if (scheme.endsWith('ParenBoth')) return `(${number})`
  return scheme.endsWith('ParenR') ? `${number})` : scheme.endsWith('Period') ? `${number}.` : number
}
