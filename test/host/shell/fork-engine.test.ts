/** The engine's launcher under Electron, with a stand-in for the utility process: what it is given and how it is ended. */
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import type { ForkOptions, utilityProcess, UtilityProcess } from 'electron'
import { expect, test } from 'vitest'
import type { WorkerProcess, ExitReason } from '../../../electron/host/base/worker-process.ts'
import { forkUtilityEngine, forkUtilityKeyWorker, forkUtilityPorter } from '../../../electron/shell/fork-engine.ts'

type Utilities = Pick<typeof utilityProcess, 'fork'>
const launchEngine = (utilities: Utilities) =>
  forkUtilityEngine('/engine.js', { parts: [], reads: ['/models'], writes: [] }, utilities)

function standIn(pid?: number, launch: (utilities: Utilities) => WorkerProcess = launchEngine) {
  const given: { entry?: string; options?: ForkOptions | undefined } = {}
  const sent: unknown[] = []
  const stderr = new EventEmitter()
  const state = { pid, kills: 0 }
  const child: EventEmitter = Object.defineProperty(
    Object.assign(new EventEmitter(), {
      stderr,
      postMessage: (message: unknown) => sent.push(message),
      kill: () => state.kills++ > -1,
    }),
    'pid',
    { get: () => state.pid },
  )
  const engine = launch({
    fork: (entry, _arguments, options) => {
      Object.assign(given, { entry, options })
      return child as UtilityProcess
    },
  })
  return { engine, child, given, sent, state, stderr }
}

test('it gets a bare environment and one libuv thread, and frames travel as they are', async () => {
  process.env['ALAMBIC_TEST_SECRET'] = 'hunter2'
  const { engine, child, given, sent } = standIn()
  delete process.env['ALAMBIC_TEST_SECRET']
  expect(given.options?.env).toMatchObject({ UV_THREADPOOL_SIZE: '1' })
  expect(given.options?.env).not.toHaveProperty('ALAMBIC_TEST_SECRET')
  const received: unknown[] = []
  engine.port.onFrame((frame) => received.push(frame))
  engine.port.send({ t: 'cancel', id: 1 })
  child.emit('message', { t: 'done', id: 1 })
  expect([sent, received]).toEqual([[{ t: 'cancel', id: 1 }], [{ t: 'done', id: 1 }]])
  // Then it is asked to try its walls.
  await expect.poll(() => sent[1]).toMatchObject({ t: 'try', hostPid: process.pid })
})

test.each([
  ['the engine', launchEngine, []],
  ['the vault’s own process', (utilities: Utilities) => forkUtilityKeyWorker('/key-worker.js', utilities), []],
  ['the porter', (utilities: Utilities) => forkUtilityPorter('/porter.js', [], '/', utilities), ['--max-old-space-size=']],
] as const)(
  'no signal opens a debugger in %s (bug: the fuse was only of the application’s own process)',
  (_who, launch, others) => {
    const { given } = standIn(undefined, launch)
    const [first, ...rest] = given.options?.execArgv ?? []
    expect(first).toBe('--disable-sigusr1')
    expect(rest.map((word) => word.replace(/\d+$/, ''))).toEqual(others)
  },
)

test('its end is told once, late listeners and the port too', async () => {
  const { engine, child } = standIn()
  const reasons: ExitReason[] = []
  engine.onExit((reason) => reasons.push(reason))
  child.emit('exit', 5)
  child.emit('exit', 6)
  engine.onExit((reason) => reasons.push(reason))
  await new Promise<void>((resolve) => engine.port.onClose(resolve))
  expect(reasons).toEqual(Array(2).fill({ code: 5, signal: null }))
})

test.skipIf(process.platform === 'win32')('one that does not go when asked is made to', async () => {
  const deaf = spawn(process.execPath, ['-e', `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`], {
    stdio: 'ignore',
  })
  const gone = new Promise((resolve) => deaf.on('exit', (_code, signal) => resolve(signal)))
  const { engine, state } = standIn(deaf.pid)
  engine.kill()
  expect(state.kills).toBe(1)
  expect(await gone).toBe('SIGKILL')
})
