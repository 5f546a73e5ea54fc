/** Tells a watcher of a list what has changed since it was told last, and not the whole list each time. */
import type { ListUpdate } from '../../../contract/list-update.ts'

/** @param changes one item whenever the list may have changed @param read gives the list as it is now; what it throws ends the watch */
export async function* listUpdates<Row extends { id: string }>(
  changes: AsyncIterable<unknown>,
  read: () => { rows: Row[]; total: number },
): AsyncGenerator<ListUpdate<Row>> {
  let told: { rows: Map<string, string>; total: number } | null = null
  for await (const _change of changes) {
    const { rows, total } = read()
    const now = new Map(rows.map((row) => [row.id, JSON.stringify(row)]))
    const update: ListUpdate<Row> | null = told === null ? { rows, total } : difference(told, rows, total, now)
    told = { rows: now, total }
    if (update) yield update
  }
}

/** Null when there is none. */
function difference<Row extends { id: string }>(
  before: { rows: Map<string, string>; total: number },
  rows: Row[],
  total: number,
  now: ReadonlyMap<string, string>,
): ListUpdate<Row> | null {
  const stays = (id: string): boolean => before.rows.get(id) === now.get(id)
  // What has not changed and stands among the others as it stood needs no word.
  const order = [...before.rows.keys()].filter((id) => now.has(id) && stays(id))
  const at: number[] = []
  let next = 0
  for (const [index, { id }] of rows.entries()) {
    if (order[next] === id) next++
    else at.push(index)
  }
  const gone = [...before.rows.keys()].filter((id) => !now.has(id))
  if (at.length === 0 && gone.length === 0 && total === before.total) return null
  return { rows: at.flatMap((index) => rows[index] ?? []), total, since: { at, gone } }
}
