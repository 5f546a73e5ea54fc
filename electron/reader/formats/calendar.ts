/** Calendars as documents: an event is a section. */
import { calendarEntries, calendarName } from '../calendar.ts'
import { contentText } from '../content-lines.ts'
import { entryItems } from '../entries.ts'
import { beginning, type FormatReader } from '../reading.ts'

export const readCalendar: FormatReader = async function* ({ bytes }, reading) {
  const text = contentText(bytes, reading)
  yield beginning('calendar', calendarName(text))
  yield* entryItems(calendarEntries(text), reading)
}
