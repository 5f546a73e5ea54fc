/** Policies: what an administrator fixed holds, key by key, whatever the page asks for; what cannot be read closes and never opens. */
import { expect, test } from 'vitest'
import { policyOf, settingKeys, settings } from '../../../contract/settings.ts'
import { kindOf } from '../../../contract/settings/policy-kind.ts'
import type { Setting } from '../../../contract/settings/setting.ts'
import { runCommand } from '../../../electron/host/command-line.ts'
import type { ManagedReading } from '../../../electron/host/settings/managed-values.ts'
import { readPolicies } from '../../../electron/host/settings/policies.ts'
import { policy as value } from '../../fixtures/policies.ts'
import { importModel, lastOf, personal, present, startTestHost, testModels, untilSettled } from '../../fixtures/test-host.ts'
import { failure } from '../../fixtures/vault/vault-room.ts'

const origin = 'test'
const governed = Object.values(settings as Record<string, Setting>).filter(({ policy }) => policy !== null)

test('every policy has a name of its own without dots or negation, words in both languages, and values that its setting takes', () => {
  expect(new Set(governed.map(({ policy }) => policy?.name.toLowerCase())).size).toBe(governed.length)
  for (const setting of governed) {
    const { schema, policy } = setting
    if (policy === null) continue
    expect(policy.name).toMatch(/^[A-Z][A-Za-z]+$/)
    expect(policy.name).not.toMatch(/Disable|Forbid|Deny|Block|Hide|^No[A-Z]|^Not|Without/)
    for (const value of [policy.closed ?? policy.example, policy.example, setting.initial])
      expect([policy.name, value, schema.safeParse(value).success]).toEqual([policy.name, value, true])
    const kind = kindOf(setting)
    const choices = kind.kind === 'choice' ? kind.values.map(String).sort() : []
    for (const words of [policy.en, policy.fr]) {
      expect([policy.name, Object.keys(words.choices ?? {}).sort()]).toEqual([policy.name, choices])
      expect(words.help).toMatch(/[.…]$/)
    }
    expect(policy.en.help).not.toBe(policy.fr.help)
    // French has a no-break space before these signs.
    expect(JSON.stringify(policy.fr)).not.toMatch(/ [;:!?»](?!\w)/)
  }
})

test('each key is fixed by itself; one that cannot be understood takes its closed value', () => {
  const { values, managed, findings } = readPolicies({
    values: [
      value('RequireCard', 'yes?'),
      value('Backend', 'cpu'),
      value('Backend', 'cuda'),
      value('RequireSignedBundles', 1),
      value('Nonsense', 3),
    ],
    unread: [],
  })
  expect(values).toEqual({ requireCard: 'signed', backend: 'cuda', requireSignedBundles: true, catalogueKeys: '' })
  expect(managed).toEqual({
    requireCard: { origin, unread: true },
    backend: { origin, unread: false },
    requireSignedBundles: { origin, unread: false },
    catalogueKeys: { origin, unread: false },
  })
  expect(findings.map(({ name, counts, problem }) => [name, counts, problem])).toEqual([
    ['Nonsense', false, 'unknown'],
    ['RequireCard', true, 'unread'],
    ['RequireSignedBundles', true, null],
    ['Backend', false, 'duplicate'],
    ['Backend', true, null],
  ])
})

test('the machine’s policy goes over the person’s, whichever was read first, each key by itself', () => {
  const machine = value('IdleLockMinutes', 5)
  const user = value('IdleLockMinutes', 60, { scope: 'user', origin: 'ada' })
  const theirs = value('Backend', 'cpu', { scope: 'user', origin: 'ada' })
  for (const values of [
    [machine, user, theirs],
    [theirs, user, machine],
  ]) {
    const read = readPolicies({ values, unread: [] })
    expect(read.values).toEqual({ idleLockMinutes: 5, backend: 'cpu' })
    expect(read.managed).toMatchObject({ idleLockMinutes: { origin }, backend: { origin: 'ada' } })
    // Two places that say different things are no mistake: that is what they are for.
    expect(read.findings.map(({ problem }) => problem)).toEqual([null, null, null])
  }
})

