/** What an allow-list says of one table: its columns, since which step of ours each is there, and what its rows must be. */
import { z } from 'zod'

/** A table as the gate reads it. */
export interface ForeignTable<Row> {
  name: string
  /** The first step of ours that has it. */
  since: number
  order: readonly string[]
  /** A file with more rows is refused. */
  mostRows: number
  /** Columns and their schemas; those that came with a later step are null before it. */
  row: z.ZodType<Row>
  columns: readonly { name: string; since: number }[]
}

/** An entry of an allow-list. @param later columns that came with a later step than the table */
export function table<Shape extends z.ZodRawShape>(given: {
  name: string
  since: number
  order: readonly string[]
  mostRows: number
  columns: Shape
  later?: Partial<Record<keyof Shape & string, number>>
}): ForeignTable<z.infer<z.ZodObject<Shape>>> {
  const { columns, later, ...rest } = given
  const since = new Map<string, number | undefined>(Object.entries(later ?? {}))
  return {
    ...rest,
    row: z.object(columns),
    columns: Object.keys(columns).map((name) => ({ name, since: since.get(name) ?? given.since })),
  }
}
