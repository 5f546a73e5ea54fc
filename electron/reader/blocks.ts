/** Makes blocks of text: white space in order, nothing empty, tables cut into pieces of a bearable size. */
import type { ReadItem } from './contract.ts'

export type TextBlock = Extract<ReadItem, { type: 'blocks' }>['blocks'][number]
export type TextPlace = TextBlock['places'][number]['place']
/** A part of a page, as parts of its width and height. */
export type Box = Extract<TextPlace, { kind: 'page' }>['boxes'][number]

/** Rows of a table in one block. */
const tableRows = 50

/** In one line: control characters and runs of white space become one space, halves of characters go. */
export function inLine(text: string): string {
  return withoutControls(text)
    .replace(/[\s\u00a0]+/g, ' ')
    .trim()
}

/** With its lines and their indents, for code. */
export function inLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => withoutControls(line.replaceAll('\t', '    ')).trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
}

function withoutControls(text: string): string {
  // Soft hyphens and zero-width characters part words that a search should find.
  return text
    .toWellFormed()
    .replace(/[\u00ad\u200b\u2060\ufeff]/g, '')
    .replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g, ' ')
}

/** A block in one place; null when there is no text in it. */
export function textBlock(kind: TextBlock['kind'], text: string, place: TextPlace, level = 0): TextBlock | null {
  const clean = kind === 'code' ? inLines(text) : inLine(text)
  if (clean === '') return null
  return { kind, level, text: clean, hasHeader: false, places: [{ start: 0, place }], confidence: null }
}

/**
 * A table as blocks of at most 50 rows; only the first may begin with the header.
 * @param placeOf where the rows from one to before another stand, counted from 0
 */
export function tableBlocks(
  rows: readonly (readonly string[])[],
  hasHeader: boolean,
  placeOf: (from: number, to: number) => TextPlace,
): TextBlock[] {
  const blocks: TextBlock[] = []
  for (let from = 0; from < rows.length; from += tableRows) {
    const to = Math.min(from + tableRows, rows.length)
    const text = rows.slice(from, to).map(rowText).join('\n')
    if (text.trim() === '') continue
    const places = [{ start: 0, place: placeOf(from, to) }]
    blocks.push({
      kind: 'table',
      level: 0,
      text,
      hasHeader: hasHeader && from === 0 && rows.length > 1,
      places,
      confidence: null,
    })
  }
  return blocks
}

function rowText(cells: readonly string[]): string {
  return cells.map(inLine).join('\t')
}
