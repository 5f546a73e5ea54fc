// A vault on a disk that is full: it opens, whatever a kill left to tidy; what cannot be kept is told, and it is as it was once there is room.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures/test-host.ts'

const child = join(import.meta.dirname, '../fixtures/full-disk-opening-child.ts')
const permitted = spawnSync('unshare', ['-rm', '--', 'mount', '-t', 'tmpfs', 'tmpfs', temporaryFolder()], { encoding: 'utf8' })
const why = permitted.status === 0 ? null : (permitted.error?.message ?? permitted.stderr.trim())
const on = (what: string, expectIt: () => void): void => {
  if (why === null) test(what, expectIt)
  else test.skip(`NOT RUN: ${what}, because it may not run \`unshare -rm\`: ${why}`, () => undefined)
}

const rooms = [0, 32, 80, 128, 320]

on('a full disk keeps nobody out, and what finds no room is told (bug: neither the program nor the vault opened)', () => {
  const command = ['-rm', '--', process.execPath, child, join(temporaryFolder(), 'disk'), ...rooms.map(String)]
  const { status, stdout, stderr } = spawnSync('unshare', command, { encoding: 'utf8', timeout: 280_000 })
  expect([status, status === 0 ? '' : stderr.slice(-2000)]).toEqual([0, ''])
  const met = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(met).toEqual(
    rooms.map((kibibytes) => ({
      ...{ kibibytes, opening: 'open', phase: 'open', list: 1, comparisons: 1 },
      draft: expect.stringMatching(kibibytes === 0 ? /^disk_full$/ : /^(disk_full|kept)$/),
      ...{ after: 'open', lock: 'locked', again: 'open', writing: [['Cut', false]], bugs: [] },
    })),
  )
})
