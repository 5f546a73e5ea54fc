/** Sorts conversations under the days that a person thinks in. Pure. */
import type { ConversationRow } from '../../../contract/entities.ts'

/** The headings, in the order of the list. */
export type DayGroup = 'pinned' | 'today' | 'yesterday' | 'week' | 'month' | 'earlier'

const order: DayGroup[] = ['pinned', 'today', 'yesterday', 'week', 'month', 'earlier']
const dayMs = 86_400_000

/** The groups that have rows. @param now epoch milliseconds; days begin at local midnight. */
export function dayGroups(rows: readonly ConversationRow[], now: number): { group: DayGroup; rows: ConversationRow[] }[] {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const byGroup = Map.groupBy(rows, (row) => (row.pinned ? 'pinned' : groupOf(row.updatedAt, midnight)))
  return order.flatMap((group) => {
    const found = byGroup.get(group)
    return found ? [{ group, rows: found }] : []
  })
}

function groupOf(time: number, midnight: number): DayGroup {
  if (time >= midnight) return 'today'
  // Half a day of slack: the day before a change of the clocks has 23 or 25 hours.
  if (time >= new Date(midnight - dayMs / 2).setHours(0, 0, 0, 0)) return 'yesterday'
  if (time >= midnight - 7 * dayMs) return 'week'
  return time >= midnight - 30 * dayMs ? 'month' : 'earlier'
}
