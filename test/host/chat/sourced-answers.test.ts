// Answers from documents over a whole host: real reader, real index, real encrypted file; only the engine says what the test wants.
import { afterEach, describe, expect, test } from 'vitest'
import type { ChatUpdate } from '../../../contract/conversation.ts'
import type { EngineQuestion } from '../../../electron/engine/contract.ts'
import { ScriptedEngine, type Script } from '../../fixtures/scripted-engine.ts'
import { supportSources } from '../../fixtures/support-pairs.ts'
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

let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

async function ready(script: Partial<Script> = {}, options: Parameters<typeof startTestHost>[0] = {}) {
  const engine = new ScriptedEngine({ contextTokens: 4096, ...script })
  const host = await startTestHost({ launchEngine: engine.launch, ...options })
  open.push(host)
  await host.client.vault.create({ kind: 'keychain' })
  await importModel(host, testModels().english.path)
  const workspaceId = await personal(host.client)
  const { client } = host
  const read = () => until(client.documents.summary({ workspaceId }), ({ working, documents }) => documents > 0 && working === 0)
  return {
    ...host,
    engine,
    workspaceId,
    async paste(name: string, text: string, conversationId: string | null = null) {
      const { documentId } = await client.documents.paste({ workspaceId, conversationId, name, text })
      await until(
        client.documents.list({ workspaceId, conversationId, filter: 'all', name: '', sort: 'newest', limit: 100 }),
        ({ rows }) => rows.some(({ id, stage }) => id === documentId && (stage === 'ready' || stage === 'embedding')),
      )
      if (conversationId === null) await read()
      return documentId
    },
    async ask(text: string, more: Partial<Parameters<typeof client.chat.send>[0]> = {}) {
      const place = await client.chat.send({ workspaceId, conversationId: null, text, ...more })
      const settled = await untilSettled(client, place)
      return { place, ...settled, answer: lastOf(settled.conversation) }
    },
  }
}

const says =
  (...pieces: string[]): Script['answer'] =>
  () =>
    pieces
const promptOf = (question: EngineQuestion | undefined): string => question?.messages.at(-1)?.content ?? ''

