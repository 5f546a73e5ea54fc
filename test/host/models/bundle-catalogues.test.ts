// Catalogues on sticks. The bugs it would catch: a bundle whose catalogue nobody vouches for that comes in all the same, one that brings
// an older catalogue back, a good bundle that stays out because its catalogue is old, and a catalogue that comes in unasked.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BundleManifest, type BundleSummary, type BundleWork } from '../../../contract/bundle.ts'
import { runCommand } from '../../../electron/host/command-line.ts'
import { signValue } from '../../../electron/host/base/signed-value.ts'
import { aloneAs } from '../../../electron/host/models/bundles/bundle-writer.ts'
import { builtInCatalogue } from '../../../electron/host/models/catalogue/catalogue.ts'
import { makeSigner } from '../../fixtures/signed-card.ts'
import { bundleOn, filesOf, sourceOf, tamper } from '../../fixtures/stick.ts'
import {
  importModel,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  type TestHost,
} from '../../fixtures/test-host.ts'

const { english, slow } = testModels()
const cabinet = makeSigner('Cabinet 2026')
const stranger = makeSigner('Somebody')
const publisher = makeSigner('Alambic')
const keys = `${cabinet.name} ${cabinet.trusted.publicKey}`
let now = 0
let host: TestHost
let stick: string
const hosts: TestHost[] = []

beforeEach(async () => {
  now = Date.parse('2026-12-01')
  stick = temporaryFolder()
  host = await machine()
})
afterEach(async () => {
  for (const one of hosts.splice(0)) {
    await one.close()
    rmSync(one.dataFolder, { recursive: true, force: true })
  }
  rmSync(stick, { recursive: true, force: true })
})

/** One that trusts the cabinet's key. */
async function machine(): Promise<TestHost> {
  const one = await startTestHost({ now: () => now, trustedKeys: () => [publisher.trusted] })
  hosts.push(one)
  await one.client.vault.create({ kind: 'keychain' })
  await one.client.settings.set({ catalogueKeys: keys })
  return one
}

const student = builtInCatalogue.families[0]?.students[0]
const made = (change: object = {}) => ({
  version: 5,
  publisher: 'Cabinet Martin',
  signedAt: '2026-11-01T00:00:00Z',
  expiresAt: '2027-11-01T00:00:00Z',
  families: [{ id: 'cabinet', teacher: null, students: [{ ...student, id: 'cabinet-law', name: 'Cabinet Law 3B' }] }],
  ...change,
})
const signed = (value: object, signer = cabinet): string =>
  JSON.stringify({ catalogue: value, ...signValue('catalogue', value, [signer.key]) })
const changed = (): string => signed(made()).replace('Cabinet Law 3B', 'Cabinet Law 4B')
const bundleWith = (...texts: string[]): Promise<string> =>
  bundleOn(stick, [sourceOf(english.path), ...texts.map((text) => aloneAs('catalogue', 'Cabinet Martin', text))])

async function take(text: string, on = host): Promise<void> {
  const path = join(temporaryFolder(), 'catalogue.json')
  writeFileSync(path, text)
  await on.client.models.takeCatalogue({ reference: on.host.references.issue(path) })
}
async function folder(path: string, on = host): Promise<string> {
  on.desktop.pickedFolder = path
  return (await on.client.desktop.pickFolder({}))?.reference ?? ''
}
async function inspect(path: string, on = host): Promise<BundleSummary | undefined> {
  return (await on.client.models.inspectBundles({ reference: await folder(path, on) }))[0]
}
async function begin(path: string, on = host): Promise<void> {
  await on.client.models.importBundle({ reference: await folder(path, on), insist: true })
}
async function settled(on = host): Promise<BundleWork> {
  const [work] = await until(on.client.models.bundles({}), ([first]) => first?.state === 'done' || first?.state === 'failed')
  if (!work) throw new Error('There is no bundle on its way')
  return work
}
async function resume(): Promise<void> {
  const [work] = await present(host.client.models.bundles({}))
  await host.client.models.resumeBundle({ workId: work?.id ?? '' })
}
const catalogue = (on = host) => present(on.client.models.catalogue({}))
const modelsHere = async (on = host) => (await present(on.client.models.state({}))).models.map(({ name }) => name)
const filesHere = (): string[] => filesOf(join(host.dataFolder, 'models'))
const wish = async (modelIds: string[]) => ({ reference: await folder(stick), name: 'Students', modelIds, presets: false })

