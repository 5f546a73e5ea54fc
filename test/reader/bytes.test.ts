/** The reader's own ways from bytes to text and back are those that Node has. */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { base64Of, byteText, bytesOfBase64, bytesOfHex, joined, wideBytes, wideText } from '../../electron/reader/bytes.ts'

const lengths = [0, 1, 2, 3, 4, 5, 8191, 8192, 8193, 100_000]

test.each(lengths)('%i bytes in base 64, there and back', (length) => {
  const bytes = randomBytes(length)
  expect(base64Of(bytes)).toBe(bytes.toString('base64'))
  expect(Buffer.from(bytesOfBase64(bytes.toString('base64')))).toEqual(bytes)
})

test('base 64 as XML holds it: in lines, unfilled, with odd letters between', () => {
  for (const text of ['aGVs\r\n  bG8=', 'aGVsbG8', 'aG-VsbG8=aGVs', '=', 'é', 'aGVsbG8🙂='])
    expect([text, Buffer.from(bytesOfBase64(text.replace('-', '')))]).toEqual([
      text,
      Buffer.from(text.replace('-', ''), 'base64'),
    ])
})

test('a byte is the character of its number (bug: windows-1252, where 0x80 is a euro sign)', () => {
  const bytes = Buffer.from(Array.from({ length: 40_000 }, (_, at) => at & 255))
  expect(byteText(bytes)).toBe(bytes.toString('latin1'))
})

test('two bytes a character keep halves of characters, and an odd byte at the end is none', () => {
  const text = 'Été 🙂\ud800\ufeff'
  expect(Buffer.from(wideBytes(text))).toEqual(Buffer.from(text, 'utf16le'))
  expect(wideText(Buffer.from([...Buffer.from(text, 'utf16le'), 1]))).toBe(text)
})

test('parts together, and hexadecimal', () => {
  expect([...joined([bytesOfHex('00ff'), new Uint8Array(), bytesOfHex('10')])]).toEqual([0, 255, 16])
})
