/** The first picture of a GIF file in grey, on white paper: what a program shows before anything moves. */
import { AppError } from '../../contract/errors.ts'
import { viewOf } from './bytes.ts'
import { picturePixels, refuseUnpacked } from './limits.ts'
import type { GreyPicture } from './page-picture.ts'

/** Codes of LZW have at most twelve bits. */
const mostCodes = 4096
/** Rows of an interlaced picture come in four rounds: the first row of each, and its step. */
const rounds = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const
const white = 255

export function isGif(bytes: Uint8Array): boolean {
  return bytes[0] === 0x47 && bytes[1] === 0x49 && bytes[2] === 0x46
}

interface Frame {
  left: number
  top: number
  width: number
  height: number
  isInterlaced: boolean
  /** Greys by their number. */
  greys: Uint8Array
  transparent: number
  data: number
}

/** @throws AppError document_broken, document_too_big */
export function firstPicture(bytes: Uint8Array): GreyPicture {
  try {
    return painted(bytes, firstFrame(bytes))
  } catch (error) {
    throw error instanceof RangeError ? broken() : error
  }
}

/** Passes over what is said about the picture; a moving one says how long each is shown, and which colour is none. */
function firstFrame(bytes: Uint8Array): Frame {
  const view = viewOf(bytes)
  const common = tableBytes(view.getUint8(10))
  const commonTable = bytes.subarray(13, 13 + common)
  let transparent = -1
  for (let at = 13 + common; ;) {
    const kind = view.getUint8(at)
    if (kind === 0x2c) {
      const flags = view.getUint8(at + 9)
      const own = tableBytes(flags)
      const table = own > 0 ? bytes.subarray(at + 10, at + 10 + own) : commonTable
      const [left, top, width, height] = [1, 3, 5, 7].map((offset) => view.getUint16(at + offset, true)) as [
        number,
        number,
        number,
        number,
      ]
      const isInterlaced = (flags & 0x40) !== 0
      return { left, top, width, height, isInterlaced, greys: greysOf(table), transparent, data: at + 10 + own }
    }
    if (kind !== 0x21) throw broken()
    if (view.getUint8(at + 1) === 0xf9 && (view.getUint8(at + 3) & 1) === 1) transparent = view.getUint8(at + 6)
    at += 2
    for (let length = view.getUint8(at); length > 0; length = view.getUint8(at)) at += 1 + length
    at++
  }
}

function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1)
}

function greysOf(table: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, at) => {
    const [red = 0, green = 0, blue = 0] = table.subarray(at * 3, at * 3 + 3)
    return red * 0.299 + green * 0.587 + blue * 0.114
  })
}

function painted(bytes: Uint8Array, frame: Frame): GreyPicture {
  const view = viewOf(bytes)
  const width = Math.max(view.getUint16(6, true), frame.left + frame.width)
  const height = Math.max(view.getUint16(8, true), frame.top + frame.height)
  if (width * height > picturePixels) refuseUnpacked()
  if (frame.width * frame.height === 0) throw broken()
  const colours = unpacked(bytes, frame.data, frame.width * frame.height)
  const pixels = new Uint8Array(width * height).fill(white)
  let from = 0
  for (const row of rowsOf(frame)) {
    const to = (frame.top + row) * width + frame.left
    for (let column = 0; column < frame.width; column++, from++) {
      const colour = colours[from] ?? 0
      if (colour !== frame.transparent) pixels[to + column] = frame.greys[colour] ?? 0
    }
  }
  return { width, height, pixels }
}

function* rowsOf({ height, isInterlaced }: Frame): Generator<number> {
  if (!isInterlaced) for (let row = 0; row < height; row++) yield row
  else for (const [first, step] of rounds) for (let row = first; row < height; row += step) yield row
}

/** The numbers of the colours, one a pixel. A file that is cut off leaves the rest as its first colour. */
function unpacked(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const smallest = bytes[start] ?? 0
  if (smallest < 1 || smallest > 11) throw broken()
  const codes = codesOf(bytes, start + 1)
  const colours = new Uint8Array(length)
  const [clear, end] = [2 ** smallest, 2 ** smallest + 1]
  // Each code is the one that it begins with, and a last colour.
  const [before, last, first, lengths] = [
    new Uint16Array(mostCodes),
    new Uint8Array(mostCodes),
    new Uint8Array(mostCodes),
    new Uint32Array(mostCodes),
  ]
  for (let code = 0; code < clear; code++) {
    last[code] = first[code] = code
    lengths[code] = 1
  }
  let [next, bits, previous, at] = [end + 1, smallest + 1, -1, 0]
  for (let code = codes(bits); code !== null && code !== end && at < length; code = codes(bits)) {
    if (code === clear) {
      ;[next, bits, previous] = [end + 1, smallest + 1, -1]
      continue
    }
    if (code > next || (code === next && previous < 0)) throw broken()
    if (previous >= 0 && next < mostCodes) {
      before[next] = previous
      first[next] = first[previous] ?? 0
      last[next] = first[code === next ? previous : code] ?? 0
      lengths[next] = (lengths[previous] ?? 0) + 1
      next++
      if (next === 2 ** bits && bits < 12) bits++
    }
    const count = lengths[code] ?? 0
    for (let to = at + count - 1, part = code; to >= at; to--, part = before[part] ?? 0)
      if (to < length) colours[to] = last[part] ?? 0
    at += count
    previous = code
  }
  if (at === 0) throw broken()
  return colours
}

/** Codes of so many bits, the lowest first, out of blocks that each begin with their length. */
function codesOf(bytes: Uint8Array, start: number): (bits: number) => number | null {
  let [at, inBlock, held, count] = [start, 0, 0, 0]
  return (bits) => {
    while (count < bits) {
      if (inBlock === 0) inBlock = bytes[at++] ?? 0
      const byte = bytes[at++]
      if (inBlock === 0 || byte === undefined) return null
      inBlock--
      held |= byte << count
      count += 8
    }
    const code = held & (2 ** bits - 1)
    held >>>= bits
    count -= bits
    return code
  }
}

function broken(): AppError {
  return new AppError('document_broken', 'A GIF file that is not whole')
}
