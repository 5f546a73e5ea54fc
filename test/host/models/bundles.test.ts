// Bundles on sticks: they come in whole and verified or not at all, whoever made them and whatever happens on the way.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BundleManifest, type BundleWork } from '../../../contract/bundle.ts'
import type { TrustedKey } from '../../../electron/host/base/signed-value.ts'
import { References } from '../../../electron/host/desktop.ts'
import { BundleImports } from '../../../electron/host/models/bundles/bundle-imports.ts'
import type { BundleSource } from '../../../electron/host/models/bundles/bundle-writer.ts'
import { makeBundle } from '../../../electron/host/models/bundles/make-bundle.ts'
import { ModelFiles } from '../../../electron/host/models/library/model-files.ts'
import { Models } from '../../../electron/host/models/models.ts'
import { Vault } from '../../../electron/host/vault/vault.ts'
import { MemoryKeychain } from '../../fixtures/memory-keychain.ts'
import { bundleOn, filesOf, sourceOf, tamper } from '../../fixtures/stick.ts'
import { cardOf, makeSigner, sha256Of, writeCard } from '../../fixtures/signed-card.ts'
import {
  importModel,
  present,
  startTestHost,
  temporaryFolder,
  testAdapters,
  testCards,
  testModels,
  until,
  type TestHost,
} from '../../fixtures/test-host.ts'

const { english, french, slow, trades } = testModels()
const { tenancy, health } = testAdapters()
const ours = makeSigner('Cabinet Moreau')
const stranger = makeSigner('Somebody')
let trusted: TrustedKey[] = []
let host: TestHost
let stick: string

beforeEach(async () => {
  trusted = [ours.trusted]
  stick = temporaryFolder()
  host = await startTestHost({ trustedKeys: () => trusted })
  await host.client.vault.create({ kind: 'keychain' })
})
afterEach(async () => {
  await host.close()
  // Many models in many folders: they are not left to the end of the process.
  for (const folder of [stick, host.dataFolder]) rmSync(folder, { recursive: true, force: true })
})

const bundleOf = (sources: BundleSource[], change?: Parameters<typeof bundleOn>[2]): Promise<string> =>
  bundleOn(stick, sources, change)
const filesHere = (): string[] => filesOf(join(host.dataFolder, 'models'))
const modelsHere = async (on = host) => (await present(on.client.models.state({}))).models
const readManifest = (folder: string) => JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as BundleManifest

async function pickFolder(path: string, on = host): Promise<string> {
  on.desktop.pickedFolder = path
  return (await on.client.desktop.pickFolder({}))?.reference ?? ''
}
async function begin(path: string, insist = true): Promise<void> {
  await host.client.models.importBundle({ reference: await pickFolder(path), insist })
}
async function settled(on = host): Promise<BundleWork> {
  const [work] = await until(on.client.models.bundles({}), ([first]) => first?.state === 'done' || first?.state === 'failed')
  if (!work) throw new Error('There is no bundle on its way')
  return work
}
test('what one machine exports another one has: models, adapters, cards, presets', async () => {
  const copy = join(temporaryFolder(), 'Élève n° 1 (Q8).gguf')
  copyFileSync(english.path, copy)
  writeCard(copy, cardOf(sha256Of(copy)), [ours.key])
  const student = await importModel(host, copy)
  const base = await importModel(host, trades.path)
  const adapter = await importModel(host, tenancy.path)
  const sampling = { temperature: 0, topK: 1, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: null }
  await host.client.chat.savePreset({ id: 'lease', name: 'Lease', systemPrompt: 'Be brief.', sampling })
  const reference = await pickFolder(stick)
  await host.client.models.exportBundle({ reference, name: 'Students', modelIds: [student, base, adapter], presets: true })
  const done = await settled()
  expect(done).toMatchObject({ direction: 'export', state: 'done', students: 3, doneBytes: done.totalBytes })
  const bundle = join(stick, done.folder ?? '')
  expect(filesOf(bundle)).toEqual([
    'eleve-n-1-q8.gguf',
    'eleve-n-1-q8.gguf.model-card.json',
    'eleve-n-1-q8.gguf.model-card.json.sig',
    'manifest.json',
    'notice.txt',
    'presets.json',
    'tenancy.gguf',
    'trades.gguf',
  ])
  expect(readFileSync(join(bundle, 'notice.txt'), 'utf8')).toContain('Made by Cabinet Moreau.')

  const other = await startTestHost({ trustedKeys: () => trusted })
  await other.client.vault.create({ kind: 'keychain' })
  const [summary] = await other.client.models.inspectBundles({ reference: await pickFolder(stick, other) })
  expect(summary).toMatchObject({ name: 'Students', signature: { state: 'unsigned' }, presets: true })
  expect(summary?.students.map(({ kind, here }) => [kind, here])).toEqual([
    ['model', false],
    ['model', false],
    ['adapter', false],
  ])
  await other.client.models.importBundle({ reference: summary?.reference ?? '', insist: true })
  expect(await settled(other)).toMatchObject({ direction: 'import', state: 'done', trouble: null })
  expect((await modelsHere(other)).map(({ id, state }) => [id, state]).sort()).toEqual(
    [student, base, adapter].map((id) => [id, 'ready']).sort(),
  )
  expect((await modelsHere(other)).find(({ id }) => id === adapter)?.adapter?.baseId).toBe(base)
  const lineages = await present(other.client.models.lineages({}))
  expect(lineages[student]).toMatchObject({ source: 'card', signature: { state: 'verified', by: 'Cabinet Moreau' } })
  expect((await present(other.client.chat.presets({}))).find(({ id }) => id === 'lease')).toMatchObject({
    systemPrompt: 'Be brief.',
  })
  await other.client.runtime.load({ modelId: adapter })
  expect(readdirSync(join(other.dataFolder, 'models')).filter((name) => name.startsWith('.'))).toEqual([])
  await other.close()
})

