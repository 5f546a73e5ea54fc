// Policies on Linux: files of several packages, of several owners, written while somebody looks.
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { linuxPolicies } from '../../../electron/host/settings/managed-linux.ts'
import { readPolicies } from '../../../electron/host/settings/policies.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

let folder: string
let recommended: string
beforeEach(() => {
  const parent = temporaryFolder()
  folder = join(parent, 'managed')
  recommended = join(parent, 'recommended')
  mkdirSync(folder)
})
const trusted = { isTrusted: () => true }

test('files are read in the order of their names, the last one counts, and the other is told', () => {
  writeFileSync(join(folder, '20-later.json'), '{"IdleLockMinutes": 60, "Proxy": "http://proxy.example"}')
  writeFileSync(join(folder, '10-machine.json'), '{"IdleLockMinutes": 5}')
  writeFileSync(join(folder, 'notes.txt'), 'not a policy')
  const reading = linuxPolicies({ folder, ...trusted })()
  expect(reading.unread).toEqual([])
  const { values, managed, findings } = readPolicies(reading)
  expect(values).toEqual({ idleLockMinutes: 60, proxy: 'http://proxy.example' })
  expect(managed.idleLockMinutes).toEqual({ origin: join(folder, '20-later.json'), unread: false })
  expect(findings).toMatchObject([
    { name: 'IdleLockMinutes', origin: join(folder, '10-machine.json'), counts: false, problem: 'duplicate' },
    { name: 'IdleLockMinutes', counts: true, problem: null },
    { name: 'Proxy', problem: null },
  ])
  expect(linuxPolicies({ folder: join(folder, 'missing', 'managed') })()).toEqual({ values: [], unread: [] })
})

test('what lies in the folder beside it is only recommended', () => {
  mkdirSync(recommended)
  writeFileSync(join(recommended, 'a.json'), '{"UnloadMinutes": 5, "IdleLockMinutes": 30}')
  writeFileSync(join(folder, 'a.json'), '{"IdleLockMinutes": 5}')
  const { values, recommended: wished } = readPolicies(linuxPolicies({ folder, ...trusted })())
  expect(values).toEqual({ idleLockMinutes: 5 })
  expect(wished).toEqual({ unloadMinutes: 5, idleLockMinutes: 30 })
})

test('a byte order mark, which editors of Windows write, is no fault', () => {
  writeFileSync(join(folder, 'a.json'), '\uFEFF{"Theme": "dark"}')
  expect(linuxPolicies({ folder, ...trusted })()).toMatchObject({ values: [{ name: 'Theme', value: 'dark' }], unread: [] })
})

test.each([
  ['{"IdleLockMinutes": 5', 'half a file'],
  ['[1]', 'a list'],
  ['null', 'nothing'],
  ['', 'an empty file'],
])('%s counts as unread', (text) => {
  writeFileSync(join(folder, 'a.json'), text)
  expect(linuxPolicies({ folder, ...trusted })()).toEqual({ values: [], unread: [join(folder, 'a.json')] })
})

test('a file that others may write, or that is another’s, is nobody’s policy; the others are read', () => {
  const paths = ['a.json', 'b.json', 'c.json'].map((name) => join(folder, name))
  const [own, shared, foreign = ''] = paths
  for (const path of paths) writeFileSync(path, '{"RequireCard": "off"}', { mode: 0o644 })
  chmodSync(shared ?? '', 0o666)
  const another = statSync(foreign).ino
  const isTrusted = ({ mode, ino }: { mode: number; ino: number }): boolean => (mode & 0o022) === 0 && ino !== another
  expect(linuxPolicies({ folder, isTrusted })()).toMatchObject({ values: [{ origin: own }], unread: [shared, foreign] })
  chmodSync(folder, 0o777)
  expect(linuxPolicies({ folder, isTrusted })()).toEqual({ values: [], unread: paths })
})

test('without root a file of one’s own is no policy', () => {
  const path = join(folder, 'a.json')
  writeFileSync(path, '{"RequireCard": "off"}')
  chmodSync(path, 0o644)
  chmodSync(folder, 0o755)
  const isRoot = process.getuid?.() === 0
  expect(linuxPolicies({ folder })().unread).toEqual(isRoot ? [] : [path])
})

test('a link that leads nowhere and a folder of that name close as well', () => {
  symlinkSync(join(folder, 'nowhere'), join(folder, 'a.json'))
  mkdirSync(join(folder, 'b.json'))
  expect(linuxPolicies({ folder, ...trusted })().unread).toEqual([join(folder, 'a.json'), join(folder, 'b.json')])
})
