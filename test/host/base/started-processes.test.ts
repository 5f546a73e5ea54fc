// The host leaves after the processes that it started (bug: on a busy machine an engine was still there when its host had gone).
import { expect, test } from 'vitest'
import type { WorkerProcess } from '../../../electron/host/base/worker-process.ts'
import { StartedProcesses } from '../../../electron/host/base/started-processes.ts'
import { isRunning } from '../../fixtures/process-tree.ts'
import { launchReader } from '../../fixtures/test-host.ts'

test('whoever was killed is gone before it resolves, and nothing is waited for twice', async () => {
  const processes = new StartedProcesses()
  const launch = processes.keeping(launchReader)
  const started = [launch(), launch()]
  const pids = started.map(({ pid }) => pid ?? 0)
  expect(pids.every(isRunning)).toBe(true)
  for (const each of started) each.kill()
  await processes.gone()
  expect(pids.filter(isRunning)).toEqual([])
  await processes.gone()
})

test('one that cannot be ended holds nobody up for longer than two seconds', async () => {
  const processes = new StartedProcesses()
  const stuck: WorkerProcess = {
    port: { send: () => undefined, onFrame: () => undefined, onClose: () => undefined, close: () => undefined },
    ...{ pid: 1, kill: () => undefined, onExit: () => undefined, stderrTail: () => '' },
  }
  processes.keeping(() => stuck)()
  await processes.gone()
})
