/**
 * The test of a workspace over a whole host: real reader, real index, real encrypted file. The engine says what a test wants, but for the
 * last test, where llama.cpp runs small embedders.
 */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { QuestionsState, TestQuestion } from '../../../contract/question.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import { makeLexicalModel } from '../../fixtures/gguf/bert-model.ts'
import { ScriptedEngine, type Script } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  lastOf,
  personal,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

const lease =
  'Lease of the flat\n\nThe monthly rent is 840 euros.\n\nThe deposit is 1680 euros, and comes back within two months.'
const rent: TestQuestion = { id: 'rent', text: 'How much is the rent?', documentId: null, words: ['840 euros'] }
const deposit: TestQuestion = { id: 'deposit', text: 'How much is the deposit?', documentId: null, words: ['1680'] }

let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

async function ready(options: Parameters<typeof startTestHost>[0] = {}, questions = [rent, deposit]) {
  const host = await startTestHost(options)
  open.push(host)
  const { client } = host
  await client.vault.create({ kind: 'keychain' })
  const modelId = await importModel(host, testModels().english.path)
  const workspaceId = await personal(client)
  const settled = () =>
    until(client.documents.summary({ workspaceId }), ({ documents, working }) => documents > 0 && working === 0)
  const { documentId } = await client.documents.paste({ workspaceId, conversationId: null, name: 'Lease', text: lease })
  await settled()
  for (const question of questions) await client.questions.save({ workspaceId, question })
  const when = (found: (state: QuestionsState) => boolean) => until(client.questions.state({ workspaceId }), found)
  return {
    ...{ ...host, modelId, workspaceId, documentId, settled, when },
    ran: (count: number) => when(({ running, runs }) => running === null && runs.length === count),
  }
}
const scripted = (script: Partial<Script> = {}) => new ScriptedEngine({ contextTokens: 4096, ...script })
const isTest = (text: string | undefined): boolean => /deposit|much is the rent/.test(text ?? '')

test('a search finds the passage, without asking anybody', async () => {
  const engine = scripted()
  const room = await ready({ launchEngine: engine.launch })
  await room.client.questions.run({ workspaceId: room.workspaceId, answers: false })
  const { runs, results } = await room.ran(1)
  expect(runs[0]).toMatchObject({ found: 2, questions: 2, under: { embedder: null, model: null } })
  expect(results.map(({ rank }) => rank)).toEqual([1, 1])
  expect(engine.questions).toEqual([])
})

test('an answer is asked for as in a conversation, the same each time, and scored; no conversation is made', async () => {
  const engine = scripted({
    answer: ({ messages }) => [
      messages.at(-1)?.content.includes('much is the rent') ? 'The monthly rent is 840 euros [1].' : 'The moon is far.',
    ],
  })
  const room = await ready({ launchEngine: engine.launch })
  await room.client.questions.run({ workspaceId: room.workspaceId, answers: true })
  const { runs, results } = await room.ran(1)
  expect(runs[0]).toMatchObject({ answer: 0.5, cited: 1, support: 0.5, under: { model: { id: room.modelId } } })
  expect(results.map(({ answer, cited }) => ({ answer, cited }))).toEqual([
    { answer: 1, cited: true },
    { answer: 0, cited: false },
  ])
  expect(engine.questions.map(({ sampling }) => sampling.seed)).toEqual([1, 1])
  expect(engine.questions[0]?.messages.at(-1)?.content).toContain('840 euros')
  const { total } = await until(room.client.chat.list({ workspaceId: room.workspaceId, limit: 9 }), () => true)
  expect(total).toBe(0)
})

test('another student of the workspace is tried by itself; one that is only used elsewhere is not', async () => {
  const engine = scripted({ answer: () => ['840 euros [1].'] })
  const room = await ready({ launchEngine: engine.launch })
  const { client, workspaceId } = room
  await client.questions.run({ workspaceId, answers: true })
  await room.ran(1)
  const french = await importModel(room, testModels().french.path)
  const place = await client.chat.send({ workspaceId, conversationId: null, text: 'Bonjour', modelId: french })
  await untilSettled(client, place)
  await client.workspaces.configure({ workspaceId, instructions: 'Be brief.' })
  const { runs } = await room.ran(1)
  expect(runs).toHaveLength(1)
  await client.workspaces.configure({ workspaceId, modelId: french })
  expect((await room.ran(2)).runs[1]).toMatchObject({ reason: 'model', under: { model: { id: french } } })
})

test('it gives way: who asks meanwhile is answered first, and the question that was cut off is asked again', async () => {
  const engine = scripted({
    answer: ({ messages }) =>
      isTest(messages.at(-1)?.content) ? Array.from({ length: 40 }, () => '840 ') : ['Hello', ' to', ' you.'],
    paceMs: 10,
  })
  const room = await ready({ launchEngine: engine.launch })
  const { client, workspaceId } = room
  await client.questions.run({ workspaceId, answers: true })
  await expect.poll(() => engine.questions.length).toBe(1)
  const waits = room.when(({ running }) => running?.waits === true)
  const scope = { documents: false, strict: false, documentIds: null }
  const place = await client.chat.send({ workspaceId, conversationId: null, text: 'Hello there', scope })
  const { conversation } = await untilSettled(client, place)
  expect(lastOf(conversation)).toMatchObject({ text: 'Hello to you.', state: 'finished' })
  expect((await waits).runs).toEqual([])
  expect((await room.ran(1)).runs[0]).toMatchObject({ questions: 2, answer: 0 })
  expect(engine.questions.map(({ messages }) => (isTest(messages.at(-1)?.content) ? 'test' : 'person'))).toEqual([
    ...['test', 'person', 'test', 'test'],
  ])
})