test('a file that is too big for the stick is in several, and one again afterwards', async () => {
  const bundle = await bundleOf([sourceOf(english.path)], { mostFileBytes: 200_000 })
  const names = filesOf(bundle).filter((name) => name.startsWith('english'))
  expect(names.length).toBeGreaterThan(1)
  for (const name of names) expect(statSync(join(bundle, name)).size).toBeLessThanOrEqual(200_000)
  await begin(bundle)
  expect(await settled()).toMatchObject({ state: 'done' })
  const [name = ''] = filesHere()
  expect(readFileSync(join(host.dataFolder, 'models', name)).equals(readFileSync(english.path))).toBe(true)
})

test('what is here already is not copied again, and comes from nowhere', async () => {
  await importModel(host, english.path)
  const bundle = await bundleOf([sourceOf(english.path), sourceOf(french.path)])
  rmSync(join(bundle, 'english.gguf'))
  await begin(bundle)
  expect(await settled()).toMatchObject({ state: 'done' })
  expect(await modelsHere()).toHaveLength(2)
})

describe('who vouches for a bundle', () => {
  const key = (pem: string): string => {
    const path = join(temporaryFolder(), 'key.pem')
    writeFileSync(path, pem)
    return path
  }
  const pemOf = ({ key: signer }: typeof ours): string => signer.export({ type: 'pkcs8', format: 'pem' }).toString()
  const made = (keyPath: string | null): Promise<string> =>
    makeBundle({ files: [trades.path, english.path, tenancy.path], into: stick, name: 'Signed', keyPath })

  test('an administrator’s key that is trusted is enough', async () => {
    const bundle = await made(key(pemOf(ours)))
    const [summary] = await host.client.models.inspectBundles({ reference: await pickFolder(bundle) })
    expect(summary?.signature).toEqual({ state: 'verified', by: 'Cabinet Moreau' })
    await begin(bundle, false)
    expect(await settled()).toMatchObject({ state: 'done', students: 3 })
    expect(await modelsHere()).toHaveLength(3)
  })

  test('a bundle that is exported with a key is signed with it, and the page sees no more of the key than its name', async () => {
    const id = await importModel(host, english.path)
    host.desktop.pickedKey = key(pemOf(ours))
    const picked = await host.client.desktop.pickKey({})
    expect(picked).toEqual({ reference: expect.any(String) as string, name: 'key.pem' })
    const wish = { reference: await pickFolder(stick), name: 'Signed', modelIds: [id], presets: false }
    await host.client.models.exportBundle({ ...wish, key: picked?.reference })
    expect(await settled()).toMatchObject({ state: 'done' })
    const [summary] = await host.client.models.inspectBundles({ reference: wish.reference })
    expect(summary?.signature).toEqual({ state: 'verified', by: 'Cabinet Moreau' })
    host.desktop.pickedKey = english.path
    const none = await host.client.desktop.pickKey({})
    await expect(host.client.models.exportBundle({ ...wish, key: none?.reference })).rejects.toMatchObject({
      code: 'key_unusable',
    })
  })

  test.each([
    ['an unknown key', () => key(pemOf(stranger))],
    ['nobody', () => null],
  ])('with %s it is refused unless somebody insists', async (_who, keyPath) => {
    const bundle = await made(keyPath())
    await expect(begin(bundle, false)).rejects.toMatchObject({ code: 'bundle_not_vouched' })
    expect(await present(host.client.models.bundles({}))).toEqual([])
    expect(filesHere()).toEqual([])
    await begin(bundle, true)
    expect(await settled()).toMatchObject({ state: 'done' })
  })

  test('a manifest that was changed after signing is refused whoever insists', async () => {
    const bundle = await made(key(pemOf(ours)))
    const manifest = readManifest(bundle)
    writeFileSync(join(bundle, 'manifest.json'), JSON.stringify({ ...manifest, name: 'Other' }))
    await expect(begin(bundle, true)).rejects.toMatchObject({ code: 'bundle_wrong_signature' })
    expect(filesHere()).toEqual([])
  })

  test('an adapter that fits on none of the models makes no bundle', async () => {
    const files = [english.path, tenancy.path, trades.path]
    await expect(makeBundle({ files, into: stick, name: 'Signed', keyPath: null })).rejects.toMatchObject({
      code: 'adapter_no_base',
      data: { baseName: 'Scripted trades' },
    })
    expect(filesOf(stick)).toEqual([])
  })

  test('a key of another kind, or none, signs nothing and leaves nothing', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
    for (const pem of [rsa.toString(), 'not a key']) {
      await expect(made(key(pem))).rejects.toMatchObject({ code: 'key_unusable' })
    }
    expect(filesOf(stick)).toEqual([])
  })
})

