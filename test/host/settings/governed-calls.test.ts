// What policy forbids of a call is refused in one place, before anything acts on it, by the policy of that moment.
import { afterEach, expect, test } from 'vitest'
import { callTags, policyRules } from '../../../contract/call-tags.ts'
import type { Handlers } from '../../../contract/contract.ts'
import { defaultSettings, policyOf, settingKeys, type ManagedSettings, type SettingKey } from '../../../contract/settings.ts'
import type { ManagedReading } from '../../../electron/host/settings/managed-values.ts'
import { tagged } from '../../../electron/host/tagged.ts'
import { policyReading } from '../../fixtures/policies.ts'
import { startTestHost, type TestHost } from '../../fixtures/test-host.ts'

let open: TestHost | null = null
afterEach(() => open?.close())

/** Settings that administrators fix and that forbid no call as such: what each of them limits is looked at where that is in hand. */
const enforcedDeeper: Partial<Record<SettingKey, string>> = {
  language: 'a choice of words forbids nothing',
  theme: 'a choice of colours forbids nothing',
  contextTokens: 'models are loaded with so many',
  threads: 'the engine computes with so many',
  unloadMinutes: 'the host frees the memory by itself',
  linksEnabled: 'the door looks at each link, and asks nobody',
  allowedModels: 'the gate looks at each file that an engine loads',
  idleLockMinutes: 'the vault locks itself; nobody asks for it',
  passphraseStrength: 'the vault judges each new passphrase, in every call that brings one',
  backend: 'the engine is started on it; a choice against it is a setting that is fixed',
  keptGigabytes: 'kept states are counted by the host alone',
  warmUp: 'the host makes ready by itself what it may',
  catalogueKeys: 'whose signature counts is known when a catalogue, a bundle or a card is read',
  catalogueMode: 'a student that is in no catalogue in force is not found',
  certificates: 'the door trusts by them, connection by connection',
  requireCard: 'the gate looks at each file that an engine loads, drafts and embedders too',
  requireSignedBundles: 'who signed a bundle is known when it is read: one that is signed comes in, also insisted on',
}

test('each policy forbids some call, or is enforced deeper for a reason (bug: a new policy that nothing obeys)', () => {
  const { fixed, ...rules } = policyRules
  const forbidding: SettingKey[] = Object.values(rules).flat()
  const decided = [...new Set(forbidding), ...(Object.keys(enforcedDeeper) as SettingKey[])]
  expect(decided.sort()).toEqual(settingKeys.filter((key) => policyOf(key) !== null).sort())
  expect(fixed).toEqual(settingKeys.filter((key) => policyOf(key) !== null))
  const used = Object.values(callTags).flatMap((methods) =>
    Object.values(methods).flatMap((tag: unknown) =>
      typeof tag === 'object' && tag !== null && 'policy' in tag ? [tag.policy] : [],
    ),
  )
  expect([...new Set(used)].sort()).toEqual(Object.keys(policyRules).sort())
})

test('a call that is forbidden reaches nobody, and is noted as refused', async () => {
  const managed: ManagedSettings = {}
  const values = { ...defaultSettings, catalogueAddress: 'https://catalogue.example/c' }
  const notes: unknown[] = []
  const reached: string[] = []
  const table = {
    settings: { set: () => reached.push('set') },
    models: Object.fromEntries(
      ['download', 'resumeDownload', 'checkCatalogue', 'pauseDownload'].map((name) => [name, () => reached.push(name)]),
    ),
  }
  const handlers = tagged(table as unknown as Handlers, {
    log: { note: ({ event, failure }) => notes.push([event, failure]) },
    policies: () => ({ values, managed }),
  }) as unknown as Record<string, Record<string, (input: object, context: object) => unknown>>
  const calls = {
    'models.download': { studentId: 's' },
    'models.resumeDownload': { downloadId: 'd' },
    'models.checkCatalogue': {},
  }
  const outcomes = async (): Promise<unknown[]> =>
    Promise.all(
      Object.entries({ ...calls, 'settings.set': { hub: 'https://mirror.example' } }).map(async ([method, input]) => {
        const [area = '', name = ''] = method.split('.')
        try {
          await handlers[area]?.[name]?.(input, { caller: { kind: 'window', id: 'w' } })
          return 'passed'
        } catch (error) {
          const { code, data } = error as { code: string; data: object }
          return [code, data]
        }
      }),
    )
  expect(await outcomes()).toEqual(['passed', 'passed', 'passed', 'passed'])
  expect(reached.splice(0)).toHaveLength(4)
  notes.splice(0)

  const fixed = { origin: 'test', unread: false }
  values.connections = 'off'
  managed.connections = managed.hub = fixed
  const [hub, catalogue] = [{ host: 'huggingface.co' }, { host: 'catalogue.example' }]
  expect(await outcomes()).toEqual([
    ['network_forbidden', hub],
    ['network_forbidden', hub],
    ['network_forbidden', catalogue],
    ['managed', { setting: 'hub' }],
  ])
  expect(reached).toEqual([])
  expect(notes).toEqual(
    expect.arrayContaining([
      ['model_downloaded', 'network_forbidden'],
      ['catalogue_checked', 'network_forbidden'],
      ['settings_changed', 'managed'],
    ]),
  )
  // What ends something is never forbidden.
  await handlers['models']?.['pauseDownload']?.({ downloadId: 'd' }, { caller: { kind: 'window', id: 'w' } })
  expect(reached).toEqual(['pauseDownload'])

  values.connections = 'listed'
  values.hub = 'https://mirror.example'
  expect(await outcomes()).toEqual(['passed', 'passed', ['network_forbidden', catalogue], 'passed'])
  managed.hub = { origin: 'test', unread: true }
  expect((await outcomes())[0]).toEqual(['network_forbidden', { host: 'mirror.example' }])
})

test('a policy that comes while the program runs refuses the next call, and the one after it goes passes again', async () => {
  let reading: ManagedReading = { values: [], unread: [] }
  const host = await startTestHost({ policies: () => reading, policyWatch: { leastMs: 0 } })
  open = host
  const { client, consent } = host
  await client.vault.create({ kind: 'keychain' })
  await client.settings.set({ catalogueAddress: 'https://catalogue.example/c' })
  consent.answer = 'no'
  const check = () => client.models.checkCatalogue({})
  await expect(check()).rejects.toMatchObject({ code: 'network_not_allowed' })
  expect(consent.asked).toHaveLength(1)

  reading = policyReading({ Connections: 'off' })
  await client.vault.touch({})
  await expect(check()).rejects.toMatchObject({ code: 'network_forbidden', data: { host: 'catalogue.example' } })
  expect(consent.asked).toHaveLength(1)
  // The change of policies is noted as well, before it or after.
  const refused = { event: 'catalogue_checked', failure: 'network_forbidden' }
  expect(host.host.audit.rows(5)).toContainEqual(expect.objectContaining(refused))

  reading = { values: [], unread: [] }
  await client.vault.touch({})
  await expect(check()).rejects.toMatchObject({ code: expect.stringMatching(/^(network_not_allowed|busy)$/) as string })
})
