// The door and who may go through it. The bugs it would catch: a page that opens it by itself, a grant that outlives its reason, and words that follow a redirect.
import type { IncomingHttpHeaders } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ManagedSettings, Settings } from '../../contract/settings.ts'
import type { Watchable } from '../../electron/host/base/watchable.ts'
import type { Grant } from '../../electron/host/network-grants.ts'
import { proxyFor } from '../../electron/host/network-proxy.ts'
import { Network, type NetworkAnswer } from '../../electron/host/network.ts'
import { Vault } from '../../electron/host/vault/vault.ts'
import { HubServer } from '../fixtures/hub-server.ts'
import { MemoryKeychain } from '../fixtures/memory-keychain.ts'
import { networkParts } from '../fixtures/network-parts.ts'
import type { ScriptedConsent } from '../fixtures/scripted-consent.ts'
import { makeCertificates } from '../fixtures/test-certificates.ts'
import { present, startTestHost, temporaryFolder, until, type TestHost } from '../fixtures/test-host.ts'

const { authority, identity } = makeCertificates()
const never = new AbortController().signal
let hub: HubServer
let vault: Vault
let parts: ReturnType<typeof networkParts>
let consent: ScriptedConsent
let settings: Watchable<Settings>
let managed: Watchable<ManagedSettings>
let elapsed = 0
let network: Network

beforeAll(async () => {
  hub = await HubServer.start(Buffer.from('what was asked for'), identity)
})
afterAll(() => hub.close())
beforeEach(async () => {
  hub.lies.length = hub.asked.length = 0
  vault = new Vault({ dataFolder: temporaryFolder(), keychain: new MemoryKeychain(), now: Date.now })
  await vault.start()
  await vault.create({ kind: 'keychain' })
  elapsed = 0
  parts = networkParts({ certificates: authority }, () => elapsed)
  consent = parts.consent
  settings = parts.settings.state
  managed = parts.settings.managed
  open()
})
afterEach(async () => {
  network.close()
  await vault.close()
})

function open(): void {
  const { desk, settings } = parts
  network = new Network({ ...{ database: vault.main, settings, desk }, now: Date.now, elapsed: () => elapsed, environment: {} })
}
/** Fixes settings as an administrator does. */
function fix(values: Partial<Settings>): void {
  managed.set(Object.fromEntries(Object.keys(values).map((key) => [key, { origin: 'test', unread: false }])))
  settings.set({ ...settings.value, ...values })
}
const models = () => ({ purpose: 'model_download' as const, address: hub.address })
const file = () => `${hub.address}/file`
async function textOf({ body }: NetworkAnswer): Promise<string> {
  let text = ''
  for await (const chunk of body) text += chunk.toString()
  return text
}
const entries = async () => (await present(network.door(50, never))).entries
const port = () => Number(new URL(hub.address).port)

