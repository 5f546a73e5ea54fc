/**
 * Bytes to text when nobody says in which encoding: by byte order mark, then UTF-16 by its zeros, then UTF-8 if it is valid, then the one
 * whose letters make the best words.
 */
import { guessEncoding } from './guess-encoding.ts'

/** @param declared what the file itself says, believed when nothing stronger speaks and Node knows it */
export function decodeText(bytes: Uint8Array, declared: string | null = null): string {
  const marked = markOf(bytes)
  if (marked) return new TextDecoder(marked).decode(bytes)
  if (declared && !/^utf-?8$/i.test(declared)) {
    try {
      return new TextDecoder(declared).decode(bytes)
    } catch {
      // An encoding that nobody knows.
    }
  }
  const wide = wideOf(bytes)
  if (wide) return new TextDecoder(wide).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Some bytes are no UTF-8. A long text with a few such is UTF-8 that was damaged.
    const lenient = new TextDecoder().decode(bytes)
    return isMostlyRight(lenient) ? lenient : new TextDecoder(guessEncoding(bytes)).decode(bytes)
  }
}

/** Counted in a sample: a list of every such letter of a long text would not fit into memory. */
function isMostlyRight(lenient: string): boolean {
  let wrong = 0
  let right = 0
  for (let at = 0; at < lenient.length && wrong + right < 100_000; at++) {
    const code = lenient.charCodeAt(at)
    if (code === 0xfffd) wrong++
    else if (code >= 0x80) right++
  }
  return wrong * 20 < right
}

/** The encoding that an HTML or XML text names in its first 2,048 bytes. */
export function declaredEncoding(bytes: Uint8Array): string | null {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 2048))
  const named =
    /<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1] ?? /<meta[^>]*\bcharset=["']?([\w.:-]+)/i.exec(head)?.[1]
  // That it can be read a byte a letter shows that these letters have no two.
  return named === undefined || /^(?:utf-?(?:16|32)|ucs|iso-10646)/i.test(named) ? null : named
}

function markOf([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

/** UTF-16 without a mark: every second byte of mostly Latin text is zero; other text has line ends and spaces that are pairs with one. */
function wideOf(bytes: Uint8Array): string | null {
  const length = Math.min(bytes.length, 4000) & ~1
  if (length < 4) return null
  const zeros = [0, 0]
  for (let at = 0; at < length; at++) if (bytes[at] === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (odd > length * 0.3 && even < length * 0.05) return 'utf-16le'
  if (even > length * 0.3 && odd < length * 0.05) return 'utf-16be'
  if (even + odd === 0 || (even > 0 && odd > 0)) return null
  const encoding = odd > 0 ? 'utf-16le' : 'utf-16be'
  return isText(new TextDecoder(encoding).decode(bytes.subarray(0, length))) ? encoding : null
}

/** Whether it has spaces or line ends, and next to nothing but letters, digits and signs. */
function isText(text: string): boolean {
  const spaces = text.match(/[ \n\u3000-\u3002,;\t]/g)?.length ?? 0
  const others = text.match(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Z}\n\r\t]/gu)?.length ?? 0
  return spaces * 200 > text.length && others * 200 < text.length
}
