/** What values a policy takes, read off its setting's schema: what every template is made from, so that none says other than what is obeyed. */
import { z } from 'zod'
import type { Setting } from './setting.ts'

/** `text` of several lines may be written as a list of its lines. */
export type PolicyKind =
  | { kind: 'switch' }
  | { kind: 'choice'; values: readonly (string | number)[] }
  | { kind: 'number'; least: number; most: number }
  | { kind: 'text'; lines: boolean; mostLength: number }

/** @throws TypeError for a schema that no template could say */
export function kindOf({ schema, policy }: Setting): PolicyKind {
  if (schema instanceof z.ZodBoolean) return { kind: 'switch' }
  if (schema instanceof z.ZodEnum) return { kind: 'choice', values: schema.options }
  if (schema instanceof z.ZodLiteral)
    return {
      kind: 'choice',
      values: [...schema.values].filter((value) => typeof value === 'string' || typeof value === 'number'),
    }
  if (schema instanceof z.ZodNumber && schema.minValue !== null && schema.maxValue !== null)
    return { kind: 'number', least: schema.minValue, most: schema.maxValue }
  const mostLength = longestOf(schema)
  if (mostLength === null) throw new TypeError('No policy can be made of this schema')
  return { kind: 'text', lines: policy?.lines === true, mostLength }
}

/** The longest text that a schema takes; null for what is no text. */
function longestOf(schema: z.ZodType): number | null {
  if (schema instanceof z.ZodString || schema instanceof z.ZodURL) return schema.maxLength
  if (schema instanceof z.ZodLiteral) return schema.values.has('') ? 0 : null
  if (!(schema instanceof z.ZodUnion)) return null
  const parts = schema.options.map((option) => (option instanceof z.ZodType ? longestOf(option) : null))
  return parts.includes(null) ? null : Math.max(...parts.map(Number))
}
