/** The RTF in which Outlook keeps a message ([MS-OXRTFCP]): packed by pointing back into what was said before, a window of 4,096 bytes. */
import { byteText, viewOf } from './bytes.ts'

/** What the window holds at the start. */
const known =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx'
const windowBytes = 4096
/** How much of a message is unpacked: it is read without a pause. */
export const rtfBytes = 32 * 1024 * 1024
const packedMark = 0x75465a4c
const plainMark = 0x414c454d

/** Each byte as the character of its number, as far as it is whole; null when it is none. */
export function unpackedRtf(bytes: Uint8Array): string | null {
  if (bytes.length < 16) return null
  const view = viewOf(bytes)
  const mark = view.getUint32(8, true)
  const length = Math.min(view.getUint32(4, true), rtfBytes)
  if (mark === plainMark) return byteText(bytes.subarray(16, 16 + length))
  return mark === packedMark ? byteText(unpacked(bytes.subarray(16), length)) : null
}

/** A packed byte becomes at most eight and a half, whatever the head claims. */
function unpacked(bytes: Uint8Array, claimed: number): Uint8Array {
  const out = new Uint8Array(Math.min(claimed, bytes.length * 9))
  const window = new Uint8Array(windowBytes).fill(0x20)
  for (let at = 0; at < known.length; at++) window[at] = known.charCodeAt(at)
  let [write, length, at] = [known.length, 0, 0]
  const put = (byte: number): void => {
    out[length++] = byte
    window[write] = byte
    write = (write + 1) % windowBytes
  }
  while (at < bytes.length && length < out.length) {
    const control = bytes[at++] ?? 0
    for (let bit = 0; bit < 8 && at < bytes.length && length < out.length; bit++) {
      if ((control & (1 << bit)) === 0) {
        put(bytes[at++] ?? 0)
        continue
      }
      const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
      at += 2
      const from = pair >> 4
      // A pointer to where is written next is the end.
      if (from === write) return out.subarray(0, length)
      for (let each = 0; each < (pair & 15) + 2 && length < out.length; each++) put(window[(from + each) % windowBytes] ?? 0)
    }
  }
  return out.subarray(0, length)
}
