/** Bytes and what text makes of them, by the language alone: the reader has no Buffer, neither in a window nor in a process. */

/** Characters that are made of bytes at a time: an engine takes no more arguments than some 100,000. */
const stepCharacters = 8192

/** All parts, one behind the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A view for reading numbers. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** Each byte as the character of its number. Not what TextDecoder calls latin1, which is windows-1252 and changes 27 of them. */
export function byteText(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += stepCharacters)
    // Not spread: that asks for each byte by itself, and takes ten times as long.
    text += Reflect.apply(String.fromCharCode, null, bytes.subarray(from, from + stepCharacters)) as string
  return text
}

/** Two bytes a character, the lower one first. Halves of characters stay as they are. */
export function wideText(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at + 1 < bytes.length; at += 2) text += String.fromCharCode((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8))
  return text
}

export function wideBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  const view = viewOf(bytes)
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), true)
  return bytes
}

export function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const values = new Uint8Array(128).fill(255)
for (let value = 0; value < 64; value++) values[letters.charCodeAt(value)] = value

/** What stands between letters is passed over, and nothing is read behind the first `=`. */
export function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((base64.length * 3) >> 2)
  let held = 0
  let bits = 0
  let length = 0
  for (let at = 0; at < base64.length; at++) {
    const code = base64.charCodeAt(at)
    if (code === 0x3d) break
    const value = values[code] ?? 255
    if (value === 255) continue
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[length++] = held >> bits
  }
  return bytes.subarray(0, length)
}

export function base64Of(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  for (let at = 0, to = 0; at < bytes.length; at += 3) {
    const [first = 0, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]]
    codes[to++] = letters.charCodeAt(first >> 2)
    codes[to++] = letters.charCodeAt(((first & 3) << 4) | ((second ?? 0) >> 4))
    codes[to++] = second === undefined ? 0x3d : letters.charCodeAt(((second & 15) << 2) | ((third ?? 0) >> 6))
    codes[to++] = third === undefined ? 0x3d : letters.charCodeAt(third & 63)
  }
  return new TextDecoder().decode(codes)
}
