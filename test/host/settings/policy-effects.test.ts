// What each policy does, beyond being shown: the bug it would catch is a policy that governs nothing. Those that forbid a call, and those that other tests try, are named in `tried`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { policyOf, settingKeys, type SettingKey } from '../../../contract/settings.ts'
import { policyReading } from '../../fixtures/policies.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  type TestHost,
} from '../../fixtures/test-host.ts'

let room: TestHost | null = null
let policies: Record<string, unknown> = {}
afterEach(async () => {
  policies = {}
  await room?.close()
  room = null
})

async function start(given: Record<string, unknown>, options: Parameters<typeof startTestHost>[0] = {}): Promise<TestHost> {
  policies = given
  const started = await startTestHost({ policies: () => policyReading(policies), policyWatch: { leastMs: 0 }, ...options })
  room = started
  return started
}
/** From now on it is these. */
async function fix(given: Record<string, unknown>): Promise<void> {
  policies = given
  await room?.client.vault.touch({})
}
const managed = (setting: SettingKey) => ({ code: 'managed', data: { setting } })

/** Where the effect of the others is tried. */
const elsewhere: Partial<Record<SettingKey, string>> = {
  passphraseStrength: 'vault/strength',
  connections: 'network',
  allowedHosts: 'network',
  hub: 'network',
  proxy: 'network',
  certificates: 'network',
  catalogueAddress: 'models/catalogues',
  catalogueKeys: 'models/bundle-signers',
  catalogueMode: 'models/catalogues',
  requireCard: 'models/lineage',
  requireSignedBundles: 'models/bundle-signers',
  backend: 'runtime/hardware',
  warmUp: 'chat/preparing',
  keptGigabytes: 'chat/kept-states',
  threads: 'runtime/fits',
  unloadMinutes: 'chat/kept-states',
}
/** Those that are tried here. */
const here: SettingKey[] = [
  'idleLockMinutes',
  ...(['language', 'theme', 'vaultProtection', 'linksEnabled', 'modelDownloadsEnabled', 'modelImportsEnabled'] as const),
  ...(['inPlaceModelsEnabled', 'allowedModels', 'contextTokens', 'watchedFoldersEnabled'] as const),
  ...(['workspaceExportsEnabled', 'workspaceImportsEnabled'] as const),
]

test('each policy has a test of what it does', () => {
  const tried = [...Object.keys(elsewhere), ...here].sort()
  expect(tried).toEqual(settingKeys.filter((key) => policyOf(key) !== null).sort())
  for (const [key, name] of Object.entries(elsewhere))
    expect([key, readFileSync(join(import.meta.dirname, `../${name}.test.ts`), 'utf8').includes(key)]).toEqual([key, true])
})

test('Language and Theme hold before the vault is open, and on the unlock screen', async () => {
  const { client } = await start({ Language: 'fr', Theme: 'dark' })
  expect(await present(client.settings.state({}))).toMatchObject({ language: 'fr', theme: 'dark' })
  await client.vault.create({ kind: 'keychain' })
  await expect(client.settings.set({ language: 'en' })).rejects.toMatchObject(managed('language'))
  await client.vault.lock({})
  expect(await present(client.settings.state({}))).toMatchObject({ language: 'fr', theme: 'dark' })
})

test('IdleLockMinutes: a vault that nobody used for so long locks, also when the policy comes after that time', async () => {
  let now = 1_800_000_000_000
  const { client } = await start({ IdleLockMinutes: 15 }, { now: () => now, policyWatch: { everyMs: 10 } })
  await client.vault.create({ kind: 'keychain' })
  now += 6 * 60_000
  policies = { IdleLockMinutes: 5 }
  await until(client.vault.state({}), ({ phase }) => phase === 'locked')
})