test('a lock ends it within a moment although somebody’s answer goes on, and it goes on after the unlock', async () => {
  const engine = scripted({ answer: () => Array.from({ length: 10_000 }, () => '840 '), paceMs: 5 })
  const room = await ready({ launchEngine: engine.launch })
  const { client, workspaceId } = room
  await client.questions.run({ workspaceId, answers: true })
  await expect.poll(() => engine.questions.length).toBe(1)
  await client.chat.send({ workspaceId, conversationId: null, text: 'Hello there' })
  await room.when(({ running }) => running?.waits === true)
  await client.vault.lock({})
  engine.script.answer = () => ['It is 840 euros, or 1680 [1].']
  await client.vault.unlock({})
  expect((await room.ran(1)).runs[0]).toMatchObject({ reason: 'asked', answer: 1 })
})

test('erasing the workspace ends the run, and nobody is asked any more', async () => {
  const engine = scripted({ answer: () => Array.from({ length: 10_000 }, () => '840 '), paceMs: 5 })
  const room = await ready({ launchEngine: engine.launch })
  const { client } = room
  const { workspaceId } = await client.workspaces.make({ name: 'Leases' })
  await client.questions.save({ workspaceId, question: rent })
  await client.questions.save({ workspaceId, question: deposit })
  await client.questions.run({ workspaceId, answers: true })
  await expect.poll(() => engine.questions.length).toBe(1)
  await client.workspaces.erase({ workspaceId })
  engine.script.answer = () => ['Hello.']
  const place = await client.chat.send({ workspaceId: room.workspaceId, conversationId: null, text: 'Hello there' })
  await untilSettled(client, place)
  expect(engine.questions).toHaveLength(2)
})

test('a question has its document with it, however many there are, and says when that is gone', async () => {
  const room = await ready({ launchEngine: scripted().launch })
  const { client, workspaceId, documentId } = room
  await client.questions.save({ workspaceId, question: { id: 'lease', text: 'Whose flat?', documentId, words: [] } })
  const { questions } = await room.when(({ questions }) => questions.length === 3)
  expect(questions[2]?.document).toMatchObject({ id: documentId, name: 'Lease', stage: 'ready' })
  await client.documents.remove({ workspaceId, documentIds: [documentId] })
  const gone = await room.when(({ questions }) => questions[2]?.document === null)
  expect(gone.questions[2]?.documentId).toBe(documentId)
})

test('a question that expects nothing is refused', async () => {
  const room = await ready({ launchEngine: scripted().launch })
  await expect(
    room.client.questions.save({ workspaceId: room.workspaceId, question: { ...rent, words: [] } }),
  ).rejects.toMatchObject({ code: 'invalid_input' })
})

test('a workspace that travels has its questions, their documents and its runs with it', async () => {
  const room = await ready({ launchEngine: scripted().launch })
  const { client, workspaceId, documentId } = room
  await client.questions.save({ workspaceId, question: { ...rent, documentId } })
  await client.questions.run({ workspaceId, answers: false })
  const { runs } = await room.ran(1)
  const folder = temporaryFolder()
  room.desktop.pickedFolder = folder
  const to = await client.desktop.pickFolder({})
  const { name } = await client.workspaces.export({ workspaceId, reference: to?.reference ?? '', passphrase: 'huit caractères' })
  room.desktop.pick = join(folder, name)
  const from = await client.desktop.pickWorkspace({})
  const taken = await client.workspaces.import({ reference: from?.reference ?? '', passphrase: 'huit caractères' })
  const there = await until(client.questions.state({ workspaceId: taken.workspaceId }), () => true)
  expect(there.runs).toEqual(runs)
  expect(there.questions[0]).toMatchObject({ id: 'rent', document: { name: 'Lease' } })
})

test('llama.cpp: another embedder is measured by itself, when its vectors serve', async () => {
  const embedder = (name: string): string => {
    const path = join(temporaryFolder(), `${name}.gguf`)
    makeLexicalModel(path, { name, purpose: 'embedder' })
    return path
  }
  const room = await ready({ launchEngine: () => forkTestEngine(engineEntry) })
  const { client, workspaceId } = room
  await importModel(room, embedder('First'))
  await until(client.retrieval.state({ workspaceId }), ({ passages, embedded }) => passages > 0 && embedded === passages)
  await client.questions.run({ workspaceId, answers: false })
  expect((await room.ran(1)).runs[0]).toMatchObject({ found: 2, under: { embedder: { name: 'First' } } })
  const second = await importModel(room, embedder('Second'))
  await client.settings.set({ embedderId: second })
  expect((await room.ran(2)).runs[1]).toMatchObject({
    ...{ reason: 'embedder', found: 2, under: { embedder: { id: second, name: 'Second' } } },
  })
})

const engineEntry = join(import.meta.dirname, '../../../electron/engine/engine.ts')
