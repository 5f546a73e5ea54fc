/** Cards of people as documents: a card is a section. */
import { cardEntries } from '../cards.ts'
import { contentText } from '../content-lines.ts'
import { entryItems } from '../entries.ts'
import { beginning, type FormatReader } from '../reading.ts'

export const readCard: FormatReader = async function* ({ bytes }, reading) {
  const text = contentText(bytes, reading)
  yield beginning('card')
  yield* entryItems(cardEntries(text), reading)
}
