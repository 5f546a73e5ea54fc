/** Comparisons as the page keeps them, over the fake host: what is asked, what is shown, and that a lock leaves nothing behind. */
import { afterEach, describe, expect, it } from 'vitest'
import type { ComparisonUpdate } from '../../contract/comparison.ts'
import { contract, type Handlers } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import { connect, serve } from '../../contract/link.ts'
import { AppState } from '../../renderer/state/app.svelte.ts'
import { fakeColumn, fakeComparison } from '../fixtures/fake-compare.ts'
import { FakeHost, fakePassphrase } from '../fixtures/fake-host.ts'
import { fakeNow, fakeShelf } from '../fixtures/fake-nouns.ts'
import { memoryPorts } from '../fixtures/memory-ports.ts'

const settled = (ms = 15): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const running: AppState[] = []
afterEach(() => running.splice(0).forEach((app) => app.stop()))

async function started(change: Partial<Handlers['compare']> = {}): Promise<{ app: AppState; host: FakeHost }> {
  const host = new FakeHost()
  host.models.set({ models: fakeShelf, offers: [], imports: [] })
  const [page, other] = memoryPorts()
  serve(other, contract, { ...host.handlers, compare: { ...host.compare.handlers, ...change } }, (error) => {
    throw error
  })
  const app = new AppState({
    client: connect(page, contract),
    onLink: (listener) => listener(true),
    sendFile: () => Promise.resolve({ reference: 'sent' }),
    place: { hash: '' },
    mac: false,
    languages: ['en'],
    now: () => 0,
  })
  running.push(app)
  app.start()
  await settled()
  return { app, host }
}

describe('asking', () => {
  it('begins with the two students used last, takes a third, and no fourth nor one that is not here', async () => {
    const { app, host } = await started()
    expect(app.compare.students).toEqual(['llama-3b', 'b3a1f0c2'])
    app.compare.toggle('smol')
    app.compare.toggle('mistral')
    expect(app.compare.students).toEqual(['llama-3b', 'b3a1f0c2', 'smol'])
    app.compare.question = '  What is a lease?  '
    host.models.set({ models: fakeShelf.filter(({ id }) => id !== 'b3a1f0c2'), offers: [], imports: [] })
    await settled()
    expect(await app.compare.ask()).toBe('comparison-1')
    expect(host.compare.calls).toEqual([
      [
        'ask',
        {
          workspaceId: 'personal',
          question: 'What is a lease?',
          modelIds: ['llama-3b', 'smol'],
          presetId: 'balanced',
          blind: true,
        },
      ],
    ])
    expect(app.compare.question).toBe('')
  })

  it('keeps the question when the host did not take it, and asks nothing with one student or no words', async () => {
    const { app, host } = await started({
      ask: () => {
        throw new AppError('model_missing', 'Gone')
      },
    })
    expect(await app.compare.ask()).toBeNull()
    app.compare.question = 'Why?'
    expect(await app.compare.ask()).toBeNull()
    expect(app.compare.question).toBe('Why?')
    expect(app.compare.asking.trouble?.code).toBe('model_missing')
    app.compare.toggle('llama-3b')
    expect(app.compare.canAsk).toBe(false)
    expect(host.compare.calls).toEqual([])
  })

  it('prepared from an answer: the same question, its student first, another beside it', async () => {
    const { app } = await started()
    app.compare.prepare({ question: 'And why?', modelIds: ['smol'], presetId: 'precise' })
    expect([app.compare.question, app.compare.students, app.compare.presetId]).toEqual([
      'And why?',
      ['smol', 'llama-3b'],
      'precise',
    ])
    app.compare.prepare({ presetId: 'balanced' })
    expect([app.compare.question, app.compare.students]).toEqual(['And why?', ['smol', 'llama-3b']])
  })
})

describe('an open comparison', () => {
  it('adds words to the column they are for, and tells which has ended', async () => {
    const working = { stage: 'reading' as const, fraction: 0.5, since: fakeNow }
    const writing = (letter: 'a' | 'b', text: string) =>
      fakeColumn(letter, 'Llama', { text, state: 'writing', writing: working, stands: false })
    const comparison = fakeComparison({ canVote: false, answers: [writing('a', 'One'), writing('b', '')] })
    const updates: ComparisonUpdate[] = [
      { type: 'comparison', comparison },
      { type: 'stage', letter: 'b', progress: { stage: 'writing', fraction: 0, since: fakeNow } },
      { type: 'text', letter: 'b', text: 'Two', thought: '' },
      { type: 'text', letter: 'a', text: ' more', thought: 'hm' },
    ]
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => (finish = resolve))
    const { app } = await started({
      async *follow() {
        yield* updates
        await finished
        yield { type: 'comparison', comparison: { ...comparison, answers: [fakeColumn('a', 'Llama'), writing('b', 'Two')] } }
      },
    })
    app.compare.show('compared')
    await settled()
    const { open } = app.compare
    expect(open?.comparison?.answers.map(({ text, thought, writing }) => [text, thought, writing?.stage])).toEqual([
      ['One more', 'hm', 'reading'],
      ['Two', '', 'writing'],
    ])
    expect([open?.writing, open?.ended, open?.canVote('tie')]).toEqual([true, null, false])
    finish()
    await settled()
    expect(open?.ended).toBe('a')
  })

  it('votes only for what stands, sees the names then, and goes on with the better one', async () => {
    const { app, host } = await started()
    const answers = [fakeColumn('a', 'Llama'), fakeColumn('b', 'Qwen'), fakeColumn('c', 'Phi', { text: '', stands: false })]
    host.compare.put(fakeComparison({ blind: true, revealed: false, answers }))
    app.compare.show('compared')
    await settled()
    const { open } = app.compare
    expect(open?.comparison?.answers.map(({ student }) => student)).toEqual([null, null, null])
    await open?.vote('c')
    expect(host.compare.calls).toEqual([])
    await open?.vote('b')
    await settled()
    expect(open?.comparison).toMatchObject({ vote: 'b', votedBlind: true, answers: [{ student: { name: 'Llama' } }, {}, {}] })
    expect(await open?.continue('b')).toBe('continued')
    await open?.remove()
    await settled()
    expect(open?.gone).toBe(true)
    expect(app.compare.rows).toEqual([])
  })

  it('is said to be gone when it is, and a lock forgets it with the question to come', async () => {
    const { app, host } = await started()
    app.compare.show('never')
    await settled()
    expect(app.compare.open?.trouble?.code).toBe('not_found')
    host.compare.put(fakeComparison())
    app.compare.show('compared')
    app.compare.question = 'Between us'
    await settled()
    expect(app.compare.rows).toHaveLength(1)
    await app.vault.lock()
    await settled()
    expect([app.compare.open, app.compare.question, app.compare.rows, app.compare.ready]).toEqual([null, '', [], false])
    await app.vault.unlock(fakePassphrase)
    await settled()
    expect(app.compare.rows).toHaveLength(1)
  })
})
