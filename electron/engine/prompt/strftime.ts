/** Python's strftime, as templates use it to tell a model the date. English whatever the machine speaks: models were trained so. */

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = 'January February March April May June July August September October November December'.split(' ')

/**
 * Formats a local time. Directives that it does not know stay as they are.
 * @param at epoch milliseconds
 */
export function strftime(at: number, format: string): string {
  const date = new Date(at)
  const two = (number: number): string => String(number).padStart(2, '0')
  const day = days[date.getDay()] ?? ''
  const month = months[date.getMonth()] ?? ''
  const hour12 = date.getHours() % 12 || 12
  const dayOfYear =
    (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0, 1)) / 86_400_000 + 1
  const parts: Record<string, string> = {
    '%Y': String(date.getFullYear()),
    '%y': two(date.getFullYear() % 100),
    '%m': two(date.getMonth() + 1),
    '%B': month,
    '%b': month.slice(0, 3),
    '%d': two(date.getDate()),
    '%-d': String(date.getDate()),
    '%-m': String(date.getMonth() + 1),
    '%e': String(date.getDate()).padStart(2, ' '),
    '%j': String(dayOfYear).padStart(3, '0'),
    '%A': day,
    '%a': day.slice(0, 3),
    '%H': two(date.getHours()),
    '%I': two(hour12),
    '%M': two(date.getMinutes()),
    '%S': two(date.getSeconds()),
    '%p': date.getHours() < 12 ? 'AM' : 'PM',
    '%%': '%',
  }
  const known = {
    ...parts,
    '%F': `${parts['%Y']}-${parts['%m']}-${parts['%d']}`,
    '%T': `${parts['%H']}:${parts['%M']}:${parts['%S']}`,
  }
  return format.replace(
    /%-?[A-Za-z%]/g,
    (directive) => Object.entries(known).find(([name]) => name === directive)?.[1] ?? directive,
  )
}
