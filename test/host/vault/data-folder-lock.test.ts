/** Two hosts on one folder would destroy it; a lock left by a crash must not shut its owner out. Each holder here is a real process. */
import { spawn, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startFailure } from '../../../electron/host/start-failure.ts'
import { DataFolderInUse, DataFolderLock } from '../../../electron/host/vault/files/data-folder-lock.ts'

const module = JSON.stringify(join(import.meta.dirname, '../../../electron/host/vault/files/data-folder-lock.ts'))
let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alambic-lock-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** A process that tries to take the folder, says what came of it, and stays if it has it. */
function taker(prelude = '', user?: number): { child: ChildProcess; said: Promise<string>; ended: Promise<void> } {
  const program = `
    import { DataFolderLock } from ${module}
    ${prelude}
    try { globalThis.lock = DataFolderLock.take(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000) }
    catch (error) { console.log(error.name === 'DataFolderInUse' ? 'refused' : error.code) }`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(user === undefined ? {} : { uid: user, gid: user, cwd: '/' }),
  })
  children.push(child)
  const said = new Promise<string>((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(String(chunk).trim())))
  return { child, said, ended: new Promise((resolve) => child.once('exit', () => resolve())) }
}

test('a folder is taken once, and again after it was given back; the file is empty and this user’s alone', () => {
  const place = join(folder, 'new', 'data')
  const lock = DataFolderLock.take(place)
  expect(() => DataFolderLock.take(place)).toThrow(DataFolderInUse)
  lock.release()
  lock.release()
  DataFolderLock.take(place).release()
  expect(readdirSync(place)).toEqual(['alambic.lock'])
  expect([statSync(join(place, 'alambic.lock')).size, statSync(join(place, 'alambic.lock')).mode & 0o777]).toEqual([0, 0o600])
})

test('being refused inside the process that holds it gives nothing away to another (bug: closing a handle drops the process’s locks)', async () => {
  const lock = DataFolderLock.take(folder)
  expect(() => DataFolderLock.take(folder)).toThrow(DataFolderInUse)
  expect(await taker().said).toBe('refused')
  lock.release()
})

test('another process that holds it is named in a sentence; once it is killed the folder is free', async () => {
  const { child, said, ended } = taker()
  expect(await said).toBe('held')
  let refusal: unknown
  try {
    DataFolderLock.take(folder)
  } catch (error) {
    refusal = error
  }
  expect(startFailure(refusal)).toBe(
    `Alambic is already open with this data folder (process ${child.pid}). · Alambic est déjà ouvert avec ce dossier de données (process ${child.pid}).`,
  )
  child.kill('SIGKILL')
  await ended
  const lock = DataFolderLock.take(folder)
  expect(readFileSync(join(folder, 'alambic.pid'), 'utf8')).toBe(String(process.pid))
  lock.release()
})

test('a holder that stands still holds: stopped, as by a debugger or a sleeping machine', async () => {
  const { child, said } = taker()
  expect(await said).toBe('held')
  child.kill('SIGSTOP')
  expect(() => DataFolderLock.take(folder)).toThrow(DataFolderInUse)
  child.kill('SIGCONT')
  expect(() => DataFolderLock.take(folder)).toThrow(DataFolderInUse)
})

test.each([365, -365])(
  'a clock that jumps by %s days frees nothing and locks nobody out (bug: the lock believed clocks)',
  async (days) => {
    const { child, said, ended } = taker()
    expect(await said).toBe('held')
    const then = Date.now() / 1000 + days * 86_400
    for (const name of ['alambic.lock', 'alambic.pid']) utimesSync(join(folder, name), then, then)
    const jumped = taker(`const now = Date.now(); Date.now = () => now + ${days * 86_400_000}`)
    expect(await jumped.said).toBe('refused')
    child.kill('SIGKILL')
    await ended
    expect(await taker(`const now = Date.now(); Date.now = () => now + ${days * 86_400_000}`).said).toBe('held')
  },
)

test('a folder that was copied while it is open is free: the lock is no text that travels', async () => {
  const { said } = taker()
  expect(await said).toBe('held')
  const copy = join(folder, 'copy')
  mkdirSync(copy)
  for (const name of ['alambic.lock', 'alambic.pid']) cpSync(join(folder, name), join(copy, name))
  DataFolderLock.take(copy).release()
  expect(() => DataFolderLock.take(folder)).toThrow(DataFolderInUse)
})

test('what an earlier version left in the file, or anybody else, does not count', async () => {
  for (const text of [
    JSON.stringify({ pid: process.pid, begun: '1', id: 'x' }),
    '{"pid":',
    'SQLite format 4',
    'x'.repeat(10_000),
  ]) {
    writeFileSync(join(folder, 'alambic.lock'), text)
    DataFolderLock.take(folder).release()
    expect(statSync(join(folder, 'alambic.lock')).size).toBe(0)
  }
  writeFileSync(join(folder, 'alambic.pid'), 'no number')
  const { said } = taker()
  expect(await said).toBe('held')
})

test('of many that come at once, one takes the folder', async () => {
  writeFileSync(join(folder, 'alambic.lock'), JSON.stringify({ pid: 1, begun: null }))
  const at = Date.now() + 1500
  const all = Array.from({ length: 4 }, () => taker(`while (Date.now() < ${at});`))
  expect((await Promise.all(all.map(({ said }) => said))).sort()).toEqual(['held', 'refused', 'refused', 'refused'])
})

test.runIf(process.getuid?.() === 0)('a folder that cannot be written to is said to be that, not to be in use', async () => {
  chmodSync(folder, 0o755)
  expect(await taker('', 65_534).said).toBe('EACCES')
  writeFileSync(join(folder, 'alambic.lock'), '')
  chmodSync(join(folder, 'alambic.lock'), 0o644)
  expect(await taker('', 65_534).said).toBe('EACCES')
})
