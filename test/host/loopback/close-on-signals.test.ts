// A process told to end closes in order, and is gone even when the closing hangs.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const subject = join(import.meta.dirname, '../../../electron/loopback/close-on-signals.ts')

/** How a process ends whose closing is this, when it is told to. */
async function endOf(
  close: string,
  before = '',
  isStuck = '() => false',
): Promise<{ code: unknown; signal: unknown; said: string }> {
  const script = `
    import { closeOnSignals } from ${JSON.stringify(subject)}
    ${before}
    closeOnSignals({ close: ${close}, onFailure: () => console.log('failed'), isStuck: ${isStuck}, closeMs: 300 })
    setInterval(() => undefined, 1000)
    console.log('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString()
    if (said === 'ready\n') child.kill('SIGTERM')
  })
  const [code, signal] = (await once(child, 'exit')) as unknown[]
  return { code, signal, said }
}

test('closes in order and ends', async () => {
  expect(await endOf(`async () => console.log('closed')`)).toEqual({ code: 0, signal: null, said: 'ready\nclosed\n' })
})

test('says that something did not close', async () => {
  expect(await endOf('() => Promise.reject(new Error())')).toEqual({ code: 1, signal: null, said: 'ready\nfailed\n' })
})

test('does not wait for ever for what hangs', async () => {
  expect(await endOf('() => new Promise(() => undefined)')).toEqual({ code: null, signal: 'SIGKILL', said: 'ready\n' })
})

// A pipe that nobody writes to holds one of Node's threads, as a dialog of the keychain does.
test.skipIf(process.platform === 'win32')(
  'does not wait for a thread that is held in native code (bug: process.exit waits for it, for ever)',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alambic-pipe-'))
    try {
      const pipe = join(folder, 'pipe')
      execFileSync('mkfifo', [pipe])
      const held = `import { open } from 'node:fs'; open(${JSON.stringify(pipe)}, 'r', () => undefined)`
      const end = await endOf(`async () => console.log('closed')`, held, '() => true')
      expect(end).toEqual({ code: null, signal: 'SIGKILL', said: 'ready\nclosed\n' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
