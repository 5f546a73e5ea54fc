// A small student that drafts for a larger one, through the real engine: only where both speak the same tokens, without changing a word
// of the answer, measured, and off when it did not pay.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import {
  importModel,
  lastOf,
  personal,
  present,
  startTestHost,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

const models = testModels()
let room: TestHost
let large: string
let small: string
let stranger: string

beforeAll(async () => {
  const entry = join(import.meta.dirname, '../../../electron/engine/engine.ts')
  room = await startTestHost({ launchEngine: () => forkTestEngine(entry) })
  await room.client.vault.create({ kind: 'keychain' })
  await room.client.settings.set({ threads: 1, contextTokens: 2048 })
  large = await importModel(room, models.slow.path)
  small = await importModel(room, models.long.path)
  stranger = await importModel(room, models.english.path)
  await room.client.chat.savePreset({
    id: 'hundred',
    name: 'Hundred',
    systemPrompt: '',
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 100 },
  })
})
afterAll(() => room.close())

async function ask() {
  const workspaceId = await personal(room.client)
  const place = await room.client.chat.send({
    ...{ workspaceId, conversationId: null, text: 'Count', presetId: 'hundred', onceModelId: large },
  })
  return lastOf((await untilSettled(room.client, place)).conversation)
}

describe('a draft', () => {
  test('is offered by the same tokens and half the size, and refused otherwise', async () => {
    expect(await room.client.models.drafts({ modelId: large })).toEqual([small])
    expect(await room.client.models.drafts({ modelId: small })).toEqual([])
    for (const draftId of [stranger, large])
      await expect(room.client.models.setDraft({ modelId: large, draftId })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('changes no word, and is measured', async () => {
    const without = await ask()
    expect(without.facts?.draft).toBeUndefined()
    await room.client.models.setDraft({ modelId: large, draftId: small })
    const drafted = await ask()
    expect(drafted.text).toBe(without.text)
    expect(drafted.facts?.answerTokens).toBe(100)
    expect(drafted.facts?.draft?.accepted).toBeGreaterThan(20)
    const { [large]: fit } = await until(room.client.runtime.fits({}), (fits) => fits[large]?.draft != null)
    // The counter and its slow twin say the very same.
    expect(fit?.draft?.acceptance).toBeGreaterThan(0.7)
    const [student] = (await present(room.client.models.state({}))).models.filter(({ id }) => id === large)
    expect(student?.draftId).toBe(small)
  })

  test('that goes is done without', async () => {
    await room.client.models.remove({ modelId: small })
    const { text, facts } = await ask()
    expect(text).toContain('10001')
    expect(facts?.draft).toBeUndefined()
  })
})
