/**
 * Pages of TIFF files that are packed as JPEG in strips, as one JPEG file: strips of one page have their tables in common, and a JPEG may
 * begin anew after so many squares (a restart), which is what each strip does.
 */
import { joined, viewOf } from './bytes.ts'

interface Strip {
  /** Tables and the size, before the scan. */
  head: Uint8Array
  /** Where in it the segment with the size begins. */
  sizeAt: number
  /** The head of the scan. */
  scan: Uint8Array
  data: Uint8Array
}

const mark = (kind: number): Uint8Array => Uint8Array.of(0xff, kind)
const [start, end, scanBegins, restartInterval] = [0xd8, 0xd9, 0xda, 0xdd]
/** Says that the three colours are red, green and blue as they are; who says nothing means brightness and two differences. */
const plainColours = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0)

/**
 * Null when they are no strips of one picture that are packed alike.
 * @param tables what they have in common, a JPEG file without a picture; empty where each has its own
 * @param height of the whole page
 * @param isRed whether its colours are red, green and blue
 */
export function jpegOfStrips(
  tables: Uint8Array,
  strips: readonly Uint8Array[],
  { height, isRed }: { height: number; isRed: boolean },
): Uint8Array | null {
  const [first, ...others] = strips.map(stripOf)
  if (!first || others.some((strip) => !strip || !isAlike(strip, first))) return null
  const view = viewOf(first.head)
  const rows = view.getUint16(first.sizeAt + 5)
  const squares = squaresOf(view, first.sizeAt, rows)
  if (squares < 1 || squares > 0xffff || height > 0xffff) return null
  const head = Uint8Array.from(first.head)
  viewOf(head).setUint16(first.sizeAt + 5, height)
  const parts = [
    mark(start),
    isRed ? plainColours : plainColours.subarray(0, 0),
    tables.length > 4 ? tables.subarray(2, -2) : tables.subarray(0, 0),
    head,
  ]
  if (others.length > 0) parts.push(mark(restartInterval), Uint8Array.of(0, 4, squares >> 8, squares & 0xff))
  parts.push(first.scan, first.data)
  for (const [index, strip] of others.entries()) if (strip) parts.push(mark(0xd0 + (index % 8)), strip.data)
  return joined([...parts, mark(end)])
}

/** Null for one that is no plain JPEG, or begins anew within itself. */
function stripOf(bytes: Uint8Array): Strip | null {
  if (bytes[0] !== 0xff || bytes[1] !== start) return null
  const view = viewOf(bytes)
  let sizeAt = -1
  for (let at = 2; at + 4 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const kind = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff || kind === restartInterval || (kind >= 0xc2 && kind <= 0xcf && kind !== 0xc4)) return null
    if (kind === 0xc0 || kind === 0xc1) sizeAt = at - 2
    if (kind !== scanBegins) continue
    const from = at + 2 + view.getUint16(at + 2)
    const isEnded = bytes.at(-2) === 0xff && bytes.at(-1) === end
    const data = bytes.subarray(from, isEnded ? bytes.length - 2 : bytes.length)
    return sizeAt < 0 ? null : { head: bytes.subarray(2, at), sizeAt, scan: bytes.subarray(at, from), data }
  }
  return null
}

/** Whether all but the height is the same. */
function isAlike(one: Strip, other: Strip): boolean {
  const isSame = (left: Uint8Array, right: Uint8Array, except: number): boolean =>
    left.length === right.length && left.every((byte, at) => byte === right[at] || at === except || at === except + 1)
  return isSame(one.head, other.head, other.sizeAt + 5) && isSame(one.scan, other.scan, -2)
}

/** How many squares a strip of so many rows has: as large as the sampling of colours makes them, 8 pixels where there are none. */
function squaresOf(view: DataView, sizeAt: number, rows: number): number {
  const components = view.getUint8(sizeAt + 9)
  let [wide, high] = [1, 1]
  for (let index = 0; index < components && components > 1; index++) {
    const sampling = view.getUint8(sizeAt + 11 + index * 3)
    wide = Math.max(wide, sampling >> 4)
    high = Math.max(high, sampling & 15)
  }
  return Math.ceil(view.getUint16(sizeAt + 7) / (8 * wide)) * Math.ceil(rows / (8 * high))
}
