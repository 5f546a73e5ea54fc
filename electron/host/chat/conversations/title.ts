/** A conversation's first title: its first question, cut where a reader would cut it. */

/** Longest title in characters. */
const longest = 60

/** The first line of the text, without Markdown marks, cut at a word and ended with “…” when it is longer than 60 characters. */
export function titleOf(text: string): string {
  const line =
    text
      .split('\n')
      .map((part) => part.replace(/^[#>*\-\s`]+/, '').trim())
      .find((part) => part !== '') ?? text.trim()
  const plain = line.replace(/[`*_]{1,3}(\S(?:.*?\S)?)[`*_]{1,3}/g, '$1').replace(/\s+/g, ' ')
  const letters = [...plain]
  if (letters.length <= longest) return plain
  const cut = letters.slice(0, longest - 1).join('')
  const atWord = cut.replace(/\s+\S*$/, '')
  return `${atWord.length >= longest / 2 ? atWord : cut}…`
}
