/** What a calendar (iCalendar, RFC 5545) says of its events: what, when, where. */

/** UTF-16 units of a calendar that are looked at, and events in it. */
const calendarCharacters = 5_000_000
const mostEvents = 2000
const shown: Readonly<Record<string, string>> = { LOCATION: 'Where', ORGANIZER: 'From', STATUS: 'Status', DESCRIPTION: '' }

/** Lines that are shown, event by event. Empty for what is no calendar. */
export function calendarLines(text: string): string[] {
  const lines: string[] = []
  let events = 0
  let event: Map<string, { value: string; zone: string }> | null = null
  let inner = 0
  for (const line of unfolded(text.slice(0, calendarCharacters))) {
    const [, name = '', parameters = '', value = ''] = /^([\w-]+)((?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):(.*)$/.exec(line) ?? []
    const key = name.toUpperCase()
    if (key === 'BEGIN' && /^(VEVENT|VTODO|VJOURNAL)$/i.test(value)) event = new Map()
    else if (key === 'BEGIN') inner++
    else if (key === 'END' && event && inner === 0) {
      if (++events <= mostEvents) lines.push(...linesOf(event))
      event = null
    } else if (key === 'END') inner = Math.max(0, inner - 1)
    else if (event && inner === 0 && !event.has(key)) {
      const zone = /;TZID="?([^";:]{1,80})/i.exec(parameters)?.[1] ?? ''
      const person = /;CN="?([^";:]{1,200})/i.exec(parameters)?.[1]
      event.set(key, { value: key === 'ORGANIZER' ? (person ?? value.replace(/^mailto:/i, '')) : value, zone })
    }
    // Around events stand calendars, which are not inside one.
    if (!event) inner = 0
  }
  return lines
}

/** A long line goes on in the next ones, each behind a space. */
function unfolded(text: string): string[] {
  return text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)
}

function linesOf(event: ReadonlyMap<string, { value: string; zone: string }>): string[] {
  const of = (key: string): string => unescaped(event.get(key)?.value ?? '')
  const [start, end] = [momentOf(event.get('DTSTART')), momentOf(event.get('DTEND') ?? event.get('DUE'))]
  const when = [start, end].filter((one) => one !== '').join(' – ')
  return [
    of('SUMMARY'),
    ...(when === '' ? [] : [`When: ${when}`]),
    ...Object.entries(shown).flatMap(([key, label]) => {
      const value = of(key)
      return value === '' ? [] : [label === '' ? value : `${label}: ${value}`]
    }),
  ].filter((line) => line !== '')
}

/** `20260312T143000` as `2026-03-12 14:30`, with the zone that it is said in. */
function momentOf(moment: { value: string; zone: string } | undefined): string {
  const [, year, month, day, hours, minutes, universal] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d*(Z?))?/.exec(moment?.value ?? '') ?? []
  if (year === undefined) return ''
  const zone = universal === 'Z' ? ' UTC' : moment?.zone ? ` (${moment.zone})` : ''
  return `${year}-${month}-${day}${hours === undefined ? '' : ` ${hours}:${minutes}${zone}`}`
}

function unescaped(value: string): string {
  return value.replace(/\\([nN;,\\])/g, (_whole, sign: string) => (sign.toLowerCase() === 'n' ? '\n' : sign))
}