describe('a grant', () => {
  test('comes out of a person’s word, which is asked for once per address and purpose and kept', async () => {
    const grant = await network.grants.ask(models())
    await network.grants.ask({ ...models(), address: `${hub.address}/` })
    expect(consent.asked).toEqual([
      { purpose: 'model_download', host: `localhost:${port()}`, address: hub.address, language: 'en' },
    ])
    expect(await textOf(await network.get(file(), { grant, signal: never }))).toBe('what was asked for')
    network.close()
    open()
    await network.grants.ask(models())
    expect(consent.asked).toHaveLength(1)
    await network.grants.ask({ ...models(), purpose: 'catalogue' })
    expect(consent.asked).toHaveLength(2)
    expect((await present(network.door(1, never))).consents).toMatchObject([
      { purpose: 'catalogue', host: 'localhost', port: port(), givenBy: 'dialog', untilLock: false },
      { purpose: 'model_download' },
    ])
  })

  test('for an address does not reach another place on the same server (bug: words smuggled out in a path)', async () => {
    await network.grants.ask({ ...models(), address: `${hub.address}/models` })
    expect(() => network.grants.standing({ ...models(), address: `${hub.address}/models/what-she-wrote` })).toThrow(
      expect.objectContaining({ code: 'network_not_allowed' }),
    )
  })

  test('is not given after a no, and nothing is kept or sent', async () => {
    consent.answer = 'no'
    await expect(network.grants.ask(models())).rejects.toMatchObject({ code: 'network_not_allowed' })
    expect(() => network.grants.standing(models())).toThrow()
    expect((await present(network.door(1, never))).consents).toEqual([])
    expect(hub.asked).toEqual([])
  })

  test('cannot be written by a caller', async () => {
    const forged = { purpose: 'model_download', subject: {}, until: Infinity, covers: () => true } as unknown as Grant
    await expect(network.get(file(), { grant: forged, signal: never })).rejects.toMatchObject({ code: 'network_closed' })
    expect(await entries()).toMatchObject([{ host: 'localhost', outcome: 'refused' }])
    expect(hub.asked).toEqual([])
  })

  test('is for one host and one port, over https', async () => {
    const grant = await network.grants.ask(models())
    for (const url of [
      'https://localhost:1/',
      `http://localhost:${port()}/`,
      `https://127.0.0.1:${port()}/`,
      'https://example.org/',
    ])
      await expect(network.get(url, { grant, signal: never })).rejects.toMatchObject({ code: 'network_closed' })
    expect((await entries()).map(({ outcome }) => outcome)).toEqual(Array(4).fill('refused'))
  })

  test('ends at its time by a clock that nobody sets', async () => {
    const grant = await network.grants.ask({ ...models(), purpose: 'catalogue' })
    elapsed = 10 * 60_000
    await expect(network.get(file(), { grant, signal: never })).rejects.toMatchObject({ code: 'network_ended' })
    expect(
      await textOf(
        await network.get(file(), { grant: network.grants.standing({ ...models(), purpose: 'catalogue' }), signal: never }),
      ),
    ).toBe('what was asked for')
  })

  test.each<[string, string, () => void]>([
    ['it is withdrawn', 'network_ended', () => network.grants.withdraw('model_download', hub.address)],
    ['a policy switches connections off', 'network_ended', () => fix({ connections: 'off' })],
    ['a policy fixes another hub', 'network_ended', () => fix({ hub: 'https://mirror.example' })],
    [
      'somebody enters a proxy that nobody allowed',
      'network_ended',
      () => settings.set({ ...settings.value, proxy: 'http://p.example' }),
    ],
    ['the vault locks', 'locked', () => network.close()],
  ])('ends in the middle of a transfer when %s', async (_what, code, end) => {
    hub.lies.push((_request, response) => response.writeHead(200, { 'Content-Length': 1000 }).write('begun'))
    const answer = await network.get(file(), { grant: await network.grants.ask(models()), signal: never })
    const chunks = answer.body[Symbol.asyncIterator]()
    expect(String((await chunks.next()).value)).toBe('begun')
    end()
    await expect(chunks.next()).rejects.toMatchObject({ code })
  })
})

describe('a policy', () => {
  test('allows servers by purpose and port without a question', async () => {
    fix({ connections: 'listed', allowedHosts: `catalogue other.example\nnot a line\nmodel_download localhost:${port()}` })
    await network.grants.ask(models())
    expect(consent.asked).toEqual([])
    for (const wish of [
      { ...models(), purpose: 'catalogue' as const },
      { ...models(), address: 'https://localhost' },
    ])
      await expect(network.grants.ask(wish)).rejects.toMatchObject({ code: 'network_forbidden' })
    expect(consent.asked).toEqual([])
  })

  test('that fixes the hub allows it, and forbids every other', async () => {
    fix({ hub: hub.address })
    await network.grants.ask(models())
    await expect(network.grants.ask({ ...models(), address: 'https://huggingface.co' })).rejects.toMatchObject({
      code: 'network_forbidden',
    })
    expect(consent.asked).toEqual([])
    expect((await present(network.door(1, never))).consents).toMatchObject([{ givenBy: 'policy', givenAt: null }])
  })

  test('is not what the page says (bug: a setting allowed the page what it liked)', async () => {
    settings.set({ ...settings.value, allowedHosts: `* localhost:${port()}` })
    consent.answer = 'no'
    await expect(network.grants.ask(models())).rejects.toMatchObject({ code: 'network_not_allowed' })
  })
})

