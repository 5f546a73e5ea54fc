/** How a list is watched: its first item has every row that was asked for, each later one what has changed since. */
import { z } from 'zod'

/** @param row of one row; its `id` is its own */
export function listUpdateOf<Row extends z.ZodType<{ id: string }>>(row: Row) {
  return z.object({
    /** All of them, or, with `since`, those that are new, changed or elsewhere. */
    rows: z.array(row),
    /** How many there are in all, shown or not. */
    total: z.number(),
    since: z
      .object({
        /** Where each of `rows` stands now, in ascending order. */
        at: z.array(z.number().int().nonnegative()),
        /** The ids of those that are not among them any more. */
        gone: z.array(z.string()),
      })
      .optional(),
  })
}

export interface ListUpdate<Row> {
  rows: Row[]
  total: number
  since?: { at: number[]; gone: string[] } | undefined
}

/** The rows after this update. */
export function withListUpdate<Row extends { id: string }>(before: readonly Row[], { rows, since }: ListUpdate<Row>): Row[] {
  if (!since) return rows
  const leaving = new Set([...since.gone, ...rows.map(({ id }) => id)])
  const after = before.filter(({ id }) => !leaving.has(id))
  for (const [index, row] of rows.entries()) after.splice(since.at[index] ?? after.length, 0, row)
  return after
}
