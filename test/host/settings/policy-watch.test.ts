// Policies while the program is open. The bugs it would catch: one that comes, changes or breaks and holds only at the next unlock, one that goes
// and leaves its value behind, and a model, a key or a backend that was forbidden a moment ago and is still used.
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Settings } from '../../../contract/settings.ts'
import { signValue } from '../../../electron/host/base/signed-value.ts'
import { builtInCatalogue } from '../../../electron/host/models/catalogue/catalogue.ts'
import { linuxPolicies } from '../../../electron/host/settings/managed-linux.ts'
import { PolicyWatch } from '../../../electron/host/settings/policy-watch.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import { makeSigner } from '../../fixtures/signed-card.ts'
import {
  importModel,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  type TestHost,
} from '../../fixtures/test-host.ts'

/** Linux tells at once; elsewhere the short interval stands in for the long one. */
const everyMs = process.platform === 'linux' ? 3_600_000 : 50
let folder: string
let room: TestHost
let engine: ScriptedEngine

beforeEach(async () => {
  // Not there yet, nor is the folder above it.
  folder = join(temporaryFolder(), 'alambic', 'managed')
  engine = new ScriptedEngine()
  room = await startTestHost({
    launchEngine: engine.launch,
    policies: linuxPolicies({ folder, isTrusted: ({ mode }) => (mode & 0o022) === 0 }),
    policyWatch: { folders: [folder], everyMs, settleMs: 20 },
  })
  await room.client.vault.create({ kind: 'keychain' })
})
afterEach(() => room.close())

function write(policies: object | string, name = 'a.json'): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), typeof policies === 'string' ? policies : JSON.stringify(policies))
}
const settled = (found: (settings: Settings) => boolean): Promise<Settings> => until(room.client.settings.state({}), found)

test('one that comes holds at once, one that goes gives back what the person chose', async () => {
  await room.client.settings.set({ idleLockMinutes: 60 })
  write({ IdleLockMinutes: 5 })
  await settled(({ idleLockMinutes }) => idleLockMinutes === 5)
  expect(await present(room.client.settings.managed({}))).toMatchObject({ idleLockMinutes: { unread: false } })
  await expect(room.client.settings.set({ idleLockMinutes: 30 })).rejects.toMatchObject({ code: 'managed' })
  write({ IdleLockMinutes: 15 })
  await settled(({ idleLockMinutes }) => idleLockMinutes === 15)
  // Another setting that is kept meanwhile does not make the organisation’s value the person’s own.
  await room.client.settings.set({ theme: 'dark' })
  rmSync(folder, { recursive: true })
  expect(await settled(({ idleLockMinutes }) => idleLockMinutes === 60)).toMatchObject({ theme: 'dark' })
  expect(await present(room.client.settings.managed({}))).toEqual({})
  // The folder that is made again is heard as well.
  write({ IdleLockMinutes: 5 })
  await settled(({ idleLockMinutes }) => idleLockMinutes === 5)
})

test.each<[string, () => void]>([
  ['half written', () => write('{"RequireCard": "of')],
  [
    'writable by others',
    () => {
      write({ RequireCard: 'off' })
      chmodSync(join(folder, 'a.json'), 0o666)
    },
  ],
  [
    'in a folder that others may write to',
    () => {
      write({ RequireCard: 'off' })
      chmodSync(folder, 0o777)
    },
  ],
])('one that is %s closes, until it can be read', async (_how, spoil) => {
  write({ RequireCard: 'off' })
  await until(room.client.settings.managed({}), ({ requireCard }) => requireCard !== undefined)
  spoil()
  expect(await settled(({ requireCard }) => requireCard === 'signed')).toMatchObject({
    requireSignedBundles: true,
    hub: 'https://hub.invalid',
  })
  chmodSync(folder, 0o755)
  rmSync(join(folder, 'a.json'))
  write({ RequireCard: 'card' }, 'b.json')
  await settled(({ requireCard, requireSignedBundles }) => requireCard === 'card' && !requireSignedBundles)
})

