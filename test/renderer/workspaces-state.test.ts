/** Workspaces as the page keeps them, over the fake host: which one is asked, their documents, questions and the free search. */
import { afterEach, describe, expect, it } from 'vitest'
import { contract } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import { connect } from '../../contract/link.ts'
import { AppState } from '../../renderer/state/app.svelte.ts'
import type { SendFile } from '../../renderer/state/models.svelte.ts'
import { WorkspacesState } from '../../renderer/state/workspaces.svelte.ts'
import { Words } from '../../renderer/i18n/i18n.svelte.ts'
import { recognitionName } from '../../renderer/i18n/recognition-names.ts'
import type { HandedFiles } from '../../renderer/state/handed-files.ts'
import { Route } from '../../renderer/state/route.svelte.ts'
import { markedTerms } from '../../renderer/views/workspaces/marked-terms.ts'
import { fakeDocuments, fakeFolder, fakeStarts, manyDocuments } from '../fixtures/fake-documents.ts'
import { FakeHost } from '../fixtures/fake-host.ts'
import { fakeConversation } from '../fixtures/fake-nouns.ts'
import { fakeRuns } from '../fixtures/fake-questions.ts'
import { fakeMatters } from '../fixtures/fake-workspaces.ts'

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15))
const running: AppState[] = []
afterEach(() => running.splice(0).forEach((app) => app.stop()))

async function started(
  hash = '',
  sendFile: SendFile = () => Promise.resolve({ reference: 'sent' }),
): Promise<[AppState, FakeHost]> {
  const host = new FakeHost()
  host.workspaces.set(fakeMatters)
  host.documents.rows.set(fakeDocuments)
  const app = new AppState({
    ...{ client: connect(host.connect(), contract), onLink: (listener) => listener(true), sendFile, place: { hash } },
    ...{ mac: false, languages: ['en'], now: () => 0 },
  })
  running.push(app)
  app.start()
  await settled()
  return [app, host]
}
async function shown(hash = '', sendFile?: SendFile): Promise<[AppState, FakeHost]> {
  const [app, host] = await started(hash, sendFile)
  app.documents.show('leases')
  app.retrieval.show('leases')
  app.questions.show('leases')
  await settled()
  return [app, host]
}

describe('the address', () => {
  it('keeps the workspace that is asked through every link, until another is chosen', () => {
    const route = new Route({ hash: '#/chat/talk?in=leases' })
    expect([route.screen, route.detail, route.part, route.workspace]).toEqual(['chat', 'talk', '', 'leases'])
    expect(route.to('settings', 'vault')).toBe('#/settings/vault?in=leases')
    route.go('workspaces', 'a/b', { part: 'search' })
    expect([route.screen, route.detail, route.part, route.workspace]).toEqual(['workspaces', 'a/b', 'search', 'leases'])
    route.go('chat', '', { workspace: '' })
    expect([route.to('chat'), route.workspace]).toEqual(['#/chat', ''])
  })
})

describe('the name of a workspace', () => {
  it('is in the person’s language for Personal alone, whatever the others are called', () => {
    const words = new Words()
    words.speak('fr')
    const names = [true, false].map((personal) => words.workspace({ name: 'Personal', personal }))
    expect(names).toEqual(['Personnel', 'Personal'])
  })
})

