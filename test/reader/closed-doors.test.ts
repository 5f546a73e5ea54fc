/** A parser that was taken over reaches nothing: no network, no file but its own program, no other program. Tried for real, with and without Node's own lock behind it. */
import { fork } from 'node:child_process'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeFileSync, existsSync, mkdirSync } from 'node:fs'
import { temporaryFolder } from '../fixtures/test-host.ts'

const root = join(import.meta.dirname, '../..')
const probe = join(root, 'test/fixtures/documents/probing-reader.ts')
let server: Server
let folder: string
let connections = 0

beforeAll(async () => {
  server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  folder = temporaryFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'secret.cjs'), 'module.exports = "a secret"')
})
afterAll(() => server.close())

/** What became of each attempt. */
async function attempts(options: readonly string[]): Promise<Record<string, string>> {
  const parts = [
    join(root, 'test/fixtures'),
    join(root, 'electron/worker'),
    join(root, 'package.json'),
    join(root, 'node_modules'),
  ]
  const child = fork(probe, [], {
    execArgv: options.flatMap((option) =>
      option === '--permission' ? [option, ...parts.map((part) => `--allow-fs-read=${part}`)] : [option],
    ),
    env: {
      ALAMBIC_PROBE: JSON.stringify({
        parts,
        address: { port: (server.address() as AddressInfo).port },
        victim: join(folder, 'secret.cjs'),
        folder,
      }),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    return await new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(message as Record<string, string>))
      child.once('exit', (code) => reject(new Error(`The probe ended with ${code ?? 'a signal'}`)))
    })
  } finally {
    child.kill('SIGKILL')
  }
}

const eval1 = ['code of a text', 'a function of a text']

test('under plain Node, as it is launched, every way out is refused', async () => {
  const { 'its own files': own, ...outcomes } = await attempts([
    '--permission',
    '--disallow-code-generation-from-strings',
    '--no-warnings',
  ])
  expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'refused')).toEqual([])
  expect(own).toBe('read')
  expect(connections).toBe(0)
  expect(existsSync(join(folder, 'out'))).toBe(false)
})

test('without Node’s own lock, as under Electron, all but making code is refused', async () => {
  const outcomes = await attempts(['--no-warnings'])
  const done = Object.entries(outcomes).filter(([, outcome]) => outcome === 'DONE')
  for (const [name] of done) expect(eval1).toContain(name)
  expect(outcomes['its own files']).toBe('read')
  expect(connections).toBe(0)
  expect(existsSync(join(folder, 'out'))).toBe(false)
})
