/** `npm start` as a person types it: one address, Ctrl+C and SIGTERM that end everything, an exit code that tells. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { ownNode, root } from '../../build/places.ts'

/** A launcher in a process group of its own, as a terminal would start it. */
interface Launched {
  child: ChildProcess
  /** Everything it printed so far. */
  printed: () => string
  /** Its exit code. */
  ended: Promise<number | null>
}

const launched: Launched[] = []
const folders: string[] = []
afterEach(() => {
  for (const { child } of launched.splice(0)) if (hasProcesses(child)) process.kill(-groupOf(child), 'SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'alambic-start-'))
  folders.push(folder)
  return folder
}

function launch(folder: string): Launched {
  const words = ['--loopback', '--no-open', '--no-model', '--data', folder]
  const child = spawn(ownNode, [join(root, 'build', 'start.mjs'), ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const found = { child, printed: () => text, ended }
  launched.push(found)
  return found
}

function groupOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('It was not started')
  return pid
}

function hasProcesses(child: ChildProcess): boolean {
  try {
    return process.kill(-groupOf(child), 0)
  } catch {
    return false
  }
}

async function address({ printed, ended }: Launched): Promise<string> {
  let over = false
  void ended.then(() => (over = true))
  while (!over) {
    const found = /^Alambic: (\S+)$/m.exec(printed())?.[1]
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`It ended: ${printed()}`)
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s to all of them, as from a terminal, ends in order and leaves no process',
  async (signal) => {
    const folder = dataFolder()
    const start = launch(folder)
    // The token becomes a cookie on the way to the page itself.
    const page = await fetch(await address(start), { redirect: 'manual' })
    expect([302, 303]).toContain(page.status)
    expect(existsSync(join(folder, 'alambic.lock'))).toBe(true)
    process.kill(-groupOf(start.child), signal)
    expect(await start.ended).toBe(0)
    expect(hasProcesses(start.child)).toBe(false)
    expect(existsSync(join(folder, 'alambic.lock'))).toBe(false)
    expect(start.printed().match(/^Alambic: http:\/\/127\.0\.0\.1:\d+\//gm)).toHaveLength(1)
  },
)

test('SIGTERM to the launcher alone ends the server behind it (bug: an orphan keeps the data folder)', async () => {
  const start = launch(dataFolder())
  await address(start)
  start.child.kill('SIGTERM')
  expect(await start.ended).toBe(0)
  expect(hasProcesses(start.child)).toBe(false)
})

test('a data folder in use is refused with a sentence and an exit code', async () => {
  const folder = dataFolder()
  const first = launch(folder)
  await address(first)
  const second = launch(folder)
  expect(await second.ended).toBe(1)
  expect(second.printed()).not.toContain('Alambic: http')
  expect(second.printed()).not.toMatch(/^ {4}at /m)
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
})