test('VaultProtection decides how a vault is made, changed and restored', async () => {
  const { client } = await start({ VaultProtection: 'passphrase' })
  const passphrase = 'lanterne et trois coquillages'
  await expect(client.vault.create({ kind: 'keychain' })).rejects.toMatchObject(managed('vaultProtection'))
  await client.vault.create({ kind: 'passphrase', passphrase })
  await expect(client.vault.protect({ current: passphrase, next: { kind: 'keychain' } })).rejects.toMatchObject(
    managed('vaultProtection'),
  )
  const set = { reference: 'none', sequence: 1, key: { kind: 'code', code: 'x' } } as const
  await expect(client.vault.restoreBackup({ ...set, protection: { kind: 'keychain' } })).rejects.toMatchObject(
    managed('vaultProtection'),
  )
  await fix({ VaultProtection: 'keychain' })
  await client.vault.protect({ current: passphrase, next: { kind: 'keychain' } })
  await expect(client.vault.protect({ next: { kind: 'passphrase', passphrase } })).rejects.toMatchObject(
    managed('vaultProtection'),
  )
})

test('LinksEnabled: no link is opened, and nobody is asked', async () => {
  const { client, consent, desktop } = await start({ LinksEnabled: false })
  await client.vault.create({ kind: 'keychain' })
  consent.answer = 'always'
  const open = () => client.desktop.openLink({ url: 'https://example.org/a' })
  await expect(open()).rejects.toMatchObject({ code: 'network_forbidden' })
  expect([consent.asked, desktop.openedLinks]).toEqual([[], []])
  await fix({ LinksEnabled: true })
  await open()
  expect(desktop.openedLinks).toEqual(['https://example.org/a'])
})

test('ModelDownloadsEnabled: no model is asked for, however its server is allowed', async () => {
  const { client, consent } = await start({ ModelDownloadsEnabled: false, AllowedHosts: '* huggingface.co' })
  await client.vault.create({ kind: 'keychain' })
  await expect(client.models.download({ studentId: 'any' })).rejects.toMatchObject({ code: 'network_forbidden' })
  await expect(client.models.resumeDownload({ downloadId: 'any' })).rejects.toMatchObject({ code: 'network_forbidden' })
  expect(consent.asked).toEqual([])
  await fix({ AllowedHosts: '* huggingface.co' })
  await expect(client.models.download({ studentId: 'any' })).rejects.toMatchObject({ code: 'not_found' })
})

test('ModelImportsEnabled: nothing comes in from files and bundles', async () => {
  const { client, host } = await start({ ModelImportsEnabled: false })
  await client.vault.create({ kind: 'keychain' })
  const reference = host.references.issue(testModels().english.path)
  await expect(client.models.import({ reference })).rejects.toMatchObject(managed('modelImportsEnabled'))
  await expect(client.models.importBundle({ reference, insist: true })).rejects.toMatchObject(managed('modelImportsEnabled'))
  await expect(client.models.resumeBundle({ workId: 'any' })).rejects.toMatchObject(managed('modelImportsEnabled'))
  expect((await present(client.models.state({}))).models).toEqual([])
  await fix({})
  await client.models.import({ reference })
  expect((await present(client.models.state({}))).models).toHaveLength(1)
})

test('InPlaceModelsEnabled: a copy comes in, the file itself is not used', async () => {
  const { client, host } = await start({ InPlaceModelsEnabled: false })
  await client.vault.create({ kind: 'keychain' })
  const reference = host.references.issue(testModels().english.path)
  await expect(client.models.import({ reference, inPlace: true })).rejects.toMatchObject(managed('inPlaceModelsEnabled'))
  await client.models.import({ reference })
})

test('AllowedModels: only those that are listed run, also one that is in memory already', async () => {
  const started = await start({})
  const { client } = started
  await client.vault.create({ kind: 'keychain' })
  const modelId = await importModel(started, testModels().english.path)
  await client.runtime.load({ modelId })
  const load = () => client.runtime.load({ modelId, insist: true })
  for (const others of ['a'.repeat(64), `${modelId}0`, 'none', 3]) {
    await fix({ AllowedModels: others })
    await expect(load()).rejects.toMatchObject({ code: 'model_forbidden' })
  }
  await fix({ AllowedModels: ['a'.repeat(64), `${modelId.toUpperCase()} the English one`] })
  await load()
})

