/** Moments of calendars as they are said, with the zone that they are said in: nothing is converted. */
import type { ContentLine } from './content-lines.ts'

/** `20260312T143000` as `2026-03-12 14:30`, with its zone; empty for what is none. */
export function momentOf(line: ContentLine | undefined): string {
  return line ? (momentsOf(line)[0] ?? '') : ''
}

/** A line may list many: days on which something is not. */
export function momentsOf({ value, parameters }: ContentLine): string[] {
  const zone = parameters.get('TZID')?.[0]?.slice(0, 80) ?? ''
  return value.split(/[,;]/).flatMap((one) => {
    const shown = shownMoment(one, zone)
    return shown === '' ? [] : [shown]
  })
}

/** @param zone in which it is, where it does not say so itself */
export function shownMoment(value: string, zone: string): string {
  const [, year, month, day, hours, minutes, universal] =
    /^\s*(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d)[\d:]*(Z?))?/.exec(value) ?? []
  if (year === undefined) return ''
  const named = universal === 'Z' ? ' UTC' : zone ? ` (${zone})` : ''
  return `${year}-${month}-${day}${hours === undefined ? '' : ` ${hours}:${minutes}${named}`}`
}

/** From when until when. A whole day ends where the next begins: the last one is shown, as calendars do. */
export function spanOf(start: ContentLine | undefined, end: ContentLine | undefined, duration: ContentLine | undefined): string {
  const [from, to] = [momentOf(start), momentOf(end)]
  if (from === '' || to === '') return [from, to].filter((one) => one !== '').join('') + lengthOf(from, duration)
  const isDays = !from.includes(':') && !to.includes(':')
  const last = isDays && from < to ? dayBefore(to) : to
  return last === from ? from : `${from} – ${last}`
}

function dayBefore(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(date.getTime())) return day
  date.setUTCDate(date.getUTCDate() - 1)
  return date.toISOString().slice(0, 10)
}

/** `PT1H30M` as `, 1 h 30 min`. */
function lengthOf(from: string, duration: ContentLine | undefined): string {
  const [, weeks, days, hours, minutes] =
    /^\+?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?)?/.exec(duration?.value.trim() ?? '') ?? []
  const parts = [weeks && `${weeks} weeks`, days && `${days} d`, hours && `${hours} h`, minutes && `${minutes} min`]
  const said = parts.filter((part) => part).join(' ')
  return said === '' || (from !== '' && said === '1 d') ? '' : `${from === '' ? '' : ', '}${said}`
}
