// Policies on Windows. The exports are made by hand from Microsoft's documentation of .reg files and of reg.exe; none was recorded on a machine.
import { expect, test } from 'vitest'
import { windowsPolicies, type Registry } from '../../../electron/host/settings/managed-windows.ts'
import { readPolicies } from '../../../electron/host/settings/policies.ts'
import { readRegistryExport } from '../../../electron/host/settings/registry-export.ts'

const own = 'SOFTWARE\\Policies\\Alambic'

/** UTF-16 with its mark and Windows' line ends, as `reg export` writes. */
function exported(...lines: string[]): Buffer {
  return Buffer.from(`\uFEFF${['Windows Registry Editor Version 5.00', '', ...lines, ''].join('\r\n')}`, 'utf16le')
}

/** `hex(7):`, several texts, wrapped after every 25 bytes as `reg export` does. */
function hex(type: number, text: string): string {
  const bytes = [...Buffer.from(text, 'utf16le')].map((byte) => byte.toString(16).padStart(2, '0'))
  const rows = Array.from({ length: Math.ceil(bytes.length / 25) }, (_, row) => bytes.slice(row * 25, row * 25 + 25).join(','))
  return `hex(${type}):${rows.join(',\\\r\n  ')}`
}

/** What reg.exe says of keys: those of the console's code page, here cp850's é in the middle, mean nothing to us. */
function registry(exports: Record<string, Buffer>, hidden: Record<string, string> = {}): Registry {
  const there: Record<string, string> = {
    'HKLM\\SOFTWARE': 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Clients\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\r\n',
    'HKLM\\SOFTWARE\\Policies':
      '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Soci\u0082t\u0082\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Alambic\r\n',
    // A value that ends like a key is none.
    'HKCU\\SOFTWARE': 'HKEY_CURRENT_USER\\SOFTWARE\\Microsoft\r\n    Last    REG_SZ    D:\\Policies\r\n',
    ...hidden,
  }
  const found = <T>(table: Record<string, T>, key: string): T => {
    const value = table[key]
    if (value === undefined) throw new Error('ERREUR : le système n’a pas trouvé la clé ou la valeur de Registre spécifiée.')
    return value
  }
  return { query: (key) => found(there, key), export: (key) => found(exports, key) }
}

const machine = exported(
  `[HKEY_LOCAL_MACHINE\\${own}]`,
  '@="nothing"',
  '"IdleLockMinutes"=dword:0000000f',
  '"Threads"=hex(b):08,00,00,00,00,00,00,00',
  '"Hub"="https://mod\u00e8les.example/a b"',
  '"Proxy"=' + hex(2, 'http://proxy.example:3128\0'),
  '"CatalogueKeys"=' + hex(7, 'Cabinet Lemercier-Vasseur abc=\0Étude def=\0\0'),
  '"Certificates"="-----BEGIN CERTIFICATE-----\r\nMIIB\r\n[HKEY_LOCAL_MACHINE\\\\nothing]\r\n-----END CERTIFICATE-----"',
  '"Quoted"="C:\\\\Models and \\"more\\""',
  '"Binary"=hex:01,02,03',
  '',
  `[HKEY_LOCAL_MACHINE\\${own}\\AllowedHosts]`,
  ...Array.from({ length: 11 }, (_, at) => `"${at + 1}"="link h${at + 1}.example"`).sort(),
  '',
  `[HKEY_LOCAL_MACHINE\\${own}\\Recommended]`,
  '"Language"="fr"',
  '',
  `[HKEY_LOCAL_MACHINE\\${own}\\Recommended\\CatalogueKeys]`,
  '"1"="Other ghi="',
  '',
)

test('an export is read whatever is in it: accents, several lines, lists, long numbers, data', () => {
  const values = Object.fromEntries(
    readRegistryExport(machine).map(({ key, name, value }) => [`${key.slice(own.length)}|${name}`, value]),
  )
  expect(values).toMatchObject({
    '|': 'nothing',
    '|IdleLockMinutes': 15,
    '|Threads': 8,
    '|Hub': 'https://mod\u00e8les.example/a b',
    '|Proxy': 'http://proxy.example:3128',
    '|CatalogueKeys': ['Cabinet Lemercier-Vasseur abc=', 'Étude def='],
    '|Certificates': '-----BEGIN CERTIFICATE-----\r\nMIIB\r\n[HKEY_LOCAL_MACHINE\\nothing]\r\n-----END CERTIFICATE-----',
    '|Quoted': 'C:\\Models and "more"',
    '|Binary': null,
    '\\Recommended|Language': 'fr',
  })
})

test('values, lists of a key’s own and recommendations become policies', () => {
  const { values, recommended, findings } = readPolicies(windowsPolicies(registry({ [`HKLM\\${own}`]: machine }))())
  expect(values).toMatchObject({
    ...{ idleLockMinutes: 15, threads: 8, proxy: 'http://proxy.example:3128' },
    catalogueKeys: 'Cabinet Lemercier-Vasseur abc=\nÉtude def=',
    // Ten comes after nine.
    allowedHosts: Array.from({ length: 11 }, (_, at) => `link h${at + 1}.example`).join('\n'),
  })
  expect(recommended).toEqual({ language: 'fr', catalogueKeys: 'Other ghi=' })
  expect(findings.filter(({ problem }) => problem === 'unknown').map(({ name }) => name)).toEqual(['Quoted', 'Binary'])
})

test('the machine’s key goes over the person’s', () => {
  const keys = {
    'HKCU\\SOFTWARE': 'HKEY_CURRENT_USER\\SOFTWARE\\Policies\r\n',
    'HKCU\\SOFTWARE\\Policies': 'HKEY_CURRENT_USER\\SOFTWARE\\Policies\\Alambic\r\n',
  }
  const theirs = exported(`[HKEY_CURRENT_USER\\${own}]`, '"IdleLockMinutes"=dword:0000003c', '"Theme"="dark"')
  const { values, managed } = readPolicies(
    windowsPolicies(registry({ [`HKLM\\${own}`]: machine, [`HKCU\\${own}`]: theirs }, keys))(),
  )
  expect(values).toMatchObject({ idleLockMinutes: 15, theme: 'dark' })
  expect(managed.theme).toEqual({ origin: `HKCU\\${own}`, unread: false })
  // Below Recommended and in lists the same place is named.
  expect(managed.allowedHosts?.origin).toBe(`HKLM\\${own}\\AllowedHosts`)
})

test('a key that is not there is nothing, one that cannot be read closes, in whatever language that is said', () => {
  const none = { 'HKLM\\SOFTWARE\\Policies': 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\AlambicOther\r\n' }
  expect(windowsPolicies(registry({}, none))()).toEqual({ values: [], unread: [] })
  expect(windowsPolicies(registry({}))().unread).toEqual([`HKLM\\${own}`])
  // Where reg.exe is forbidden nobody knows, so it closes.
  const nothing = { query: () => '', export: () => Buffer.alloc(0) }
  const forbidden = (): never => {
    throw new Error('This program is blocked by group policy.')
  }
  expect(windowsPolicies({ ...nothing, query: forbidden })().unread).toEqual([`HKLM\\${own}`, `HKCU\\${own}`])
  const nonsense = { [`HKLM\\${own}`]: Buffer.from('REGEDIT4\r\n') }
  expect(windowsPolicies(registry(nonsense))().unread).toEqual([`HKLM\\${own}`])
})