describe('a question about a document that fits', () => {
  test('is answered from the whole document, with marks, checks and evidence that stand at their places', async () => {
    const room = await ready({
      answer: says('The monthly rent is 840', ' euros [', '1', ']. The rent is 900 euros [1', ', 7]. Hello!'),
    })
    await room.paste('Lease', supportSources.lease)
    const { answer, place, updates } = await room.ask('How much is the rent?')
    expect(answer.text).toBe('The monthly rent is 840 euros [1]. The rent is 900 euros [1]. Hello!')
    expect(answer.sources).toMatchObject({ mode: 'whole', strict: false, declined: false, leftOut: 0 })
    const [given] = answer.sources?.given ?? []
    expect(given).toMatchObject({ number: 1, documentName: expect.stringContaining('Lease') })
    expect(given?.text).toContain('840 euros')
    expect(answer.sources?.checks?.map(({ verdict }) => verdict)).toEqual(['supported', 'not_found', 'no_claim'])
    const [first] = answer.sources?.checks ?? []
    expect(answer.text.slice(first?.start, first?.end)).toBe('The monthly rent is 840 euros [1].')
    expect(given?.text.slice(first?.evidence?.start, first?.evidence?.end)).toContain('840 euros')
    expect(updates.some((update) => update.type === 'text' && /\[[^\]]*$/.test(update.text))).toBe(false)
    const report = await room.client.chat.inspect({ ...place, messageId: answer.id })
    expect(report.found[0]).toMatchObject({ fate: 'sent', number: 1, text: expect.stringContaining('rent') })
  })

  test('where the model writes no mark, marks are set where the check found support', async () => {
    const room = await ready({ answer: says('The monthly rent is 840 euros. Elephants are grey.') })
    await room.paste('Lease', supportSources.lease)
    const { answer } = await room.ask('How much is the rent?')
    expect(answer.text).toBe('The monthly rent is 840 euros [1]. Elephants are grey.')
    const [, second] = answer.sources?.checks ?? []
    expect(answer.text.slice(second?.start, second?.end)).toBe('Elephants are grey.')
  })

  test('a prompt only grows: a follow-up has before it, unchanged, what was read, and brings nothing twice (bug: all was read again)', async () => {
    const room = await ready({ answer: says('840 euros [1].') })
    await room.paste('Lease', supportSources.lease)
    const { place } = await room.ask('How much is the rent?')
    const follow = await room.ask('And who pays the water?', { conversationId: place.conversationId })
    const [first, second] = room.engine.questions
    expect(promptOf(first)).toMatch(
      /^Sources:\n\n<source 1 ([0-9a-f]{8}): Lease.*>\n[^]*<\/source 1 \1>\n\nQuestion: How much is the rent\?$/,
    )
    expect(second?.messages.slice(0, 2)).toEqual(first?.messages)
    expect(second?.messages.slice(2).map(({ role, content }) => [role, content])).toEqual([
      ['assistant', '840 euros [1].'],
      ['user', 'Question: And who pays the water?'],
    ])
    // What was given before can be cited, checked and looked into.
    expect(follow.answer.text).toBe('840 euros [1].')
    expect(follow.answer.sources).toMatchObject({ mode: 'whole', given: [], earlier: [1] })
    expect(follow.answer.sources?.checks?.[0]).toMatchObject({ sources: [1] })
    const report = await room.client.chat.inspect({ ...follow.place, messageId: follow.answer.id })
    expect(report.found[0]).toMatchObject({ fate: 'sent', number: 1 })
  })

  test('another document that comes is added under the next number, and one that goes is not read any more', async () => {
    const room = await ready({ answer: says('It says so [1][2].') })
    const leaseId = await room.paste('Lease', supportSources.lease)
    const { place } = await room.ask('How much is the rent?')
    await room.paste('Bail', supportSources.bail)
    const second = await room.ask('And in the other one?', { conversationId: place.conversationId })
    expect(second.answer.sources).toMatchObject({ given: [{ number: 2, documentName: 'Bail' }], earlier: [1] })
    expect(second.answer.text).toBe('It says so [1][2].')
    await room.client.documents.remove({ workspaceId: room.workspaceId, documentIds: [leaseId] })
    const third = await room.ask('And now?', { conversationId: place.conversationId })
    expect(third.answer.sources).toMatchObject({ given: [], earlier: [2] })
    expect(JSON.stringify(room.engine.questions.at(-1)?.messages)).not.toContain('840 euros')
    expect(third.answer.text).toContain('[2]')
  })

  test('asked again, and asked otherwise from the start, its sources stand in the same fence', async () => {
    const room = await ready({ answer: says('840 euros [1].') })
    await room.paste('Lease', supportSources.lease)
    const { place, answer } = await room.ask('How much is the rent?')
    await room.client.chat.retry({ ...place, messageId: answer.id })
    await untilSettled(room.client, place)
    await room.ask('Who pays the water?', { conversationId: place.conversationId, parentId: null })
    const [first, again, other] = room.engine.questions.map(promptOf)
    expect(again).toBe(first)
    expect(other?.slice(0, other.indexOf('Question:'))).toBe(first?.slice(0, first.indexOf('Question:')))
    // What may be read ahead is the same for every conversation, until the documents change.
    await room.ask('How much is the rent?')
    expect(promptOf(room.engine.questions.at(-1))).toBe(first)
    await room.paste('Bail', supportSources.bail)
    const after = await room.ask('How much is the rent?')
    expect(after.answer.sources?.frame?.fence).not.toBe(answer.sources?.frame?.fence)
  })

  test('a question in another language has the rules in its own, and nothing before it changes', async () => {
    const room = await ready({ answer: says('840 euros [1].') })
    await room.paste('Lease', supportSources.lease)
    const { place } = await room.ask('How much is the rent?')
    await room.ask('Quel est le montant du loyer dans le bail ?', { conversationId: place.conversationId })
    const [first, second] = room.engine.questions
    expect(second?.messages.slice(0, 2)).toEqual(first?.messages)
    expect(promptOf(second)).toMatch(
      /^Réponds à la question en français[^]*\n\nQuestion : Quel est le montant du loyer dans le bail \?$/,
    )
  })

  test('the workspace’s instructions are said, and stand in the passport', async () => {
    const room = await ready({ answer: says('840 euros [1].') })
    await room.paste('Lease', supportSources.lease)
    await room.client.workspaces.configure({ workspaceId: room.workspaceId, instructions: 'Be a careful lawyer.' })
    const { answer } = await room.ask('How much is the rent?')
    expect(room.engine.questions[0]?.messages[0]?.content).toMatch(/^Be a careful lawyer\.\n\nAnswer the question/)
    expect(answer.facts?.systemPrompt).toBe('Be a careful lawyer.')
  })
})