describe('a hostile manifest is refused and nothing is opened, copied or kept:', () => {
  const change = (alter: (manifest: BundleManifest) => unknown) => async (): Promise<string> => {
    const bundle = await bundleOf([sourceOf(english.path), sourceOf(french.path)])
    writeFileSync(join(bundle, 'manifest.json'), JSON.stringify(alter(readManifest(bundle))))
    return bundle
  }
  const part = (name: string) =>
    change((manifest) => ({
      ...manifest,
      items: manifest.items.map((item, index) => ({ ...item, parts: [index === 0 ? name : 'x'] })),
    }))
  const first = (over: Record<string, unknown>) =>
    change((manifest) => ({
      ...manifest,
      items: manifest.items.map((item, index) => (index === 0 ? { ...item, ...over } : item)),
    }))
  const hostile: [string, string, () => Promise<string>][] = [
    ...[
      '../secret',
      '/etc/passwd',
      'a/b',
      'a\\b',
      '..',
      '.hidden',
      'con.gguf',
      'nul',
      'UPPER.gguf',
      'a:b',
      'end.',
      '',
      'x\u0000y',
    ].map((name): [string, string, () => Promise<string>] => [
      `the name ${JSON.stringify(name)}`,
      'bundle_malformed',
      part(name),
    ]),
    ['the manifest as a file', 'bundle_malformed', part('manifest.json')],
    ['two items in one file', 'bundle_malformed', part('x')],
    ['no items', 'bundle_malformed', change((manifest) => ({ ...manifest, items: [] }))],
    ['a negative size', 'bundle_malformed', first({ sizeBytes: -1 })],
    ['a size that is no whole number', 'bundle_malformed', first({ sizeBytes: 1e300 })],
    ['a key nobody knows', 'bundle_malformed', change((manifest) => ({ ...manifest, run: 'setup.exe' }))],
    [
      'no JSON',
      'bundle_malformed',
      async () => {
        const bundle = await bundleOf([sourceOf(english.path)])
        truncateSync(join(bundle, 'manifest.json'), 100)
        return bundle
      },
    ],
    ['a manifest of megabytes', 'bundle_malformed', change((manifest) => ({ ...manifest, name: 'x'.repeat(2 ** 20) }))],
    ['a kind of a later version', 'bundle_newer', first({ kind: 'voice' })],
    ['a later version', 'bundle_newer', change((manifest) => ({ ...manifest, version: 2, things: [] }))],
    ['another size than the file has', 'bundle_tampered', first({ sizeBytes: 12 })],
    ['a file that is not there', 'bundle_tampered', part('y')],
    [
      'an address elsewhere by a link',
      'bundle_tampered',
      async () => {
        const bundle = await bundleOf([sourceOf(english.path)])
        rmSync(join(bundle, 'english.gguf'))
        symlinkSync(english.path, join(bundle, 'english.gguf'))
        return bundle
      },
    ],
    [
      'a pipe',
      'bundle_tampered',
      async () => {
        const bundle = await bundleOf([sourceOf(english.path)])
        rmSync(join(bundle, 'english.gguf'))
        execFileSync('mkfifo', [join(bundle, 'english.gguf')])
        return bundle
      },
    ],
    ['more than any disk holds', 'disk_full', first({ sizeBytes: Number.MAX_SAFE_INTEGER })],
  ]
  test.each(hostile)('%s', async (_what, code, make) => {
    const bundle = await make()
    await expect(begin(bundle)).rejects.toMatchObject({ code })
    expect(filesHere()).toEqual([])
    expect(await present(host.client.models.bundles({}))).toEqual([])
  })

  test('a folder without a bundle, and one that is gone', async () => {
    mkdirSync(join(stick, 'holiday'))
    symlinkSync(stick, join(stick, 'loop'))
    const inspect = async (path: string) => host.client.models.inspectBundles({ reference: await pickFolder(path) })
    await expect(inspect(stick)).rejects.toMatchObject({ code: 'bundle_missing' })
    await expect(inspect(join(stick, 'gone'))).rejects.toMatchObject({ code: 'file_unreadable' })
    await bundleOf([sourceOf(english.path)])
    mkdirSync(join(stick, 'broken'))
    writeFileSync(join(stick, 'broken', 'manifest.json'), '{}')
    expect((await inspect(stick)).map(({ name }) => name)).toEqual(['Students'])
  })
})

