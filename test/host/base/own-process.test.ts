/** The host's own process: a signal opens no debugger in it, and no dump has its memory (bug: `process._kill(ppid, SIGUSR1)` of a worker opened one). */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '../../../contract/link.ts'
import { forkKeyWorker } from '../../../electron/host/vault/keys/fork-key-worker.ts'
import { keyWorkContract } from '../../../electron/host/vault/keys/key-work.ts'

const module = join(import.meta.dirname, '../../../electron/host/base/own-process.ts')

/** What a process says that gets the signal, after `guard`. */
function signalled(guard: string, options: readonly string[] = []): Promise<string> {
  const program = `${guard}
    import { readFileSync } from 'node:fs'
    process.kill(process.pid, 'SIGUSR1')
    setTimeout(() => {
      const filter = process.platform === 'linux' ? readFileSync('/proc/self/coredump_filter', 'latin1').trim() : '0'
      console.log('alive', Number('0x' + filter))
      process.exit(0)
    }, 300)`
  const child = spawn(process.execPath, [...options, '--input-type=module-typescript', '-e', program])
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)))
  return new Promise((resolve) => child.on('close', () => resolve(said)))
}

test.skipIf(process.platform === 'win32')('guarded by itself, whoever started it', async () => {
  const said = await signalled(`import { guardOwnProcess } from ${JSON.stringify(module)}; guardOwnProcess()`)
  expect(said).not.toContain('Debugger')
  expect(said).toContain('alive 0')
})

test.skipIf(process.platform === 'win32')('by the option that every Node process is started with', async () => {
  expect(await signalled('', ['--disable-sigusr1'])).not.toContain('Debugger')
  // The day this fails, Node opens none by itself.
  expect(await signalled('')).toContain('Debugger')
})

test.skipIf(process.platform !== 'linux')(
  'the vault’s own process guards itself: no dump has the memory of one that has keys',
  async () => {
    const worker = forkKeyWorker(join(import.meta.dirname, '../../../electron/key-worker.ts'))
    try {
      await connect(worker.port, keyWorkContract).key.greet({})
      const { pid } = worker as { pid?: number }
      expect(Number(`0x${readFileSync(`/proc/${pid}/coredump_filter`, 'latin1').trim()}`)).toBe(0)
      process.kill(pid ?? 0, 'SIGUSR1')
      // It is still there, and answers.
      await connect(worker.port, keyWorkContract).key.greet({})
    } finally {
      worker.kill()
    }
  },
)
