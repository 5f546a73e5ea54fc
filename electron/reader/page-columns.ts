/**
 * The order in which the lines of a page are read: columns of running text one after the other, between the lines that cross them, and all
 * else, such as tables, row by row. In the spirit of the cuts of Nagy and Seth (1984), with whole columns instead of boxes.
 */
import type { Line } from './page-lines.ts'

/** Share of the lines around it that may cross a gutter, such as titles and wide figures. */
const crossingShare = 0.3
/** Lines that each column has at least. */
const columnLines = 5
/** Share of its column's width that a line of running text fills on the average, and words in it; values of a table do not. */
const filledShare = 0.6
const filledWords = 2.5
/** Share of a region's width that a column has at least. */
const columnShare = 0.12
/** Places across a region where a gutter is looked for. */
const steps = 200

export function inReadingOrder(lines: Line[]): Line[] {
  if (!standSideBySide(lines)) return rowByRow(lines)
  const gutters = guttersOf(lines)
  if (gutters.length > 0) return byColumn(lines, gutters)
  // Columns may stand between lines over the whole width that are too many to be exceptions.
  const bands = bandsOf(lines).map((band) => ({ band, found: guttersOf(band) }))
  if (bands.every(({ found }) => found.length === 0)) return rowByRow(lines)
  return bands.flatMap(({ band, found }) => (found.length > 0 ? byColumn(band, found) : rowByRow(band)))
}

function standSideBySide(lines: readonly Line[]): boolean {
  const sorted = [...lines].sort((one, other) => one.top - other.top)
  return sorted.some((line, at) => line.top < (sorted[at - 1]?.bottom ?? -Infinity) - line.size * 0.6)
}

function byColumn(lines: readonly Line[], gutters: readonly number[]): Line[] {
  const ordered: Line[] = []
  let columns: Line[][] = gutters.map(() => []).concat([[]])
  const flush = (): void => {
    for (const [at, column] of columns.entries()) ordered.push(...rowByRow(column, gutters[at]))
    columns = columns.map(() => [])
  }
  for (const line of [...lines].sort((one, other) => one.top - other.top)) {
    if (gutters.some((at) => line.left < at && line.right > at)) {
      flush()
      ordered.push(...rowByRow([line]))
    } else columns[gutters.filter((at) => line.left >= at).length]?.push(line)
  }
  flush()
  return ordered
}

/** From top to bottom, and from left to right in a row. */
function rowByRow(lines: readonly Line[], columnRight = Infinity): Line[] {
  const sorted = [...lines].sort((one, other) => one.top + one.bottom - other.top - other.bottom)
  const right = Math.min(
    columnRight,
    lines.reduce((most, line) => Math.max(most, line.right), 0),
  )
  const ordered: Line[] = []
  let row: Line[] = []
  const flush = (): void => {
    ordered.push(...row.sort((one, other) => one.left - other.left).map((line) => ({ ...line, columnRight: right })))
    row = []
  }
  for (const line of sorted) {
    const [first] = row
    if (first && line.top + line.bottom - first.top - first.bottom > Math.min(first.size, line.size)) flush()
    row.push(line)
  }
  flush()
  return ordered
}

/** Where columns of running text part, from left to right. */
function guttersOf(lines: readonly Line[]): number[] {
  if (lines.length < columnLines * 2) return []
  const left = lines.reduce((least, line) => Math.min(least, line.left), Infinity)
  const width = lines.reduce((most, line) => Math.max(most, line.right), 0) - left
  if (width <= 0) return []
  const crossing = new Array<number>(steps).fill(0)
  for (const line of lines) {
    const [first, last] = [Math.ceil(((line.left - left) / width) * steps), Math.floor(((line.right - left) / width) * steps)]
    for (let at = Math.max(0, first); at <= last && at < steps; at++) crossing[at] = (crossing[at] ?? 0) + 1
  }
  let gutters = valleysOf(crossing).map((at) => left + (at / steps) * width)
  // A gutter beside which no column of running text stands is none.
  for (let before = -1; before !== gutters.length && gutters.length > 0;) {
    before = gutters.length
    const failing = gutters.findIndex((at) => !isGutter(lines, gutters, at, width))
    if (failing >= 0) gutters = gutters.filter((_, at) => at !== failing)
  }
  return gutters
}

/** Places with few crossings between places with many, the lowest of each. */
function valleysOf(crossing: readonly number[]): number[] {
  const valleys: number[] = []
  const rising = crossing.map(() => 0)
  for (let at = crossing.length - 2; at >= 0; at--) rising[at] = Math.max(rising[at + 1] ?? 0, crossing[at + 1] ?? 0)
  let highest = 0
  let from = -1
  let lowest = Infinity
  for (const [at, count] of crossing.entries()) {
    const isLow = count <= crossingShare * Math.min(highest, rising[at] ?? 0)
    if (isLow && count < lowest) [lowest, from] = [count, at]
    if (isLow || from < 0) highest = isLow ? highest : Math.max(highest, count)
    else {
      let until = from
      while (crossing[until + 1] === lowest) until++
      valleys.push((from + until) / 2)
      ;[from, lowest, highest] = [-1, Infinity, count]
    }
  }
  return valleys
}

function isGutter(lines: readonly Line[], gutters: readonly number[], at: number, width: number): boolean {
  const before = gutters.filter((other) => other < at).at(-1) ?? -Infinity
  const after = gutters.find((other) => other > at) ?? Infinity
  return [
    lines.filter((line) => line.left >= before && line.right <= at),
    lines.filter((line) => line.left >= at && line.right <= after),
  ].every((column) => isRunningText(column, width))
}

function isRunningText(column: readonly Line[], width: number): boolean {
  const rows = new Map<number, { filled: number; words: number }>()
  for (const { baseline, left, right, text } of column) {
    const row = rows.get(Math.round(baseline))
    if (row) [row.filled, row.words] = [row.filled + right - left, row.words + wordsIn(text)]
    else rows.set(Math.round(baseline), { filled: right - left, words: wordsIn(text) })
  }
  if (rows.size < columnLines) return false
  const own =
    column.reduce((most, { right }) => Math.max(most, right), 0) -
    column.reduce((least, { left }) => Math.min(least, left), Infinity)
  const all = [...rows.values()]
  const filled = all.reduce((sum, row) => sum + row.filled, 0) / all.length
  const words = all.reduce((sum, row) => sum + row.words, 0) / all.length
  return own >= width * columnShare && filled >= own * filledShare && words >= filledWords
}

/** Chinese and Japanese part no words: two signs count as one. */
function wordsIn(text: string): number {
  return text.trim().split(/\s+/).length + (text.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g)?.length ?? 0) / 2
}

/** Runs of lines that go over most of the width, and of others. */
function bandsOf(lines: readonly Line[]): Line[][] {
  const left = lines.reduce((least, line) => Math.min(least, line.left), Infinity)
  const right = lines.reduce((most, line) => Math.max(most, line.right), 0)
  const middle = (left + right) / 2
  const bands: { wide: boolean; lines: Line[] }[] = []
  for (const line of [...lines].sort((one, other) => one.top - other.top)) {
    const wide = line.right - line.left > (right - left) * 0.55 && line.left < middle && line.right > middle
    const band = bands.at(-1)
    if (band && band.wide === wide) band.lines.push(line)
    else bands.push({ wide, lines: [line] })
  }
  return bands.map((band) => band.lines)
}
