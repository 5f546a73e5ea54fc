/** CSV and its relatives, as spreadsheets write them (RFC 4180): the delimiter is found out, quotes may hold anything. */
import { tableBlocks } from '../blocks.ts'
import { filledCells } from '../limits.ts'
import { plainText } from '../plain-text.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'
import { columnName, looksLikeHeader } from '../sheet-cells.ts'

const delimiters = [',', ';', '\t', '|'] as const

export const readCsv: FormatReader = async function* ({ bytes, name }, reading) {
  const text = plainText(bytes, reading)
  const { rows, whole } = rowsOf(text, delimiterOf(text))
  if (!whole) reading.leaveOut('cells')
  await reading.turn()
  yield beginning('csv')
  const sheet = name.replace(/\.\w+$/, '')
  const width = rows.reduce((most, { length }) => Math.max(most, length), 1)
  const blocks = tableBlocks(rows, looksLikeHeader(rows), (from, to) => ({
    kind: 'sheet',
    sheet,
    cells: `A${from + 1}:${columnName(width - 1)}${to}`,
  }))
  yield* inItems(blocks)
}

/** The one that parts the first lines into the same number of cells most often. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 20_000)
  let best: { delimiter: string; score: number } = { delimiter: ',', score: 0 }
  for (const delimiter of delimiters) {
    const { rows } = rowsOf(head, delimiter)
    const counts = rows.slice(0, 20).map(({ length }) => length)
    const usual = [...counts].sort((one, other) => one - other)[counts.length >> 1] ?? 1
    const score = usual < 2 ? 0 : (counts.filter((count) => count === usual).length / counts.length) * 100 + usual
    if (score > best.score) best = { delimiter, score }
  }
  return best.delimiter
}

/** `whole` is false when a limit was reached. Rows without anything keep their place. */
function rowsOf(text: string, delimiter: string): { rows: string[][]; whole: boolean } {
  const rows: string[][] = []
  let row: string[] = []
  let cells = 0
  let at = 0
  while (at < text.length) {
    let cell = ''
    if (text[at] === '"') {
      const [inside, after] = quoted(text, at)
      cell = inside
      at = after
    }
    const end = endOf(text, at, delimiter)
    cell += text.slice(at, end)
    row.push(cell)
    if (++cells > filledCells) return { rows, whole: false }
    at = end
    if (text[at] === delimiter) {
      at++
      if (at === text.length) row.push('')
      else continue
    }
    rows.push(row)
    row = []
    at++
  }
  return { rows, whole: true }
}

function quoted(text: string, from: number): [inside: string, after: number] {
  let inside = ''
  for (let at = from + 1; ;) {
    const end = text.indexOf('"', at)
    if (end < 0) return [inside + text.slice(at), text.length]
    inside += text.slice(at, end)
    if (text[end + 1] !== '"') return [inside, end + 1]
    inside += '"'
    at = end + 2
  }
}

function endOf(text: string, from: number, delimiter: string): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === delimiter || character === '\n') return at
  }
  return text.length
}
