/** The numbers of a chart as a table: a column a series, a row a point. */

/** A chart in words: titles, labels that somebody wrote, and its numbers as a table. */
export interface ChartText {
  lines: string[]
  rows: string[][]
  hasHeader: boolean
}

/** One line of numbers of a chart, each by the number of its point. */
export interface ChartSeries {
  name: string
  category: Map<number, string>
  value: Map<number, string>
  /** What values are, where the file says it in full. */
  number: Map<number, number>
  /** Of bubbles; of a pie what part each is of the whole. */
  size: Map<number, string>
}

/** Points of a chart that are told. */
export const mostPoints = 100_000

export function newSeries(): ChartSeries {
  return { name: '', category: new Map(), value: new Map(), number: new Map(), size: new Map() }
}

/** @param lines titles, and labels that somebody wrote */
export function chartText(lines: string[], series: readonly ChartSeries[]): ChartText {
  const filled = series.filter(({ value, category }) => value.size + category.size > 0)
  const points = [...new Set(filled.flatMap(({ category, value }) => [...category.keys(), ...value.keys()]))]
  points.sort((one, other) => one - other)
  // Series of one chart mostly share their categories; those of points do not.
  const isShared = filled.every(({ category }) => category.size === 0 || sameTexts(category, filled[0]?.category))
  const rows = isShared ? sharedRows(filled, points) : filled.flatMap((one) => ownRows(one, points))
  const hasHeader = isShared && filled.some(({ name }) => name !== '')
  return { lines, rows, hasHeader }
}

function sameTexts(one: ReadonlyMap<number, string>, other: ReadonlyMap<number, string> | undefined): boolean {
  return other?.size === one.size && [...one].every(([index, text]) => other.get(index) === text)
}

function sharedRows(all: readonly ChartSeries[], points: readonly number[]): string[][] {
  const categories = all.find(({ category }) => category.size > 0)?.category
  const columns: { name: string; of: ReadonlyMap<number, string> }[] = all.flatMap(({ name, value, size }) =>
    size.size > 0
      ? [
          { name, of: value },
          { name: '', of: size },
        ]
      : [{ name, of: value }],
  )
  const rows = points.map((point) => columns.map(({ of }) => of.get(point) ?? ''))
  const named = columns.some(({ name }) => name !== '') ? [columns.map(({ name }) => name), ...rows] : rows
  const shift = named.length - rows.length
  return categories ? named.map((row, at) => [at < shift ? '' : (categories.get(points[at - shift] ?? 0) ?? ''), ...row]) : named
}

function ownRows({ name, category, value, size }: ChartSeries, points: readonly number[]): string[][] {
  return points
    .filter((point) => category.has(point) || value.has(point))
    .map((point) => [name, category.get(point) ?? '', value.get(point) ?? '', size.get(point) ?? ''])
}