describe('more than fits', () => {
  test('the best passages are sent, the rest is counted as left out for lack of room, and the prompt stays within the context', async () => {
    const room = await ready({ answer: says('Clause 37 sets a fee of 1037 euros [1].'), contextTokens: 2048 })
    const clause = (n: number): string =>
      `# Clause ${n}\n\nThe fee under clause ${n} is ${1000 + n} euros. ${`The parties of clause ${n} meet the fee in equal parts and keep records of every payment. `.repeat(8)}`
    await room.paste('Contract', Array.from({ length: 60 }, (_, n) => clause(n + 1)).join('\n\n'))
    const { answer, place } = await room.ask('What is the fee under clause 37?')
    expect(answer.sources?.mode).toBe('passages')
    expect(answer.sources?.given.some(({ text }) => text.includes('1037 euros'))).toBe(true)
    const starts = answer.sources?.given.map(({ start }) => start) ?? []
    expect(starts).toEqual(starts.toSorted((one, other) => one - other))
    expect(promptOf(room.engine.questions.at(-1)).length / 4).toBeLessThan(2048 - 512)
    const report = await room.client.chat.inspect({ ...place, messageId: answer.id })
    const fates = new Set(report.found.map(({ fate }) => fate))
    expect(fates.has('sent')).toBe(true)
    expect(answer.sources?.leftOut).toBe(report.found.filter(({ fate }) => fate === 'room').length)
    for (const { fate, number, text } of report.found) {
      expect(text).not.toBe('')
      expect(number === null).toBe(fate === 'room' || fate === 'below')
    }
  })
})

describe('a conversation that outgrows its window', () => {
  test('makes room in one large step, says so, and gives again what went with the turns', async () => {
    const room = await ready({
      answer: says(`840 euros [1]. ${'It is due on the first of the month. '.repeat(12)}`),
      contextTokens: 2048,
    })
    await room.paste('Lease', supportSources.lease)
    const { place, answer } = await room.ask('How much is the rent?', { presetId: 'precise' })
    const cuts: number[] = []
    let again: typeof answer | null = null
    for (let turn = 0; turn < 14 && !again; turn++) {
      const asked = await room.ask(`And what of point ${turn}?`, { conversationId: place.conversationId })
      cuts.push(asked.answer.facts?.leftOut ?? 0)
      const sources = asked.answer.sources
      // Either it still stands, or it is given anew: the model always has it before it.
      expect([...(sources?.earlier ?? []), ...(sources?.given ?? []).map(({ number }) => number)]).not.toEqual([])
      if ((sources?.given.length ?? 0) > 0) again = asked.answer
    }
    expect(again?.sources).toMatchObject({ given: [{ number: 2, documentName: 'Lease' }], earlier: [] })
    const leftOut = cuts.at(-1) ?? 0
    expect(cuts.slice(0, -1)).toEqual(cuts.slice(0, -1).map(() => 0))
    expect(leftOut).toBeGreaterThan(2)
    expect(JSON.stringify(room.engine.questions.at(-1)?.messages)).not.toContain('How much is the rent?')
    // The turns after it leave out the same ones.
    const next = await room.ask('And then?', { conversationId: place.conversationId })
    expect(next.answer.facts?.leftOut).toBe(leftOut)
    expect(next.answer.sources).toMatchObject({ given: [], earlier: [2] })
  })
})

test('what would be read of documents, and for how long, is said once it was measured', async () => {
  const room = await ready({ answer: says('840 euros [1]. '.repeat(20)), contextTokens: 16_384 })
  const budget = () => room.client.chat.budget({ workspaceId: room.workspaceId, conversationId: null, draft: 'The rent?' })
  expect((await budget()).reads).toBeUndefined()
  await room.paste('Lease', supportSources.lease)
  expect((await budget()).reads).toBeUndefined()
  const { place } = await room.ask('How much is the rent?')
  const said = await budget()
  expect(said.reads).toMatchObject({ what: 'documents', count: 1 })
  expect(said.reads?.seconds).toBeGreaterThan(0)
  // A follow-up has all of it before it.
  expect((await room.client.chat.budget({ ...place, draft: 'And the water?' })).reads).toBeUndefined()
})

