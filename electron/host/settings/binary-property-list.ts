/** Apple's binary property list: objects, a table of where each begins, and a trailer of 32 bytes that says where the table is. */

/** Dates and data are null. */
export type PropertyValue = string | number | boolean | null | PropertyValue[] | { [key: string]: PropertyValue }

/** Objects that one may have, counted each time that one is referred to: a few of them may refer to one another without end. */
const mostObjects = 100_000

/** @throws Error for bytes that are none */
export function readBinaryPropertyList(bytes: Buffer, deepest: number): PropertyValue {
  const trailer = bytes.subarray(-32)
  const [offsetSize = 0, referenceSize = 0] = trailer.subarray(6, 8)
  const top = Number(trailer.readBigUInt64BE(16))
  const table = Number(trailer.readBigUInt64BE(24))
  let left = mostObjects

  const object = (index: number, depth: number): PropertyValue => {
    if (depth === 0 || left-- === 0) throw new Error('too much of it')
    let at = bytes.readUIntBE(table + index * offsetSize, offsetSize)
    const marker = bytes.readUInt8(at++)
    const [type, low] = [marker >> 4, marker & 15]
    const count = (): number => {
      if (low < 15) return low
      const size = 2 ** (bytes.readUInt8(at) & 15)
      const counted = bytes.readUIntBE(at + 1, size)
      at += 1 + size
      return counted
    }
    const text = (encoding: 'latin1' | 'utf16le'): string => {
      const length = count() * (encoding === 'latin1' ? 1 : 2)
      if (at + length > table) throw new Error('a text that is longer than the list')
      const written = Buffer.from(bytes.subarray(at, at + length))
      return (encoding === 'latin1' ? written : written.swap16()).toString(encoding)
    }
    const references = (length: number, from: number): PropertyValue[] =>
      Array.from({ length }, (_, item) => object(bytes.readUIntBE(at + (from + item) * referenceSize, referenceSize), depth - 1))
    const bounded = (counted: number): number => {
      if (counted > left) throw new Error('too much of it')
      return counted
    }
    if (type === 0) return low === 9 ? true : low === 8 ? false : null
    // A number of eight bytes has a sign, a shorter one has none.
    if (type === 1 && low < 3) return bytes.readUIntBE(at, 2 ** low)
    if (type === 1) return Number(low === 3 ? bytes.readBigInt64BE(at) : bytes.readBigUInt64BE(at + 8))
    if (type === 2) return low === 2 ? bytes.readFloatBE(at) : bytes.readDoubleBE(at)
    if (type === 5) return text('latin1')
    if (type === 6) return text('utf16le')
    if (type === 10) return references(bounded(count()), 0)
    // A date, data, and what only archives have.
    if (type !== 13) return null
    const length = bounded(count())
    const keys = references(length, 0)
    const values = references(length, length)
    // A key is a text in every list that a system has written.
    return Object.fromEntries(keys.map((key, item) => [typeof key === 'string' ? key : '', values[item] ?? null]))
  }
  return object(top, deepest)
}
