/** The engine's launcher under plain Node, and the port at its other end, with a real process between them. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { connect, type ClientOf } from '../../../contract/link.ts'
import type { WorkerProcess, ExitReason } from '../../../electron/host/base/worker-process.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { echoEngineContract } from '../../fixtures/echo-engine-contract.ts'

const entry = join(import.meta.dirname, '../../fixtures/echo-engine.ts')
const started: WorkerProcess[] = []

afterEach(() => {
  for (const engine of started.splice(0)) engine.kill()
})

function start(): { engine: WorkerProcess; client: ClientOf<typeof echoEngineContract> } {
  const engine = forkTestEngine(entry)
  started.push(engine)
  return { engine, client: connect(engine.port, echoEngineContract) }
}

function exitOf(engine: WorkerProcess): Promise<ExitReason> {
  return new Promise((resolve) => engine.onExit(resolve))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('what is said before the engine listens is answered, calls and streams alike', async () => {
  const { client } = start()
  expect(await client.echo.say({ text: 'bonjour é 😀' })).toBe('bonjour é 😀')
  const numbers: number[] = []
  for await (const number of client.echo.count({})) numbers.push(number)
  expect(numbers).toEqual([1, 2, 3])
})

test('no secret of the shell and no Node option reaches native code; libuv has one thread', async () => {
  process.env['ALAMBIC_TEST_SECRET'] = 'hunter2'
  process.env['NODE_OPTIONS'] = '--no-warnings'
  const { client } = start()
  delete process.env['ALAMBIC_TEST_SECRET']
  delete process.env['NODE_OPTIONS']
  const { names, poolSize, execArgv } = await client.echo.environment({})
  expect(names).not.toContain('ALAMBIC_TEST_SECRET')
  expect(names).not.toContain('NODE_OPTIONS')
  expect(names).toContain('PATH')
  expect([poolSize, execArgv]).toEqual(['1', ['--disable-sigusr1', '--disable-warning=ExperimentalWarning']])
})

test('a death is told with its code, to early and late listeners, and open calls fail', async () => {
  const { engine, client } = start()
  const call = expect(client.echo.die({})).rejects.toMatchObject({ code: 'disconnected' })
  expect(await exitOf(engine)).toEqual({ code: 7, signal: null })
  expect(await exitOf(engine)).toEqual({ code: 7, signal: null })
  await call
  expect(engine.pid).toBeUndefined()
  // Sending into nothing is no error: the keeper finds out by the exit.
  engine.port.send({ t: 'cancel', id: 1 })
})

test('an engine that spins is ended at once', async () => {
  const { engine, client } = start()
  await client.echo.say({ text: 'awake' })
  void client.echo.spin({}).catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 50))
  engine.kill()
  expect(await exitOf(engine)).toEqual({ code: null, signal: 'SIGKILL' })
})

test('an engine that cannot be started says so instead of keeping everybody waiting', async () => {
  const engine = forkTestEngine(join(import.meta.dirname, 'no-such-engine.ts'))
  expect((await exitOf(engine)).code).toBe(1)
  expect(engine.stderrTail()).toContain('no-such-engine')
})

test('its complaints are kept, in bounded memory', async () => {
  const { engine, client } = start()
  await client.echo.complain({ characters: 1_000_000 })
  await expect.poll(() => engine.stderrTail().endsWith('the end')).toBe(true)
  expect(engine.stderrTail().length).toBeLessThanOrEqual(8192)
})

test('closing the port ends the engine', async () => {
  const { engine, client } = start()
  await client.echo.say({ text: 'awake' })
  engine.port.close()
  expect(await exitOf(engine)).toMatchObject({ signal: 'SIGKILL' })
})

test('a host that is killed takes its engine along: no model stays in memory behind it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alambic-fork-'))
  const program = join(folder, 'host.ts')
  writeFileSync(
    program,
    `import { forkTestEngine } from ${JSON.stringify(join(import.meta.dirname, '../../fixtures/test-engine.ts'))}
    const engine = forkTestEngine(${JSON.stringify(entry)})
    engine.port.onFrame(() => console.log(engine.pid))
    engine.port.send({ t: 'open', id: 1, method: 'echo.say', input: { text: '' } })`,
  )
  const host = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = Number(await new Promise((resolve) => host.stdout.once('data', resolve)))
  expect(isAlive(pid)).toBe(true)
  host.kill('SIGKILL')
  await expect.poll(() => isAlive(pid)).toBe(false)
  rmSync(folder, { recursive: true })
})

test.skipIf(process.platform === 'win32')('Ctrl+C, which reaches the engine too, does not end it before its host', async () => {
  const { engine, client } = start()
  await client.echo.say({ text: 'awake' })
  process.kill(engine.pid ?? 0, 'SIGINT')
  process.kill(engine.pid ?? 0, 'SIGHUP')
  expect(await client.echo.say({ text: 'still here' })).toBe('still here')
})
