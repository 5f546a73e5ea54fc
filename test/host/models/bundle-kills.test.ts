// A kill while a bundle comes in: what was verified is not read again, and no half of a bundle is ever installed.
import { spawn } from 'node:child_process'
import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sha256Of } from '../../fixtures/signed-card.ts'
import { bundleOn, filesOf, sourceOf, tamper } from '../../fixtures/stick.ts'
import { present, startTestHost, temporaryFolder, testModels } from '../../fixtures/test-host.ts'

const { english, slow } = testModels()
let dataFolder: string
let stick: string
beforeEach(() => {
  dataFolder = temporaryFolder()
  stick = temporaryFolder()
})
afterEach(() => {
  for (const folder of [dataFolder, stick]) rmSync(folder, { recursive: true, force: true })
})

describe('a kill', () => {
  const child = join(import.meta.dirname, '../../fixtures/bundle-child.ts')
  /** Runs a host that brings the bundle in, until it ends or says what is waited for; then it is killed. */
  function run(
    dataFolder: string,
    bundle: string,
    how: string,
    killAt: (state: string, bytes: number) => boolean,
  ): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const running = spawn(process.execPath, [child, dataFolder, bundle, how])
      let said = ''
      let complaint = ''
      running.stdout.on('data', (words: Buffer) => {
        said += words.toString()
        const [state = '', bytes = '0'] = said.trim().split('\n').at(-1)?.split(' ') ?? []
        if (killAt(state, Number(bytes))) running.kill('SIGKILL')
      })
      running.stderr.on('data', (words: Buffer) => (complaint += words.toString()))
      running.on('error', reject)
      running.on('close', (code, signal) => {
        if (code === 0 || signal === 'SIGKILL') resolve(said.trim().split('\n'))
        else reject(new Error(`The child ended by itself: ${complaint}`))
      })
    })
  }
  const end = (): boolean => false

  test('in the middle loses no verified file and no settled part, and installs nothing', async () => {
    const bundle = await bundleOn(stick, [sourceOf(english.path), sourceOf(slow.path)])
    const settledBytes = 32 * 1024 * 1024
    await run(dataFolder, bundle, 'slowly', (_state, bytes) => bytes > 45_000_000)
    expect(readdirSync(join(dataFolder, 'models')).every((name) => name.startsWith('.bundle-'))).toBe(true)
    // What was read before is spoilt on the stick: reading it again would fail.
    tamper(join(bundle, 'english.gguf'))
    for (let at = 0; at < settledBytes; at += 1_000_000) tamper(join(bundle, 'slow.gguf'), at)
    const said = await run(dataFolder, bundle, 'on', end)
    expect(said.at(-1)).toMatch(/^(done|gone)/)
    const names = filesOf(join(dataFolder, 'models'))
    expect(names).toEqual(['english.gguf', 'slow.gguf'])
    expect(names.map((name) => sha256Of(join(dataFolder, 'models', name)))).toEqual([english.path, slow.path].map(sha256Of))
  })

  test('in the middle of installing is mended at the next opening, without the stick', async () => {
    const sampling = { temperature: 0, topK: 1, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: null }
    const preset = { id: 'lease', name: 'Lease', systemPrompt: 'Be brief.', sampling }
    const presets = sourceOf(english.path, {
      kind: 'presets',
      fileName: 'presets.json',
      from: { text: JSON.stringify([preset]) },
    })
    const bundle = await bundleOn(stick, [sourceOf(english.path), presets])
    await run(dataFolder, bundle, 'in-install', end)
    expect(filesOf(join(dataFolder, 'models')).some((name) => name === 'english.gguf')).toBe(true)
    renameSync(bundle, `${bundle}-pulled`)
    const said = await run(dataFolder, bundle, 'on', end)
    expect(said.at(-1)).toMatch(/^(done|gone)/)
    expect(filesOf(join(dataFolder, 'models'))).toEqual(['english.gguf'])
    const again = await startTestHost({ dataFolder })
    await again.client.vault.unlock({ passphrase: 'killed and never the worse' })
    expect((await present(again.client.chat.presets({}))).some(({ id }) => id === 'lease')).toBe(true)
    expect((await present(again.client.models.state({}))).models).toMatchObject([{ state: 'ready' }])
    await again.close()
  })
})
