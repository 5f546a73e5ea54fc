/** How often something in a calendar is, in words: `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO` is weekly, every 2 weeks, on Monday. */
import { shownMoment } from './calendar-times.ts'

const units: Readonly<Record<string, string>> = {
  SECONDLY: 'seconds',
  MINUTELY: 'minutes',
  HOURLY: 'hours',
  DAILY: 'days',
  WEEKLY: 'weeks',
  MONTHLY: 'months',
  YEARLY: 'years',
}
const dayNames: Readonly<Record<string, string>> = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
}
const monthNames = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
]
/** What says how programs count, and is not shown. */
const unshown: ReadonlySet<string> = new Set(['WKST', 'RSCALE', 'SKIP'])

/** A rule as a person reads it; what is no rule as it stands. */
export function recurrenceOf(rule: string): string {
  const said = rule
    .slice(0, 2000)
    .split(';')
    .flatMap((part) => {
      const [key = '', value = ''] = part.split('=')
      const words = wordsOf(key.trim().toUpperCase(), value.trim().toUpperCase(), rule)
      return words === '' ? [] : [words]
    })
  return said.join(', ')
}

function wordsOf(key: string, value: string, rule: string): string {
  const each = (nameOf: (one: string) => string): string => value.split(',').map(nameOf).join(', ')
  if (unshown.has(key)) return ''
  if (value === '') return key.toLowerCase()
  switch (key) {
    case 'FREQ':
      return value.toLowerCase()
    case 'INTERVAL':
      return value === '1' ? '' : `every ${value} ${units[/FREQ=(\w+)/i.exec(rule)?.[1]?.toUpperCase() ?? ''] ?? 'times'}`
    case 'COUNT':
      return `${value} times`
    case 'UNTIL':
      return `until ${shownMoment(value, '') || value}`
    case 'BYDAY':
      return `on ${each(dayOf)}`
    case 'BYMONTHDAY':
      return `on day ${each(placed)} of the month`
    case 'BYMONTH':
      return `in ${each((month) => monthNames[Number(month) - 1] ?? month)}`
    case 'BYSETPOS':
      return `the ${each(placed)} of these`
    default:
      return `${key.toLowerCase().replace(/^by/, 'by ')} ${value}`
  }
}

/** `-1FR` is the last Friday. */
function dayOf(day: string): string {
  const [, number = '', name = ''] = /^([+-]?\d{0,2})([A-Z]{2})$/.exec(day) ?? []
  const known = dayNames[name] ?? day
  return number === '' ? known : `the ${placed(number)} ${known}`
}

function placed(number: string): string {
  const value = Number(number)
  if (!Number.isInteger(value)) return number
  if (value === -1) return 'last'
  const size = Math.abs(value)
  const teen = size % 100 > 10 && size % 100 < 14
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][size % 10] ?? 'th')
  return `${size}${ending}${value < 0 ? ' to last' : ''}`
}