describe('the workspace that is asked', () => {
  it('is the address’s, and Personal where that one is archived or unknown', async () => {
    const [app] = await started('#/chat?in=leases')
    expect([app.workspaces.chosenId, app.chat.workspaceId]).toEqual(['leases', 'leases'])
    for (const other of ['old', 'nobody', '']) {
      app.route.go('chat', '', { workspace: other })
      app.chat.show('')
      expect(app.chat.workspaceId).toBe('personal')
    }
  })

  it('has conversations and a draft of its own: a conversation is never opened in another one', async () => {
    const [app, host] = await started('#/chat/talk')
    host.chat.put(fakeConversation())
    app.chat.show('talk')
    expect(app.chat.thread?.place).toEqual({ workspaceId: 'personal', conversationId: 'talk' })
    app.chat.show('')
    app.chat.write('For my eyes only')
    app.route.go('chat', 'talk', { workspace: 'leases' })
    app.chat.show('talk')
    expect(app.chat.thread?.place).toEqual({ workspaceId: 'leases', conversationId: 'talk' })
    app.route.go('chat', '')
    app.chat.show('')
    expect(app.chat.draft).toBe('')
    app.route.go('chat', '', { workspace: '' })
    app.chat.show('')
    expect(app.chat.draft).toBe('For my eyes only')
  })

  it('falls back to Personal when it is archived while it is open', async () => {
    const [app] = await started('#/chat?in=leases')
    await app.workspaces.archive('leases', true)
    await settled()
    expect(app.chat.workspaceId).toBe('personal')
    expect(app.compare.ready).toBe(true)
  })
})

describe('a whole workspace', () => {
  it('is made, renamed, erased, exported and imported, and each failure stays where it happened', async () => {
    const [app, host] = await started()
    const id = await app.workspaces.make('Fusion Verrier')
    await app.workspaces.configure(id ?? '', { name: 'Fusion Verrier 2026', instructions: 'Name the clause.' })
    await settled()
    expect(app.workspaces.byId(id)).toMatchObject({ name: 'Fusion Verrier 2026', instructions: 'Name the clause.' })
    host.failures.set('workspaces.export', new AppError('weak_passphrase', 'Weak'))
    expect(await app.workspaces.export(id ?? '', 'stick', 'short')).toBe(false)
    expect(app.workspaces.exported).toBeNull()
    expect(await app.workspaces.export(id ?? '', 'stick', 'four unrelated words here')).toBe(true)
    expect(app.workspaces.exported).toMatchObject({ sizeBytes: 398_000_000 })
    host.failures.set('workspaces.import', new AppError('wrong_passphrase', 'Wrong'))
    expect(await app.workspaces.import({ reference: 'matter' }, 'wrong')).toBeNull()
    expect(app.workspaces.travelling.trouble?.code).toBe('wrong_passphrase')
    await app.workspaces.erase(id ?? '')
    await settled()
    expect(app.workspaces.byId(id)).toBeNull()
  })

  it('is handed over by a page that has no dialog, and not imported when that is given up', async () => {
    const [app, host] = await started('', (_file, report, signal) => {
      report(0.5)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new AppError('cancelled', 'Stopped'))))
    })
    const importing = app.workspaces.import(new File(['x'], 'Matter.alambic'), 'four unrelated words here')
    await settled()
    expect(app.workspaces.sentFraction).toBe(0.5)
    app.workspaces.stopTravel()
    expect(await importing).toBeNull()
    expect(app.workspaces.travelling.trouble).toBeNull()
    expect(host.calls).not.toContain('workspaces.import')
  })

  it.each(['import', 'export'] as const)('has its %s stopped in the host too, and is left at once', async (way) => {
    const host = new FakeHost()
    const client = connect(host.connect(), contract)
    const never = (_input: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<never> =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new AppError('cancelled', 'Left'))))
    const held = { ...client, workspaces: { ...client.workspaces, [way]: never } }
    const workspaces = new WorkspacesState(held, { workspace: '' }, () => Promise.reject(new Error('Not asked')))
    const words = 'four unrelated words here'
    const going =
      way === 'import' ? workspaces.import({ reference: 'matter' }, words) : workspaces.export('leases', 'stick', words)
    expect(workspaces.travelling.busy).toBe(true)
    workspaces.stopTravel()
    expect(await going).toBe(way === 'import' ? null : false)
    expect([workspaces.travelling.busy, workspaces.travelling.trouble, workspaces.exported]).toEqual([false, null, null])
    // Stopped again, there is nothing to stop.
    workspaces.stopTravel()
    await settled()
    expect(host.calls).toEqual([`workspaces.stop${way === 'import' ? 'Import' : 'Export'}`])
  })
})

