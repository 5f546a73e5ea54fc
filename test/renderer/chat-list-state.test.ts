/** The list of conversations, searching, the budget and the lock, over the fake host: nothing is left behind. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Budget, SearchHit } from '../../contract/conversation.ts'
import { AppError } from '../../contract/errors.ts'
import { countedMs, settled, shown, started, stopAll, texts, wordsFor, written } from '../fixtures/chat-page.ts'
import { FakeHost, fakePassphrase } from '../fixtures/fake-host.ts'
import { fakeConversation, fakeNow, fakeTurn } from '../fixtures/fake-nouns.ts'

afterEach(stopAll)

describe('the list', () => {
  it('follows renaming and pinning, and a deleted conversation is gone', async () => {
    const host = new FakeHost()
    host.chat.put(fakeConversation({ id: 'old', title: 'Old' }), fakeNow - 1000)
    host.chat.put(fakeConversation({ id: 'new', title: 'New' }))
    const { app } = await started(host)
    const titles = (): string[] => app.chat.list.rows.map(({ title }) => title)
    const thread = await shown(app, 'old')
    expect(titles()).toEqual(['New', 'Old'])
    await app.chat.list.pin('old', true)
    await app.chat.list.rename('old', 'Older')
    await settled()
    expect([titles(), thread.conversation?.title]).toEqual([['Older', 'New'], 'Older'])
    expect(await app.chat.list.remove('old')).toBe(true)
    await settled()
    expect([titles(), thread.gone]).toEqual([['New'], true])
  })

  it('says in words what could not be done', async () => {
    const { app } = await started(new FakeHost())
    expect(await app.chat.list.rename('nowhere', 'Title')).toBe(false)
    expect(wordsFor(app, app.chat.tidying.trouble)).toBe('This no longer exists.')
    const thread = await shown(app, 'nowhere')
    expect([thread.trouble?.code, thread.conversation]).toEqual(['not_found', null])
  })

  it('grows as one scrolls, and asks for no more than there is', async () => {
    const host = new FakeHost()
    for (let at = 0; at < 450; at++) host.chat.put(fakeConversation({ id: `talk-${at}` }), fakeNow - at)
    const asked: number[] = []
    const { app } = await started(host, {
      list: (input, context) => {
        asked.push(input.limit)
        return host.chat.handlers.list(input, context)
      },
    })
    expect([app.chat.list.rows.length, app.chat.list.total]).toEqual([200, 450])
    for (const row of [150, 200, 250, 399, 400, 449]) {
      app.chat.list.need(row)
      app.chat.list.need(row)
      await settled()
    }
    expect(app.chat.list.rows).toHaveLength(450)
    expect(asked).toEqual([200, 400, 800])
  })
})

describe('searching', () => {
  const hit = (title: string): SearchHit => ({
    workspaceId: 'personal',
    conversationId: 'talk',
    messageId: 'answer',
    title,
    snippet: title,
    at: fakeNow,
  })

  it('shows what was typed last, however slow the search before', async () => {
    const { app } = await started(new FakeHost(), {
      search: async ({ query }) => {
        await settled(query === 'le' ? 60 : 5)
        return [hit(query)]
      },
    })
    app.chat.search.look('le')
    app.chat.search.look('lease')
    await settled(90)
    expect(app.chat.search.hits?.map(({ title }) => title)).toEqual(['lease'])
    app.chat.search.look('  ')
    expect(app.chat.search.hits).toBeNull()
  })

  it('does not leave old places under new words when a search fails', async () => {
    const { app } = await started(new FakeHost(), {
      search: ({ query }) => {
        if (query === 'key') return [hit(query)]
        throw new AppError('busy', 'Busy')
      },
    })
    app.chat.search.look('key')
    await settled()
    expect(app.chat.search.hits).toHaveLength(1)
    app.chat.search.look('keys')
    await settled()
    expect(app.chat.search.hits).toBeNull()
  })

  it('finds a message of another branch and shows that branch', async () => {
    const host = new FakeHost()
    host.chat.put(fakeConversation({ messages: fakeTurn('How long?', { text: 'A registered letter.' }) }))
    const { app } = await started(host)
    const thread = await shown(app, 'talk')
    await thread.retry('answer')
    await written(thread, host.chat.script)
    const [found] = (await app.chat.search.find('registered', new AbortController().signal)) ?? []
    expect(found).toBeUndefined()
    await app.chat.reveal(hit('registered'))
    await settled()
    expect(texts(thread)).toEqual(['How long?', 'A registered letter.'])
  })
})

describe('the budget', () => {
  const budget = (used: number): Budget => ({ used, size: 100, reserved: 10, wouldLeaveOut: 0, exact: true })

  it('is counted once when typing has paused', async () => {
    const drafts: string[] = []
    const { app } = await started(new FakeHost(), {
      budget: ({ draft }) => {
        drafts.push(draft)
        return budget(draft.length)
      },
    })
    for (const draft of ['W', 'Wh', 'Why']) app.chat.write(draft)
    await settled(countedMs)
    expect([drafts, app.chat.budget.value?.used]).toEqual([['Why'], 3])
  })

  it('of a conversation that was left is not shown for the next one', async () => {
    const host = new FakeHost()
    for (const id of ['slow', 'quick']) host.chat.put(fakeConversation({ id }))
    const { app } = await started(host, {
      budget: async ({ conversationId }) => {
        if (conversationId === 'slow') await settled(countedMs + 120)
        return budget(conversationId === 'slow' ? 99 : 1)
      },
    })
    await shown(app, 'slow')
    await settled(countedMs)
    await shown(app, 'quick')
    await settled(countedMs + 120)
    expect(app.chat.budget.value?.used).toBe(1)
  })
})

describe('a locked vault', () => {
  it('takes everything off the screen, drafts too, and opening brings all of it back', async () => {
    const host = new FakeHost()
    host.chat.put(fakeConversation({ messages: fakeTurn('Secret?', { text: 'Secret.' }) }))
    const { app } = await started(host)
    const thread = await shown(app, 'talk')
    app.chat.write('A secret draft')
    app.chat.search.look('secret')
    await settled(countedMs)
    expect([app.chat.list.rows.length, app.chat.search.hits?.length, app.chat.budget.value !== null]).toEqual([1, 2, true])
    await app.lock()
    await settled()
    const { thread: open, draft, ready } = app.chat
    const { rows, total, known } = app.chat.list
    const [{ query, hits }, presets, budget] = [app.chat.search, app.chat.presets.all, app.chat.budget.value]
    expect({ rows, total, known, open, presets, budget, query, hits, draft, ready }).toEqual({
      rows: [],
      total: 0,
      known: false,
      open: null,
      presets: [],
      budget: null,
      query: '',
      hits: null,
      draft: '',
      ready: false,
    })
    expect(await app.chat.send('Into the dark')).toBeNull()
    await app.vault.unlock(fakePassphrase)
    await settled()
    expect(app.chat.list.rows).toHaveLength(1)
    expect(texts(await shown(app, 'talk'))).toEqual(texts(thread))
    expect(app.chat.draft).toBe('A secret draft')
  })

  it('is not followed by a count that was on its way, nor by old troubles and choices', async () => {
    const host = new FakeHost()
    const { app } = await started(host, {
      budget: async () => {
        await settled(60)
        return { used: 1, size: 100, reserved: 10, wouldLeaveOut: 0, exact: true }
      },
      send: () => {
        throw new AppError('prompt_too_long', 'Long')
      },
    })
    await app.chat.configure({ modelId: 'llama-3b', presetId: 'precise' })
    await app.chat.send('Long')
    await app.chat.list.rename('nowhere', 'Title')
    await settled(countedMs)
    await app.vault.lock()
    await settled(90)
    const { budget, sending, tidying, modelId, presetId } = app.chat
    expect([budget.value, sending.trouble, tidying.trouble, modelId, presetId]).toEqual([null, null, null, null, 'balanced'])
  })
})
