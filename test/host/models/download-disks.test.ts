// Disks that fill up, become read-only or go away under a download. The bugs it would catch: good bytes that are lost with the disk's room, and a host that ends.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DiskFault, DiskOutcome } from '../../fixtures/download-child.ts'
import { temporaryFolder, testModels } from '../../fixtures/test-host.ts'

const child = join(import.meta.dirname, '../../fixtures/download-child.ts')
const permitted = spawnSync('unshare', ['-rm', '--', 'mount', '-t', 'tmpfs', 'tmpfs', temporaryFolder()], { encoding: 'utf8' })
const why = permitted.status === 0 ? null : (permitted.error?.message ?? permitted.stderr.trim())

/** Runs it in a mount namespace of its own, whose disks go with it. */
function downloadOnto(fault: DiskFault): DiskOutcome {
  const env = { ...process.env, ALAMBIC_TEST_FOLDER: join(temporaryFolder(), 'disk') }
  const command = ['-rm', '--', process.execPath, child, fault]
  const { status, stdout, stderr } = spawnSync('unshare', command, { encoding: 'utf8', timeout: 280_000, env })
  if (status !== 0) throw new Error(`The download ended with ${String(status)}: ${stderr.trim().slice(-2000)}`)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as DiskOutcome
}

const settled = 32 * 1024 * 1024
const { path } = testModels().slow
const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
const on = (what: string, fault: DiskFault, expectIt: (outcome: DiskOutcome) => void): void => {
  if (why === null) test(what, () => expectIt(downloadOnto(fault)))
  else test.skip(`NOT RUN: ${what}, because it may not run \`unshare -rm\`: ${why}`, () => undefined)
}

on(
  'a disk that fills up is told, and what was settled goes on once there is room',
  'full',
  ({ told, doneBytes, range, models }) => {
    expect(told).toBe('disk_full')
    expect(doneBytes).toBeGreaterThanOrEqual(settled)
    expect(range).toMatch(new RegExp(`^bytes=${doneBytes}-`))
    expect(models).toEqual([sha256])
  },
)

on('a disk that became read-only is told, and costs no byte', 'read-only', ({ told, doneBytes, range, models }) => {
  expect(told).toBe('place_unwritable')
  expect(doneBytes).toBe(70_000_000)
  expect(range).toMatch(/^bytes=70000000-/)
  expect(models).toEqual([sha256])
})

on('a folder that went away is made again, and the download begins anew', 'vanished', ({ range, models }) => {
  expect(range).toBeUndefined()
  expect(models).toEqual([sha256])
})
