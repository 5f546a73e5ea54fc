// Where only signed bundles may come in. The bugs it would catch: one that somebody insists on, one that was begun before the setting was
// switched on and goes on, and one whose key was taken back.
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BundleWork } from '../../../contract/bundle.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import type { TrustedKey } from '../../../electron/host/base/signed-value.ts'
import type { ManagedReading } from '../../../electron/host/settings/managed-values.ts'
import { policy } from '../../fixtures/policies.ts'
import { makeSigner } from '../../fixtures/signed-card.ts'
import { bundleOn, filesOf, sourceOf, tamper } from '../../fixtures/stick.ts'
import { present, startTestHost, temporaryFolder, testModels, until, type TestHost } from '../../fixtures/test-host.ts'

const { english, french, slow } = testModels()
const ours = makeSigner('Cabinet Moreau')
const stranger = makeSigner('Somebody')
let trusted: TrustedKey[] = []
let policies: ManagedReading['values'] = []
let host: TestHost
let stick: string

beforeEach(async () => {
  trusted = [ours.trusted]
  policies = []
  stick = temporaryFolder()
  host = await startTestHost({ trustedKeys: () => trusted, policies: () => ({ values: policies, unread: [] }) })
  await host.client.vault.create({ kind: 'keychain' })
})
afterEach(async () => {
  await host.close()
  for (const folder of [stick, host.dataFolder]) rmSync(folder, { recursive: true, force: true })
})

const bundleBy = (signers: (typeof ours)[], paths = [english.path, french.path]): Promise<string> =>
  bundleOn(
    stick,
    paths.map((path) => sourceOf(path)),
    { keys: signers.map(({ key }) => key) },
  )
const requireSigned = (requireSignedBundles = true) => host.client.settings.set({ requireSignedBundles })
const filesHere = (): string[] => filesOf(join(host.dataFolder, 'models'))
const modelsHere = async () => (await present(host.client.models.state({}))).models

async function begin(path: string): Promise<void> {
  host.desktop.pickedFolder = path
  const reference = (await host.client.desktop.pickFolder({}))?.reference ?? ''
  await host.client.models.importBundle({ reference, insist: true })
}
function ended(how: BundleWork['state'] | ErrorCode): Promise<BundleWork[]> {
  return until(host.client.models.bundles({}), ([work]) => work?.state === how || work?.trouble?.code === how)
}
/** Begins it with a file that is not the right one; the file is mended afterwards. */
async function interrupted(bundle: string): Promise<void> {
  tamper(join(bundle, 'english.gguf'))
  await begin(bundle)
  await ended('bundle_tampered')
  copyFileSync(english.path, join(bundle, 'english.gguf'))
}
async function resume(): Promise<void> {
  const [work] = await present(host.client.models.bundles({}))
  await host.client.models.resumeBundle({ workId: work?.id ?? '' })
}

test.each([
  ['nobody', []],
  ['a key that is not trusted', [stranger]],
])('one signed by %s is refused whoever insists, before a byte is copied', async (_who, signers) => {
  const bundle = await bundleBy(signers)
  await requireSigned()
  await expect(begin(bundle)).rejects.toMatchObject({ code: 'bundle_must_be_signed' })
  expect(await present(host.client.models.bundles({}))).toEqual([])
  expect(filesHere()).toEqual([])
  await requireSigned(false)
  await begin(bundle)
  await ended('done')
})

test('one that was changed after signing says so, and one that is vouched for comes in', async () => {
  await requireSigned()
  const bundle = await bundleBy([stranger, ours])
  const changed = await bundleBy([ours], [slow.path])
  const manifest = join(changed, 'manifest.json')
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"Students"', '"Pupils"'))
  await expect(begin(changed)).rejects.toMatchObject({ code: 'bundle_wrong_signature' })
  await begin(bundle)
  await ended('done')
  expect(await modelsHere()).toHaveLength(2)
})

test('one that was begun before does not go on, from where it was or from the stick', async () => {
  const bundle = await bundleBy([])
  await interrupted(bundle)
  const before = filesHere()
  await requireSigned()
  await resume()
  await ended('bundle_must_be_signed')
  await expect(begin(bundle)).rejects.toMatchObject({ code: 'bundle_must_be_signed' })
  expect(filesHere()).toEqual(before)
  expect(await modelsHere()).toEqual([])
})

test('nor does one whose key was taken back, until it is trusted again', async () => {
  await requireSigned()
  await interrupted(await bundleBy([ours]))
  trusted = []
  await resume()
  await ended('bundle_must_be_signed')
  expect(await modelsHere()).toEqual([])
  trusted = [ours.trusted]
  await resume()
  await ended('done')
  expect(await modelsHere()).toHaveLength(2)
})

test('the setting counts as well when it is switched on while models are copied', async () => {
  await begin(await bundleBy([], [slow.path]))
  await requireSigned()
  await ended('bundle_must_be_signed')
  expect(await modelsHere()).toEqual([])
})

test('another bundle that is signed does not vouch for one that is not', async () => {
  const bundle = await bundleBy([])
  await interrupted(bundle)
  await requireSigned()
  renameSync(bundle, `${bundle}-pulled`)
  await resume()
  await ended('bundle_gone')
  expect(await bundleBy([ours], [english.path])).toBe(bundle)
  await resume()
  expect(await ended('failed')).toMatchObject([{ trouble: { code: 'bundle_gone' } }])
  expect(await modelsHere()).toEqual([])
})

describe('where a policy requires signatures', () => {
  const keyLine = ({ name, trusted: { publicKey } }: typeof stranger): string => `${name} ${publicKey}`
  const fix = async (...values: [name: string, value: unknown][]): Promise<void> => {
    policies = values.map(([name, value]) => policy(name, value))
    await host.client.vault.lock({})
    await host.client.vault.unlock({})
  }

  test.each([
    ['RequireSignedBundles', true],
    ['RequireCard', 'signed'],
  ])('%s: a key that the page adds vouches for nothing', async (name, value) => {
    await fix([name, value])
    await requireSigned()
    await expect(host.client.settings.set({ catalogueKeys: keyLine(stranger) })).rejects.toMatchObject({
      code: 'managed',
      data: { setting: 'catalogueKeys' },
    })
    await expect(begin(await bundleBy([stranger]))).rejects.toMatchObject({ code: 'bundle_must_be_signed' })
    expect(filesHere()).toEqual([])
  })

  test('one that was added before the policy came counts no more, and again when the policy goes', async () => {
    await host.client.settings.set({ catalogueKeys: keyLine(stranger) })
    const bundle = await bundleBy([stranger])
    await fix(['RequireSignedBundles', true])
    await expect(begin(bundle)).rejects.toMatchObject({ code: 'bundle_must_be_signed' })
    await fix()
    expect(await present(host.client.settings.state({}))).toMatchObject({ catalogueKeys: keyLine(stranger) })
    await requireSigned()
    await begin(bundle)
    await ended('done')
  })

  test('a key of a policy counts, and so does our own', async () => {
    await fix(['RequireSignedBundles', true], ['CatalogueKeys', keyLine(stranger)])
    await begin(await bundleBy([stranger], [english.path]))
    await ended('done')
    await begin(await bundleBy([ours], [french.path]))
    await until(host.client.models.state({}), ({ models }) => models.length === 2)
  })
})
