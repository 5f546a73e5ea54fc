/** Policies: what an administrator fixed holds, key by key, whatever the page asks for; what cannot be read closes and never opens. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { policyOf, settingKeys, settings } from '../../../contract/settings.ts'
import { runCommand } from '../../../electron/host/command-line.ts'
import { linuxPolicies } from '../../../electron/host/settings/managed-linux.ts'
import { macPolicies } from '../../../electron/host/settings/managed-mac.ts'
import type { ManagedReading } from '../../../electron/host/settings/managed-values.ts'
import { windowsPolicies } from '../../../electron/host/settings/managed-windows.ts'
import { readPolicies } from '../../../electron/host/settings/policies.ts'
import { importModel, lastOf, personal, present, startTestHost, testModels, untilSettled } from '../../fixtures/test-host.ts'
import { failure } from '../../fixtures/vault/vault-room.ts'

const origin = 'test'
const value = (name: string, given: unknown): ManagedReading['values'][number] => ({ name, value: given, origin })

test('every policy has a name of its own without dots, words in both languages, and a closed value that its setting takes', () => {
  const policies = Object.values(settings).flatMap(({ policy, schema }) => (policy === null ? [] : [{ ...policy, schema }]))
  expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length)
  for (const { name, closed, en, fr, schema } of policies) {
    expect(name).toMatch(/^[A-Za-z]+$/)
    expect([name, schema.safeParse(closed).success]).toEqual([name, true])
    expect(en).not.toBe(fr)
  }
})

test('each key is fixed by itself; one that cannot be understood takes its closed value', () => {
  const { values, managed } = readPolicies({
    values: [
      value('RequireCard', 'yes?'),
      value('Backend', 'cpu'),
      value('Backend', 'cuda'),
      value('RequireSignedBundles', 1),
      value('Nonsense', 3),
    ],
    unread: [],
  })
  expect(values).toEqual({ requireCard: 'signed', backend: 'cpu', requireSignedBundles: true, catalogueKeys: '' })
  expect(managed).toEqual({
    requireCard: { origin, unread: true },
    backend: { origin, unread: false },
    requireSignedBundles: { origin, unread: false },
    catalogueKeys: { origin, unread: false },
  })
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
  expect(managed.requireCard).toEqual({ origin: '/broken.json', unread: true })
})

describe('on Linux', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'alambic-policies-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const trusted = { isTrusted: () => true }

  test('files are read in the order of their names, and only JSON objects', () => {
    writeFileSync(join(folder, '10-machine.json'), '{"IdleLockMinutes": 5}')
    writeFileSync(join(folder, '20-later.json'), '{"IdleLockMinutes": 60, "Proxy": "http://proxy.example"}')
    writeFileSync(join(folder, 'notes.txt'), 'not a policy')
    const { values, unread } = linuxPolicies({ folder, ...trusted })()
    expect(values.map(({ name, value: given }) => [name, given])).toEqual([
      ['IdleLockMinutes', 5],
      ['IdleLockMinutes', 60],
      ['Proxy', 'http://proxy.example'],
    ])
    expect(unread).toEqual([])
    expect(linuxPolicies({ folder: join(folder, 'missing') })()).toEqual({ values: [], unread: [] })
  })

  test.each([
    ['{"IdleLockMinutes": 5', 'half a file'],
    ['[1]', 'a list'],
    ['null', 'nothing'],
  ])('%s counts as unread', (text) => {
    writeFileSync(join(folder, 'a.json'), text)
    expect(linuxPolicies({ folder, ...trusted })()).toEqual({ values: [], unread: [join(folder, 'a.json')] })
  })

  test('a file that others may write is nobody’s policy, nor is one in such a folder', () => {
    const path = join(folder, 'a.json')
    writeFileSync(path, '{"RequireCard": "off"}')
    const byMode = { isTrusted: ({ mode }: { mode: number }) => (mode & 0o022) === 0 }
    chmodSync(path, 0o666)
    expect(linuxPolicies({ folder, ...byMode })().unread).toEqual([path])
    chmodSync(path, 0o644)
    chmodSync(folder, 0o777)
    expect(linuxPolicies({ folder, ...byMode })().unread).toEqual([path])
    chmodSync(folder, 0o755)
    expect(linuxPolicies({ folder, ...byMode })().values).toHaveLength(1)
  })

  test('a link that leads nowhere and a folder of that name close as well', () => {
    symlinkSync(join(folder, 'nowhere'), join(folder, 'a.json'))
    mkdirSync(join(folder, 'b.json'))
    expect(linuxPolicies({ folder, ...trusted })().unread).toEqual([join(folder, 'a.json'), join(folder, 'b.json')])
  })
})

test('on Windows the machine’s key comes before the person’s, numbers and lists are understood', () => {
  const said: Record<string, string> = {
    'HKLM\\SOFTWARE\\Policies':
      'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Alambic\r\n',
    'HKLM\\SOFTWARE\\Policies\\Alambic':
      '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Alambic\r\n    IdleLockMinutes    REG_DWORD    0x5\r\n    Hub    REG_SZ    https://mirror.example/a b\r\n    CatalogueKeys    REG_MULTI_SZ    IT key1\\0IT key2\r\n',
    'HKCU\\SOFTWARE\\Policies': 'HKEY_CURRENT_USER\\SOFTWARE\\Policies\\Alambic\r\n',
  }
  const query = ([, key = '']: string[]): string => {
    const text = said[key]
    if (text === undefined) throw new Error('access is denied')
    return text
  }
  const { values, unread } = windowsPolicies({ query })()
  expect(values.map(({ name, value: given }) => [name, given])).toEqual([
    ['IdleLockMinutes', 5],
    ['Hub', 'https://mirror.example/a b'],
    ['CatalogueKeys', 'IT key1\nIT key2'],
  ])
  expect(unread).toEqual(['HKCU\\SOFTWARE\\Policies\\Alambic'])
  said['HKCU\\SOFTWARE\\Policies'] = 'HKEY_CURRENT_USER\\SOFTWARE\\Policies\\AlambicOther\r\n'
  expect(windowsPolicies({ query })().unread).toEqual([])
})

test('on macOS the machine’s profile comes before the person’s, and one that does not convert closes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alambic-policies-'))
  mkdirSync(join(folder, 'ada'))
  const files = [join(folder, 'com.alambic.desktop.plist'), join(folder, 'ada', 'com.alambic.desktop.plist')] as const
  writeFileSync(files[0], '{"Backend": "cpu"}')
  writeFileSync(files[1], 'bplist00')
  const source = macPolicies({
    userName: 'ada',
    folder,
    toJson: (path) => {
      if (path === files[1]) throw new Error('not a property list')
      return '{"Backend": "cpu"}'
    },
  })
  expect(source()).toEqual({ values: [{ name: 'Backend', value: 'cpu', origin: files[0] }], unread: [files[1]] })
  rmSync(folder, { recursive: true })
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