test.each<[name: string, written: unknown, meant: unknown]>([
  ...[true, 'true', 'True', 1, '1'].map((written) => ['RequireSignedBundles', written, true] as [string, unknown, unknown]),
  ...[false, 'false', 0, '0', ' 0 '].map((written) => ['LinksEnabled', written, false] as [string, unknown, unknown]),
  ['IdleLockMinutes', '15', 15],
  ['Threads', '8', 8],
  ['Backend', ' cpu ', 'cpu'],
  ['AllowedHosts', ['link a.example', 'link b.example'], 'link a.example\nlink b.example'],
  ['AllowedHosts', '["link a.example", "link b.example"]', 'link a.example\nlink b.example'],
  ['AllowedHosts', 'link a.example\r\nlink b.example', 'link a.example\r\nlink b.example'],
  ['AllowedHosts', [], ''],
])('%s is understood as it was meant: %j', (name, written, meant) => {
  const { values, managed } = readPolicies({ values: [value(name, written)], unread: [] })
  const [key] = settingKeys.filter((each) => policyOf(each)?.name === name)
  expect([values[key ?? 'theme'], managed[key ?? 'theme']?.unread]).toEqual([meant, false])
})

test.each<[name: string, written: unknown]>([
  ['RequireSignedBundles', 'yes'],
  ['RequireSignedBundles', 2],
  ['RequireSignedBundles', null],
  ['LinksEnabled', ''],
  ['LinksEnabled', ['true']],
  ['IdleLockMinutes', 7],
  ['IdleLockMinutes', '15 minutes'],
  ['IdleLockMinutes', 15.5],
  ['Backend', 'CPU'],
  ['AllowedHosts', ['link a.example', 3]],
  ['AllowedHosts', { link: 'a.example' }],
  ['Hub', 'http://models.example.org'],
])('%s is strict in value: %j closes', (name, written) => {
  const { values, managed, findings } = readPolicies({ values: [value(name, written)], unread: [] })
  const [key] = settingKeys.filter((each) => policyOf(each)?.name === name)
  expect([values[key ?? 'theme'], managed[key ?? 'theme']?.unread]).toEqual([policyOf(key ?? 'theme')?.closed, true])
  expect(findings).toMatchObject([{ counts: true, problem: 'unread' }])
})

test('one that restricts nothing and cannot be understood is as if it were not set, and is told', () => {
  const { values, managed, findings } = readPolicies({ values: [value('Theme', 'pink')], unread: [] })
  expect([values, managed]).toEqual([{}, {}])
  expect(findings).toMatchObject([{ setting: 'theme', problem: 'unread' }])
})

test('names count however their letters are cased, as they do in the registry', () => {
  expect(readPolicies({ values: [value('idlelockminutes', 5)], unread: [] }).values).toEqual({ idleLockMinutes: 5 })
})

test('a recommended value holds until a person chooses, and comes back as it is then; what can only be fixed is refused', async () => {
  const recommended = { level: 'recommended' } as const
  let values = [
    value('UnloadMinutes', 5, recommended),
    value('Connections', 'off', recommended),
    value('Hub', 'https://m.example', recommended),
  ]
  const { client, close } = await startTestHost({ policies: () => ({ values, unread: [] }), policyWatch: { leastMs: 0 } })
  await client.vault.create({ kind: 'keychain' })
  expect(await present(client.settings.state({}))).toMatchObject({
    unloadMinutes: 5,
    connections: 'ask',
    hub: 'https://m.example',
  })
  expect(await present(client.settings.managed({}))).toEqual({})
  expect(await present(client.settings.findings({}))).toMatchObject([
    { name: 'Connections', problem: 'not_recommendable' },
    { name: 'Hub', problem: null },
    { name: 'UnloadMinutes', problem: null },
  ])
  await client.settings.set({ unloadMinutes: 60 })
  // A form sends back what it was given: that is nobody's choice.
  await client.settings.set({ hub: 'https://m.example', proxy: 'http://proxy.example:3128' })
  values = [value('UnloadMinutes', 15, recommended), value('Hub', 'https://n.example', recommended)]
  await client.vault.touch({})
  expect(await present(client.settings.state({}))).toMatchObject({ unloadMinutes: 60, hub: 'https://n.example' })
  await client.vault.lock({})
  await client.vault.unlock({})
  expect(await present(client.settings.state({}))).toMatchObject({ unloadMinutes: 60, hub: 'https://n.example' })
  values = [value('UnloadMinutes', 30, { scope: 'user' })]
  await client.vault.touch({})
  expect((await present(client.settings.state({}))).unloadMinutes).toBe(30)
  await close()
})

