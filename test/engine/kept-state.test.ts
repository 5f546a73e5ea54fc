// What a student has read of a conversation, kept on disk: nothing of it in clear, anywhere; taken up only when every byte is the one
// that was kept; and what is gained by it.
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WorkerKeeper } from '../../electron/host/base/worker-keeper.ts'
import { engineLimits, engineWorker, type EngineKeeper } from '../../electron/host/runtime/engine-worker.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { temporaryFolder, testModels } from '../fixtures/test-host.ts'
import { asChecked } from '../fixtures/checked-path.ts'

const { english } = testModels()
const entry = join(import.meta.dirname, '../../electron/engine/engine.ts')
const label = 'english on a test machine'
const question = 'The needle NIDDLE-4711 stands in a long letter about a lease. '.repeat(20)
let keeper: EngineKeeper
let folder: string
let path: string
let key: string

async function start(): Promise<void> {
  keeper = new WorkerKeeper({
    kind: engineWorker,
    limits: engineLimits,
    launch: () => forkTestEngine(entry),
    onDeath: () => undefined,
  })
  for await (const { type } of keeper.stream((client) =>
    client.engine.load({ modelId: 'm', path: asChecked(english.path), threads: 1, backend: 'cpu' }),
  ))
    expect(type).toMatch(/progress|loaded/)
  await open()
}
const open = (contextTokens = 2048) =>
  keeper.call((client) => client.engine.open({ studentId: 's', modelId: 'm', adapterPath: null, contextTokens, draftId: null }))
const keep = () => keeper.call((client) => client.engine.keep({ studentId: 's', path, key, label }))
const recall = (change: object = {}) =>
  keeper.call((client) => client.engine.recall({ studentId: 's', path, key, label, ...change }))

async function ask(): Promise<{ text: string; evaluated: number; prompt: number }> {
  const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 40 }
  const messages = [{ role: 'user' as const, content: question }]
  const said = { text: '', evaluated: 0, prompt: 0 }
  for await (const item of keeper.stream((client) =>
    client.engine.answer({
      studentId: 's',
      answerId: 'a',
      messages,
      opening: null,
      sampling,
      reserveTokens: 64,
      leftOutBefore: 0,
    }),
  )) {
    if (item.type === 'text') said.text += item.text
    if (item.type === 'prompt') Object.assign(said, { evaluated: item.evaluateTokens, prompt: item.promptTokens })
  }
  return said
}

beforeEach(async () => {
  folder = temporaryFolder()
  path = join(folder, 'one.state')
  key = randomBytes(32).toString('hex')
  await start()
})
afterEach(() => keeper.close())

describe('a kept state', () => {
  test('is taken up by a new process, which evaluates nothing again and gives the same answer', async () => {
    const first = await ask()
    const { tokens, bytes } = await keep()
    expect(tokens).toBeGreaterThanOrEqual(first.prompt)
    expect(statSync(path).size).toBe(bytes)
    void keeper.close()
    await start()
    expect(await recall()).toEqual({ tokens })
    const again = await ask()
    expect(again).toEqual({ text: first.text, evaluated: 1, prompt: first.prompt })
  })

  test('shows nothing of the conversation, and leaves nothing else behind', async () => {
    await ask()
    await keep()
    expect(readdirSync(folder)).toEqual(['one.state'])
    // llama.cpp keeps the numbers of the tokens in the state, four bytes each: two neighbours of a repeated sentence would repeat.
    const bytes = readFileSync(path)
    const windows = new Set<string>()
    for (let at = 64; at + 16 <= Math.min(bytes.length, 100_000); at += 4) {
      const window = bytes.toString('latin1', at, at + 16)
      expect(windows.has(window)).toBe(false)
      windows.add(window)
    }
    // A run of tests may have its own folder there.
    const inMemory = readdirSync('/dev/shm').filter((name) => /^alambic-(?!tests-)/.test(name))
    expect(inMemory).toEqual([])
  })

  test.each([
    ['a byte of it was changed', () => flip(5000)],
    ['its last byte was changed', () => flip(-1)],
    ['its nonce was changed', () => flip(20)],
    ['it was cut', () => writeFileSync(path, readFileSync(path).subarray(0, -1000))],
    ['it is something else', () => writeFileSync(path, 'not a state')],
    ['it is empty', () => writeFileSync(path, '')],
  ])('is refused when %s, and the student answers as ever', async (_what, spoil) => {
    const { text, prompt } = await ask()
    await keep()
    spoil()
    await open()
    await expect(recall()).rejects.toMatchObject({ code: 'state_not_kept' })
    expect(await ask()).toEqual({ text, prompt, evaluated: prompt })
  })

  test('is refused under another key or label, for another context, and when it is gone', async () => {
    const { text } = await ask()
    await keep()
    await expect(recall({ key: randomBytes(32).toString('hex') })).rejects.toMatchObject({ code: 'state_not_kept' })
    await expect(recall({ label: 'another model' })).rejects.toMatchObject({ code: 'state_not_kept' })
    await expect(recall({ path: join(folder, 'gone.state') })).rejects.toMatchObject({ code: 'state_not_kept' })
    await open(256)
    await expect(recall()).rejects.toMatchObject({ code: 'state_not_kept' })
    await open()
    await recall()
    expect((await ask()).text).toBe(text)
  })

  test('that cannot be written leaves no file', async () => {
    await ask()
    path = join(folder, 'no-such-folder', 'one.state')
    await expect(keep()).rejects.toMatchObject({ code: 'state_not_kept' })
    expect(readdirSync(folder)).toEqual([])
  })
})

function flip(at: number): void {
  const bytes = readFileSync(path)
  const index = at < 0 ? bytes.length + at : at
  bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index)
  writeFileSync(path, bytes)
}
