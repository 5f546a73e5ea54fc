/**
 * node-llama-cpp inside a process that looks like Electron's utility process: forking there starts an application that
 * runs no script. Without the shim no binary is found; with it the real one loads.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const shim = join(import.meta.dirname, '../../electron/engine/binding-trials.ts')

function loadAsElectron({ withShim }: { withShim: boolean }): string {
  const program = `
    import childProcess from 'node:child_process'
    import { syncBuiltinESMExports } from 'node:module'
    import { answerBindingTrials } from ${JSON.stringify(shim)}
    Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: '45.4.1' } })
    const { spawn } = childProcess
    childProcess.fork = () => spawn(process.execPath, ['-e', ''], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    syncBuiltinESMExports()
    if (${withShim}) answerBindingTrials()
    const { getLlama } = await import('node-llama-cpp')
    try {
      const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error', maxThreads: 1 })
      console.log('loaded', llama.buildType)
    } catch (error) {
      console.log('failed', error.constructor.name)
    }
    process.exit(0)`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  return stdout.trim().split('\n').at(-1) ?? ''
}

test('without the shim every binary looks broken: the day this fails, the shim can go', () => {
  expect(loadAsElectron({ withShim: false })).toBe('failed NoBinaryFoundError')
})

test('with it the prebuilt binary loads', () => {
  expect(loadAsElectron({ withShim: true })).toBe('loaded prebuilt')
})
