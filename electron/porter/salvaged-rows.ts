/**
 * Rows of a table of which pages are broken: what can be reached is read, and what cannot is passed over by its number. SQLite goes on after a
 * page that it refuses, as long as the pages above it are whole.
 */

/** The rows from a number on, the first column being that number. Throws where it meets a broken page. */
export type RowsAfter = (after: number, most: number | null) => Iterable<readonly unknown[]>

/** Numbers that are tried one by one behind a broken page: more than a page has rows. */
const closeTries = 5_000
/** Further ones, each twice as far: then there is nothing. */
const farthest = 2 ** 52
/** Broken places after which the rest is given up. */
const mostPlaces = 100_000

/** @param told how many numbers were passed over, which is not less than the rows that are lost */
export function* salvagedRows(rowsAfter: RowsAfter, told: (numbers: number) => void): Generator<readonly unknown[]> {
  let after = -1
  for (let places = 0; places < mostPlaces; places++) {
    try {
      for (const row of rowsAfter(after, null)) {
        yield row
        after = Number(row[0])
      }
      return
    } catch {
      const next = nextReadable(rowsAfter, after)
      told(next === null || next.first === null ? 1 : Math.max(1, next.first - after - 1))
      if (next === null) return
      after = next.after
    }
  }
  told(1)
}

/** The smallest number behind which something can be read, or the end; null when there is none. */
function nextReadable(rowsAfter: RowsAfter, after: number): { after: number; first: number | null } | null {
  const read = (from: number): { after: number; first: number | null } | null => {
    try {
      for (const row of rowsAfter(from, 1)) return { after: from, first: Number(row[0]) }
      return { after: from, first: null }
    } catch {
      return null
    }
  }
  for (let step = 1; step <= closeTries; step++) {
    const found = read(after + step)
    if (found) return found
  }
  for (let step = closeTries * 2; after + step < farthest; step *= 2) {
    let found = read(after + step)
    if (!found) continue
    let unread = after + step / 2
    while (found.after - unread > 1) {
      const middle = Math.floor((found.after + unread) / 2)
      const nearer = read(middle)
      if (nearer) found = nearer
      else unread = middle
    }
    return found
  }
  return null
}
