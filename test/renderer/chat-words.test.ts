/** The small rules of the chat screen: which day a conversation is under, what is marked, what is found, who answers. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { contract } from '../../contract/contract.ts'
import type { ConversationRow } from '../../contract/conversation.ts'
import type { Model } from '../../contract/entities.ts'
import { connect } from '../../contract/link.ts'
import { AppState } from '../../renderer/state/app.svelte.ts'
import { chosenModel, presetName } from '../../renderer/views/chat/choices.ts'
import { dayGroups } from '../../renderer/views/chat/day-groups.ts'
import { markedParts } from '../../renderer/views/chat/marked-parts.ts'
import { rangesOf } from '../../renderer/views/chat/ranges-of.ts'
import { FakeHost } from '../fixtures/fake-host.ts'
import { fakeConversation, fakeModel, fakeShelf } from '../fixtures/fake-nouns.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

function row(updatedAt: number, pinned = false): ConversationRow {
  return { id: String(updatedAt), title: 'Talk', pinned, updatedAt, writing: false }
}

describe('the day of a conversation', () => {
  /** The group of a moment, both given as local times: `2026-11-23T09:42`. */
  const groupAt = (moment: string, now: string): string | undefined =>
    dayGroups([row(new Date(moment).getTime())], new Date(now).getTime())[0]?.group

  it.each([
    ['2026-11-23T00:00', 'today'],
    ['2026-11-23T23:59', 'today'],
    ['2026-11-24T08:00', 'today'],
    ['2026-11-22T23:59', 'yesterday'],
    ['2026-11-22T00:00', 'yesterday'],
    ['2026-11-21T23:59', 'week'],
    ['2026-11-16T00:00', 'week'],
    ['2026-11-15T23:59', 'month'],
    ['2026-10-24T00:00', 'month'],
    ['2026-10-23T23:59', 'earlier'],
    ['2025-11-23T09:42', 'earlier'],
  ])('%s, seen on 23 November 2026, is %s', (moment, group) => {
    vi.stubEnv('TZ', 'Europe/Paris')
    expect(groupAt(moment, '2026-11-23T09:42')).toBe(group)
  })

  it('goes across the turn of the year', () => {
    vi.stubEnv('TZ', 'Europe/Paris')
    expect(
      ['2026-12-31T23:59', '2026-12-25T00:00', '2026-12-02T00:00', '2026-12-01T23:59'].map((at) =>
        groupAt(at, '2027-01-01T00:30'),
      ),
    ).toEqual(['yesterday', 'week', 'month', 'earlier'])
  })

  it('is the day of this place, not of Greenwich', () => {
    const moment = Date.UTC(2026, 10, 22, 16, 30)
    const now = Date.UTC(2026, 10, 23, 3)
    const groups = ['Asia/Tokyo', 'Europe/Paris', 'America/Los_Angeles'].map((zone) => {
      vi.stubEnv('TZ', zone)
      return dayGroups([row(moment)], now)[0]?.group
    })
    expect(groups).toEqual(['today', 'yesterday', 'today'])
  })

  it.each([
    ['Europe/Paris', '2026-10-26T08:00', '2026-10-25T00:00', 'yesterday'],
    ['Europe/Paris', '2026-10-26T08:00', '2026-10-24T23:59', 'week'],
    ['Europe/Paris', '2026-10-28T08:00', '2026-10-21T00:30', 'week'],
    ['Europe/Paris', '2026-10-28T08:00', '2026-10-20T23:30', 'month'],
    ['Europe/Paris', '2026-04-01T08:00', '2026-03-25T00:30', 'week'],
    ['Europe/Paris', '2026-04-01T08:00', '2026-03-24T23:30', 'month'],
    ['Europe/Paris', '2026-03-30T08:00', '2026-03-29T00:00', 'yesterday'],
    ['Europe/Paris', '2026-03-30T08:00', '2026-03-28T23:59', 'week'],
    ['America/New_York', '2026-11-15T08:00', '2026-10-16T00:30', 'month'],
    ['America/New_York', '2026-11-15T08:00', '2026-10-15T23:30', 'earlier'],
    // Here midnight itself is left out on 26 April.
    ['Africa/Cairo', '2024-04-26T08:00', '2024-04-25T00:30', 'yesterday'],
  ])('counts calendar days when the clocks change: %s, on %s, %s is %s', (zone, now, moment, group) => {
    vi.stubEnv('TZ', zone)
    expect(groupAt(moment, now)).toBe(group)
  })

  it('has the pinned ones first, each group in the order it came, and no empty heading', () => {
    vi.stubEnv('TZ', 'Europe/Paris')
    const now = new Date('2026-11-23T09:42').getTime()
    const rows = [row(5, true), row(now), row(now - 1), row(4)]
    expect(dayGroups(rows, now).map(({ group, rows }) => [group, ...rows.map(({ id }) => id)])).toEqual([
      ['pinned', '5'],
      ['today', String(now), String(now - 1)],
      ['earlier', '4'],
    ])
    expect(dayGroups([], now)).toEqual([])
  })
})

