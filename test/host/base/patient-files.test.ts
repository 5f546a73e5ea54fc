/** Files that a scanner of Windows holds: tried again, for a while, and only where waiting helps. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { patiently, patientlySync, rename, renameSync, rm, rmSync } from '../../../electron/host/base/patient-files.ts'

/** A file system's function that is refused so many times. */
function refusing(times: number, code: string): { work: () => string; tries: () => number } {
  let tries = 0
  return {
    work: () => {
      if (++tries <= times) throw Object.assign(new Error(code), { code })
      return 'done'
    },
    tries: () => tries,
  }
}

/** Waits without waiting, and remembers how long. */
function waits(): { ms: number[]; wait: (ms: number) => void; slow: (ms: number) => Promise<void> } {
  const ms: number[] = []
  return { ms, wait: (one) => void ms.push(one), slow: (one) => Promise.resolve(void ms.push(one)) }
}

const held = ['EBUSY', 'EPERM', 'EACCES', 'ENOTEMPTY']

test.each(held)('%s on Windows is tried again with growing pauses, at once and in turns', async (code) => {
  const [sync, slow] = [waits(), waits()]
  expect(patientlySync(refusing(3, code).work, { platform: 'win32', wait: sync.wait })).toBe('done')
  const { work } = refusing(3, code)
  expect(await patiently(async () => work(), { platform: 'win32', wait: slow.slow })).toBe('done')
  expect([sync.ms, slow.ms]).toEqual([
    [10, 20, 40],
    [10, 20, 40],
  ])
})

test('one that stays held fails with the system’s own error: after 1.3 s where the host waits, after 5 s where it does not', async () => {
  const [sync, slow] = [waits(), waits()]
  const for_ = refusing(100, 'EBUSY')
  expect(() => patientlySync(for_.work, { platform: 'win32', wait: sync.wait })).toThrow('EBUSY')
  expect([for_.tries(), sync.ms.reduce((sum, ms) => sum + ms)]).toEqual([8, 1270])
  const { work } = refusing(100, 'EPERM')
  await expect(patiently(async () => work(), { platform: 'win32', wait: slow.slow })).rejects.toThrow('EPERM')
  expect(slow.ms.reduce((sum, ms) => sum + ms)).toBe(5110)
})

test('nothing else is waited for: a full disk, a missing file, and any refusal of Linux or macOS', async () => {
  for (const [code, platform] of [
    ['ENOSPC', 'win32'],
    ['ENOENT', 'win32'],
    ['EPERM', 'linux'],
    ['EACCES', 'darwin'],
  ] as const) {
    const once = refusing(1, code)
    expect(() => patientlySync(once.work, { platform, wait: () => undefined })).toThrow(code)
    expect(once.tries()).toBe(1)
    const again = refusing(1, code)
    await expect(patiently(async () => again.work(), { platform })).rejects.toThrow(code)
  }
})

test('they do what Node’s own do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alambic-patient-'))
  writeFileSync(join(folder, 'one'), '1')
  renameSync(join(folder, 'one'), join(folder, 'two'))
  await rename(join(folder, 'two'), join(folder, 'three'))
  expect(readFileSync(join(folder, 'three'), 'utf8')).toBe('1')
  rmSync(join(folder, 'three'))
  await rm(join(folder, 'none'), { force: true })
  expect(() => rmSync(join(folder, 'none'))).toThrow('ENOENT')
  expect(readdirSync(folder)).toEqual([])
  rmSync(folder, { recursive: true })
})