describe('nothing is installed before everything is verified:', () => {
  test('one byte of the last file', async () => {
    const bundle = await bundleOf([sourceOf(english.path), sourceOf(french.path)])
    tamper(join(bundle, 'french.gguf'))
    await begin(bundle)
    const failed = { state: 'failed', trouble: { code: 'bundle_tampered', data: { name: 'french' } } }
    // The file that is thrown away does not count as copied.
    expect(await settled()).toMatchObject({ ...failed, doneBytes: statSync(english.path).size })
    expect(await modelsHere()).toEqual([])

    // The right file is put in its place, and what was verified is not read again: it could not be.
    copyFileSync(french.path, join(bundle, 'french.gguf'))
    tamper(join(bundle, 'english.gguf'))
    const [work] = await present(host.client.models.bundles({}))
    await host.client.models.resumeBundle({ workId: work?.id ?? '' })
    expect(await settled()).toMatchObject({ state: 'done' })
    expect((await modelsHere()).map(({ state }) => state)).toEqual(['ready', 'ready'])
  })

  const others: [string, string, () => Promise<BundleSource[]>][] = [
    ['a file that is no model', 'model_not_gguf', () => Promise.resolve([text('letter.gguf', 'Dear landlord')])],
    [
      'an adapter without its base',
      'adapter_no_base',
      () => Promise.resolve([sourceOf(english.path), sourceOf(tenancy.path, { kind: 'adapter', of: 'a'.repeat(64) })]),
    ],
    [
      'an adapter on a base of another shape',
      'adapter_no_base',
      () => Promise.resolve([sourceOf(english.path), sourceOf(tenancy.path, { kind: 'adapter', of: sha256Of(english.path) })]),
    ],
    [
      'a model called an adapter',
      'bundle_malformed',
      () => Promise.resolve([sourceOf(trades.path), sourceOf(english.path, { kind: 'adapter', of: sha256Of(trades.path) })]),
    ],
    ['an adapter called a model', 'model_not_chat', () => Promise.resolve([sourceOf(trades.path), sourceOf(health.path)])],
    [
      'a card of another file',
      'card_wrong_file',
      () =>
        Promise.resolve([
          sourceOf(english.path),
          text('card.json', JSON.stringify(cardOf(sha256Of(french.path))), { kind: 'card', of: sha256Of(english.path) }),
        ]),
    ],
    [
      'presets that are none',
      'bundle_malformed',
      () => Promise.resolve([sourceOf(english.path), text('presets.json', '[{"id": 1}]', { kind: 'presets' })]),
    ],
  ]
  function text(fileName: string, words: string, change: Partial<BundleSource> = {}): BundleSource {
    return { kind: 'model', name: fileName, fileName, from: { text: words }, sha256: null, of: null, ...change }
  }
  test.each(others)('%s', async (_what, code, sources) => {
    await begin(await bundleOf(await sources()))
    expect(await settled()).toMatchObject({ state: 'failed', trouble: { code } })
    expect(await modelsHere()).toEqual([])
    const [work] = await present(host.client.models.bundles({}))
    await host.client.models.cancelBundle({ workId: work?.id ?? '' })
    expect(filesHere()).toEqual([])
    expect(await present(host.client.models.bundles({}))).toEqual([])
  })
})