describe('instructions that are long', () => {
  const strict = { documents: true, strict: true, documentIds: null }

  test('leave room for sources where the student has it, though nobody has loaded it yet (bug: strict mode declined)', async () => {
    const room = await ready({ answer: says('The monthly rent is 840 euros [1].'), contextTokens: 16_384 })
    await room.paste('Lease', supportSources.lease)
    await room.client.workspaces.configure({ workspaceId: room.workspaceId, instructions: 'Be precise. '.repeat(1500) })
    const { answer } = await room.ask('How much is the rent?', { scope: strict })
    expect(answer).toMatchObject({ text: 'The monthly rent is 840 euros [1].', sources: { declined: false } })
  })

  test('and leave none are said to be too long (bug: as if the documents said nothing)', async () => {
    const room = await ready({ answer: says('The monthly rent is 840 euros [1].'), contextTokens: 2048 })
    await room.paste('Lease', supportSources.lease)
    await room.client.workspaces.configure({ workspaceId: room.workspaceId, instructions: 'Be precise. '.repeat(1500) })
    const { answer } = await room.ask('How much is the rent?', { scope: strict })
    expect(answer).toMatchObject({ text: '', state: 'failed', trouble: { code: 'prompt_too_long' } })
  })
})

describe('strict mode', () => {
  const strict = { documents: true, strict: true, documentIds: null }

  test('shows nothing before it is checked, and then only what is supported', async () => {
    const room = await ready({
      answer: says(
        '# Rent\n\nThe monthly rent',
        ' is 840 euros [1]. The flat has a garage',
        ' and a garden [1].\n\n- Pets live free.\n- Subletting is prohibited [1].\n\n```\ncode\n```',
      ),
    })
    await room.paste('Lease', supportSources.lease)
    const { answer, updates } = await room.ask('How much is the rent?', { scope: strict })
    expect(answer.text).toBe('# Rent\n\nThe monthly rent is 840 euros [1].\n\n- Subletting is prohibited [1].')
    for (const { start, end } of answer.sources?.checks ?? []) expect(answer.text.slice(start, end).trim()).not.toBe('')
    expect(updates.filter(({ type }) => type === 'text')).toEqual([])
    expect(JSON.stringify(updates)).not.toContain('garage')
  })

  test('declines when nothing of the answer stands, and the next question is not asked together with the declined one', async () => {
    const room = await ready({ answer: says('The flat has a garage.') })
    await room.paste('Lease', supportSources.lease)
    const { answer, place } = await room.ask('Is there a garage?', { scope: strict })
    expect(answer).toMatchObject({ text: '', state: 'finished', trouble: null, sources: { declined: true } })
    room.engine.script.answer = says('The monthly rent is 840 euros.')
    await room.ask('How much is the rent?', { conversationId: place.conversationId })
    expect(room.engine.questions.at(-1)?.messages.map(({ role }) => role)).toEqual(['system', 'user'])
    expect(promptOf(room.engine.questions.at(-1))).not.toContain('garage?')
  })

  test('declines without asking anybody where there is nothing to answer from', async () => {
    const room = await ready()
    const { answer } = await room.ask('How much is the rent?', { scope: strict })
    expect(answer).toMatchObject({ text: '', state: 'finished', sources: { declined: true, given: [] } })
    expect(room.engine.questions).toEqual([])
  })

  test('declines too where only an attachment is asked and that has no text (bug: it answered from nothing)', async () => {
    const room = await ready()
    const place = await room.client.chat.begin({ workspaceId: room.workspaceId })
    const conversationId = place.conversationId
    await room.client.documents.paste({ workspaceId: room.workspaceId, conversationId, name: 'Empty', text: ' \n ' })
    const { answer } = await room.ask('How much is the rent?', { conversationId, scope: { ...strict, documents: false } })
    expect(answer).toMatchObject({ text: '', state: 'finished', sources: { declined: true, given: [] } })
    expect(room.engine.questions).toEqual([])
  })

  test('stopping it shows what of it stands (bug: unchecked words that were held back come out)', async () => {
    const room = await ready({
      answer: () => ['The monthly rent is 840 euros. ', ...Array.from({ length: 200 }, () => 'Elephants fly high. ')],
      paceMs: 5,
    })
    await room.paste('Lease', supportSources.lease)
    const place = await room.client.chat.send({
      workspaceId: room.workspaceId,
      conversationId: null,
      text: 'The rent?',
      scope: strict,
    })
    await until(room.client.chat.follow(place), (update) => update.type === 'stage' && update.stage === 'writing')
    await new Promise((resolve) => setTimeout(resolve, 60))
    await room.client.chat.stop(place)
    const answer = lastOf((await untilSettled(room.client, place)).conversation)
    expect(answer).toMatchObject({ state: 'stopped', text: 'The monthly rent is 840 euros [1].' })
  })

  test('is the workspace’s wish for new conversations', async () => {
    const room = await ready()
    await room.client.workspaces.configure({ workspaceId: room.workspaceId, strict: true })
    const { conversation } = await room.ask('Anything?')
    expect(conversation.scope.strict).toBe(true)
  })
})

