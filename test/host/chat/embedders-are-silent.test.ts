// An embedder among the models: nothing that talks ever chooses it or takes it.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeLexicalModel } from '../../fixtures/gguf/bert-model.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  lastOf,
  personal,
  startTestHost,
  temporaryFolder,
  testModels,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

let room: TestHost
let embedder: string
const engine = new ScriptedEngine()

beforeAll(async () => {
  room = await startTestHost({ launchEngine: engine.launch })
  await room.client.vault.create({ kind: 'keychain' })
  const path = join(temporaryFolder(), 'embedder.gguf')
  makeLexicalModel(path, { name: 'Lexical', purpose: 'embedder' })
  embedder = await importModel(room, path)
})
afterAll(() => room.close())

const ask = async (onceModelId?: string) =>
  room.client.chat.send({
    ...{ workspaceId: await personal(room.client), conversationId: null, text: 'Who are you?' },
    ...(onceModelId === undefined ? {} : { onceModelId }),
  })

test('alone it answers nobody', async () => {
  await expect(ask()).rejects.toMatchObject({ code: 'no_model' })
  await expect(room.client.runtime.load({ modelId: embedder, insist: false })).rejects.toMatchObject({ code: 'model_not_chat' })
})

test('beside a student the student answers, whoever was wished or is the default', async () => {
  const student = await importModel(room, testModels().english.path)
  await room.client.settings.set({ modelId: embedder })
  const place = await ask(embedder)
  expect(lastOf((await untilSettled(room.client, place)).conversation).facts).toMatchObject({ modelId: student })
})

test('it is compared with nobody, drafts for nobody and is nobody’s base', async () => {
  const student = await importModel(room, testModels().english.path)
  const workspaceId = await personal(room.client)
  const asked = { workspaceId, question: 'Who?', modelIds: [student, embedder], presetId: 'precise', blind: false }
  await expect(room.client.compare.ask(asked)).rejects.toMatchObject({ code: 'model_not_chat' })
  expect(await room.client.models.drafts({ modelId: student })).toEqual([])
})