describe('on the way in', () => {
  test('a stick that was pulled is waited for, and goes on wherever it comes back', async () => {
    const bundle = await bundleOf([sourceOf(english.path), sourceOf(french.path)])
    tamper(join(bundle, 'french.gguf'))
    await begin(bundle)
    await settled()
    const moved = join(temporaryFolder(), 'elsewhere')
    cpSync(bundle, moved, { recursive: true })
    rmSync(bundle, { recursive: true })
    const [work] = await present(host.client.models.bundles({}))
    await host.client.models.resumeBundle({ workId: work?.id ?? '' })
    const gone = until(host.client.models.bundles({}), ([first]) => first?.trouble?.code === 'bundle_gone')
    expect((await gone)[0]).toMatchObject({ state: 'failed' })
    copyFileSync(french.path, join(moved, 'french.gguf'))
    tamper(join(moved, 'english.gguf'))
    await begin(moved)
    expect(await settled()).toMatchObject({ id: work?.id, state: 'done' })
    expect(await modelsHere()).toHaveLength(2)
  })

  test('what people wrote in presets is on no disk in clear', async () => {
    const sampling = { temperature: 0, topK: 1, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: null }
    const words = JSON.stringify([{ id: 'lease', name: 'Lease', systemPrompt: 'NEEDLE in the presets', sampling }])
    const presets = sourceOf(english.path, { kind: 'presets', fileName: 'presets.json', from: { text: words } })
    const bundle = await bundleOf([presets, sourceOf(english.path)])
    tamper(join(bundle, 'english.gguf'))
    await begin(bundle)
    expect(await settled()).toMatchObject({ state: 'failed' })
    const files = readdirSync(host.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes('NEEDLE'), name).toBe(false)
    copyFileSync(english.path, join(bundle, 'english.gguf'))
    const [work] = await present(host.client.models.bundles({}))
    await host.client.models.resumeBundle({ workId: work?.id ?? '' })
    expect(await settled()).toMatchObject({ state: 'done' })
    const all = await present(host.client.chat.presets({}))
    expect(all.find(({ id }) => id === 'lease')?.systemPrompt).toContain('NEEDLE')
  })

  test('a lock stops it, and unlocking goes on', async () => {
    const bundle = await bundleOf([sourceOf(slow.path), sourceOf(english.path)])
    await begin(bundle)
    await host.client.vault.lock({})
    await host.client.vault.unlock({})
    await until(host.client.models.state({}), ({ models }) => models.length === 2)
  })

  test('whoever cancels keeps nothing of it', async () => {
    await begin(await bundleOf([sourceOf(slow.path)]))
    const [work] = await present(host.client.models.bundles({}))
    await host.client.models.cancelBundle({ workId: work?.id ?? '' })
    expect(filesHere()).toEqual([])
    expect(await present(host.client.models.bundles({}))).toEqual([])
  })

  test('it comes once at a time', async () => {
    const bundle = await bundleOf([sourceOf(slow.path)])
    const twice = await Promise.allSettled([begin(bundle), begin(bundle)])
    expect(twice.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    await expect(begin(bundle)).rejects.toMatchObject({ code: 'busy' })
    await settled()
  })

  test('a full disk is said before anything is copied', async () => {
    const dataFolder = temporaryFolder()
    const vault = new Vault({ dataFolder, keychain: new MemoryKeychain(), now: Date.now })
    await vault.start()
    await vault.create({ kind: 'keychain' })
    const files = new ModelFiles(join(dataFolder, 'models'))
    const parts = { database: vault.main, files, references: new References(), cards: testCards(vault.main), now: Date.now }
    const nothing = { starterFiles: [], embedderFiles: [], neighbourPlaces: [] }
    const models = new Models({ ...parts, ...nothing, totalMemoryBytes: () => 2 ** 35 })
    await models.open()
    const imports = new BundleImports({
      ...{ ...parts, models, trustedKeys: () => [], signedOnly: () => false, takePresets: () => undefined },
      catalogues: { fateOf: () => ({ fate: 'older', publisher: '', version: 1 }), takeNewer: () => undefined },
      onBug: (error) => {
        throw error
      },
      freeBytes: () => Promise.resolve(1000),
    })
    await imports.open()
    const reference = parts.references.issue(await bundleOf([sourceOf(english.path)]))
    const neededBytes = statSync(english.path).size
    await expect(imports.begin(reference, { insist: true })).rejects.toMatchObject({
      code: 'disk_full',
      data: { neededBytes, freeBytes: 1000 },
    })
    expect(imports.state.value).toEqual([])
    expect(readdirSync(files.folder)).toEqual([])
    await imports.close()
    await models.close()
    await vault.close()
  })
})

describe('on the way out', () => {
  test('a model that is no longer the one that was checked stays, and nothing is left on the stick', async () => {
    const id = await importModel(host, english.path)
    const path = join(host.dataFolder, 'models', 'english.gguf')
    chmodSync(path, 0o600)
    tamper(path)
    const reference = await pickFolder(stick)
    await expect(
      host.client.models.exportBundle({ reference, name: 'Students', modelIds: [id], presets: false }),
    ).rejects.toMatchObject({ code: 'model_changed' })
    expect(filesOf(stick)).toEqual([])
  })

  test('a stick that is full, gone, or pulled keeps no half bundle', async () => {
    await expect(bundleOf([sourceOf(english.path)], { freeBytes: () => Promise.resolve(10) })).rejects.toMatchObject({
      code: 'disk_full',
      data: { neededBytes: statSync(english.path).size, freeBytes: 10 },
    })
    const abort = new AbortController()
    const stopped = bundleOf([sourceOf(slow.path)], { signal: abort.signal, onProgress: () => abort.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(filesOf(stick)).toEqual([])
    const id = await importModel(host, english.path)
    const reference = await pickFolder(join(stick, 'gone'))
    await host.client.models.exportBundle({ reference, name: 'Students', modelIds: [id], presets: false })
    expect(await settled()).toMatchObject({ state: 'failed', trouble: { code: 'place_unwritable' } })
  })

  test('a second bundle of a day has a name of its own, and a plain import finds its card', async () => {
    const path = join(temporaryFolder(), 'lease.gguf')
    copyFileSync(english.path, path)
    writeCard(path, cardOf(sha256Of(path)), [ours.key])
    const folders = [
      await makeBundle({ files: [path], into: stick, name: 'One', keyPath: null }),
      await makeBundle({ files: [path], into: stick, name: 'Two', keyPath: null }),
    ]
    expect(new Set(folders).size).toBe(2)
    const id = await importModel(host, join(folders[1] ?? '', 'lease.gguf'))
    expect((await present(host.client.models.lineages({})))[id]).toMatchObject({ signature: { state: 'verified' } })
  })
})

test('a browser’s page has the folders that Alambic was started with, and no other', async () => {
  host.desktop.namedFolders = [stick]
  const folders = await host.client.desktop.folders({})
  expect(folders).toEqual([{ reference: expect.any(String) as string, name: basename(stick) }])
  expect(await host.client.desktop.folders({})).toEqual(folders)
  await expect(host.client.models.inspectBundles({ reference: stick })).rejects.toMatchObject({ code: 'not_found' })
})