describe('what is sent', () => {
  test('headers are for one host: a range follows a redirect, a name and a password do not', async () => {
    const seen: IncomingHttpHeaders[] = []
    hub.lies.push((request, response) => {
      seen.push(request.headers)
      response.writeHead(302, { location: `https://eve:secret@localhost:${port()}/cdn` }).end()
    })
    hub.lies.push((request, response) => {
      seen.push(request.headers)
      response.writeHead(206, { 'Content-Range': 'bytes 5-6/9' }).end('xy')
    })
    const grant = await network.grants.ask(models())
    const range = { from: 5, to: 7, tag: '"one"' }
    await textOf(await network.get(file(), { grant, signal: never, headers: { authorization: 'Bearer ours' }, range }))
    expect(seen.map(({ authorization, range }) => ({ authorization, range }))).toEqual([
      { authorization: 'Bearer ours', range: 'bytes=5-6' },
      { authorization: undefined, range: 'bytes=5-6' },
    ])
  })

  test('only a purpose that sends may send, so much at most, and never on to another address', async () => {
    const body = { type: 'application/json', bytes: Buffer.from('{"question":1}') }
    await expect(network.post(file(), { grant: await network.grants.ask(models()), body, signal: never })).rejects.toMatchObject({
      code: 'network_closed',
    })
    const grant = await network.grants.ask({ ...models(), purpose: 'teacher' })
    const bytes = Buffer.alloc(33 * 1024 * 1024)
    await expect(network.post(file(), { grant, body: { ...body, bytes }, signal: never })).rejects.toMatchObject({
      code: 'network_closed',
    })
    expect(hub.asked).toEqual([])
    let sent = ''
    hub.lies.push((request, response) => {
      request.on('data', (chunk: Buffer) => (sent += chunk.toString())).on('end', () => response.end('an answer'))
    })
    expect(await textOf(await network.post(file(), { grant, body, signal: never }))).toBe('an answer')
    expect(sent).toBe('{"question":1}')
    expect((await entries())[0]).toMatchObject({ purpose: 'teacher', sentBytes: 14, receivedBytes: 9, port: port() })
    hub.lies.push((_request, response) => response.writeHead(307, { location: '/elsewhere' }).end())
    await expect(network.post(file(), { grant, body, signal: never })).rejects.toMatchObject({ code: 'network_status' })
    expect(hub.asked).toHaveLength(2)
  })
})

describe('a question', () => {
  test('is one when it is asked twice at once; another one waits for its asker', async () => {
    consent.answer = null
    const [first, second] = [network.grants.ask(models()), network.grants.ask(models())]
    const asking = await until(network.door(1, never), (door) => door.asking !== null)
    expect(asking.asking).toEqual({ purpose: 'model_download', host: `localhost:${port()}`, where: 'dialog' })
    await expect(network.grants.ask({ ...models(), purpose: 'catalogue' })).rejects.toMatchObject({ code: 'busy' })
    network.grants.close()
    for (const answer of [first, second]) await expect(answer).rejects.toMatchObject({ code: 'network_not_allowed' })
    expect(consent.asked).toHaveLength(1)
  })

  test('is not put again and again to somebody who says no (bug: a page that asks until the person gives in)', async () => {
    consent.answer = 'no'
    const ask = () => network.grants.ask(models()).catch(() => undefined)
    for (let time = 0; time < 20; time++) await ask()
    expect(consent.asked).toHaveLength(2)
    elapsed += 5_000
    for (let time = 0; time < 20; time++) await ask()
    expect(consent.asked).toHaveLength(3)
    elapsed += 5_000
    await ask()
    expect(consent.asked).toHaveLength(3)
  })
})

test('the proxy that somebody entered is asked about too, and stands in the ledger', async () => {
  settings.set({ ...settings.value, proxy: 'http://user:secret@127.0.0.1:9' })
  const grant = await network.grants.ask(models())
  expect(consent.asked.map(({ purpose, host }) => [purpose, host])).toEqual([
    ['proxy', '127.0.0.1:9'],
    ['model_download', `localhost:${port()}`],
  ])
  await expect(network.get(file(), { grant, signal: never })).rejects.toMatchObject({ code: 'network_unreachable' })
  expect(await entries()).toMatchObject([{ outcome: 'failed', proxy: '127.0.0.1:9' }])
  expect(JSON.stringify(await present(network.door(1, never)))).not.toContain('secret')
})

