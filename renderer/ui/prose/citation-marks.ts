/** Finds the numbered marks `[1]` or `[2, 3]` in text that was shown already. Only numbers that were given are marks. Pure. */

const marks = /\[(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]/g

/** The text in order: words as they stand, and the numbers that become marks. A number that was not given stays text. */
export function markParts(text: string, given: ReadonlySet<number>): (string | number)[] {
  const parts: (string | number)[] = []
  let words = ''
  let at = 0
  for (const found of text.matchAll(marks)) {
    const numbers = (found[1] ?? '').split(/[,;]/).map(Number)
    if (!numbers.some((number) => given.has(number))) continue
    words += text.slice(at, found.index)
    at = found.index + found[0].length
    for (const number of numbers) {
      if (!given.has(number)) {
        words += `[${number}]`
        continue
      }
      if (words !== '') parts.push(words)
      parts.push(number)
      words = ''
    }
  }
  words += text.slice(at)
  if (words !== '') parts.push(words)
  return parts
}
