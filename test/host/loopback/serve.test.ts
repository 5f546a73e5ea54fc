/** The loopback skin as a person starts it: the real entry in a process of its own, from its one line to its last breath. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { contract, type Client } from '../../../contract/contract.ts'
import { connect } from '../../../contract/link.ts'
import { webSocketPort } from '../../../electron/loopback/web-socket-port.ts'
import { enter, tokenOf } from '../../fixtures/loopback-connection.ts'

const entry = join(import.meta.dirname, '../../../electron/serve.ts')

let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alambic-serve-'))
  mkdirSync(join(folder, 'page'))
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>Alambic</title>')
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

interface Running {
  child: ChildProcess
  output: () => string
  complaints: () => string
  exited: Promise<{ code: number | null; signal: string | null }>
}

function run(...options: string[]): Running {
  return runWith([], ...options)
}

/** @param prelude options of Node's own */
function runWith(prelude: string[], ...options: string[]): Running {
  const child = spawn(process.execPath, [
    ...prelude,
    entry,
    '--data',
    join(folder, 'data'),
    '--page',
    join(folder, 'page'),
    ...options,
  ])
  children.push(child)
  let [output, complaints] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)))
  child.stderr.on('data', (chunk: Buffer) => (complaints += String(chunk)))
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  return { child, output: () => output, complaints: () => complaints, exited }
}

async function addressOf(running: Running): Promise<string> {
  await expect.poll(() => running.output() + running.complaints()).toMatch(/\n/)
  expect(running.complaints()).toBe('')
  return running.output().trim().replace('Alambic: ', '')
}

/** Opens the printed address and the page's line, as a browser would. */
async function openPage(address: string): Promise<{ client: Client; socket: WebSocket }> {
  const entered = await enter(new URL(address).origin, 'token', tokenOf(address))
  if (typeof entered === 'number') throw new Error(`It was refused with ${entered}`)
  const { socket } = entered
  return { client: connect(webSocketPort(socket), contract), socket }
}

/** Processes that have this folder on their command line, and their children. */
async function processesOf(running: Running): Promise<string> {
  const list = spawn('ps', ['-eo', 'pid,ppid,args'])
  let text = ''
  list.stdout.on('data', (chunk: Buffer) => (text += String(chunk)))
  await new Promise((resolve) => list.on('close', resolve))
  return text
    .split('\n')
    .filter((line) => line.includes(folder) || line.trim().split(/\s+/)[1] === String(running.child.pid))
    .join('\n')
}

test('it prints one line, answers the contract, and closes in order: SIGTERM leaves no process and no lock', async () => {
  const running = run()
  const address = await addressOf(running)
  expect(running.output()).toMatch(/^Alambic: http:\/\/127\.0\.0\.1:\d+\/open#enter=[\w-]{43}\n$/)
  const { client, socket } = await openPage(address)
  expect(await client.desktop.state({})).toMatchObject({ pickFiles: 'upload' })
  await client.vault.create({ kind: 'passphrase', passphrase: 'a long enough passphrase' })
  const phases: string[] = []
  for await (const state of client.vault.state({})) {
    phases.push(state.phase)
    if (state.phase === 'open') break
  }
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  running.child.kill('SIGTERM')
  expect(await running.exited).toEqual({ code: 0, signal: null })
  expect(await closed).toBe(1001)
  expect(phases.at(-1)).toBe('open')
  expect(existsSync(join(folder, 'data', 'alambic.pid'))).toBe(false)
  expect(await processesOf(running)).toBe('')
  expect([running.output().split('\n').length, running.complaints()]).toEqual([2, ''])
})

test('Enter brings a new address, and the one before is worth nothing any more', async () => {
  const running = run()
  const first = await addressOf(running)
  running.child.stdin?.write('\n')
  await expect.poll(() => running.output().split('\n').length).toBe(3)
  const second = running.output().trim().split('\n')[1]?.replace('Alambic: ', '') ?? ''
  const { origin } = new URL(first)
  expect(await enter(origin, 'token', tokenOf(first))).toBe(4401)
  expect(await enter(origin, 'token', tokenOf(second))).toMatchObject({ welcome: { t: 'welcome' } })
})

test('a rejection that nobody took, and an exception that nobody caught, are written down, and the host goes on', async () => {
  const provoke = `process.on('SIGUSR2', () => {
    Promise.reject(new Error('a secret of the person'))
    setTimeout(() => { throw new TypeError('another secret') })
  })`
  writeFileSync(join(folder, 'provoke.mjs'), provoke)
  const running = runWith(['--import', join(folder, 'provoke.mjs')])
  const { client } = await openPage(await addressOf(running))
  running.child.kill('SIGUSR2')
  const log = join(folder, 'data', 'log', 'alambic.log')
  const logged = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [])
  await expect.poll(() => logged().length).toBe(2)
  expect(logged().map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { where: 'unhandled rejection', reference: expect.stringMatching(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/), chain: [{ kind: 'Error' }] },
    { where: 'uncaught exception', chain: [{ kind: 'TypeError' }] },
  ])
  expect(logged().join()).not.toContain('secret')
  expect(await client.desktop.state({})).toMatchObject({ pickFiles: 'upload' })
  running.child.kill('SIGTERM')
  expect(await running.exited).toEqual({ code: 0, signal: null })
})

test('Ctrl+C, passed on by a terminal and a launcher at once, closes in order too', async () => {
  const running = run()
  await addressOf(running)
  running.child.kill('SIGINT')
  running.child.kill('SIGINT')
  expect(await running.exited).toEqual({ code: 0, signal: null })
})

test('a second Alambic on the same data says so in one sentence and leaves the first alone', async () => {
  const first = run()
  const address = await addressOf(first)
  const second = run()
  expect(await second.exited).toEqual({ code: 1, signal: null })
  expect(second.output()).toBe('')
  expect(second.complaints()).toMatch(
    new RegExp(`^Alambic is already open with this data folder \\(process ${first.child.pid}\\)\\. · .*\\n$`),
  )
  expect((await fetch(address)).status).toBe(200)
})

test('after a kill the same data opens again: the lock that was left shuts nobody out', async () => {
  const killed = run()
  await addressOf(killed)
  killed.child.kill('SIGKILL')
  await killed.exited
  expect(readFileSync(join(folder, 'data', 'alambic.pid'), 'utf8')).toBe(String(killed.child.pid))
  await addressOf(run())
})

test('a port that is taken and an option that does not exist are said, and nothing stays behind', async () => {
  const first = run()
  const { port } = new URL(await addressOf(first))
  const second = run('--data', join(folder, 'other'), '--port', port)
  expect(await second.exited).toEqual({ code: 1, signal: null })
  expect(second.complaints()).toMatch(/^Another program is using this port\. · .*\n$/)
  expect(existsSync(join(folder, 'other', 'alambic.pid'))).toBe(false)
  const third = run('--prot', '1')
  expect(await third.exited).toEqual({ code: 1, signal: null })
  expect(third.complaints()).toMatch(/^[^\n]*'--prot'[^\n]*\n$/)
})
