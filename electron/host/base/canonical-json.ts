/**
 * JSON that means the same to whoever reads it, and one way to write it down: what signatures and hashes are made over. What two
 * readers could take for different things has no such form, and is refused.
 */

/** Deeper than anything that we write or read. */
const mostDepth = 64

/** A value or a text that has no canonical form. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical'
}

/**
 * JSON with the keys of objects in order of their UTF-16 units, no white space, numbers and strings as `JSON.stringify` writes them
 * (RFC 8785).
 * @throws NotCanonical for what is no JSON, for −0 and numbers that are none, half a surrogate pair, a member called `__proto__`,
 * and what is nested deeper than 64
 */
export function canonicalJson(value: unknown): string {
  return written(value, 0)
}

/**
 * Parses JSON that has a canonical form, and in which no member stands twice: readers differ on which of two they believe.
 * @throws SyntaxError when it is no JSON; NotCanonical as {@link canonicalJson} does
 */
export function parseCanonicalJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  canonicalJson(value)
  refuseTwins(text)
  return value
}

function written(value: unknown, depth: number): string {
  if (depth > mostDepth) throw new NotCanonical('Nested too deeply')
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Object.is(value, -0)) throw new NotCanonical('A number that JSON does not have')
    return JSON.stringify(value)
  }
  // By index: a hole in an array is left out by `map`.
  if (Array.isArray(value)) return `[${Array.from(value, (item: unknown) => written(item, depth + 1)).join(',')}]`
  if (typeof value !== 'object' || !isPlain(value)) throw new NotCanonical('Not JSON')
  const members = Object.entries(value)
  // An assignment to it is lost, so a reader may see a value without what was signed.
  if (members.some(([key]) => key === '__proto__')) throw new NotCanonical('A member called __proto__')
  members.sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, member]) => `${quoted(key)}:${written(member, depth + 1)}`).join(',')}}`
}

function quoted(text: string): string {
  if (!text.isWellFormed()) throw new NotCanonical('Half a character')
  return JSON.stringify(text)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** @param text valid JSON */
function refuseTwins(text: string): void {
  /** The names of each object that is open; null for an array. */
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '{') open.push(new Set())
    else if (character === '[') open.push(null)
    else if (character === '}' || character === ']') open.pop()
    if (character !== '"') continue
    const end = endOfString(text, at)
    const names = open.at(-1)
    if (names && isName(text, end)) {
      const name = String(JSON.parse(text.slice(at, end + 1)))
      if (names.has(name)) throw new NotCanonical('A member stands twice')
      names.add(name)
    }
    at = end
  }
}

/** Where the quotation mark is that ends a string. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
}

function isName(text: string, end: number): boolean {
  let at = end + 1
  while (' \t\r\n'.includes(text[at] ?? 'x')) at++
  return text[at] === ':'
}
