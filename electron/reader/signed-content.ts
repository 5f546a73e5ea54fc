/** What is inside an opaque signed mail (CMS, RFC 5652): the message itself, around which the signature lies. Nothing is verified. */
import { byteText, joined } from './bytes.ts'

/** Values inside one another, and values that are looked at. */
const deepest = 20
const mostValues = 100_000

/** Object identifiers by their bytes. */
const kinds: Readonly<Record<string, 'signed' | 'encrypted'>> = {
  '\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02': 'signed',
  '\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03': 'encrypted',
  // With a check of its own (RFC 5083).
  '\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17': 'encrypted',
}

const tags = { octets: 0x04, identifier: 0x06, octetParts: 0x24, sequence: 0x30, set: 0x31, explicit: 0xa0 } as const

interface Value {
  tag: number
  body: Uint8Array
}

type SignedContent = { kind: 'signed'; content: Uint8Array } | { kind: 'encrypted' }

/** Null when it is nothing of the kind, or is not whole. */
export function signedContent(bytes: Uint8Array): SignedContent | null {
  const budget = { left: mostValues }
  const [outer] = valuesIn(bytes, budget)
  const [identifier, explicit] = outer?.tag === tags.sequence ? valuesIn(outer.body, budget) : []
  const kind = identifier?.tag === tags.identifier ? kinds[byteText(identifier.body)] : undefined
  if (kind !== 'signed') return kind === undefined ? null : { kind }
  const [data] = explicit?.tag === tags.explicit ? valuesIn(explicit.body, budget) : []
  // A version, a set of digests, and what was signed: its kind, and itself.
  const inside = data?.tag === tags.sequence ? valuesIn(data.body, budget).find(({ tag }) => tag === tags.sequence) : undefined
  const held = inside && valuesIn(inside.body, budget).find(({ tag }) => tag === tags.explicit)
  const parts = held ? octetsIn(held.body, 0, budget) : []
  return parts.length === 0 ? null : { kind, content: joined(parts) }
}

/** Octets may come in parts, which may come in parts. */
function octetsIn(bytes: Uint8Array, depth: number, budget: { left: number }): Uint8Array[] {
  if (depth > deepest) return []
  return valuesIn(bytes, budget).flatMap(({ tag, body }) =>
    tag === tags.octets ? [body] : tag === tags.octetParts ? octetsIn(body, depth + 1, budget) : [],
  )
}

/** The values that lie side by side, as far as they are whole. */
function valuesIn(bytes: Uint8Array, budget: { left: number }): Value[] {
  const values: Value[] = []
  for (let at = 0; at + 2 <= bytes.length && budget.left-- > 0;) {
    const value = valueAt(bytes, at, 0, budget)
    if (!value || (value.tag === 0 && value.body.length === 0)) break
    values.push(value)
    at = value.end
  }
  return values
}

/** One value with where it ends; one without a length of its own ends at a mark (two zeros) behind its last part. */
function valueAt(bytes: Uint8Array, at: number, depth: number, budget: { left: number }): (Value & { end: number }) | null {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f || depth > deepest) return null
  if (first === 0x80) {
    let end = at + 2
    while (end + 2 <= bytes.length && (bytes[end] !== 0 || bytes[end + 1] !== 0)) {
      const part = budget.left-- > 0 ? valueAt(bytes, end, depth + 1, budget) : null
      if (!part) return null
      end = part.end
    }
    return { tag, body: bytes.subarray(at + 2, end), end: end + 2 }
  }
  const count = first < 0x80 ? 0 : first & 0x7f
  if (count > 6) return null
  let length = count === 0 ? first : 0
  for (let each = 0; each < count; each++) length = length * 256 + (bytes[at + 2 + each] ?? 0)
  const from = at + 2 + count
  // A file that is cut off says what it still has.
  return { tag, body: bytes.subarray(from, from + length), end: from + length }
}
