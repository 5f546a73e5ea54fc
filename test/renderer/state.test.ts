/** The page's state over a typed fake host: what is shown, what is kept, what is forgotten when the vault locks. */
import { describe, expect, it } from 'vitest'
import { contract } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import { connect } from '../../contract/link.ts'
import { importRows } from '../../renderer/state/import-rows.ts'
import { AppState } from '../../renderer/state/app.svelte.ts'
import type { SendFile } from '../../renderer/state/models.svelte.ts'
import { NewPassphrase } from '../../renderer/state/new-passphrase.svelte.ts'
import { Route } from '../../renderer/state/route.svelte.ts'
import { FakeHost, fakePassphrase } from '../fixtures/fake-host.ts'
import { fakeLocked, fakeModel, fakeOffer } from '../fixtures/fake-nouns.ts'

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 15))

async function started(
  host: FakeHost,
  more: { languages?: string[]; sendFile?: SendFile; now?: () => number } = {},
): Promise<AppState> {
  const app = new AppState({
    client: connect(host.connect(), contract),
    onLink: (listener) => listener(true),
    sendFile: more.sendFile ?? (() => Promise.resolve({ reference: 'sent' })),
    place: { hash: '' },
    mac: false,
    languages: more.languages ?? ['en-GB'],
    now: more.now ?? (() => 0),
  })
  app.start()
  await settled()
  return app
}

describe('stages', () => {
  it('goes from welcome to work as the vault is made and the welcome is over', async () => {
    const host = new FakeHost()
    host.vault.set({ phase: 'new', keychainTrouble: null })
    host.settings.set({ ...host.settings.value, welcomed: false })
    const app = await started(host)
    expect(app.stage).toBe('welcome')
    expect(await app.vault.create({ kind: 'passphrase', passphrase: fakePassphrase })).toBe(true)
    await settled()
    expect(app.stage).toBe('welcome')
    await app.settings.set({ welcomed: true })
    expect(app.stage).toBe('work')
    app.stop()
  })

  it('forgets all that was secret when the vault locks, and follows again when it opens', async () => {
    const host = new FakeHost()
    host.models.set({ models: [fakeModel()], offers: [], imports: [] })
    const app = await started(host)
    expect(app.models.all).toHaveLength(1)
    await app.vault.lock()
    await settled()
    expect(app.stage).toBe('unlock')
    expect([app.models.facts, app.runtime.facts, app.workspaces.all]).toEqual([null, null, []])
    expect(await app.vault.unlock('wrong')).toBe(false)
    expect(app.vault.entry.trouble).toMatchObject({ code: 'wrong_passphrase', data: { triesLeft: 4 } })
    expect(app.words.trouble(app.vault.entry.trouble ?? new AppError('internal', ''))).toBe(
      'Wrong passphrase. 4 tries left before a pause.',
    )
    expect(await app.vault.unlock(fakePassphrase)).toBe(true)
    await settled()
    expect(app.models.all).toHaveLength(1)
    expect(app.vault.entry.trouble).toBeNull()
    app.stop()
  })

  it('speaks the browser’s language on the very first start only', async () => {
    const fresh = new FakeHost()
    fresh.vault.set({ phase: 'new', keychainTrouble: null })
    const first = await started(fresh, { languages: ['de-DE', 'fr-CA'] })
    expect(first.words.language).toBe('fr')
    expect(fresh.settings.value.language).toBe('fr')
    first.stop()
    const known = new FakeHost()
    known.vault.set(fakeLocked)
    const later = await started(known, { languages: ['fr-FR'] })
    expect(later.words.language).toBe('en')
    later.stop()
  })

  it('guesses no language where the organisation has fixed one', async () => {
    const host = new FakeHost()
    host.vault.set({ phase: 'new', keychainTrouble: null })
    host.managed.set({ language: { origin: 'test', unread: false } })
    const app = await started(host, { languages: ['fr-FR'] })
    await app.speak('fr')
    expect(app.words.language).toBe('en')
    expect(host.calls).not.toContain('settings.set')
    app.stop()
  })

  it('tells the host that somebody is here, but not with every key', async () => {
    const host = new FakeHost()
    let now = 100_000
    const app = await started(host, { now: () => now })
    for (let key = 0; key < 50; key++) app.touch()
    now += 25_000
    app.touch()
    await settled()
    expect(host.calls.filter((call) => call === 'vault.touch')).toHaveLength(2)
    app.stop()
  })
})

describe('settings', () => {
  it('shows a change at once and takes it back when the host refuses it', async () => {
    const host = new FakeHost()
    host.failures.set('settings.set', new AppError('disk_full', 'Full'))
    const app = await started(host)
    const change = app.settings.set({ theme: 'dark' })
    expect(app.settings.values.theme).toBe('dark')
    await change
    expect(app.settings.values.theme).toBe('system')
    expect(app.settings.trouble?.code).toBe('disk_full')
    app.stop()
  })

  it('loses none of two changes made at once', async () => {
    const host = new FakeHost()
    const app = await started(host)
    await Promise.all([app.settings.set({ theme: 'dark' }), app.settings.set({ threads: 4 })])
    expect(host.settings.value).toMatchObject({ theme: 'dark', threads: 4 })
    expect(app.settings.values).toMatchObject({ theme: 'dark', threads: 4 })
    app.stop()
  })
})