describe('scope, attachments and what is kept', () => {
  test('a workspace without documents answers as ever; documents that are switched off are not asked', async () => {
    const room = await ready()
    expect((await room.ask('Hello there')).answer.sources).toBeNull()
    await room.paste('Lease', supportSources.lease)
    const off = await room.ask('How much is the rent?', { scope: { documents: false, strict: false, documentIds: null } })
    expect(off.answer.sources).toBeNull()
    expect(promptOf(room.engine.questions.at(-1))).toBe('How much is the rent?')
  })

  test('an attachment is asked in its own conversation alone, with branches, and goes with it', async () => {
    const room = await ready({ answer: says('Le loyer annuel est fixé à 24 000 euros [1].') })
    const place = await room.client.chat.begin({ workspaceId: room.workspaceId })
    expect(await present(room.client.chat.list({ workspaceId: room.workspaceId, limit: 9 }))).toEqual({ rows: [], total: 0 })
    await room.paste('Bail', supportSources.bail, place.conversationId)
    const { conversation, answer } = await room.ask('Quel est le loyer ?', { conversationId: place.conversationId })
    expect(conversation.title).toBe('Quel est le loyer ?')
    expect(answer.sources?.given).toHaveLength(1)
    await room.client.chat.retry({ ...place, messageId: answer.id })
    const again = lastOf((await untilSettled(room.client, place)).conversation)
    expect(again.id).not.toBe(answer.id)
    expect(again.sources?.given).toHaveLength(1)
    expect((await room.ask('Quel est le loyer ?')).answer.sources).toBeNull()
    await room.client.chat.remove(place)
    const left = await present(
      room.client.documents.list({
        workspaceId: room.workspaceId,
        conversationId: null,
        filter: 'all',
        name: '',
        sort: 'newest',
        limit: 9,
      }),
    )
    expect(left.total).toBe(0)
  })

  test('sources are kept when the answer begins; going on keeps them and searches no more', async () => {
    const room = await ready({
      answer: ({ opening }) =>
        opening ? [' 840 euros [1].'] : ['The monthly rent is', ...Array.from({ length: 200 }, () => ' ')],
      paceMs: 4,
    })
    await room.paste('Lease', supportSources.lease)
    const place = await room.client.chat.send({ workspaceId: room.workspaceId, conversationId: null, text: 'The rent?' })
    const sourcesIn = (update: ChatUpdate) => {
      const messages =
        update.type === 'conversation' ? update.conversation.messages : update.type === 'turns' ? update.messages : []
      return messages.at(-1)?.sources ?? null
    }
    const update = await until(room.client.chat.follow(place), (one) => sourcesIn(one) !== null)
    expect(sourcesIn(update)).toMatchObject({ checks: null, declined: false })
    await until(room.client.chat.follow(place), ({ type }) => type === 'text')
    await room.client.chat.stop(place)
    const stopped = lastOf((await untilSettled(room.client, place)).conversation)
    await room.client.chat.continue({ ...place, messageId: stopped.id })
    const whole = lastOf((await untilSettled(room.client, place)).conversation)
    expect(whole.sources?.given).toEqual(stopped.sources?.given)
    expect(whole.text.replace(/ +/g, ' ')).toBe('The monthly rent is 840 euros [1].')
    expect(whole.sources?.checks?.[0]?.verdict).toBe('supported')
  })

  test('an empty conversation that was left behind is gone after the next start', async () => {
    const room = await ready()
    const place = await room.client.chat.begin({ workspaceId: room.workspaceId })
    await room.client.vault.lock({})
    await room.client.vault.unlock({})
    await expect(room.client.chat.rename({ ...place, title: 'x' })).rejects.toMatchObject({ code: 'not_found' })
  })

  test('the budget counts what sources will take, and says that it is rough', async () => {
    const room = await ready()
    const ask = () =>
      room.client.chat.budget({ workspaceId: room.workspaceId, conversationId: null, draft: 'How much is the rent?' })
    const before = await ask()
    await room.paste('Lease', supportSources.lease)
    const after = await ask()
    expect(after.used).toBeGreaterThan(before.used + 100)
    expect(after.exact).toBe(false)
  })
})