describe('from one machine to another', () => {
  test('the organisation’s catalogue comes along, is told of before, and is in force afterwards', async () => {
    await take(signed(made()))
    const id = await importModel(host, english.path)
    await host.client.models.exportBundle({ ...(await wish([id])), catalogue: true })
    const { folder: name } = await settled()
    expect(filesOf(join(stick, name ?? ''))).toEqual(['catalogue.json', 'english.gguf', 'manifest.json', 'notice.txt'])

    const other = await machine()
    expect((await inspect(stick, other))?.catalogues).toEqual([{ fate: 'newer', publisher: 'Cabinet Martin', version: 5 }])
    expect((await catalogue(other)).sources).toMatchObject([{ kind: 'built_in' }])
    await begin(join(stick, name ?? ''), other)
    expect(await settled(other)).toMatchObject({ state: 'done', students: 1 })
    const { sources, catalogue: shown } = await catalogue(other)
    expect(sources[0]).toMatchObject({ kind: 'organisation', version: 5, signer: 'Cabinet 2026' })
    expect(shown.families[0]?.students[0]?.name).toBe('Cabinet Law 3B')
    expect(await modelsHere(other)).toHaveLength(1)
  })

  test('nothing but catalogues travels too: theirs and a newer one of ours', async () => {
    await take(signed(made()))
    await take(signed(made({ publisher: 'Alambic', version: 70 }), publisher))
    await host.client.models.exportBundle({ ...(await wish([])), catalogue: true })
    const { folder: name } = await settled()
    expect(filesOf(join(stick, name ?? ''))).toEqual(['catalogue-2.json', 'catalogue.json', 'manifest.json'])
    const other = await machine()
    await begin(join(stick, name ?? ''), other)
    expect(await settled(other)).toMatchObject({ state: 'done', students: 0 })
    expect((await catalogue(other)).sources.map(({ kind, version }) => [kind, version])).toEqual([
      ['organisation', 5],
      ['publisher', 70],
    ])
  })

  test('only when it is wished, and only one that somebody could take', async () => {
    const id = await importModel(host, english.path)
    const none = { ...(await wish([id])), catalogue: true }
    await expect(host.client.models.exportBundle(none)).rejects.toMatchObject({ code: 'not_found' })
    await take(signed(made()))
    await host.client.models.exportBundle(await wish([id]))
    const { folder: name } = await settled()
    expect(filesOf(join(stick, name ?? ''))).toEqual(['english.gguf', 'manifest.json', 'notice.txt'])
    now = Date.parse('2028-01-01')
    await expect(host.client.models.exportBundle({ ...(await wish([id])), catalogue: true })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('a bundle stays out, before a byte is copied, when its catalogue is', () => {
  test.each([
    ['signed by nobody we trust', () => signed(made(), stranger), 'catalogue_unknown_key'],
    ['changed after it was signed', changed, 'catalogue_tampered'],
    ['over', () => signed(made({ expiresAt: '2026-11-30T00:00:00Z' })), 'catalogue_expired'],
    ['without signatures', () => JSON.stringify(made()), 'catalogue_unsigned'],
    ['signed, but none', () => signed({ version: 5, hello: 'world' }), 'catalogue_unreadable'],
    ['no JSON', () => '{', 'catalogue_unreadable'],
  ])('%s', async (_what, text, code) => {
    const bundle = await bundleWith(text())
    expect((await inspect(bundle))?.catalogues).toMatchObject([{ fate: 'refused', trouble: { code } }])
    await expect(begin(bundle)).rejects.toMatchObject({ code })
    expect(await present(host.client.models.bundles({}))).toEqual([])
    expect(filesHere()).toEqual([])
    expect(await catalogue()).toMatchObject({ sources: [{ kind: 'built_in' }], refused: null })
  })

  test('not the file that the manifest names', async () => {
    const bundle = await bundleWith(signed(made()))
    tamper(join(bundle, 'catalogue.json'))
    const code = 'bundle_tampered'
    expect((await inspect(bundle))?.catalogues).toMatchObject([{ fate: 'refused', trouble: { code } }])
    await expect(begin(bundle)).rejects.toMatchObject({ code })
    expect(filesHere()).toEqual([])
  })

  test.each([
    ['one of three', { copies: 3 }],
    ['too big to be one', { sizeBytes: 5 * 1024 * 1024 }],
  ])('%s', async (_what, { copies = 1, sizeBytes }: { copies?: number; sizeBytes?: number }) => {
    const bundle = await bundleWith(...Array.from({ length: copies }, (_, index) => signed(made({ version: index + 1 }))))
    if (sizeBytes !== undefined) {
      const path = join(bundle, 'manifest.json')
      const manifest = BundleManifest.parse(JSON.parse(readFileSync(path, 'utf8')))
      const items = manifest.items.map((item) => (item.kind === 'catalogue' ? { ...item, sizeBytes } : item))
      writeFileSync(path, JSON.stringify({ ...manifest, items }))
    }
    await expect(inspect(bundle)).rejects.toMatchObject({ code: 'bundle_malformed' })
    await expect(begin(bundle)).rejects.toMatchObject({ code: 'bundle_malformed' })
  })
})

describe('the models come in, and the catalogue here stays, when the one in the bundle is', () => {
  beforeEach(() => take(signed(made())))

  test.each([
    ['the same', () => signed(made()), 'same', 5],
    ['older', () => signed(made({ version: 4 })), 'older', 4],
    ['older, and over by now', () => signed(made({ version: 4, expiresAt: '2026-11-30T00:00:00Z' })), 'older', 4],
    ['another one of the same version', () => signed(made({ families: [] })), 'older', 5],
  ])('%s', async (_what, text, fate, version) => {
    const bundle = await bundleWith(text())
    expect((await inspect(bundle))?.catalogues).toEqual([{ fate, publisher: 'Cabinet Martin', version }])
    await begin(bundle)
    expect(await settled()).toMatchObject({ state: 'done', trouble: null })
    expect(await modelsHere()).toHaveLength(1)
    expect((await catalogue()).sources[0]).toMatchObject({ version: 5, publisher: 'Cabinet Martin' })
    expect((await catalogue()).catalogue.families[0]?.students[0]?.name).toBe('Cabinet Law 3B')
  })

  test('the one in force, whose time was over after it came', async () => {
    const bundle = await bundleWith(signed(made()))
    now = Date.parse('2028-01-01')
    await begin(bundle)
    expect(await settled()).toMatchObject({ state: 'done' })
  })
})

describe('what changes while the bundle is on its way is seen:', () => {
  test('a key that is taken back while models are copied', async () => {
    const bundle = await bundleOn(stick, [aloneAs('catalogue', 'Cabinet Martin', signed(made())), sourceOf(slow.path)])
    await begin(bundle)
    await host.client.settings.set({ catalogueKeys: '' })
    expect(await settled()).toMatchObject({ state: 'failed', trouble: { code: 'catalogue_unknown_key' } })
    expect(await modelsHere()).toEqual([])
    expect((await catalogue()).sources).toMatchObject([{ kind: 'built_in' }])
    await host.client.settings.set({ catalogueKeys: keys })
    await resume()
    expect(await settled()).toMatchObject({ state: 'done' })
    expect((await catalogue()).sources[0]).toMatchObject({ kind: 'organisation' })
  })

  test('a catalogue whose time is over when the stick is back', async () => {
    const bundle = await bundleWith(signed(made()))
    tamper(join(bundle, 'english.gguf'))
    await begin(bundle)
    await settled()
    now = Date.parse('2028-01-01')
    await resume()
    const late = until(host.client.models.bundles({}), ([first]) => first?.trouble?.code === 'catalogue_expired')
    expect((await late)[0]).toMatchObject({ state: 'failed' })
    expect(await modelsHere()).toEqual([])
  })
})

test('a catalogue whose key was taken back comes anew when another key vouches for it', async () => {
  await take(signed(made()))
  await host.client.settings.set({ catalogueKeys: `${stranger.name} ${stranger.trusted.publicKey}` })
  await until(host.client.models.catalogue({}), ({ sources }) => sources[0]?.kind === 'built_in')
  const bundle = await bundleWith(signed(made(), stranger))
  expect((await inspect(bundle))?.catalogues).toMatchObject([{ fate: 'newer' }])
  await begin(bundle)
  await settled()
  expect((await catalogue()).sources[0]).toMatchObject({ kind: 'organisation', signer: 'Somebody' })
})

describe('an administrator’s command line', () => {
  const said: string[] = []
  const run = (...parts: string[]) => runCommand(['bundle', 'make', stick, 'Basics', ...parts], (line) => said.push(line))
  let file: string
  beforeEach(() => {
    now = Date.now()
    file = join(temporaryFolder(), 'cabinet.json')
    const value = made({ expiresAt: '2099-01-01T00:00:00Z' })
    writeFileSync(file, JSON.stringify(value))
    writeFileSync(`${file}.sig`, JSON.stringify(signValue('catalogue', value, [cabinet.key])))
  })

  test('takes a catalogue along, with or without models', async () => {
    expect(await run(english.path, '--catalogue', file)).toBe(0)
    expect(await run('--catalogue', file)).toBe(0)
    const bundles = filesOf(stick)
    expect(bundles.map((name) => filesOf(join(stick, name)).includes('english.gguf')).sort()).toEqual([false, true])
    for (const name of bundles) {
      const other = await machine()
      await begin(join(stick, name), other)
      expect(await settled(other)).toMatchObject({ state: 'done' })
      expect((await catalogue(other)).sources[0]).toMatchObject({ kind: 'organisation', signer: 'Cabinet 2026' })
    }
  })

  test('makes no bundle of one that nobody could take', async () => {
    writeFileSync(file, JSON.stringify(made({ expiresAt: '2020-01-01T00:00:00Z' })))
    expect(await run('--catalogue', file)).toBe(1)
    expect(said.at(-1)).toContain('Its time is over')
    rmSync(`${file}.sig`)
    expect(await run('--catalogue', file)).toBe(1)
    expect(said.at(-1)).toContain('No signatures')
    expect(await run('--catalogue')).not.toBe(0)
    expect(await run()).toBe(2)
    expect(filesOf(stick)).toEqual([])
  })
})