test('the environment’s proxy is the one that is used, with its exceptions', () => {
  const environment = {
    HTTPS_PROXY: 'http://proxy.example:3128',
    NO_PROXY: 'a.example, .b.example,*.c.example,10.0.0.1-10.0.0.9,d.example:8443',
  }
  const through = (host: string): boolean => proxyFor(new URL(`https://${host}/`), '', environment) !== null
  for (const host of ['a.example', 'x.b.example', 'x.c.example', '10.0.0.5', 'd.example:8443'])
    expect([host, through(host)]).toEqual([host, false])
  for (const host of ['x.a.example', 'notb.example', '10.0.0.10', 'd.example', 'e.example'])
    expect([host, through(host)]).toEqual([host, true])
  expect(proxyFor(new URL('https://a.example/'), 'http://own.example', environment)).toBe('http://own.example')
  expect(proxyFor(new URL('https://e.example/'), '', { ...environment, NO_PROXY: '*' })).toBeNull()
})

describe('the page', () => {
  let room: TestHost
  beforeEach(async () => {
    room = await startTestHost()
    await room.client.vault.create({ kind: 'keychain' })
  })
  afterEach(() => room.close())
  const ledger = async () => (await present(room.client.network.door({ limit: 10 }))).entries

  test('opens no door by itself: what it writes into an address goes nowhere (bug: 1,024 characters in a query)', async () => {
    for (const address of [
      `${hub.address}/c?q=${'x'.repeat(400)}`,
      `${hub.address}/c#x`,
      `https://x:y@localhost:${port()}/c`,
      `${hub.address}/${'x'.repeat(600)}`,
    ]) {
      for (const key of ['catalogueAddress', 'hub'])
        await expect(room.client.settings.set({ [key]: address })).rejects.toMatchObject({ code: 'invalid_input' })
    }
    await room.client.settings.set({ certificates: authority, catalogueAddress: `${hub.address}/c` })
    room.consent.answer = 'no'
    await expect(room.client.models.checkCatalogue({})).rejects.toMatchObject({ code: 'network_not_allowed' })
    expect(hub.asked).toEqual([])
    expect(await ledger()).toEqual([])
    for (const setting of [{ connections: 'listed' as const }, { allowedHosts: '* *' }])
      await expect(room.client.settings.set(setting)).rejects.toMatchObject({ code: 'managed' })
  })

  test('opens links only as the person agrees, over https, and each stands in the ledger', async () => {
    room.consent.answer = 'once'
    await room.client.desktop.openLink({ url: 'https://a.example/x?y#z' })
    await room.client.desktop.openLink({ url: 'http://b.example/plain' })
    expect(room.consent.asked.map(({ address }) => address)).toEqual(['https://a.example/x?y#z', 'https://b.example/plain'])
    expect(room.desktop.openedLinks).toEqual(['https://a.example/x?y#z', 'https://b.example/plain'])
    room.consent.answer = 'no'
    await expect(room.client.desktop.openLink({ url: 'https://a.example/x' })).rejects.toMatchObject({
      code: 'network_not_allowed',
    })
    room.consent.answer = 'always'
    await room.client.desktop.openLink({ url: 'https://c.example/1' })
    await room.client.desktop.openLink({ url: 'https://c.example/2' })
    expect(room.consent.asked).toHaveLength(4)
    expect((await ledger()).map(({ host, purpose, outcome }) => [host, purpose, outcome])).toEqual([
      ['c.example', 'link', 'passed'],
      ['c.example', 'link', 'passed'],
      ['a.example', 'link', 'refused'],
      ['b.example', 'link', 'passed'],
      ['a.example', 'link', 'passed'],
    ])
    await room.client.network.withdraw({ purpose: 'link', address: 'https://c.example' })
    room.consent.answer = 'once'
    await room.client.desktop.openLink({ url: 'https://c.example/3' })
    expect(room.consent.asked).toHaveLength(5)
  })

  test('opens mails by whom they are to and what about, and nothing that starts programs', async () => {
    await room.client.desktop.openLink({ url: 'mailto:a@x.example?subject=x' })
    expect((await ledger())[0]).toMatchObject({ host: 'x.example', port: null, purpose: 'link' })
    for (const url of [
      'file:///etc/passwd',
      'smb://x/y',
      'javascript:alert(1)',
      'vscode://x',
      'mailto:a@x.example?attach=/etc/passwd',
      'mailto:a@x.example?body=secret',
      'http://x.example:8080/',
      'https://a:b@x.example/',
      '\\\\server\\share',
      '',
    ])
      await expect(room.client.desktop.openLink({ url })).rejects.toMatchObject({ code: 'invalid_input' })
    expect(room.desktop.openedLinks).toEqual(['mailto:a@x.example?subject=x'])
  })
})
