/** Sorts conversations under the days that a person thinks in. Pure. */
import type { ConversationRow } from '../../../contract/conversation.ts'
import { dayBegin } from '../../i18n/days.ts'

/** The headings, in the order of the list. */
export type DayGroup = 'pinned' | 'today' | 'yesterday' | 'week' | 'month' | 'earlier'

const order: DayGroup[] = ['pinned', 'today', 'yesterday', 'week', 'month', 'earlier']

/** Conversations under one heading: those that are loaded, where they begin in the whole list, and how many there are. */
export interface GroupedRows {
  group: DayGroup
  rows: ConversationRow[]
  begin: number
  total: number
}

/**
 * The groups that have rows. What is not loaded yet is counted to the last.
 * @param now epoch milliseconds; days begin at local midnight. @param total how many conversations there are, loaded or not
 */
export function dayGroups(rows: readonly ConversationRow[], now: number, total = rows.length): GroupedRows[] {
  const begins: [DayGroup, number][] = [
    ['today', dayBegin(now)],
    ['yesterday', dayBegin(now, -1)],
    ['week', dayBegin(now, -7)],
    ['month', dayBegin(now, -30)],
  ]
  const byGroup = Map.groupBy(rows, ({ pinned, updatedAt }): DayGroup =>
    pinned ? 'pinned' : (begins.find(([, begin]) => updatedAt >= begin)?.[0] ?? 'earlier'),
  )
  let begin = 0
  const groups = order.flatMap((group): GroupedRows[] => {
    const found = byGroup.get(group)
    if (!found) return []
    begin += found.length
    return [{ group, rows: found, begin: begin - found.length, total: found.length }]
  })
  const last = groups.at(-1)
  if (last) last.total += Math.max(0, total - rows.length)
  return groups
}
