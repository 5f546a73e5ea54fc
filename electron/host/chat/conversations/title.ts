/** A conversation's first title: its first question, cut where a reader would cut it. */
import { firstSigns, startInSigns } from '../../../../contract/graphemes.ts'

/** Signs of the longest title, as a reader counts them. */
const longest = 60
/** UTF-16 units that they may take: one sign can have any number of marks. */
const mostUnits = 600

/** The first line of the text, without Markdown marks, cut at a word and ended with “…” when it is longer than 60 signs. */
export function titleOf(text: string): string {
  const line =
    text
      .split('\n')
      .map((part) => part.replace(/^[#>*\-\s`]+/, '').trim())
      .find((part) => part !== '') ?? text.trim()
  const plain = line.replace(/[`*_]{1,3}(\S(?:.*?\S)?)[`*_]{1,3}/g, '$1').replace(/\s+/g, ' ')
  if (startInSigns(firstSigns(plain, longest), mostUnits) === plain) return plain
  const cut = startInSigns(firstSigns(plain, longest - 1), mostUnits)
  const atWord = cut.replace(/\s+\S*$/, '')
  return `${atWord.length >= longest / 2 ? atWord : cut}…`
}
