/** Two hosts on one folder would destroy it; a lock left by a crash must not shut its owner out. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir, uptime } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DataFolderInUse, DataFolderLock } from '../../../electron/host/base/data-folder-lock.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alambic-lock-'))
  path = join(folder, 'alambic.lock')
})

afterEach(() => rmSync(folder, { recursive: true }))

/** A process that takes the lock, says so and stays. */
async function holder(): Promise<ReturnType<typeof spawn>> {
  const module = join(import.meta.dirname, '../../../electron/host/base/data-folder-lock.ts')
  const program = `
    import { DataFolderLock } from ${JSON.stringify(module)}
    DataFolderLock.take(${JSON.stringify(folder)})
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  return child
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve) => child.on('exit', () => resolve()))
}

test('a folder is taken once, and again after it was given back', () => {
  const lock = DataFolderLock.take(join(folder, 'new', 'data'))
  expect(() => DataFolderLock.take(join(folder, 'new', 'data'))).toThrow(DataFolderInUse)
  lock.release()
  DataFolderLock.take(join(folder, 'new', 'data')).release()
  expect(readdirSync(join(folder, 'new', 'data'))).toEqual([])
})

test('another process that holds it is named; once that is killed, the folder is free', async () => {
  const child = await holder()
  expect(() => DataFolderLock.take(folder)).toThrow(expect.objectContaining({ name: 'DataFolderInUse', pid: child.pid }))
  const gone = ended(child)
  child.kill('SIGKILL')
  await gone
  expect(existsSync(path)).toBe(true)
  const lock = DataFolderLock.take(folder)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid })
  expect(readdirSync(folder)).toEqual(['alambic.lock'])
  lock.release()
})

test.runIf(process.platform === 'linux')('a process number that another program has now does not count', () => {
  writeFileSync(path, JSON.stringify({ pid: process.ppid, begun: '1' }))
  DataFolderLock.take(folder).release()
})

test('a lock from before the machine was started anew does not count, whoever has the number now', () => {
  writeFileSync(path, JSON.stringify({ pid: process.pid, begun: null }))
  expect(() => DataFolderLock.take(folder)).toThrow(DataFolderInUse)
  const before = Date.now() / 1000 - uptime() - 60
  utimesSync(path, before, before)
  DataFolderLock.take(folder).release()
})

test('a lock that is being written counts; an empty or broken one that was left does not', () => {
  for (const text of ['', '{"pid":', '{}', 'null', '{"pid":"1"}']) {
    writeFileSync(path, text)
    expect(() => DataFolderLock.take(folder)).toThrow(expect.objectContaining({ pid: null }))
    const longAgo = Date.now() / 1000 - 60
    utimesSync(path, longAgo, longAgo)
    DataFolderLock.take(folder).release()
  }
})

test('giving back leaves the lock of somebody else alone', () => {
  const lock = DataFolderLock.take(folder)
  writeFileSync(path, JSON.stringify({ pid: process.pid, begun: null }))
  lock.release()
  expect(existsSync(path)).toBe(true)
})

test('of many that find the same stale lock, one takes the folder', async () => {
  for (let round = 0; round < 2; round++) {
    writeFileSync(path, JSON.stringify({ pid: 2 ** 22 + 1, begun: null }))
    const module = join(import.meta.dirname, '../../../electron/host/base/data-folder-lock.ts')
    const program = `
      import { DataFolderLock } from ${JSON.stringify(module)}
      const at = ${Date.now() + 1500}
      while (Date.now() < at);
      try { DataFolderLock.take(${JSON.stringify(folder)}); console.log('held'); setTimeout(() => {}, 1000) } catch { console.log('refused') }`
    const said = await Promise.all(
      Array.from({ length: 3 }, () => {
        const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let text = ''
        child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)))
        return ended(child).then(() => text.trim())
      }),
    )
    expect(said.sort()).toEqual(['held', 'refused', 'refused'])
  }
}, 60_000)
