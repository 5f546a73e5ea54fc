/** Cuts a table that has more columns than a page can hold into several below each other, each with the first column again. */
import type { PaperTable } from '../../../contract/paper.ts'

/** More columns than this cannot be read side by side on a page. */
const mostColumns = 10
/** Columns of each part, beside the first. */
const columnsAtOnce = 6

/** How many columns it has. */
function columnsOf({ rows }: Pick<PaperTable, 'rows'>): number {
  return rows.reduce((most, { length }) => Math.max(most, length), 1)
}

/** The table, or its parts, every row with as many cells as the table has columns. */
export function tableParts({ kind, rows, align }: PaperTable): PaperTable[] {
  const columns = columnsOf({ rows })
  const all = Array.from({ length: columns }, (_, index) => index)
  const others = all.slice(1)
  const groups =
    columns <= mostColumns
      ? [all]
      : Array.from({ length: Math.ceil(others.length / columnsAtOnce) }, (_, index) => [
          0,
          ...others.slice(index * columnsAtOnce, (index + 1) * columnsAtOnce),
        ])
  return groups.map((group) => ({
    kind,
    rows: rows.map((row) => group.map((column) => row[column] ?? [])),
    align: group.map((column) => align[column] ?? 'left'),
  }))
}
