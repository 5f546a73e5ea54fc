/** Sources as the page keeps them, over the fake host: the right passage of the right document, and attachments that are not overlooked. */
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '../../contract/contract.ts'
import type { Message } from '../../contract/conversation.ts'
import { AppError } from '../../contract/errors.ts'
import { connect } from '../../contract/link.ts'
import { isStream } from '../../renderer/link/is-stream.ts'
import { StandingPort } from '../../renderer/link/standing-port.ts'
import { AppState } from '../../renderer/state/app.svelte.ts'
import { passageBoxes } from '../../renderer/state/passage-boxes.ts'
import { SourceDocument } from '../../renderer/state/source-document.svelte.ts'
import { citedNumbers, claimsOf, claimWords, worstFirst } from '../../renderer/state/support.ts'
import { fakeBlocks, fakeDocument, fakeDocuments, fakeStarts } from '../fixtures/fake-documents.ts'
import { FakeHost } from '../fixtures/fake-host.ts'
import { fakeMessage, fakeWorkspace } from '../fixtures/fake-nouns.ts'
import { fakeCited, fakeGiven, fakePdf, fakeReport, fakeSources } from '../fixtures/fake-sources.ts'

const settled = (ms = 15): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const cited = (change: Partial<Message> = {}): Message =>
  fakeMessage({ id: 'answer', role: 'assistant', parentId: 'question', ...fakeCited, ...change })
const place = { workspaceId: 'personal', conversationId: 'talk' }

const running: AppState[] = []
afterEach(() => running.splice(0).forEach((app) => app.stop()))

async function started(
  host = new FakeHost(),
  sendFile = (): Promise<{ reference: string }> => Promise.resolve({ reference: 'sent' }),
) {
  host.workspaces.set([{ ...fakeWorkspace, documents: fakeDocuments.length }])
  host.documents.rows.set(fakeDocuments)
  const port = new StandingPort(
    () => Promise.resolve(host.connect()),
    isStream,
    () => Promise.resolve(),
  )
  const app = new AppState({
    ...{ client: connect(port, contract), onLink: (listener) => port.onChange(listener), sendFile },
    ...{ place: { hash: '' }, mac: false, languages: ['en'], now: () => 0 },
  })
  running.push(app)
  app.start()
  await settled()
  return { app, host, client: connect(host.connect(), contract) }
}

describe('what was checked', () => {
  it('leaves out what says nothing, and puts the unsupported first', () => {
    const claims = claimsOf(cited())
    expect(claims.map(({ verdict }) => verdict)).toEqual([...Array<string>(4).fill('supported'), 'partly', 'not_found'])
    expect(worstFirst(claims).map(({ index }) => index)).toEqual([5, 4, 0, 1, 2, 3])
  })
  it('is nothing while the answer is written, and nothing for one that was declined', () => {
    expect(claimsOf(cited({ sources: { ...fakeSources, checks: null } }))).toEqual([])
    expect(claimsOf(cited({ sources: { ...fakeSources, declined: true } }))).toEqual([])
    expect(claimsOf(cited({ sources: null }))).toEqual([])
  })
  it.each([
    ['**Ends** on `31 March` [2].', 'Ends on 31 March.'],
    ['| a | b | [1, 3] |', 'a – b –'],
    ['2. See [the code](https://a.example).', 'See the code.'],
  ])('is said in plain words: %s', (source, words) => expect(claimWords({ source })).toBe(words))
})

it('shows the second of two citations of one document, though the first is still being read (bug: it was said to be gone)', async () => {
  const { client } = await started()
  const source = fakeGiven[1]!
  const document = new SourceDocument(client, 'personal', source.documentId)
  const evidence = { start: source.start + 4, end: source.start + 10 }
  await Promise.all([document.show(source, null), document.show(source, evidence)])
  expect([document.changed, document.marks]).toEqual([false, { passage: source, evidence }])
})

describe('references of a copied answer', () => {
  it('are those that it points at, each once and in order', () => expect(citedNumbers(cited())).toEqual([1, 2, 3]))
  it('are those that support it where it points at none', () => {
    expect(citedNumbers(cited({ text: 'It ends. [99]' }))).toEqual([2, 3])
  })
  it('are none for an answer without documents', () => expect(citedNumbers(cited({ sources: null, text: '[1]' }))).toEqual([]))
})

