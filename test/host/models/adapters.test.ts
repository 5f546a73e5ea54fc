// LoRA adapters as students: what is looked at before llama.cpp sees them, and which model they stand on. The bugs it would catch: an
// adapter of another base that loads silently and answers nonsense, one without its strength, one with numbers that are none.
import { copyFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { writeAdapter } from '../../fixtures/gguf/scripted-models.ts'
import {
  importModel,
  lastOf,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testAdapters,
  testModels,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'
import { adapterOf, missingStudents, tinyModel } from '../../fixtures/trained-students.ts'

const models = testModels()
const adapters = testAdapters()
let room: TestHost
let folder: string
beforeEach(async () => {
  folder = temporaryFolder()
  room = await startTestHost()
  await room.client.vault.create({ kind: 'keychain' })
})
afterEach(() => room.close())

const here = async () => (await present(room.client.models.state({}))).models
const installedFiles = (): string[] => readdirSync(join(room.dataFolder, 'models')).filter((name) => name.startsWith('adapter'))

function broken(change: Parameters<typeof writeAdapter>[1]): string {
  const path = join(folder, 'broken.gguf')
  writeAdapter(path, change)
  return path
}

describe('an adapter comes in', () => {
  test('as a student on the model that it names', async () => {
    const baseId = await importModel(room, models.trades.path)
    await importModel(room, models.english.path)
    const id = await importModel(room, adapters.tenancy.path)
    const student = (await here()).find((model) => model.id === id)
    expect(student).toMatchObject({
      name: 'Tenancy',
      state: 'ready',
      adapter: { baseId, baseName: 'Scripted trades', rank: 1, alpha: 1 },
      architecture: 'llama',
    })
    expect(installedFiles()).toEqual([`adapter-${id}.gguf`])
  })

  test('and answers, in the middle of a conversation too; each answer says who gave it', async () => {
    await room.close()
    const entry = join(import.meta.dirname, '../../../electron/engine/engine.ts')
    room = await startTestHost({ launchEngine: () => forkTestEngine(entry) })
    await room.client.vault.create({ kind: 'keychain' })
    await room.client.settings.set({ threads: 1, contextTokens: 2048 })
    const baseId = await importModel(room, models.trades.path)
    const tenancy = await importModel(room, adapters.tenancy.path)
    const health = await importModel(room, adapters.health.path)
    const workspaceId = await personal(room.client)
    let place = { workspaceId, conversationId: '' }
    for (const [modelId, answer] of [
      [tenancy, adapters.tenancy.answer],
      [health, adapters.health.answer],
      [baseId, models.trades.answer],
      [tenancy, adapters.tenancy.answer],
    ] as const) {
      const conversationId = place.conversationId || null
      place = await room.client.chat.send({ workspaceId, conversationId, text: 'What now?', modelId })
      const { conversation } = await untilSettled(room.client, place)
      expect(lastOf(conversation)).toMatchObject({ text: answer, state: 'finished', facts: { modelId } })
    }
    const { warm } = await present(room.client.runtime.state({}))
    expect(warm.map((student) => student.modelId)).toEqual([tenancy, baseId, health])
    expect(new Set(warm.map((student) => student.baseId))).toEqual(new Set([baseId]))
    // Who was used last answers where nobody chose, also when it was in memory all along.
    const lastUsed = [...(await here())].sort((one, other) => (other.lastUsedAt ?? 0) - (one.lastUsedAt ?? 0))[0]
    expect(lastUsed?.id).toBe(tenancy)
  })

  test('its base goes: it says so, and works again when the base comes back', async () => {
    const baseId = await importModel(room, models.trades.path)
    const id = await importModel(room, adapters.tenancy.path)
    await room.client.models.remove({ modelId: baseId })
    expect(await here()).toMatchObject([{ id, state: 'no_base' }])
    await expect(room.client.runtime.load({ modelId: id })).rejects.toMatchObject({
      code: 'adapter_no_base',
      data: { baseName: 'Scripted trades' },
    })
    await importModel(room, models.trades.path)
    expect((await here()).map((model) => model.state)).toEqual(['ready', 'ready'])
    await room.client.runtime.load({ modelId: id })
  })

  test('survives a restart, and a change of its file is noticed', async () => {
    await importModel(room, models.trades.path)
    const id = await importModel(room, adapters.tenancy.path)
    const { dataFolder, keychain } = room
    await room.close()
    const path = join(dataFolder, 'models', `adapter-${id}.gguf`)
    rmSync(path)
    copyFileSync(adapters.health.path, path)
    room = await startTestHost({ dataFolder, keychain })
    await room.client.vault.unlock({})
    await expect(room.client.runtime.load({ modelId: id })).rejects.toMatchObject({ code: 'model_changed' })
  })
})

describe('an adapter is refused', () => {
  test('when no model here has its shape, with the name of the one it wants', async () => {
    await importModel(room, models.random.path)
    await expect(importModel(room, adapters.tenancy.path)).rejects.toMatchObject({
      code: 'adapter_no_base',
      data: { baseName: 'Scripted trades', reason: 'tensor_missing' },
    })
    expect(await here()).toHaveLength(1)
    expect(installedFiles()).toEqual([])
  })

  test('when the model that fits has another name – until somebody says that it is meant', async () => {
    const baseId = await importModel(room, models.trades.path)
    const path = broken({ baseName: 'Some other model of this shape' })
    room.desktop.pick = path
    const picked = await room.client.desktop.pickModel({})
    const reference = picked?.reference ?? ''
    await expect(room.client.models.import({ reference })).rejects.toMatchObject({
      code: 'adapter_other_base',
      data: { baseId, name: 'Scripted trades', baseName: 'Some other model of this shape' },
    })
    await room.client.models.import({ reference, baseId })
    expect((await here()).map(({ adapter }) => adapter?.baseName)).toContain('Some other model of this shape')
  })

  test('and so is one that names no model at all', async () => {
    await importModel(room, models.trades.path)
    await expect(importModel(room, broken({ baseName: null }))).rejects.toMatchObject({ code: 'adapter_other_base' })
  })

  test.each([
    ['without its strength', { without: ['adapter.lora.alpha'] }, 'model_malformed', 'missing_key'],
    ['with numbers that are none', { factor: Number.NaN }, 'model_malformed', 'not_finite'],
    ['with infinite numbers', { factor: Infinity }, 'model_malformed', 'not_finite'],
    ['without its family', { without: ['general.architecture'] }, 'model_malformed', 'missing_key'],
    ['of another kind than LoRA', { without: ['adapter.type'] }, 'model_not_chat', undefined],
  ] as const)('%s', async (_what, change, code, reason) => {
    await importModel(room, models.trades.path)
    await expect(importModel(room, broken(change))).rejects.toMatchObject({ code, ...(reason ? { data: { reason } } : {}) })
    expect(await here()).toHaveLength(1)
    expect(installedFiles()).toEqual([])
  })

  test('cut short at any place', async () => {
    await importModel(room, models.trades.path)
    const whole = readFileSync(adapters.tenancy.path).length
    // The last bytes only fill up to the alignment.
    for (const size of [whole - 40, whole >> 1, 200, 30]) {
      const path = join(folder, 'cut.gguf')
      writeFileSync(path, readFileSync(adapters.tenancy.path))
      truncateSync(path, size)
      await expect(importModel(room, path)).rejects.toMatchObject({ code: 'model_truncated' })
    }
  })

  test('that lacks one half of a pair', async () => {
    await importModel(room, models.trades.path)
    const path = join(folder, 'half.gguf')
    writeFileSync(
      path,
      Buffer.from(readFileSync(adapters.tenancy.path).toString('latin1').replace('.lora_b', '.lora_x'), 'latin1'),
    )
    await expect(importModel(room, path)).rejects.toMatchObject({ code: 'model_malformed', data: { reason: 'tensor_pair' } })
  })
})

function testTrained(): void {
  test('stands on the model it was trained on, and on nothing else', async () => {
    await expect(importModel(room, adapterOf('lease'))).rejects.toMatchObject({ code: 'adapter_no_base' })
    const baseId = await importModel(room, tinyModel)
    const id = await importModel(room, adapterOf('lease'))
    const student = (await here()).find((model) => model.id === id)
    expect(student).toMatchObject({ adapter: { baseId, baseName: 'SmolLM2 135M Instruct', rank: 8, alpha: 16 }, state: 'ready' })
  })
}
if (missingStudents === null) describe('a student that was really trained', testTrained)
else test.skip(`NOT RUN: a really trained student was not imported, because ${missingStudents}`, testTrained)
