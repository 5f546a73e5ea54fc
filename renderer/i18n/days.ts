/** Days as a person counts them: by the calendar of this place, from midnight to midnight. Pure. A day has 23 or 25 hours when the clocks change. */

/** When the day of a moment began here. @param later that many days after it, or before it where negative */
export function dayBegin(time: number, later = 0): number {
  const at = new Date(time)
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + later).getTime()
}

/** When a day that is written down began here. `Date.parse` takes it for one of Greenwich, which is the evening before in America. @param day 2026-11-30 */
export function writtenDay(day: string): number {
  return new Date(`${day}T00:00`).getTime()
}
