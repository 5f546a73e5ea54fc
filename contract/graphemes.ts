/** Cuts a text that is shown between what a reader sees as one sign: a family of pictures, a flag, a letter with its marks, an Indic cluster. */

/** Its rules are those of Unicode, whatever the language. */
const signs = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** UTF-16 units beyond a cut that are looked at to find which sign is on it. */
const lookahead = 64
const lookback = 4096

/**
 * The beginning of a text in whole signs. One sign that is longer than all is cut between its characters.
 * @param most UTF-16 units that it has at most
 */
export function startInSigns(text: string, most: number): string {
  if (text.length <= most) return text
  const at = signs.segment(text.slice(0, most + lookahead)).containing(most)?.index ?? 0
  return at > 0 ? text.slice(0, at) : text.slice(0, most).replace(/[\ud800-\udbff]$/, '')
}

/**
 * The end of a text in whole signs. One sign that is longer than all is cut between its characters.
 * @param most UTF-16 units that it has at most
 */
export function endInSigns(text: string, most: number): string {
  if (text.length <= most) return text
  const from = text.length - most
  // What a sign is depends on what stands before it: two flags are four letters.
  const begin = Math.max(0, from - lookback)
  const on = signs.segment(text.slice(begin, from + lookahead)).containing(from - begin)
  if (!on) return text.slice(from)
  const at = begin + on.index + (on.index === from - begin ? 0 : on.segment.length)
  return at < text.length ? text.slice(at) : text.slice(from).replace(/^[\udc00-\udfff]/, '')
}

/** The first signs of a text; all of it when it has no more. */
export function firstSigns(text: string, most: number): string {
  let count = 0
  for (const { index } of signs.segment(text)) if (count++ === most) return text.slice(0, index)
  return text
}
