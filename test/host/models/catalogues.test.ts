// Whose catalogue is believed. The bugs it would catch: one that somebody changed, one that is over, an older one that brings a bad file
// back, a key nobody trusts, and a good catalogue lost to a bad one.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../../../electron/host/command-line.ts'
import { publicKeyOf, signValue, Signatures, verifyValue } from '../../../electron/host/base/signed-value.ts'
import { builtInCatalogue } from '../../../electron/host/models/catalogue/catalogue.ts'
import { readKeys } from '../../../electron/host/models/catalogue/catalogues.ts'
import { ownKeys } from '../../../electron/host/models/catalogue/own-keys.ts'
import { HubServer } from '../../fixtures/hub-server.ts'
import { present, startTestHost, temporaryFolder, until, type TestHost } from '../../fixtures/test-host.ts'
import { makeCertificates } from '../../fixtures/test-certificates.ts'

const cabinet = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')
const publisher = generateKeyPairSync('ed25519')
const line = (name: string, key: KeyObject): string => `${name} ${publicKeyOf(key)}`
let room: TestHost
let folder: string
let now = Date.parse('2026-12-01')

beforeEach(async () => {
  folder = temporaryFolder()
  now = Date.parse('2026-12-01')
  await start()
  await room.client.vault.create({ kind: 'keychain' })
  await room.client.settings.set({ catalogueKeys: line('Cabinet 2026', cabinet.publicKey) })
})
afterEach(() => room.close())

async function start(more: Partial<Pick<TestHost, 'dataFolder' | 'keychain'>> = {}): Promise<void> {
  const trustedKeys = () => [{ name: 'Alambic', publicKey: publicKeyOf(publisher.publicKey) }]
  room = await startTestHost({ now: () => now, trustedKeys, ...more })
}
async function restart(): Promise<void> {
  const { dataFolder, keychain } = room
  await room.close()
  await start({ dataFolder, keychain })
  await room.client.vault.unlock({})
}

const student = builtInCatalogue.families[0]?.students[0]
const made = (change: object = {}) => ({
  version: 1,
  publisher: 'Cabinet Martin',
  signedAt: '2026-11-01T00:00:00Z',
  expiresAt: '2027-11-01T00:00:00Z',
  families: [{ id: 'cabinet', teacher: null, students: [{ ...student, id: 'cabinet-law', name: 'Cabinet Law 3B' }] }],
  ...change,
})
const envelope = (value: object, ...keys: KeyObject[]): string =>
  JSON.stringify({ catalogue: value, ...signValue('catalogue', value, keys) })

async function take(text: string, beside?: string): Promise<void> {
  const path = join(folder, 'catalogue.json')
  writeFileSync(path, text)
  if (beside !== undefined) writeFileSync(`${path}.sig`, beside)
  await room.client.models.takeCatalogue({ reference: room.host.references.issue(path) })
}
const state = () => present(room.client.models.catalogue({}))
const names = async () => (await state()).catalogue.families.flatMap(({ students }) => students.map(({ name }) => name))

describe('the catalogue of the program', () => {
  test('is vouched for by one of our own keys', () => {
    const folder = join(import.meta.dirname, '../../../resources')
    const json: unknown = JSON.parse(readFileSync(join(folder, 'catalogue.json'), 'utf8'))
    const signatures = Signatures.parse(JSON.parse(readFileSync(join(folder, 'catalogue.json.sig'), 'utf8')))
    expect(verifyValue('catalogue', json, signatures, ownKeys)).toHaveProperty('signer')
  })

  test('says whose it is, and goes on when its time is over, which it says too', async () => {
    expect((await state()).sources).toMatchObject([{ kind: 'built_in', publisher: 'Alambic', expired: false, signer: null }])
    now = Date.parse('2040-01-01')
    await restart()
    expect((await state()).sources).toMatchObject([{ kind: 'built_in', expired: true }])
    expect((await names()).length).toBeGreaterThan(20)
  })

  test('gives way to a newer one that we signed, also after a restart', async () => {
    await take(envelope({ ...made(), publisher: 'Alambic', version: 7 }, publisher.privateKey))
    await restart()
    expect((await state()).sources).toMatchObject([{ kind: 'publisher', version: 7, signer: 'Alambic' }])
    expect(await names()).toEqual(['Cabinet Law 3B'])
    await room.client.models.forgetCatalogues({})
    expect((await state()).sources).toMatchObject([{ kind: 'built_in' }])
  })
})

