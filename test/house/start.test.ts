/** `npm start` as a person types it: one address, Ctrl+C and SIGTERM that end everything, an exit code that tells. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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

function launch(folder: string, options: readonly string[] = ['--no-open'], env: Record<string, string> = {}): Launched {
  const words = ['--loopback', '--no-model', '--data', folder, ...options]
  const child = spawn(ownNode, [join(root, 'build', 'start.mjs'), ...words], {
    detached: true,
    env: { ...process.env, ...env },
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
    expect((await fetch(await address(start))).status).toBe(200)
    expect(existsSync(join(folder, 'alambic.pid'))).toBe(true)
    process.kill(-groupOf(start.child), signal)
    expect(await start.ended).toBe(0)
    expect(hasProcesses(start.child)).toBe(false)
    expect(existsSync(join(folder, 'alambic.pid'))).toBe(false)
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

test.runIf(process.platform === 'linux')(
  'what stands on the browser’s command line is worth nothing to another user (bug: it was the token)',
  async () => {
    const [folder, tools, runtime] = [dataFolder(), dataFolder(), dataFolder()]
    writeFileSync(join(tools, 'xdg-open'), `#!/bin/sh\necho "$@" > ${tools}/words\n`, { mode: 0o755 })
    const env = { PATH: `${tools}:${process.env['PATH'] ?? ''}`, DISPLAY: ':99', XDG_RUNTIME_DIR: runtime, HOME: runtime }
    const start = launch(folder, [], env)
    expect(await address(start)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await expect.poll(() => existsSync(join(tools, 'words'))).toBe(true)
    const words = readFileSync(join(tools, 'words'), 'utf8').trim()
    expect(words).toMatch(/^file:\/\/\/\S+\/alambic-open-\w{6}\/open\.html$/)
    const page = fileURLToPath(words)
    expect(readFileSync(page, 'utf8')).toMatch(/location\.replace\("http:\/\/127\.0\.0\.1:\d+\/open#enter=[\w-]{43}"\)/)
    expect([page, join(page, '..')].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o700])
    if (process.getuid?.() === 0) {
      chmodSync(runtime, 0o755)
      const other = spawnSync('cat', [page], { uid: 65_534, gid: 65_534, cwd: '/', encoding: 'utf8' })
      expect([other.status, other.stdout]).toEqual([1, ''])
    }
    start.child.kill('SIGTERM')
    expect(await start.ended).toBe(0)
    expect(readdirSync(runtime).filter((name) => name.startsWith('alambic-open'))).toEqual([])
  },
)