describe('documents', () => {
  it('are listed by status and name, and the counts are of all of them', async () => {
    const [app] = await shown()
    const { documents } = app
    expect(documents.summary).toMatchObject({ documents: fakeDocuments.length, needYou: 3 })
    documents.filterBy('need_you')
    await settled()
    expect(documents.rows.map(({ id }) => id)).toEqual(['plan', 'nordhaus', 'letter'])
    documents.lookFor('nordhaus')
    await expect.poll(() => documents.rows.map(({ id }) => id)).toEqual(['nordhaus'])
  })

  it('that cannot be followed say why, and not nothing', async () => {
    const [app, host] = await started()
    host.documents.rows.end(new AppError('workspace_archived', 'Closed'))
    app.documents.show('leases')
    await settled()
    expect(app.documents.trouble?.code).toBe('workspace_archived')
    app.documents.show(null)
    expect(app.documents.trouble).toBeNull()
  })

  it('come in parts: ten thousand are not sent because two hundred are seen', async () => {
    const [app, host] = await shown()
    host.documents.rows.set(manyDocuments(10_000))
    await settled()
    expect([app.documents.rows.length, app.documents.total]).toEqual([200, 10_000])
    app.documents.need(150)
    await settled()
    expect(app.documents.rows).toHaveLength(200)
    app.documents.need(5000)
    await settled()
    expect(app.documents.rows.length).toBeGreaterThan(5000)
    expect(app.documents.rows.length).toBeLessThan(6000)
  })

  it('are handed over one by one as documents; one that is refused is told and the others go on', async () => {
    const kinds: unknown[] = []
    const [app, host] = await shown('', (file, _report, _signal, kind) => {
      kinds.push(kind)
      return file.name === 'bad.pdf'
        ? Promise.reject(new AppError('disk_full', 'Full', { needBytes: 2, freeBytes: 1 }))
        : Promise.resolve({ reference: file.name })
    })
    const files = ['one.pdf', 'bad.pdf', 'two.pdf'].map((name) => new File(['x'], name))
    await app.documents.send(files)
    expect(kinds).toEqual(['document', 'document', 'document'])
    expect(host.calls.filter((call) => call === 'documents.add')).toHaveLength(2)
    expect(app.documents.refused).toMatchObject([{ name: 'bad.pdf', trouble: { code: 'disk_full' } }])
    // What was refused here is no news in another workspace.
    app.documents.show('care')
    expect(app.documents.refused).toEqual([])
  })

  it('that the host has and does not add are taken back, and can be tried again', async () => {
    const [app, host] = await shown()
    host.failures.set('documents.add', new AppError('disk_full', 'Full'))
    await app.documents.send([new File(['x'], 'one.pdf')])
    expect(host.calls.filter((call) => call.startsWith('desktop.'))).toEqual(['desktop.takeBack'])
    await app.documents.again(app.documents.refused)
    expect(app.documents.refused).toEqual([])
    expect(host.documents.added).toEqual([{ workspaceId: 'leases', references: ['sent'] }])
  })

  it('that were dropped go to the workspace they were dropped on, and a folder without any says so', async () => {
    const [app, host] = await shown()
    const trouble = new AppError('folder_empty', 'Nothing in it')
    let found: (handed: HandedFiles) => void = () => undefined
    const taking = app.documents.take(new Promise((resolve) => (found = resolve)))
    app.documents.show('care')
    found({ files: [new File(['x'], 'one.pdf')], refused: [{ name: 'Baux', trouble, file: null }] })
    await taking
    expect(host.documents.added).toMatchObject([{ workspaceId: 'leases' }])
    app.documents.show('leases')
    expect(app.documents.refused).toMatchObject([{ name: 'Baux', trouble: { code: 'folder_empty' } }])
  })

  it('that are on their way reach their own workspace although another one is shown, unless they are stopped', async () => {
    let letGo: () => void = () => undefined
    const [app, host] = await shown('', () => new Promise((resolve) => (letGo = () => resolve({ reference: 'r' }))))
    const sending = app.documents.send([new File(['x'], 'one.pdf'), new File(['x'], 'two.pdf')])
    await settled()
    app.documents.show('care')
    expect(app.documents.sendingPlace).toEqual({ number: 1, of: 2 })
    letGo()
    await settled()
    app.documents.stopSending()
    letGo()
    await sending
    expect(host.calls.filter((call) => call === 'documents.add').length).toBeGreaterThanOrEqual(1)
    expect(app.documents.sending).toBeNull()
  })

  it('are all selected, also those that are not loaded yet (bug: only what was loaded)', async () => {
    const [app, host] = await shown()
    host.documents.rows.set(manyDocuments(450))
    await settled()
    expect(app.documents.rows.length).toBe(200)
    app.documents.selectAll()
    await settled()
    expect(app.documents.selected.size).toBe(450)
    app.documents.selectNone()
    host.documents.rows.set(manyDocuments(449))
    await settled()
    expect(app.documents.selected.size).toBe(0)
  })

  it('are selected singly, in a row with Shift, and are no longer selected once removed', async () => {
    const [app] = await shown()
    const { documents } = app
    documents.select('amendment')
    documents.select('plan', 'amendment')
    expect([...documents.selected]).toEqual(['amendment', 'report', 'rents', 'plan'])
    documents.select('rents')
    await documents.remove([...documents.selected])
    await settled()
    expect(documents.selected.size).toBe(0)
    expect(documents.rows.map(({ id }) => id)).toContain('rents')
    expect(documents.rows.map(({ id }) => id)).not.toContain('plan')
  })

  it('can be read to the passage that was found, and one that is gone says so', async () => {
    const [app] = await shown()
    const at = { start: fakeStarts[4] ?? 0, end: (fakeStarts[4] ?? 0) + 10 }
    app.documents.read({ id: 'lease', name: 'Lease' }, at)
    await settled()
    expect(app.documents.reading?.isWhole).toBe(true)
    expect(app.documents.reading?.blocks.some(({ start }) => start === at.start)).toBe(true)
    app.documents.read({ id: 'never', name: 'Never' })
    await settled()
    expect(app.documents.reading?.trouble?.code).toBe('document_gone')
  })

  it('of a folder stay or go with it as the person says', async () => {
    const [app, host] = await shown()
    host.documents.folders.set([fakeFolder])
    await app.documents.forgetFolder('baux', true)
    await settled()
    expect(app.documents.summary?.folders).toEqual([])
    expect(app.documents.rows.map(({ id }) => id)).toContain('amendment')
    host.documents.folders.set([fakeFolder])
    await app.documents.forgetFolder('baux', false)
    await settled()
    expect(app.documents.rows.map(({ id }) => id)).not.toContain('amendment')
  })

  it('leave nothing on the page when the vault locks', async () => {
    const [app] = await shown()
    app.retrieval.query = 'congé'
    await app.retrieval.search()
    app.documents.read({ id: 'lease', name: 'Lease' })
    await app.vault.lock()
    await settled()
    const { documents, retrieval, questions } = app
    expect([documents.rows, documents.summary, documents.reading, retrieval.report, retrieval.query]).toEqual([
      [],
      null,
      null,
      null,
      '',
    ])
    expect([questions.facts, app.workspaces.all]).toEqual([null, []])
  })
})

