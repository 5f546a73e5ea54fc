/** How large a picture says that it is, before anybody unpacks it: a small file can claim to be a huge one, and would be given the memory. */
import { byteText } from './bytes.ts'

/** Width and height of a PNG, GIF, BMP, JPEG or WebP file; zeros where it does not say. @throws RangeError when it is cut off */
export function pictureSize(view: DataView): [width: number, height: number] {
  const first = view.getUint8(0)
  if (first === 0x89) return [view.getUint32(16), view.getUint32(20)]
  if (first === 0x47) return [view.getUint16(6, true), view.getUint16(8, true)]
  if (first === 0x42) return [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))]
  return first === 0x52 ? webpSize(view) : jpegSize(view)
}

/** Segments, each with its length, until the one that begins the picture. */
function jpegSize(view: DataView): [width: number, height: number] {
  for (let at = 2; at + 9 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1)
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return [view.getUint16(at + 7), view.getUint16(at + 5)]
  }
  return [0, 0]
}

/** The largest that any of its chunks speaks of: of the canvas (VP8X), or of a picture with or without losses (VP8, VP8L). */
function webpSize(view: DataView): [width: number, height: number] {
  let [width, height] = [0, 0]
  const grow = (wide: number, high: number): void => {
    width = Math.max(width, wide)
    height = Math.max(height, high)
  }
  for (let at = 12; at + 18 <= view.byteLength;) {
    const name = byteText(new Uint8Array(view.buffer, view.byteOffset + at, 4))
    const data = at + 8
    if (name === 'VP8X') grow(1 + threeBytes(view, data + 4), 1 + threeBytes(view, data + 7))
    else if (name === 'VP8 ') grow(view.getUint16(data + 6, true) & 0x3fff, view.getUint16(data + 8, true) & 0x3fff)
    else if (name === 'VP8L') {
      const bits = view.getUint32(data + 1, true)
      grow(1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff))
    }
    const length = view.getUint32(at + 4, true)
    at = data + length + (length & 1)
  }
  return [width, height]
}

function threeBytes(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}