test.each([
  ['RequireSignedBundles', true, 'fixes'],
  ['RequireCard', 'signed', 'fixes'],
  ['RequireSignedBundles', false, 'leaves'],
  ['RequireCard', 'card', 'leaves'],
])('%s %j as a policy %s the keys that vouch', (name, given, does) => {
  const own = readPolicies({ values: [value(name, given)], unread: [] })
  expect(own.managed.catalogueKeys).toEqual(does === 'fixes' ? { origin, unread: false } : undefined)
  expect(own.values.catalogueKeys).toBe(does === 'fixes' ? '' : undefined)
  const theirs = readPolicies({ values: [value(name, given), value('CatalogueKeys', 'Cabinet abc')], unread: [] })
  expect(theirs.values.catalogueKeys).toBe('Cabinet abc')
})

test('where a place cannot be read every restriction closes, and what is readable elsewhere holds', () => {
  const { values, managed } = readPolicies({ values: [value('IdleLockMinutes', 60)], unread: ['/broken.json'] })
  expect(values.idleLockMinutes).toBe(60)
  const closed = settingKeys.filter((key) => policyOf(key) !== null && key !== 'idleLockMinutes')
  for (const key of closed) expect([key, values[key]]).toEqual([key, policyOf(key)?.closed])
  // What restricts nothing stays the person's.
  expect(managed.language).toBeUndefined()
  expect(managed.requireCard).toEqual({ origin: '/broken.json', unread: true })
})

test('the page sees what is fixed and by whom, and cannot change it before or after the vault is open', async () => {
  let reading: ManagedReading = { values: [value('RequireCard', 'signed'), value('IdleLockMinutes', 5)], unread: [] }
  const { client, close } = await startTestHost({ policies: () => reading })
  expect(await present(client.settings.managed({}))).toEqual({
    requireCard: { origin, unread: false },
    catalogueKeys: { origin, unread: false },
    idleLockMinutes: { origin, unread: false },
  })
  await client.vault.create({ kind: 'keychain' })
  expect(await present(client.settings.state({}))).toMatchObject({
    requireCard: 'signed',
    idleLockMinutes: 5,
    hub: 'https://huggingface.co',
  })
  const failed = await failure(() => client.settings.set({ requireCard: 'off', theme: 'dark' }))
  expect(failed).toEqual({ code: 'managed', data: { setting: 'requireCard' } })
  expect(await present(client.settings.state({}))).toMatchObject({ requireCard: 'signed', theme: 'system' })
  // Nothing else is locked along with it, and the same value again is no change.
  await client.settings.set({ requireCard: 'signed', theme: 'dark' })
  expect(await present(client.settings.state({}))).toMatchObject({ requireCard: 'signed', theme: 'dark' })

  reading = { values: [], unread: [] }
  await client.vault.lock({})
  await client.vault.unlock({})
  expect(await present(client.settings.managed({}))).toEqual({})
  expect(await present(client.settings.state({}))).toMatchObject({ requireCard: 'off', idleLockMinutes: 15, theme: 'dark' })
  await close()
})

test('a policy that wants signed cards keeps a model without one from answering, whatever the page asks for', async () => {
  const room = await startTestHost({ policies: () => ({ values: [value('RequireCard', 'signed')], unread: [] }) })
  await room.client.vault.create({ kind: 'keychain' })
  const modelId = await importModel(room, testModels().english.path)
  await expect(room.client.runtime.load({ modelId, insist: true })).rejects.toMatchObject({ code: 'card_missing' })
  await expect(room.client.settings.set({ requireCard: 'off' })).rejects.toMatchObject({ code: 'managed' })
  const workspaceId = await personal(room.client)
  const place = await room.client.chat.send({ workspaceId, conversationId: null, text: 'Hello', modelId })
  const { conversation } = await untilSettled(room.client, place)
  expect(lastOf(conversation)).toMatchObject({ text: '', state: 'failed', trouble: { code: 'card_missing' } })
  await room.close()
})

test('the command line lists every policy in both languages', async () => {
  for (const [words, sentence] of [
    [[], 'Minutes without activity'],
    [['--french'], 'Minutes sans activité'],
  ] as const) {
    const said: string[] = []
    expect(await runCommand(['policies', ...words], (line) => said.push(line))).toBe(0)
    expect(said).toHaveLength(Object.values(settings).filter(({ policy }) => policy !== null).length)
    expect(said.join('\n')).toContain(sentence)
  }
})
