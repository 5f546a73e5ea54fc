/**
 * Days that are written and counted as they are here. Each case is a process of its own with the time zone set, as a person's computer has it.
 * The bugs: a day early west of Greenwich, a name of tomorrow on an evening in America, and yesterday told by 24 hours when the clocks change.
 */
import { spawnSync } from 'node:child_process'
import { describe, expect, it, vi } from 'vitest'
import { Today } from '../../renderer/state/today.svelte.ts'

/** What a program prints in another time zone; it may use all of the module of days, of the formats and of the host's names. */
function told(zone: string, expression: string): unknown {
  const program = `
    import { dayBegin, writtenDay } from './renderer/i18n/days.ts'
    import { en } from './renderer/i18n/en.ts'
    import { fr } from './renderer/i18n/fr.ts'
    import { localDay } from './electron/host/base/local-day.ts'
    import { freeExportName } from './electron/host/workspaces/export-name.ts'
    console.log(JSON.stringify(${expression}))`
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', program],
    { cwd: process.cwd(), env: { PATH: process.env['PATH'], TZ: zone }, encoding: 'utf8', timeout: 60_000 },
  )
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('a day that a card or a field names', () => {
  it.each(['America/Los_Angeles', 'Europe/Paris', 'Pacific/Auckland'])('is that day in %s', (zone) =>
    expect(told(zone, `[en.format.day(writtenDay('2026-11-30')), fr.format.day(writtenDay('2026-12-01'))]`)).toEqual([
      '30 November 2026',
      '1er décembre 2026',
    ]),
  )
})

it.each([
  ['America/Los_Angeles', '2026-11-29'],
  ['Europe/Paris', '2026-11-30'],
  ['Asia/Tokyo', '2026-11-30'],
])('a file is named after the day of this place: %s', (zone, day) =>
  expect(told(zone, `[localDay(Date.UTC(2026, 10, 30, 4)), freeExportName('nowhere', Date.UTC(2026, 10, 30, 4))]`)).toEqual([
    day,
    `alambic-workspace-${day}.alambic`,
  ]),
)

// By 24 hours each of these was another day.
it.each([
  ['Europe/Paris', '2026-03-30T00:30', '2026-03-29T00:00', '2026-03-31T00:00'],
  ['Europe/Paris', '2026-10-25T23:30', '2026-10-24T00:00', '2026-10-26T00:00'],
  ['America/New_York', '2026-11-01T23:30', '2026-10-31T00:00', '2026-11-02T00:00'],
  ['America/Los_Angeles', '2026-03-09T00:10', '2026-03-08T00:00', '2026-03-10T00:00'],
])('yesterday and tomorrow begin at midnight when the clocks change: %s, %s', (zone, now, yesterday, tomorrow) => {
  const at = (moment: string): string => `new Date('${moment}').getTime()`
  expect(told(zone, `[dayBegin(${at(now)}, -1) === ${at(yesterday)}, dayBegin(${at(now)}, 1) === ${at(tomorrow)}]`)).toEqual([
    true,
    true,
  ])
})

it('today is another day after midnight, though nobody has touched the page', () => {
  vi.useFakeTimers()
  vi.setSystemTime(new Date(2026, 10, 30, 23, 59, 40))
  const life = new AbortController()
  const today = new Today(Date.now)
  today.watch(life.signal)
  const monday = new Date(2026, 10, 30).getTime()
  expect([today.begin, today.yesterday]).toEqual([monday, new Date(2026, 10, 29).getTime()])
  vi.advanceTimersByTime(60_000)
  expect([today.begin, today.yesterday]).toEqual([new Date(2026, 11, 1).getTime(), monday])
  life.abort()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})
