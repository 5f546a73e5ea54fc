// A data folder that cannot be written to: why nothing opens is said with what to do, and the vault does not count as damaged.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../fixtures/test-host.ts'

const child = join(import.meta.dirname, '../../fixtures/vault/read-only-child.ts')
const permitted = spawnSync('unshare', ['-rm', '--', 'mount', '-t', 'tmpfs', 'tmpfs', temporaryFolder()], { encoding: 'utf8' })
const why = permitted.status === 0 ? null : (permitted.error?.message ?? permitted.stderr.trim())
const on = (what: string, expectIt: () => void): void => {
  if (why === null) test(what, expectIt)
  else test.skip(`NOT RUN: ${what}, because it may not run \`unshare -rm\`: ${why}`, () => undefined)
}

on(
  'a disk that became read-only keeps a vault shut and says what to do; it opens once the disk is well (bug: it was called damaged)',
  () => {
    const command = ['-rm', '--', process.execPath, child, temporaryFolder()]
    const { status, stdout, stderr } = spawnSync('unshare', command, { encoding: 'utf8', timeout: 280_000 })
    expect([status, status === 0 ? '' : stderr.slice(-2000)]).toEqual([0, ''])
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      // SQLite cannot read a file in WAL mode where it can make no file beside it, alone or not.
      reading: ['refused', 'refused'],
      told: { code: 'vault_read_only' },
      phase: 'locked',
      start: expect.stringContaining('start Alambic with --data'),
      after: 'open',
    })
  },
)
