// A whole Alambic answers a question where there is no network, and the kernel has counted no attempt to leave: not by our code, not by a dependency, not by the engine.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Offline, Traffic } from '../fixtures/network-child.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'

const child = join(import.meta.dirname, '../fixtures/network-child.ts')

/** Runs it in a network namespace of its own, which has nothing but `lo` and counts for itself. */
function inOwnNamespace(...options: string[]): unknown {
  const script = 'ip link set lo up && exec "$@"'
  const command = ['-rn', '--', 'sh', '-c', script, 'sh', process.execPath, child, ...options]
  const { status, stdout, stderr, error } = spawnSync('unshare', command, { encoding: 'utf8', timeout: 280_000 })
  if (status !== 0) throw new Error(`No answer from a network namespace: ${error?.message ?? stderr.trim().slice(-2000)}`)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

const permitted = spawnSync('unshare', ['-rn', '--', 'ip', 'link', 'set', 'lo', 'up'], { encoding: 'utf8' })
const why = permitted.status === 0 ? null : (permitted.error?.message ?? permitted.stderr.trim())

if (why === null) describe('in a network namespace of its own', testOffline)
else
  test.skip(
    `NOT RUN: that nothing leaves this machine was not tested, because it may not run \`unshare -rn\`: ${why}`,
    testOffline,
  )

function testOffline(): void {
  test('a question is answered, and the kernel has counted nothing but our own connections on lo', () => {
    const { english } = testModels()
    const { answer, ownOpens, traffic } = inOwnNamespace(join(temporaryFolder(), 'data'), english.path) as Offline
    expect(answer).toBe(english.answer)
    // Otherwise the connections would not be counted, and there would be nothing to compare with.
    expect(ownOpens).toBeGreaterThanOrEqual(2)
    expect(traffic).toEqual({ noRoute: 0, datagrams: 0, opens: ownOpens, failedOpens: 0, packets6: 0 })
  })

  test('the counters do move when a process tries an address of either kind or a name', () => {
    const [before, afterAddress, afterAddress6, afterName] = inOwnNamespace('control') as Traffic[]
    const attempts = (traffic: Traffic | undefined): number => (traffic ? traffic.noRoute + traffic.datagrams : Number.NaN)
    expect(attempts(before)).toBe(0)
    expect(attempts(afterAddress)).toBeGreaterThan(attempts(before))
    expect(attempts(afterAddress6)).toBeGreaterThan(attempts(afterAddress))
    expect(attempts(afterName)).toBeGreaterThan(attempts(afterAddress6))
  })
}
