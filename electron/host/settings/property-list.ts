/**
 * Reads a property list of macOS, in XML or in Apple's binary form, whatever is in it: one date or one piece of data, which a policy has no use for, must
 * not keep everything else from being read. Sources: Apple's PropertyList-1.0.dtd, and the layout that CFBinaryPList.c describes.
 */
import { readBinaryPropertyList, type PropertyValue } from './binary-property-list.ts'

export type { PropertyValue } from './binary-property-list.ts'

/** How deep one may be nested. */
const deepest = 32

/** @throws Error for bytes that are none */
export function readPropertyList(bytes: Buffer): PropertyValue {
  if (bytes.subarray(0, 8).toString('latin1') === 'bplist00') return readBinaryPropertyList(bytes, deepest)
  const tokens = tokensOf(bytes.toString('utf8').replace(/^\uFEFF/, ''))
  const value = readValue(tokens, deepest)
  if (nextElement(tokens) !== null) throw new Error('more than one value')
  return value
}

interface Token {
  kind: 'open' | 'close' | 'text'
  /** The name of the element, or what is written. */
  text: string
}

const token = /<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>[]*>|<!\[CDATA\[(.*?)\]\]>|<(\/?)([A-Za-z]+)(?:\s[^>]*?)?(\/?)>|([^<]+)|(<)/gs

function* tokensOf(xml: string): Generator<Token, void, undefined> {
  for (const [, data, closes, name, isEmpty, written, odd] of xml.matchAll(token)) {
    if (odd !== undefined) throw new Error('no property list')
    if (data !== undefined) yield { kind: 'text', text: data }
    else if (written !== undefined) yield { kind: 'text', text: unescaped(written) }
    else if (name !== undefined && name !== 'plist') {
      yield { kind: closes === '/' ? 'close' : 'open', text: name }
      if (isEmpty === '/') yield { kind: 'close', text: name }
    }
  }
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi,
    (whole, decimal?: string, hexadecimal?: string, name: string = '') => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
      if (hexadecimal !== undefined) return String.fromCodePoint(Number.parseInt(hexadecimal, 16))
      return entities[name] ?? whole
    },
  )
}

/** Text between elements is white space; a comment tears a text in two. */
function readValue(tokens: Generator<Token>, depth: number): PropertyValue {
  const opened = nextElement(tokens)
  if (opened?.kind !== 'open') throw new Error('a value is missing')
  return valueOf(opened.text, tokens, depth)
}

function valueOf(name: string, tokens: Generator<Token>, depth: number): PropertyValue {
  if (depth === 0) throw new Error('nested too deeply')
  if (name === 'array') {
    const items: PropertyValue[] = []
    for (let at = nextElement(tokens); at?.kind === 'open'; at = nextElement(tokens))
      items.push(valueOf(at.text, tokens, depth - 1))
    return items
  }
  if (name === 'dict') {
    const entries: [string, PropertyValue][] = []
    for (let at = nextElement(tokens); at?.kind === 'open'; at = nextElement(tokens)) {
      if (at.text !== 'key') throw new Error('a key is missing')
      entries.push([textOf(tokens), readValue(tokens, depth - 1)])
    }
    return Object.fromEntries(entries)
  }
  const text = textOf(tokens)
  if (name === 'string') return text
  if (name === 'integer' || name === 'real') return Number(text.trim())
  if (name === 'true' || name === 'false') return name === 'true'
  if (name === 'date' || name === 'data') return null
  throw new Error('an element that no property list has')
}

function nextElement(tokens: Generator<Token>): Token | null {
  for (let next = tokens.next(); next.done !== true; next = tokens.next()) {
    if (next.value.kind !== 'text') return next.value
    if (next.value.text.trim() !== '') throw new Error('text between elements')
  }
  return null
}

/** What is written up to the end of the element. */
function textOf(tokens: Generator<Token>): string {
  let text = ''
  for (let next = tokens.next(); next.done !== true; next = tokens.next()) {
    if (next.value.kind === 'close') return text
    if (next.value.kind === 'open') throw new Error('an element inside a text')
    text += next.value.text
  }
  throw new Error('an element without an end')
}
