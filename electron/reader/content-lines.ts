/**
 * Lines of calendars (iCalendar, RFC 5545) and cards (vCard, RFC 6350, and 2.1 of before): a name, parameters and a value each, put together
 * again where they were folded.
 */
import { textCharacters } from './limits.ts'
import type { Reading } from './reading.ts'
import { decodeText } from './text-encoding.ts'

/** One property of a calendar or a card. */
export interface ContentLine {
  /** What lines that belong together have before their names: `item1` of `item1.TEL`. */
  group: string
  /** In capitals. */
  name: string
  /** By name in capitals; those without a name, as 2.1 writes them (`TEL;HOME`), are types. */
  parameters: ReadonlyMap<string, readonly string[]>
  value: string
}

/** Parameters of a line that are looked at. */
const mostParameters = 100

/** The text of a file of such lines, its line ends `\n`; a fold within the bytes of one character is undone. */
export function contentText(bytes: Uint8Array, reading: Reading): string {
  const some = bytes.subarray(0, textCharacters * 4)
  const text = decodeText(withWholeCharacters(some))
  if (some.length < bytes.length || text.length > textCharacters) reading.leaveOut('text')
  return text.slice(0, textCharacters).replace(/\r\n?/g, '\n')
}

/** Writers that count bytes fold within a character of UTF-8, whose rest is then no text by itself. */
function withWholeCharacters(bytes: Uint8Array): Uint8Array {
  const [lineFeed, space, tab] = [0x0a, 0x20, 0x09]
  const kept = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    const isFold =
      byte === lineFeed && (bytes[at + 1] === space || bytes[at + 1] === tab) && ((bytes[at + 2] ?? 0) & 0xc0) === 0x80
    if (!isFold) kept[length++] = byte
    else {
      if (kept[length - 1] === 0x0d) length--
      at++
    }
  }
  return kept.subarray(0, length)
}

/** @param text with line ends `\n` */
export function* contentLines(text: string): Generator<ContentLine> {
  let parts: string[] = []
  // 2.1 folds before a space that is part of the text; later ones put a space in.
  let keepsSpace = false
  let isQuotedPrintable = false
  for (let from = 0; from <= text.length;) {
    const end = text.indexOf('\n', from)
    const line = text.slice(from, end < 0 ? text.length : end)
    from = end < 0 ? text.length + 1 : end + 1
    const last = parts.at(-1)
    if (last !== undefined && isQuotedPrintable && last.endsWith('=')) {
      parts[parts.length - 1] = last.slice(0, -1)
      parts.push(line)
    } else if (last !== undefined && /^[ \t]/.test(line)) parts.push(keepsSpace ? line : line.slice(1))
    else {
      const whole = lineOf(parts.join(''))
      if (whole) {
        if (whole.name === 'VERSION') keepsSpace = whole.value.trim() === '2.1'
        yield whole
      }
      parts = [line]
      isQuotedPrintable = /^[^:]{0,1000}[;=]QUOTED-PRINTABLE[^:]*:/i.test(line)
    }
  }
  const whole = lineOf(parts.join(''))
  if (whole) yield whole
}

/** Null for what is no such line. */
function lineOf(line: string): ContentLine | null {
  const pieces: string[] = []
  let from = 0
  let isQuoted = false
  for (let at = 0; at < line.length && pieces.length < mostParameters; at++) {
    const sign = line[at]
    if (sign === '"') isQuoted = !isQuoted
    else if (!isQuoted && (sign === ';' || sign === ':')) {
      pieces.push(line.slice(from, at))
      from = at + 1
      if (sign === ':') return propertyOf(pieces, line.slice(from))
    }
  }
  return null
}

function propertyOf([head = '', ...rest]: readonly string[], value: string): ContentLine | null {
  const [, group = '', name = ''] = /^(?:([\w-]+)\.)?([\w-]+)$/.exec(head.trim()) ?? []
  if (name === '') return null
  const parameters = new Map<string, string[]>()
  for (const piece of rest) {
    const equals = piece.indexOf('=')
    const key = equals < 0 ? 'TYPE' : piece.slice(0, equals).trim().toUpperCase()
    const values = [...piece.slice(equals + 1).matchAll(/"([^"]*)"|([^",]+)/g)].map(([, quoted, bare = '']) => quoted ?? bare)
    parameters.set(key, [...(parameters.get(key) ?? []), ...values.map(withoutCarets)])
  }
  return { group, name: name.toUpperCase(), parameters, value: decodedValue(value, parameters) }
}

/** In parameters a caret stands before what could not stand there (RFC 6868). */
function withoutCarets(value: string): string {
  return value.replace(/\^([n'^])/g, (_whole, sign: string) => ({ n: '\n', "'": '"' })[sign] ?? '^')
}

function decodedValue(value: string, parameters: ReadonlyMap<string, readonly string[]>): string {
  const isQuotedPrintable = [...(parameters.get('ENCODING') ?? []), ...(parameters.get('TYPE') ?? [])].some((one) =>
    /^quoted-printable$/i.test(one),
  )
  if (!isQuotedPrintable) return value
  const bytes: number[] = []
  const encoder = new TextEncoder()
  for (const [, hex, other = ''] of value.matchAll(/=([\dA-Fa-f]{2})|([^=]+|=)/g)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16))
    else for (const byte of encoder.encode(other)) bytes.push(byte)
  }
  return decodeText(Uint8Array.from(bytes), parameters.get('CHARSET')?.[0] ?? null)
}

/** Parts of a value that has several (`;` parts them, `,` within one), each without its backslashes. */
export function valueParts(value: string, mark: ';' | ','): string[] {
  const parts: string[] = ['']
  for (const [piece] of value.matchAll(/\\[^]|[;,]|[^\\;,]+|\\/g)) {
    if (piece === mark) parts.push('')
    else parts[parts.length - 1] = `${parts.at(-1) ?? ''}${piece}`
  }
  return parts.map(unescaped)
}

/** A value as text. */
export function unescaped(value: string): string {
  return value.replace(/\\([nN;,:\\])/g, (_whole, sign: string) => (sign.toLowerCase() === 'n' ? '\n' : sign))
}