describe('the organisation’s catalogue', () => {
  test('stands beside ours, its students first, and of a student that both have only theirs', async () => {
    const [first] = made().families[0]?.students ?? []
    const both = made({
      families: [{ id: 'c', teacher: null, students: [first, { ...student, name: 'Renamed by the cabinet' }] }],
    })
    await take(envelope(both, cabinet.privateKey))
    const all = await names()
    expect(all.slice(0, 2)).toEqual(['Cabinet Law 3B', 'Renamed by the cabinet'])
    expect(all).not.toContain(student?.name)
    expect(all.length).toBeGreaterThan(20)
    expect((await state()).sources.map(({ kind }) => kind)).toEqual(['organisation', 'built_in'])
  })

  test('or in its place', async () => {
    await take(envelope(made(), cabinet.privateKey))
    await room.client.settings.set({ catalogueMode: 'replace' })
    const { sources } = await until(room.client.models.catalogue({}), (present) => present.sources.length === 1)
    expect(sources).toMatchObject([{ kind: 'organisation', publisher: 'Cabinet Martin', signer: 'Cabinet 2026' }])
    expect(await names()).toEqual(['Cabinet Law 3B'])
  })

  test('comes with its signatures in a file beside it, by any of several keys', async () => {
    const next = generateKeyPairSync('ed25519')
    await room.client.settings.set({
      catalogueKeys: `${line('Cabinet 2026', cabinet.publicKey)}\n\nnot a key\n${line('Cabinet 2027', next.publicKey)}`,
    })
    const value = made()
    await take(
      JSON.stringify(value, null, 4),
      JSON.stringify(signValue('catalogue', value, [stranger.privateKey, next.privateKey])),
    )
    expect((await state()).sources[0]).toMatchObject({ signer: 'Cabinet 2027' })
  })

  test('goes when its key is no longer trusted', async () => {
    await take(envelope(made(), cabinet.privateKey))
    await room.client.settings.set({ catalogueKeys: line('Other', stranger.publicKey) })
    await until(room.client.models.catalogue({}), ({ sources }) => sources[0]?.kind === 'built_in')
    await restart()
    expect(await names()).not.toContain('Cabinet Law 3B')
  })

  test('may be fetched: only its own files whose hash is known can be installed', async () => {
    const file = { repository: 'cabinet/law', name: 'law.gguf', sizeBytes: null, sha256: null }
    await take(
      envelope(
        made({
          families: [
            {
              id: 'c',
              teacher: null,
              students: [
                { ...student, id: 'x', file: null },
                { ...student, id: 'y', file },
              ],
            },
          ],
        }),
        cabinet.privateKey,
      ),
    )
    await expect(room.client.models.download({ studentId: 'x' })).rejects.toMatchObject({ code: 'download_unverifiable' })
    await expect(room.client.models.download({ studentId: 'nobody' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('refused, with the reason, while the last good one stays:', () => {
  const good = made({ version: 5 })
  beforeEach(() => take(envelope(good, cabinet.privateKey)))

  test.each([
    [
      'changed after it was signed',
      () => envelope(good, cabinet.privateKey).replace('Cabinet Law 3B', 'Cabinet Law 4B'),
      'catalogue_tampered',
    ],
    ['signed by nobody we trust', () => envelope(made({ version: 6 }), stranger.privateKey), 'catalogue_unknown_key'],
    ['over', () => envelope(made({ version: 6, expiresAt: '2026-11-30T00:00:00Z' }), cabinet.privateKey), 'catalogue_expired'],
    ['older', () => envelope(made({ version: 4 }), cabinet.privateKey), 'catalogue_older'],
    [
      'another one of the same version',
      () => envelope(made({ version: 5, families: [] }), cabinet.privateKey),
      'catalogue_older',
    ],
    ['without signatures', () => JSON.stringify(made({ version: 6 })), 'catalogue_unsigned'],
    ['signed, but no catalogue', () => envelope({ version: 6, hello: 'world' }, cabinet.privateKey), 'catalogue_unreadable'],
    [
      'with a student twice',
      () => envelope(made({ version: 6, families: [...made().families, ...made().families] }), cabinet.privateKey),
      'catalogue_unreadable',
    ],
    ['no JSON', () => '{', 'catalogue_unreadable'],
    ['endless', () => ' '.repeat(5 * 1024 * 1024), 'catalogue_unreadable'],
  ])('%s', async (_what, text, code) => {
    await expect(take(text())).rejects.toMatchObject({ code })
    const present = await state()
    expect(present.refused?.code).toBe(code)
    expect(present.sources[0]).toMatchObject({ publisher: 'Cabinet Martin', version: 5 })
    await take(envelope(made({ version: 6 }), cabinet.privateKey))
    expect(await state()).toMatchObject({ refused: null })
  })

  test('an older one even after a restart, and after going back to ours', async () => {
    await room.client.models.forgetCatalogues({})
    await restart()
    await expect(take(envelope(made({ version: 4 }), cabinet.privateKey))).rejects.toMatchObject({
      code: 'catalogue_older',
      data: { version: 4, known: 5 },
    })
    await take(envelope(good, cabinet.privateKey))
  })
})

describe('from an address', () => {
  test('it comes through the door, with a ledger entry, and a lying server changes nothing', async () => {
    const { authority, identity } = makeCertificates()
    const value = made({ version: 2 })
    const hub = await HubServer.start(Buffer.from(envelope(value, cabinet.privateKey)), identity)
    try {
      await expect(room.client.models.checkCatalogue({})).rejects.toMatchObject({ code: 'not_found' })
      await room.client.settings.set({ certificates: authority, catalogueAddress: `${hub.address}/catalogue.json` })
      await room.client.models.checkCatalogue({})
      expect((await state()).sources[0]).toMatchObject({ version: 2 })
      const { entries } = await present(room.client.network.door({ limit: 5 }))
      expect(entries[0]).toMatchObject({ host: 'localhost', purpose: 'catalogue', outcome: 'passed' })

      const next = made({ version: 3 })
      hub.lies.push(
        (_request, response) => response.end(JSON.stringify(next)),
        (request, response) => {
          expect(request.url).toBe('/catalogue.json.sig')
          response.end(JSON.stringify(signValue('catalogue', next, [cabinet.privateKey])))
        },
      )
      await room.client.models.checkCatalogue({})
      expect((await state()).sources[0]).toMatchObject({ version: 3 })

      hub.lies.push((_request, response) => response.writeHead(500).end())
      await expect(room.client.models.checkCatalogue({})).rejects.toMatchObject({ code: 'network_status' })
      hub.lies.push((_request, response) => response.end(Buffer.alloc(6_000_000, 32)))
      await expect(room.client.models.checkCatalogue({})).rejects.toMatchObject({ code: 'catalogue_unreadable' })
      // The server's own, honest one is older by now.
      await expect(room.client.models.checkCatalogue({})).rejects.toMatchObject({ code: 'catalogue_older' })
      expect((await state()).sources[0]).toMatchObject({ version: 3 })
    } finally {
      await hub.close()
    }
  })
})

test('an administrator makes a key, signs and checks, with nothing but a command line', async () => {
  const said: string[] = []
  const run = (...parts: string[]) => runCommand(parts, (text) => said.push(text))
  const [key, file, keys] = ['cabinet.pem', 'cabinet.json', 'keys.txt'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  expect(await run('new-key', 'Cabinet', key)).toBe(0)
  expect(readKeys(said[0] ?? '')).toMatchObject([{ name: 'Cabinet' }])
  expect(await run('new-key', 'Again', key)).toBe(1)
  writeFileSync(keys, said[0] ?? '')
  writeFileSync(file, JSON.stringify(made({ expiresAt: '2099-01-01T00:00:00Z' })))
  expect(await run('catalogue', 'sign', file, key)).toBe(0)
  expect(await run('catalogue', 'check', file)).toBe(1)
  expect(await run('catalogue', 'check', file, keys)).toBe(0)
  expect(said.at(-1)).toContain('signed by Cabinet')
  writeFileSync(file, JSON.stringify(made({ expiresAt: '2099-01-02T00:00:00Z' })))
  expect(await run('catalogue', 'check', file, keys)).toBe(1)
  expect(await run('catalogue')).toBe(2)
})
