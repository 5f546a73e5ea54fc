/** Sorts conversations under the days that a person thinks in. Pure. */
import type { ConversationRow } from '../../../contract/conversation.ts'
import { dayBegin } from '../../i18n/days.ts'

/** The headings, in the order of the list. */
export type DayGroup = 'pinned' | 'today' | 'yesterday' | 'week' | 'month' | 'earlier'

const order: DayGroup[] = ['pinned', 'today', 'yesterday', 'week', 'month', 'earlier']

/** The groups that have rows. @param now epoch milliseconds; days begin at local midnight. */
export function dayGroups(rows: readonly ConversationRow[], now: number): { group: DayGroup; rows: ConversationRow[] }[] {
  const begins: [DayGroup, number][] = [
    ['today', dayBegin(now)],
    ['yesterday', dayBegin(now, -1)],
    ['week', dayBegin(now, -7)],
    ['month', dayBegin(now, -30)],
  ]
  const byGroup = Map.groupBy(rows, ({ pinned, updatedAt }): DayGroup =>
    pinned ? 'pinned' : (begins.find(([, begin]) => updatedAt >= begin)?.[0] ?? 'earlier'),
  )
  return order.flatMap((group) => {
    const found = byGroup.get(group)
    return found ? [{ group, rows: found }] : []
  })
}