describe('the languages of text in pictures', () => {
  it('come from a dialog or from the page itself, and stay what they are when one is refused', async () => {
    const sent: string[] = []
    const [app, host] = await started('', (file, report, _signal, kind) => {
      sent.push(`${file.name} ${kind}`)
      report(0.5)
      return Promise.resolve({ reference: 'sent' })
    })
    const codes = (): string[] => app.recognition.languages.map(({ code }) => code)
    expect(codes()).toEqual(['eng', 'fra'])
    expect(await app.recognition.pick()).toBe(true)
    await settled()
    expect([codes(), app.recognition.added]).toEqual([['eng', 'fra', 'deu'], 'deu'])
    host.failures.set('recognition.add', new AppError('recognition_data_wrong', 'Wrong', { reason: 'malformed' }))
    expect(await app.recognition.send(new File(['x'], 'ita.traineddata'))).toBe(false)
    expect([sent, app.recognition.added, app.recognition.sentFraction]).toEqual([['ita.traineddata document'], null, null])
    expect(app.words.trouble(app.recognition.adding.trouble!)).toContain('not a Tesseract language file')
    await app.recognition.remove('deu')
    await settled()
    expect(codes()).toEqual(['eng', 'fra'])
  })

  it('are called by their names, and by their code where they have none', async () => {
    const [app] = await started()
    const names = (): string[] =>
      ['deu', 'chi_sim_vert', 'uzb_cyrl', 'frk', 'Latin', 'deu_frak'].map((code) => recognitionName(code, app.words.format))
    expect(names()).toEqual(['German', 'Simplified Chinese (vert)', 'Uzbek (Cyrillic)', 'frk', 'Latin', 'German (frak)'])
    await app.speak('fr')
    expect(names().slice(0, 2)).toEqual(['Allemand', 'Chinois simplifié (vert)'])
  })
})