test('a model that is in memory and was forbidden a moment ago does not answer', async () => {
  const modelId = await importModel(room, testModels().english.path)
  await room.client.runtime.load({ modelId })
  write({ RequireCard: 'card' })
  await settled(({ requireCard }) => requireCard === 'card')
  await expect(room.client.runtime.load({ modelId })).rejects.toMatchObject({ code: 'card_missing' })
  renameSync(dirname(folder), `${dirname(folder)}-away`)
  await settled(({ requireCard }) => requireCard === 'off')
  await room.client.runtime.load({ modelId })
})

test('a catalogue that only the person’s key vouches for is out of force at once where signatures are required', async () => {
  const own = makeSigner('Mine')
  await room.client.settings.set({ catalogueKeys: `Mine ${own.trusted.publicKey}` })
  const student = builtInCatalogue.families[0]?.students[0]
  const catalogue = {
    ...{ version: 1, publisher: 'Me', signedAt: '2026-11-01T00:00:00Z', expiresAt: '2100-11-01T00:00:00Z' },
    families: [{ id: 'mine', teacher: null, students: [{ ...student, id: 'mine', name: 'Mine' }] }],
  }
  const path = join(temporaryFolder(), 'catalogue.json')
  writeFileSync(path, JSON.stringify({ catalogue, ...signValue('catalogue', catalogue, [own.key]) }))
  await room.client.models.takeCatalogue({ reference: room.host.references.issue(path) })
  const publishers = ({ sources }: { sources: { publisher: string }[] }): string[] => sources.map(({ publisher }) => publisher)
  expect(publishers(await present(room.client.models.catalogue({})))).toContain('Me')
  write({ RequireCard: 'signed' })
  await until(room.client.models.catalogue({}), (state) => !publishers(state).includes('Me'))
  rmSync(folder, { recursive: true })
  await until(room.client.models.catalogue({}), (state) => publishers(state).includes('Me'))
})

test('where no folder tells, a look that says other than before has them read, once, and only while somebody is here', async () => {
  let reads = 0
  let now = 1_000_000
  let says = 'one'
  let looks = 0
  const watch = new PolicyWatch({
    ...{ read: () => reads++, folders: [], now: () => now, lookMs: 1 },
    look: () => {
      looks++
      return says === 'fails' ? Promise.reject(new Error('reg.exe')) : Promise.resolve(says)
    },
  })
  /** Until it has looked so many times more, so that what the first of them said has been thought over. */
  const looked = async (more: number): Promise<void> => {
    const before = looks
    await expect.poll(() => looks - before).toBeGreaterThanOrEqual(more)
  }
  watch.open()
  await looked(3)
  expect(reads).toBe(0)
  says = 'two'
  await expect.poll(() => reads).toBe(1)
  await looked(3)
  expect(reads).toBe(1)
  says = 'fails'
  await expect.poll(() => reads).toBe(2)
  now += 3_600_000
  const before = looks
  says = 'three'
  // What is under way ends; no other begins.
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(looks - before).toBeLessThanOrEqual(1)
  watch.somebodyIsHere()
  await looked(3)
  watch.close()
  expect(reads).toBeGreaterThan(2)
})

test('somebody who comes back has them read again, not at every movement, and whatever the clock does', () => {
  let reads = 0
  let now = 1_000_000
  const watch = new PolicyWatch({ read: () => reads++, folders: [], now: () => now, leastMs: 30_000 })
  const comeBackAfter = (ms: number): number => {
    now += ms
    watch.somebodyIsHere()
    return reads
  }
  expect([0, 29_000, 1_000, 10_000, 20_000].map(comeBackAfter)).toEqual([0, 0, 1, 1, 2])
  expect(comeBackAfter(-400 * 86_400_000)).toBe(3)
})