describe('a found snippet', () => {
  it.each([
    ['', []],
    ['no mark', [['no mark', false]]],
    [
      'the \uE000key\uE001 here',
      [
        ['the ', false],
        ['key', true],
        [' here', false],
      ],
    ],
    [
      '\uE000a\uE001\uE000b\uE001',
      [
        ['a', true],
        ['b', true],
      ],
    ],
    [
      'cut \uE000off',
      [
        ['cut ', false],
        ['off', true],
      ],
    ],
    [
      '<b>\uE000<i>\uE001',
      [
        ['<b>', false],
        ['<i>', true],
      ],
    ],
  ] as [string, [string, boolean][]][])('%j', (snippet, parts) =>
    expect(markedParts(snippet).map(({ text, marked }) => [text, marked])).toEqual(parts),
  )
})

describe('finding in the conversation', () => {
  /** Where the words are found in these runs of text, cut out of them. A document of text nodes stands in for the browser's. */
  function foundIn(runs: string[], query: string): string[] {
    const nodes = runs.map((textContent) => ({ textContent }))
    vi.stubGlobal('NodeFilter', { SHOW_TEXT: 4 })
    vi.stubGlobal('document', {
      createTreeWalker: () => {
        const left = [...nodes]
        return { nextNode: () => left.shift() ?? null }
      },
      createRange: () => ({
        from: 0,
        found: '',
        setStart(_: unknown, at: number) {
          this.from = at
        },
        setEnd(node: { textContent: string }, at: number) {
          this.found = node.textContent.slice(this.from, at)
        },
      }),
    })
    return rangesOf({} as HTMLElement, query).map((range) => (range as unknown as { found: string }).found)
  }

  it.each([
    ['every place, in every run', ['A key, a KEY', 'keys'], 'key', ['key', 'KEY', 'key']],
    ['without accents', ['Résumé de l’été'], 'ete', ['été']],
    ['with accents typed', ['resume'], 'Résumé', ['resume']],
    ['accents apart from their letters', ['e\u0301te\u0301 et hiver'], 'été', ['e\u0301te\u0301']],
    ['places after such accents', ['cafe\u0301 noir'], 'noir', ['noir']],
    ['letters that grow in lower case', ['İstanbul, Straße'], 'straße', ['Straße']],
    ['after signs of two units', ['🙂🙂 key'], 'key', ['key']],
    ['nothing for nothing', ['key'], '  ', []],
    ['nothing for what is not there', ['key'], 'lock', []],
    ['no place twice', ['aaaa'], 'aa', ['aa', 'aa']],
  ])('%s', (_, runs, query, found) => expect(foundIn(runs, query)).toEqual(found))

  it('stops at some hundred places', () => expect(foundIn(['a '.repeat(2000)], 'a').length).toBe(500))
})

describe('who answers', () => {
  async function started(models: Model[], modelId: string | null = null): Promise<AppState> {
    const host = new FakeHost()
    host.models.set({ models, offers: [], imports: [] })
    host.settings.set({ ...host.settings.value, modelId })
    host.chat.put(fakeConversation({ id: 'with-phi', modelId: 'phi' }))
    host.chat.put(fakeConversation({ id: 'with-mistral', modelId: 'mistral' }))
    const app = new AppState({
      client: connect(host.connect(), contract),
      onLink: (listener) => listener(true),
      sendFile: () => Promise.resolve({ reference: 'sent' }),
      place: { hash: '' },
      mac: false,
      languages: ['en'],
      now: () => 0,
    })
    app.start()
    await expect.poll(() => [app.models.facts, app.chat.ready, app.chat.presets.all.length]).toEqual([expect.anything(), true, 2])
    return app
  }

  it('is only a model whose file is there and sound', async () => {
    const app = await started(fakeShelf)
    expect(app.models.usable.map(({ id }) => id)).toEqual(['llama-3b', fakeModel().id, 'mistral', 'smol'])
    app.stop()
  })

  it('is the conversation’s own, else the usual one, else the last used; nobody without a model', async () => {
    const app = await started(fakeShelf, 'smol')
    expect(chosenModel(app)?.id).toBe('smol')
    app.chat.show('with-mistral')
    await expect.poll(() => chosenModel(app)?.id).toBe('mistral')
    app.chat.show('with-phi')
    await expect.poll(() => app.chat.modelId).toBe('phi')
    expect(chosenModel(app)?.id).toBe('smol')
    app.stop()
    const [last, none] = [await started(fakeShelf, 'phi'), await started([])]
    expect([chosenModel(last)?.id, chosenModel(none)]).toEqual(['llama-3b', null])
    last.stop()
    none.stop()
  })

  it('has a way of answering that is named in the language of the page', async () => {
    const app = await started(fakeShelf)
    app.words.speak('fr')
    const own = { id: 'own', name: 'Balanced', builtIn: false }
    expect([presetName(app, app.chat.preset), presetName(app, own), presetName(app, undefined)]).toEqual([
      app.words.text.chat.presets.builtIn['balanced'],
      'Balanced',
      '',
    ])
    expect(app.words.text.chat.presets.builtIn['balanced']).not.toBe('Balanced')
    app.stop()
  })
})