describe('questions and the free search', () => {
  it('say what the last run misses, and forget results of a question that was deleted', async () => {
    const [app, host] = await shown()
    host.questions.fill()
    await settled()
    expect(app.questions.missed.map(({ question }) => question.id)).toEqual(['question-1', 'question-2'])
    expect(app.questions.worse.map(({ question }) => question.id)).toEqual(['question-2'])
    await app.questions.remove('question-2')
    await settled()
    expect(app.questions.missed).toHaveLength(1)
    await app.questions.run(true)
    await settled()
    expect(app.questions.facts?.running).toMatchObject({ answers: true, total: 11 })
  })

  it('know a question’s document though the table has not come to it, and no result of what was asked otherwise', async () => {
    const [app, host] = await shown()
    host.documents.rows.set([])
    host.questions.fill()
    await settled()
    const [first] = app.questions.all
    if (!first) throw new Error('There are no questions')
    expect([app.documents.rows, first.document?.name]).toEqual([[], 'Bail commercial – SCI Les Tilleuls.pdf'])
    expect(app.questions.result(first)).toMatchObject({ rank: 1 })
    const { id, text, documentId } = first
    await app.questions.save({ id, text, documentId, words: ['neuf mois'] })
    await settled()
    const changed = app.questions.byId(id)
    expect(changed && app.questions.result(changed)).toBeNull()
  })

  it('run again as they were run last', async () => {
    const [app, host] = await shown()
    host.questions.fill()
    await settled()
    await app.questions.runAgain()
    await settled()
    expect(app.questions.facts?.running?.answers).toBe(true)
    await app.questions.stop()
    host.questions.fill(undefined, fakeRuns.slice(0, 1))
    await settled()
    await app.questions.runAgain()
    await settled()
    expect(app.questions.facts?.running?.answers).toBe(false)
  })

  it('drop a result that comes after another workspace was opened', async () => {
    const [app] = await shown()
    app.retrieval.query = 'congé'
    const searching = app.retrieval.search()
    app.retrieval.show('care')
    await searching
    expect(app.retrieval.report).toBeNull()
  })

  it('mark the words that stems stand for, whatever their accents and endings', () => {
    const marked = (text: string, terms: string[]): string[] =>
      markedTerms(text, terms)
        .filter((part) => part.marked)
        .map((part) => part.text)
    expect(marked('Les congés et la période triennale.', ['cong', 'period'])).toEqual(['congés', 'période'])
    expect(marked('Le loyer', [])).toEqual([])
    const text = 'À l’échéance, 39 120 € — İstanbul.'
    expect(
      markedTerms(text, ['echeanc'])
        .map((part) => part.text)
        .join(''),
    ).toBe(text)
  })
})
