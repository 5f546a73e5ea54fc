/** Sorts conversations under the days that a person thinks in. Pure. */
import type { ConversationRow } from '../../../contract/conversation.ts'

/** The headings, in the order of the list. */
export type DayGroup = 'pinned' | 'today' | 'yesterday' | 'week' | 'month' | 'earlier'

const order: DayGroup[] = ['pinned', 'today', 'yesterday', 'week', 'month', 'earlier']

/** The groups that have rows. @param now epoch milliseconds; days begin at local midnight. */
export function dayGroups(rows: readonly ConversationRow[], now: number): { group: DayGroup; rows: ConversationRow[] }[] {
  const today = new Date(now)
  // By the calendar: around a change of the clocks a day has 23 or 25 hours.
  const daysAgo = (days: number): number => new Date(today.getFullYear(), today.getMonth(), today.getDate() - days).getTime()
  const begins: [DayGroup, number][] = [
    ['today', daysAgo(0)],
    ['yesterday', daysAgo(1)],
    ['week', daysAgo(7)],
    ['month', daysAgo(30)],
  ]
  const byGroup = Map.groupBy(rows, ({ pinned, updatedAt }): DayGroup =>
    pinned ? 'pinned' : (begins.find(([, begin]) => updatedAt >= begin)?.[0] ?? 'earlier'),
  )
  return order.flatMap((group) => {
    const found = byGroup.get(group)
    return found ? [{ group, rows: found }] : []
  })
}
