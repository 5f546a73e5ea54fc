/** The keeper of workers, with real processes that echo, spin and die. */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { WorkerKeeper, type WorkerKind, type WorkerLimits } from '../../../electron/host/base/worker-keeper.ts'
import type { WorkerProcess } from '../../../electron/host/base/worker-process.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { echoEngineContract } from '../../fixtures/echo-engine-contract.ts'
import { isRunning } from '../../fixtures/process-tree.ts'

type EchoKeeper = WorkerKeeper<typeof echoEngineContract>

const entry = join(import.meta.dirname, '../../fixtures/echo-engine.ts')
const kind: WorkerKind<typeof echoEngineContract> = {
  contract: echoEngineContract,
  pulse: (client) => client.echo.pulse({}),
  died: 'engine_died',
  hung: 'engine_hung',
}
const keepers: EchoKeeper[] = []
afterEach(() => Promise.all(keepers.splice(0).map((keeper) => keeper.close())))

/** A keeper, what died under it, and at each start which of those before were still there. */
function newKeeper(limits: Partial<WorkerLimits> = {}): { keeper: EchoKeeper; deaths: string[]; leftAtStart: number[][] } {
  const deaths: string[] = []
  const pids: number[] = []
  const leftAtStart: number[][] = []
  const launch = (): WorkerProcess => {
    leftAtStart.push(pids.filter(isRunning))
    const started = forkTestEngine(entry)
    pids.push(started.pid ?? 0)
    return started
  }
  const keeper = new WorkerKeeper({
    ...{ kind, launch },
    limits: { pulseMs: 60_000, progressMs: 60_000, ...limits },
    onDeath: ({ code }) => deaths.push(code),
  })
  keepers.push(keeper)
  return { keeper, deaths, leftAtStart }
}

const say = (keeper: EchoKeeper) => keeper.call((client) => client.echo.say({ text: 'x' }))

/** The event loop of this process stands still, as in a long synchronous call. */
function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('a host that was stalled does not kill its healthy worker (bug: after 15 s of its own it did)', async () => {
  const { keeper, deaths } = newKeeper({ pulseMs: 2_500, progressMs: 2_500 })
  await say(keeper)
  const { pid } = keeper
  const slow = keeper.stream(async function* (client) {
    for await (const beat of client.echo.pulse({})) yield beat
  })
  await slow.next()
  stall(4_500)
  await slow.next()
  for (let turn = 0; turn < 10; turn++) await slow.next()
  await slow.return(undefined)
  expect([keeper.pid, deaths]).toEqual([pid, []])
})

test('one that spins is killed, and is gone before another is started (bug: the memory of a killed engine made the next load fail)', async () => {
  const { keeper, deaths, leftAtStart } = newKeeper({ pulseMs: 3_000 })
  await say(keeper)
  await expect(keeper.call((client) => client.echo.spin({}))).rejects.toMatchObject({ code: 'engine_hung' })
  await say(keeper)
  expect([deaths, leftAtStart]).toEqual([['engine_hung'], [[], []]])
})

test('one that is stopped in the middle of its work is gone when that resolves', async () => {
  const { keeper, deaths } = newKeeper()
  await say(keeper)
  const pid = keeper.pid ?? 0
  const spinning = expect(keeper.call((client) => client.echo.spin({}))).rejects.toMatchObject({ code: 'cancelled' })
  await keeper.stop()
  expect(isRunning(pid)).toBe(false)
  await spinning
  expect(deaths).toEqual([])
})

test('closing waits until it is gone, and nothing is started afterwards', async () => {
  const { keeper } = newKeeper()
  await say(keeper)
  const pid = keeper.pid ?? 0
  await keeper.close()
  expect(isRunning(pid)).toBe(false)
  await expect(say(keeper)).rejects.toMatchObject({ code: 'locked' })
})

test('stopping while one is being started starts none', async () => {
  const { keeper, leftAtStart } = newKeeper()
  await say(keeper)
  void keeper.stop()
  const asked = expect(say(keeper)).rejects.toMatchObject({ code: 'cancelled' })
  void keeper.stop()
  await asked
  expect(leftAtStart).toHaveLength(1)
})

test('several who ask at once get the same process', async () => {
  const { keeper, leftAtStart } = newKeeper()
  await Promise.all([say(keeper), say(keeper), say(keeper)])
  expect(leftAtStart).toHaveLength(1)
})

test('a death is told with its reason', async () => {
  const { keeper, deaths } = newKeeper()
  await expect(keeper.call((client) => client.echo.die({}))).rejects.toMatchObject({ code: 'engine_died', data: { code: 7 } })
  expect(deaths).toEqual(['engine_died'])
  expect(await say(keeper)).toBe('x')
})
