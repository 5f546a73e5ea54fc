// A list is told whole once and then what has changed: whatever happens to it, whoever follows has the list as it is.
import { expect, test } from 'vitest'
import { withListUpdate, type ListUpdate } from '../../../contract/list-update.ts'
import { listUpdates } from '../../../electron/host/base/list-updates.ts'
import { Watchable } from '../../../electron/host/base/watchable.ts'

interface Row {
  id: string
  title: string
}
const row = (id: number, title = ''): Row => ({ id: `row ${id}`, title })

/** Says each of these lists, one after the other, and gives what was told. */
async function told(lists: Row[][]): Promise<ListUpdate<Row>[]> {
  let at = -1
  const changes = (async function* () {
    for (const _list of lists) {
      at++
      yield await Promise.resolve()
    }
  })()
  const updates: ListUpdate<Row>[] = []
  for await (const update of listUpdates(changes, () => ({ rows: lists[at] ?? [], total: (lists[at] ?? []).length })))
    updates.push(update)
  return updates
}

test('a row that is written to says itself and no other (bug: two hundred rows at each answer’s beginning and end)', async () => {
  const many = Array.from({ length: 200 }, (_, at) => row(at))
  const first = { ...row(0), title: 'writing' }
  const updates = await told([
    many,
    [first, ...many.slice(1)],
    [row(9, 'new at the top'), ...many.filter(({ id }) => id !== 'row 9')],
  ])
  expect(updates.map(({ rows }) => rows.length)).toEqual([200, 1, 2])
  expect(updates[1]).toEqual({ rows: [first], total: 200, since: { at: [0], gone: [] } })
})

test('nothing is said when nothing has changed; a total alone is said', async () => {
  expect(await told([[row(1)], [row(1)], [row(1)]])).toHaveLength(1)
  let total = 1
  const changes = new Watchable(0)
  const leave = new AbortController()
  const updates = listUpdates(changes.watch(leave.signal), () => ({ rows: [row(1)], total }))
  await updates.next()
  total = 2
  changes.set(1)
  expect((await updates.next()).value).toEqual({ rows: [], total: 2, since: { at: [], gone: [] } })
  leave.abort()
  expect((await updates.next()).done).toBe(true)
})

test('rows that come, go, move and change in any way leave whoever follows with the same list', async () => {
  let seed = 12
  const below = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * limit)
  }
  const lists: Row[][] = [[]]
  for (let turn = 0; turn < 400; turn++) {
    const list = [...(lists.at(-1) ?? [])]
    for (let change = below(4); change >= 0; change--) {
      const at = below(list.length + 1)
      const kind = below(4)
      if (kind === 0 || list.length === 0) list.splice(at, 0, row(1000 * turn + change))
      else if (kind === 1) list.splice(at, 1)
      else if (kind === 2) list.splice(below(list.length), 0, ...list.splice(at, 1 + below(3)))
      else if (list[at]) list[at] = { ...list[at], title: String(below(5)) }
    }
    lists.push(list)
  }
  const updates = await told(lists)
  let followed: Row[] = []
  let next = 0
  for (const [at, list] of lists.entries()) {
    const isTold = at === 0 || JSON.stringify(list) !== JSON.stringify(lists[at - 1])
    const update = isTold ? updates[next++] : undefined
    if (update) followed = withListUpdate(followed, update)
    expect(followed).toEqual(list)
  }
  expect(next).toBe(updates.length)
})

test('a new watch begins with the whole list, also in the place of another', () => {
  expect(withListUpdate([row(1), row(2)], { rows: [row(3)], total: 1 })).toEqual([row(3)])
})