describe('the open source', () => {
  it('is the one that was asked for, and the first where none is named', async () => {
    const { app } = await started()
    app.sources.show(place, cited(), 2)
    expect(app.sources.open).toEqual({ messageId: 'answer', number: 2, sentence: null })
    app.sources.show(place, cited())
    expect(app.sources.open?.number).toBe(1)
    app.sources.show(place, cited(), 99)
    expect(app.sources.open?.number).toBe(1)
  })
  it('follows a chosen sentence to its evidence', async () => {
    const { app } = await started()
    const message = cited()
    const [first] = claimsOf(message)
    if (!first) throw new Error('Nothing was checked')
    app.sources.choose(place, message, first)
    expect(app.sources.open).toMatchObject({ number: 2, sentence: 0 })
    const start = fakeGiven[1]?.start ?? 0
    expect(app.sources.evidence(message)).toEqual({ start: start + 4, end: start + 150 })
  })
  it('that a mark opened is shown at the evidence for the sentence it stands in, where that is in this source', async () => {
    const { app } = await started()
    const message = cited()
    app.sources.show(place, message, 2, 0)
    expect(app.sources.open).toMatchObject({ number: 2, sentence: 0 })
    const start = fakeGiven[1]?.start ?? 0
    expect(app.sources.evidence(message)).toEqual({ start: start + 4, end: start + 150 })
    // Its evidence is in another source: here there is none, and the passage is shown as it is.
    app.sources.show(place, message, 1, 0)
    expect([app.sources.open?.sentence, app.sources.evidence(message)]).toEqual([0, null])
    app.sources.show(place, message, 2, 99)
    expect(app.sources.open?.sentence).toBeNull()
  })
  it('keeps its document while the next source is of the same one, and forgets all when the vault locks', async () => {
    const { app, host } = await started()
    app.sources.show(place, cited(), 2)
    const { document } = app.sources
    app.sources.show(place, cited(), 2)
    expect(app.sources.document).toBe(document)
    host.vault.set({ phase: 'new', keychainTrouble: null })
    await settled()
    expect([app.sources.open, app.sources.document]).toEqual([null, null])
  })
  it('is asked once for what was searched', async () => {
    const { app, host } = await started()
    host.chat.report = fakeReport
    await app.sources.inspect(place, 'answer')
    expect(app.sources.report('answer')?.found).toHaveLength(fakeReport.found.length)
    expect(app.sources.report('other')).toBeNull()
    host.chat.report = null
    await app.sources.inspect(place, 'answer')
    expect(app.sources.inspecting.trouble).toBeNull()
  })
})

describe('its document', () => {
  it('is read around the passage, wherever it begins', async () => {
    const { client } = await started()
    for (const [number, start] of fakeStarts.entries()) {
      const document = new SourceDocument(client, 'personal', 'lease')
      await document.look(start, start + 1)
      expect(document.blocks.some((block) => block.number === number)).toBe(true)
    }
  })
  it('may be gone: that is told, and is no failure', async () => {
    const { client } = await started()
    const document = new SourceDocument(client, 'personal', 'gone')
    await document.look(0, 10)
    expect([document.gone, document.reading.trouble, document.blocks]).toEqual([true, null, []])
  })
  it('read anew has its passage and its evidence where their words stand now (bug: what stood at their numbers was marked)', async () => {
    const { client } = await started()
    const block = fakeBlocks[4]?.text ?? ''
    const start = fakeStarts[4] ?? 0
    const document = new SourceDocument(client, 'personal', 'lease')
    const source = { start, end: start + block.length, text: block }
    await document.show(source, { start: start + 4, end: start + 50 })
    expect(document.marks).toEqual({ passage: source, evidence: { start: start + 4, end: start + 50 } })
    // As it stood in an earlier reading: seven hundred characters before.
    const before = { start: start - 700, end: start - 700 + block.length, text: block }
    await document.show(before, { start: before.start + 4, end: before.start + 50 })
    expect(document.marks).toEqual({
      passage: { start, end: start + block.length },
      evidence: { start: start + 4, end: start + 50 },
    })
    expect([document.changed, document.blocks.some(({ number }) => number === 4)]).toEqual([false, true])
  })
  it('that lacks the words of a source says so, and marks nothing', async () => {
    const { client } = await started()
    const document = new SourceDocument(client, 'personal', 'lease')
    await document.show({ start: 5, end: 25, text: 'What was never there' }, null)
    expect([document.marks, document.changed, document.reading.trouble]).toEqual([null, true, null])
  })
  it('that is read anew while one reads on does not mix two readings', async () => {
    const { client, host } = await started()
    const document = new SourceDocument(client, 'personal', 'lease')
    const text = fakeBlocks[4]?.text ?? ''
    const start = fakeStarts[4] ?? 0
    await document.show({ start, end: start + text.length, text }, null)
    const numbers = document.blocks.map(({ number }) => number)
    host.documents.reading++
    await document.later()
    expect(document.blocks.map(({ number }) => number)).toEqual(numbers)
    expect(document.marks?.passage.start).toBe(start)
  })
  it('hands its bytes over in parts', async () => {
    const { client, host } = await started()
    const file = fakePdf()
    host.documents.files.set('lease', file)
    const document = new SourceDocument(client, 'personal', 'lease')
    const { bytes, sizeBytes } = await document.bytes(5, 20)
    expect([[...bytes], sizeBytes]).toEqual([[...file.subarray(5, 25)], file.length])
  })
  it('says on which lines of which page a stretch of it stands', () => {
    const blocks = fakeBlocks.map((block, number) => ({ number, start: fakeStarts[number] ?? 0, block }))
    const start = fakeStarts[4] ?? 0
    expect(passageBoxes(blocks, start + 90, start + 150).map(({ page, boxes }) => [page, boxes.length])).toEqual([[4, 1]])
    expect(passageBoxes(blocks, start, start + 286).map(({ page, boxes }) => [page, boxes.length])).toEqual([[4, 4]])
    expect(passageBoxes(blocks, start, (fakeStarts[6] ?? 0) + 5).map(({ page }) => page)).toEqual([4, 5])
  })
})

