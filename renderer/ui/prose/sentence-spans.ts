/**
 * Where sentences of an answer's Markdown stand in the text that is shown of it. Only letters and digits are compared: what Markdown
 * adds is signs, but for addresses of links, numbers of lists, and marks, which are left out. Pure.
 */

/** A stretch of text, in UTF-16 units. */
export interface Span {
  start: number
  end: number
}

const letter = /[\p{L}\p{N}]/u
/** What closes a sentence, also behind a blank: a mark stood there, or it is French. */
const closing = /(?:[ \u00A0\u202F]*[.,;:!?…)\]»”’"'])+/y

/**
 * @param shown the text as it is shown, without marks.
 * @param sentences as they stand in the Markdown, in order.
 * @returns for each where it stands, with the signs that close it; null for one that is not there as it was written, a formula for example.
 */
export function sentenceSpans(shown: string, sentences: readonly string[]): (Span | null)[] {
  const { letters, places } = lettersOf(shown)
  let from = 0
  return sentences.map((sentence) => {
    const wanted = lettersOf(plain(sentence)).letters
    const at = wanted === '' ? -1 : letters.indexOf(wanted, from)
    if (at < 0) return null
    from = at + wanted.length
    const start = places[at] ?? 0
    let end = (places[from - 1] ?? 0) + 1
    // A letter of two units ends behind its second.
    if (/[\uD800-\uDBFF]/.test(shown.charAt(end - 1))) end++
    closing.lastIndex = end
    return { start, end: end + (closing.exec(shown)?.[0].length ?? 0) }
  })
}

/** Without what is not shown as letters or digits of the sentence itself. */
function plain(markdown: string): string {
  return markdown
    .replace(/\]\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)/g, ']')
    .replace(/^[ \t>]*\d{1,9}[.)][ \t]+/gm, '')
    .replace(/\[\d{1,4}(?:\s*[,;]\s*\d{1,4})*\]/g, '')
}

/** The letters and digits, and where each of their units stands. */
function lettersOf(text: string): { letters: string; places: number[] } {
  const places: number[] = []
  let letters = ''
  let at = 0
  for (const sign of text) {
    if (letter.test(sign)) {
      letters += sign
      for (let unit = 0; unit < sign.length; unit++) places.push(at)
    }
    at += sign.length
  }
  return { letters, places }
}
