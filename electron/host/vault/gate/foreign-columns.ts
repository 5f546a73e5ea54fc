/** Schemas of single columns: what a value of somebody else's must be before it is ours. Each says what becomes of it here. */
import { z } from 'zod'
import { oneLine } from '../../../../contract/one-line.ts'

/** Characters of a text that a person or a model wrote; far above what a context holds. */
const mostText = 4 * 1024 * 1024
/** The last moment that JavaScript's dates know, in milliseconds: a later one breaks whoever writes it as a date. */
const lastMoment = 8.64e15

/** Names of rows: they become keys, and sometimes parts of a route. */
export const foreignId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/)
/** What was made by the sender's machine and is looked up here, and mostly not found: a student, a preset. */
export const foreignReference = z.string().min(1).max(64)
export const flag = z.union([z.literal(0), z.literal(1)])
export const moment = z.number().int().min(-lastMoment).max(lastMoment)
export const text = z.string().max(mostText)

/** A count or a size from 0 on. */
export function count(most: number): z.ZodType<number> {
  return z.number().int().min(0).max(most)
}

/** A name as strangers' names are shown; one of which nothing is left is called by the fallback. */
export function shownName(fallback: string, keep: 'start' | 'end' = 'start'): z.ZodType<string> {
  return z
    .string()
    .max(mostText)
    .transform((value) => oneLine(value, keep) || fallback)
}

/** The folder of a file, as words: parts without `..`, none of them hidden marks. It is shown and never opened. */
export const folderWords = z
  .string()
  .max(mostText)
  .transform((value) => {
    const parts = value
      .slice(0, 4096)
      .split(/[/\\]/)
      .map((part) => oneLine(part, 'end'))
    return parts.includes('..') ? '' : parts.filter((part) => part !== '' && part !== '.').join('/')
  })

/** JSON that must be of this schema, written anew: what the schema does not know is not taken. */
export function json<T>(schema: z.ZodType<T>): z.ZodType<string> {
  return z
    .string()
    .max(mostText)
    .transform((value, context) => {
      const rewritten = rewrite(value, schema)
      if (rewritten !== null) return rewritten
      context.addIssue({ code: 'custom', message: 'Not what stands there' })
      return z.NEVER
    })
}

/** The same for what only accompanies a row: where it cannot be read the row comes without it. */
export function besides<T>(schema: z.ZodType<T>, most = mostText): z.ZodType<string | null> {
  return z
    .string()
    .max(mostText)
    .nullable()
    .transform((value) => (value === null || value.length > most ? null : rewrite(value, schema)))
}

/** Bytes, of exactly this length where one is given. */
export function bytes({ length, most }: { length?: number; most: number }): z.ZodType<Buffer> {
  return z
    .strictObject({ base64: z.string().max(Math.ceil(most / 3) * 4) })
    .transform(({ base64 }) => Buffer.from(base64, 'base64'))
    .refine((value) => length === undefined || value.length === length)
}

function rewrite<T>(value: string, schema: z.ZodType<T>): string | null {
  try {
    const parsed = schema.safeParse(JSON.parse(value))
    return parsed.success ? JSON.stringify(parsed.data) : null
  } catch {
    return null
  }
}