describe('which documents are asked', () => {
  it('are the workspace’s, where it has some, until somebody chooses', async () => {
    const { app, host } = await started()
    expect(app.chat.scope).toEqual({ documents: true, strict: false, documentIds: null })
    await app.chat.configure({ scope: { documents: true, strict: true, documentIds: ['lease'] } })
    const id = (await app.chat.send('Who?')) ?? ''
    app.chat.show(id)
    await settled()
    expect(app.chat.scope).toEqual({ documents: true, strict: true, documentIds: ['lease'] })
    app.chat.show('')
    expect(app.chat.scope.documentIds).toBeNull()
    host.workspaces.set([{ ...fakeWorkspace, documents: 0 }])
    await settled()
    expect(app.chat.scope.documents).toBe(false)
  })
})

describe('attachments', () => {
  const file = (name: string): File => new File(['x'], name)

  it('before the first question make a conversation that keeps what was typed and chosen', async () => {
    const { app } = await started()
    app.chat.write('What does it say?')
    await app.chat.configure({ scope: { documents: false, strict: false, documentIds: null } })
    const begun = await app.chat.begin()
    app.chat.show(begun?.conversationId ?? '')
    await settled()
    expect([app.chat.draft, app.chat.scope.documents]).toEqual(['What does it say?', false])
    expect(await app.chat.begin()).toEqual(begun)
  })
  it('hold a question back until they are read, and no longer', async () => {
    const { app, host } = await started()
    host.documents.rows.set([fakeDocument({ id: 'a', conversationId: 'talk', stage: 'reading' })])
    app.attachments.watch(place)
    await settled()
    expect(app.attachments.busy).toBe(true)
    for (const stage of ['embedding', 'ready', 'no_text', 'failed'] as const) {
      host.documents.change('a', { stage })
      await settled()
      expect(app.attachments.busy).toBe(false)
    }
  })
  it('are shown with the question that they came with, and not again with the next', async () => {
    const { app, host } = await started()
    host.documents.rows.set([
      fakeDocument({ id: 'a', conversationId: 'talk', addedAt: 10 }),
      fakeDocument({ id: 'inside', conversationId: 'talk', parentId: 'a', addedAt: 11 }),
      fakeDocument({ id: 'b', conversationId: 'talk', addedAt: 25 }),
      fakeDocument({ id: 'c' }),
    ])
    const asked = (id: string, createdAt: number): Message => fakeMessage({ id, role: 'user', createdAt })
    const branch = [asked('early', 5), asked('question', 20), fakeMessage({ id: 'answer', role: 'assistant', createdAt: 30 })]
    app.attachments.watch(place)
    await settled()
    const shown = (id: string) => app.attachments.of(id, branch).map((row) => row.id)
    expect([shown('early'), shown('question'), shown('answer')]).toEqual([[], ['a'], []])
    expect(app.attachments.coming(branch).map(({ id }) => id)).toEqual(['b'])
    // The question was changed afterwards: on that branch both came with it.
    expect(app.attachments.of('again', [asked('again', 40)]).map(({ id }) => id)).toEqual(['b', 'a'])
  })
  it('that are refused are told by name, and the others still come', async () => {
    const sends = [() => Promise.reject(new AppError('disk_full', 'No room')), () => Promise.resolve({ reference: 'second' })]
    const { app } = await started(new FakeHost(), () => sends.shift()?.() ?? Promise.resolve({ reference: 'more' }))
    app.attachments.watch(place)
    await app.attachments.send(place, [file('first.pdf'), file('second.pdf')])
    await settled()
    expect(app.attachments.refused.map(({ name, trouble }) => [name, trouble.code])).toEqual([['first.pdf', 'disk_full']])
    expect(app.attachments.coming([]).map(({ name }) => name)).toEqual(['second.pdf'])
    expect(app.attachments.busy).toBe(true)
  })
})
