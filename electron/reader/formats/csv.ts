/** CSV and its relatives, as spreadsheets write them (RFC 4180): the delimiter is found out, quotes may hold anything. */
import { tableBlocks } from '../blocks.ts'
import { filledCells } from '../limits.ts'
import { plainText } from '../plain-text.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'
import { columnName, looksLikeHeader } from '../sheet-cells.ts'

/** Commas stand in numbers and words as well, so another one that does as well goes before. */
const delimiters = ['\t', ';', '|', ','] as const

/** UTF-16 units that are looked through in vain for the ends of quotes; past that a quote ends at the next one, whatever follows. */
const vainCharacters = 5_000_000

export const readCsv: FormatReader = async function* ({ bytes, name }, reading) {
  const [text, named] = withoutSeparatorLine(plainText(bytes, reading))
  const { rows, whole } = new CsvRows(text, named ?? delimiterOf(text)).read()
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

/** Excel takes a first line `sep=;` for what parts the cells, and shows none. */
function withoutSeparatorLine(text: string): [text: string, delimiter: string | null] {
  const [line, delimiter = null] = /^"?sep=([^\n"])"?[ ,;\t]*(?:\n|$)/i.exec(text) ?? ['']
  return [text.slice(line.length), delimiter]
}

/** The one that parts the first lines into the same number of cells most often. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 20_000)
  let best: { delimiter: string; score: number } = { delimiter: ',', score: 0 }
  for (const delimiter of delimiters) {
    const { rows } = new CsvRows(head, delimiter).read()
    const counts = rows.slice(0, 20).map(({ length }) => length)
    const usual = [...counts].sort((one, other) => one - other)[counts.length >> 1] ?? 1
    const score = usual < 2 ? 0 : (counts.filter((count) => count === usual).length / counts.length) * 100 + usual
    if (score > best.score) best = { delimiter, score }
  }
  return best.delimiter
}

class CsvRows {
  readonly #text: string
  readonly #delimiter: string
  #vain = 0

  constructor(text: string, delimiter: string) {
    this.#text = text
    this.#delimiter = delimiter
  }

  /** `whole` is false when a limit was reached. Rows without anything keep their place. */
  read(): { rows: string[][]; whole: boolean } {
    const text = this.#text
    const rows: string[][] = []
    let row: string[] = []
    let cells = 0
    let at = 0
    while (at < text.length) {
      const [cell, end] = this.#cell(at)
      row.push(cell)
      if (++cells > filledCells) return { rows, whole: false }
      at = end
      if (text[at] === this.#delimiter) {
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

  #cell(at: number): [cell: string, end: number] {
    // Banks write a space before a quote, and `="00123"` so that a spreadsheet keeps the zeros.
    let from = at
    while (this.#text[from] === ' ') from++
    if (this.#text[from] === '=' && this.#text[from + 1] === '"') from++
    const quoted = this.#text[from] === '"' ? this.#quoted(from) : null
    const [cell, end] = quoted ?? this.#plain(at)
    const [, formula = cell] = /^="([^"]*)"$/.exec(cell) ?? []
    return [formula, end]
  }

  #plain(from: number): [cell: string, end: number] {
    const end = this.#endOf(from)
    return [this.#text.slice(from, end), end]
  }

  /** Null when the quote has no end: then it is a sign like others, and what follows are cells and rows. */
  #quoted(from: number): [cell: string, end: number] | null {
    const text = this.#text
    let inside = ''
    let at = from + 1
    const lineEnd = this.#lineEndAfter(from)
    for (;;) {
      const quote = text.indexOf('"', at)
      if (quote < 0) break
      inside += text.slice(at, quote)
      if (text[quote + 1] === '"') {
        inside += '"'
        at = quote + 2
        continue
      }
      let end = quote + 1
      while (text[end] === ' ') end++
      if (end >= text.length || text[end] === this.#delimiter || text[end] === '\n') return [inside, end]
      if (this.#vain > vainCharacters) {
        const [rest, last] = this.#plain(quote + 1)
        return [inside + rest, last]
      }
      // Words behind it: a quote within the cell, if the cell ends on this line.
      if (quote > lineEnd) break
      inside += '"'
      at = quote + 1
    }
    this.#vain += at - from
    return null
  }

  #lineEndAfter(from: number): number {
    if (this.#lineEnd < from) {
      const end = this.#text.indexOf('\n', from)
      this.#lineEnd = end < 0 ? this.#text.length : end
    }
    return this.#lineEnd
  }
  #lineEnd = -1

  #endOf(from: number): number {
    for (let at = from; at < this.#text.length; at++) {
      const character = this.#text[at]
      if (character === this.#delimiter || character === '\n') return at
    }
    return this.#text.length
  }
}
