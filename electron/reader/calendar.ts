/** What a calendar (iCalendar, RFC 5545, and vCalendar of before) says of its events: what, when, where, who and how often. */
import { contentLines, unescaped, valueParts, type ContentLine } from './content-lines.ts'
import { momentOf, momentsOf, spanOf } from './calendar-times.ts'
import { recurrenceOf } from './calendar-recurrence.ts'
import type { Entry } from './entries.ts'

/** People, days and the like of one entry. */
const mostOfAKind = 1000

type Properties = Map<string, ContentLine[]>

/** Events, tasks and notes of a day. @param text with line ends `\n` @returns nothing for what is no calendar */
export function* calendarEntries(text: string): Generator<Entry> {
  let entry: Properties | null = null
  let inner = 0
  let isCancelled = false
  for (const line of contentLines(text)) {
    const { name, value } = line
    if (name === 'BEGIN' && /^(VEVENT|VTODO|VJOURNAL)$/i.test(value.trim())) entry = new Map()
    else if (name === 'BEGIN') inner++
    else if (name === 'END' && entry && inner === 0) {
      yield entryOf(entry, isCancelled)
      entry = null
    } else if (name === 'END') inner = Math.max(0, inner - 1)
    else if (entry && inner === 0) {
      const known = entry.get(name) ?? []
      if (known.length < mostOfAKind) known.push(line)
      entry.set(name, known)
    } else if (name === 'METHOD') isCancelled = /^cancel$/i.test(value.trim())
    // Around events stand calendars, which are not inside one.
    if (!entry) inner = 0
  }
}

/** What the calendar itself is called. */
export function calendarName(text: string): string | null {
  for (const { name, value } of contentLines(text)) {
    if (name === 'X-WR-CALNAME' || name === 'NAME') return unescaped(value).trim() || null
    if (name === 'BEGIN' && !/^VCALENDAR$/i.test(value.trim())) return null
  }
  return null
}

function entryOf(entry: Properties, isCancelled: boolean): Entry {
  const all = (name: string): string[] => (entry.get(name) ?? []).map(({ value }) => unescaped(value))
  const first = (name: string): ContentLine | undefined => entry.get(name)?.[0]
  const list = (name: string): string => (entry.get(name) ?? []).flatMap(({ value }) => valueParts(value, ',')).join(', ')
  const people = (name: string): string => (entry.get(name) ?? []).map(personOf).join(', ')
  const days = (name: string): string => (entry.get(name) ?? []).flatMap(momentsOf).join(', ')
  const status = all('STATUS')[0] ?? (isCancelled ? 'CANCELLED' : '')
  const labelled: [label: string, value: string][] = [
    ['When', spanOf(first('DTSTART'), first('DTEND') ?? first('DUE'), first('DURATION'))],
    ['Repeats', (entry.get('RRULE') ?? []).map(({ value }) => recurrenceOf(value)).join('; ')],
    ['Also on', days('RDATE')],
    ['Not on', days('EXDATE')],
    ['In place of', momentOf(first('RECURRENCE-ID'))],
    ['Where', all('LOCATION').join(', ')],
    ['From', people('ORGANIZER')],
    ['With', people('ATTENDEE')],
    ['Status', status],
  ]
  const below: [label: string, value: string][] = [
    ['Contact', all('CONTACT').join(', ')],
    ['Categories', list('CATEGORIES')],
    ['Resources', list('RESOURCES')],
    ['Link', all('URL').join(', ')],
  ]
  const shown = (lines: typeof labelled): string[] =>
    lines.flatMap(([label, value]) => (value.trim() === '' ? [] : [`${label}: ${value}`]))
  const notes = [...all('DESCRIPTION'), ...all('COMMENT')].flatMap((note) => note.split(/\n+/))
  return {
    title: all('SUMMARY')[0]?.trim() ?? '',
    lines: [...shown(labelled), ...notes.filter((line) => line.trim() !== ''), ...shown(below)],
  }
}

/** By name, else by address; with what was answered. */
function personOf({ value, parameters }: ContentLine): string {
  const name = parameters.get('CN')?.[0]?.trim().slice(0, 200) || unescaped(value).replace(/^mailto:/i, '')
  const answer = parameters.get('PARTSTAT')?.[0]?.toLowerCase() ?? ''
  return /^(accepted|declined|tentative|delegated)$/.test(answer) ? `${name} (${answer})` : name
}