describe('models', () => {
  it('imports an offer once, however often it is clicked', async () => {
    const host = new FakeHost()
    host.models.set({ models: [], offers: [fakeOffer], imports: [] })
    host.importMs = 20
    const app = await started(host)
    const [first, second] = await Promise.all([app.models.take(fakeOffer), app.models.take(fakeOffer)])
    expect([first, second]).toEqual(['model-of-offer-starter', null])
    expect(host.calls.filter((call) => call === 'models.import')).toHaveLength(1)
    app.stop()
  })

  it('shows what failed, in words, until it is closed; a stopped import is no failure', async () => {
    const host = new FakeHost()
    const app = await started(host)
    host.failures.set('models.import', new AppError('model_not_gguf', 'Magic'))
    await app.models.take({ reference: 'r', name: 'letter.docx' })
    host.failures.set('models.import', new AppError('cancelled', 'Stopped'))
    await app.models.take({ reference: 'r', name: 'other.gguf' })
    const rows = importRows(app.models, app.words)
    expect(rows.failed).toHaveLength(1)
    expect(rows.failed[0]).toMatchObject({ title: 'letter.docx was not imported.', sentence: expect.stringContaining('GGUF') })
    rows.failed[0]?.onclose()
    expect(app.models.failed).toEqual([])
    app.stop()
  })

  it('sends a file with progress, imports it, and stops sending when asked', async () => {
    const host = new FakeHost()
    let arrive: () => void = () => undefined
    const sendFile: SendFile = (_, report, signal) =>
      new Promise((resolve, reject) => {
        report(0.5)
        signal.addEventListener('abort', () => reject(new AppError('cancelled', 'Stopped')))
        arrive = () => resolve({ reference: 'sent' })
      })
    const app = await started(host, { sendFile })
    const file = new File([new Uint8Array(1000)], 'small.gguf')
    const first = app.models.send(file)
    expect(importRows(app.models, app.words).coming[0]).toMatchObject({ title: 'small.gguf', fraction: 0.5 })
    arrive()
    expect(await first).toBe('model-of-sent')
    const second = app.models.send(file)
    importRows(app.models, app.words).coming[0]?.onstop()
    expect(await second).toBeNull()
    expect([app.models.sendings, app.models.failed]).toEqual([[], []])
    app.stop()
  })

  it('keeps the reason why a model would not load beside that model', async () => {
    const host = new FakeHost()
    host.models.set({ models: [fakeModel()], offers: [], imports: [] })
    host.failures.set(
      'runtime.load',
      new AppError('out_of_memory', 'Big', { neededBytes: 5_200_000_000, freeBytes: 1_100_000_000 }),
    )
    const app = await started(host)
    expect(await app.runtime.load(fakeModel().id)).toBe(false)
    expect(app.runtime.askedId).toBe(fakeModel().id)
    const { trouble } = app.runtime.loading
    expect(trouble && app.words.trouble(trouble)).toContain('5.2\u00A0GB are needed, 1.1\u00A0GB are free')
    app.stop()
  })
})

describe('a new passphrase', () => {
  it('is not accepted when short or typed differently, and says so only after a try', () => {
    const passphrase = new NewPassphrase({ least: () => 3, known: () => ['marguerite'] })
    passphrase.value = 'short'
    expect(passphrase.isTooShort).toBe(false)
    expect(passphrase.check()).toBe(false)
    expect([passphrase.isTooShort, passphrase.missing]).toEqual([true, 3])
    passphrase.value = 'long enough now'
    expect(passphrase.differs).toBe(true)
    passphrase.repeated = 'long enough now'
    expect(passphrase.check()).toBe(true)
  })

  it.each([
    ['aaaaaaaaaaaaaaaa', 0, 'simpleRepeat'],
    ['password', 0, 'topTen'],
    ['motdepasse', 1, 'common'],
    ['azertyuiop', 1, 'straightRow'],
    ['Marguerite 1984', 2, null],
    ['copper still drips at noon', 4, null],
    ['cheval pile agrafe tisane', 4, null],
  ])('%s is judged once the judge is there: %i, %s', async (words, score, warning) => {
    const passphrase = new NewPassphrase({ least: () => 3, known: () => ['marguerite'] })
    passphrase.value = words
    passphrase.repeated = words
    expect(passphrase.judgement).toBeNull()
    expect(passphrase.check()).toBe(true)
    await passphrase.prepare()
    expect(passphrase.judgement).toMatchObject({ score, ...(warning === null ? {} : { warning }) })
    expect([passphrase.isTooWeak, passphrase.check()]).toEqual([score < 3, score >= 3])
  })
})

describe('the address', () => {
  it('keeps the place, whatever the id', () => {
    const place = { hash: '#/models' }
    const route = new Route(place)
    expect(route.screen).toBe('models')
    route.go('chat', 'a/b c')
    expect(place.hash).toBe('#/chat/a%2Fb%20c')
    expect([route.screen, route.detail]).toEqual(['chat', 'a/b c'])
  })

  it.each(['#/nowhere', '', '#/chat/%E0%A4%A'])('%s leads to the chat instead of breaking', (hash) =>
    expect(new Route({ hash }).screen).toBe('chat'),
  )
})