test('ContextTokens: a model is loaded with so many at most', async () => {
  const engine = new ScriptedEngine()
  const started = await start({ ContextTokens: 2048 }, { launchEngine: engine.launch })
  const { client } = started
  await client.vault.create({ kind: 'keychain' })
  const modelId = await importModel(started, testModels().english.path)
  await expect(client.settings.set({ contextTokens: 8192 })).rejects.toMatchObject(managed('contextTokens'))
  await client.runtime.load({ modelId })
  const { warm } = await until(client.runtime.state({}), (state) => state.warm.length > 0)
  expect(warm).toMatchObject([{ contextTokens: 2048 }])
})

test('WatchedFoldersEnabled: none is added, and one that was there is not read any more', async () => {
  const folder = join(temporaryFolder(), 'papers')
  mkdirSync(folder)
  writeFileSync(join(folder, 'one.txt'), 'The lease ends in June.')
  const { client, host } = await start({})
  await client.vault.create({ kind: 'keychain' })
  const workspaceId = await personal(client)
  const watchFolder = () => client.documents.watchFolder({ workspaceId, reference: host.references.issue(folder) })
  await watchFolder()
  /** Waits until so many are ready. */
  const read = (documents: number) => until(client.documents.summary({ workspaceId }), ({ ready }) => ready === documents)
  await read(1)
  await fix({ WatchedFoldersEnabled: false })
  await expect(watchFolder()).rejects.toMatchObject(managed('watchedFoldersEnabled'))
  writeFileSync(join(folder, 'two.txt'), 'The rent is due in May.')
  await client.vault.lock({})
  await client.vault.unlock({})
  // Reading a document takes longer than the look at a folder which an unlock begins with.
  await client.documents.paste({ workspaceId, conversationId: null, name: 'Key', text: 'The key is with the caretaker.' })
  await read(2)
  await fix({})
  writeFileSync(join(folder, 'three.txt'), 'The meter is in the cellar.')
  await read(4)
})

test('settings are exported as policies: what differs from the defaults, into a file of its own', async () => {
  const { client, host } = await start({ IdleLockMinutes: 5 })
  await client.vault.create({ kind: 'keychain' })
  await client.settings.set({ backend: 'cpu', modelId: 'nothing for others', allowedHosts: '' })
  const folder = temporaryFolder()
  const reference = host.references.issue(folder)
  for (const name of ['alambic-policies.json', 'alambic-policies-2.json'])
    expect(await client.settings.export({ reference, format: 'json' })).toEqual({ name })
  expect(JSON.parse(readFileSync(join(folder, 'alambic-policies-2.json'), 'utf8'))).toEqual({
    IdleLockMinutes: 5,
    Backend: 'cpu',
  })
  expect(await client.settings.export({ reference, format: 'reg' })).toEqual({ name: 'alambic-policies.reg' })
  const gone = host.references.issue(join(folder, 'missing'))
  await expect(client.settings.export({ reference: gone, format: 'mobileconfig' })).rejects.toMatchObject({
    code: 'place_unwritable',
  })
})

test('WorkspaceExportsEnabled and WorkspaceImportsEnabled: no workspace leaves or comes in', async () => {
  const { client, host } = await start({ WorkspaceExportsEnabled: false, WorkspaceImportsEnabled: 'no' })
  await client.vault.create({ kind: 'keychain' })
  const workspaceId = await personal(client)
  const passphrase = 'cinq wagons sans locomotive'
  const reference = host.references.issue(temporaryFolder())
  await expect(client.workspaces.export({ workspaceId, reference, passphrase })).rejects.toMatchObject(
    managed('workspaceExportsEnabled'),
  )
  await expect(client.workspaces.import({ reference, passphrase })).rejects.toMatchObject(managed('workspaceImportsEnabled'))
})
