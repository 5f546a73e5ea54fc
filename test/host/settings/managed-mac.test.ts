// Policies on macOS. The binary list was written by Python's plistlib (3.13), which follows Apple's layout; none of these was recorded on a Mac.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { macPolicies } from '../../../electron/host/settings/managed-mac.ts'
import { readPolicies } from '../../../electron/host/settings/policies.ts'
import { readPropertyList } from '../../../electron/host/settings/property-list.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

/** With a date, data, a fraction and a number beyond 63 bits in it, and a `Defaults` dictionary. */
const binary = Buffer.from(
  `YnBsaXN0MDDaAQIDBAUGBwgJCgsODxYXGBkaGxxcQWxsb3dlZEhvc3RzU0JpZ1hEZWZhdWx0c18QD0lkbGVMb2NrTWludXRlc1hMYXN0U2Vlbl
tQYXlsb2FkVVVJRFVQcm94eV8QFFJlcXVpcmVTaWduZWRCdW5kbGVzWVRocmVzaG9sZFVUb2tlbqIMDV8QEmxpbmsgKi5leGFtcGxlLm9yZ28Q
HQBjAGEAdABhAGwAbwBnAHUAZQAgAG0AbwBkAOgAbABlAHMALgBlAHgAYQBtAHAAbABlAC4AbwByAGcUAAAAAAAAAACAAAAAAAAABdMQERITFB
VdQ29udGV4dFRva2Vuc1hMYW5ndWFnZVVTdGFtcBFAAFJmcjNBx4L4QAAAABAPM0HIXrlIAAAAVEI2QTdfEB1odHRwOi8vcHJveHkuZXhhbXBs
ZS5vcmc6MzEyOAkjP/gAAAAAAABIAAFzZWNyZXQACAAdACoALgA3AEkAUgBeAGQAewCFAIsAjgCjAOAA8QD4AQYBDwEVARgBGwEkASYBLwE0AV
QBVQFeAAAAAAAAAgEAAAAAAAAAHQAAAAAAAAAAAAAAAAAAAWc=`,
  'base64',
)

/** The same, as `plutil -convert xml1` lays a list out. */
const xml = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>AllowedHosts</key>
	<array>
		<string>link *.example.org</string>
		<string>catalogue modèles.example.org</string>
	</array>
	<key>Big</key>
	<integer>9223372036854775813</integer>
	<key>Defaults</key>
	<dict>
		<key>ContextTokens</key>
		<integer>16384</integer>
		<key>Language</key>
		<string>fr</string>
		<key>Stamp</key>
		<date>2026-01-01T00:00:00Z</date>
	</dict>
	<key>IdleLockMinutes</key>
	<integer>15</integer>
	<key>LastSeen</key>
	<date>2026-11-30T09:00:00Z</date>
	<key>PayloadUUID</key>
	<string>B6A7</string>
	<key>Proxy</key>
	<string>http://proxy.example.org:3128</string>
	<key>RequireSignedBundles</key>
	<true/>
	<key>Threshold</key>
	<real>1.5</real>
	<key>Token</key>
	<data>
	AAFzZWNyZXQ=
	</data>
</dict>
</plist>
`

let folder: string
let machine: string
let person: string
beforeEach(() => {
  folder = temporaryFolder()
  mkdirSync(join(folder, 'ada'))
  machine = join(folder, 'com.alambic.desktop.plist')
  person = join(folder, 'ada', 'com.alambic.desktop.plist')
})
const read = (): ReturnType<typeof readPolicies> => readPolicies(macPolicies({ userName: 'ada', folder })())

test('a binary list says the same as its XML', () => {
  expect(readPropertyList(binary)).toEqual(readPropertyList(Buffer.from(xml)))
})

test.each([
  ['binary', binary],
  ['XML', xml],
])('a date and data in a %s list keep nothing else from being read; `Defaults` is only recommended', (_kind, content) => {
  writeFileSync(machine, content)
  const { values, recommended, findings } = read()
  expect(values).toMatchObject({
    ...{ idleLockMinutes: 15, requireSignedBundles: true, proxy: 'http://proxy.example.org:3128' },
    allowedHosts: 'link *.example.org\ncatalogue modèles.example.org',
  })
  expect(recommended).toEqual({ language: 'fr', contextTokens: 16_384 })
  // What a profile says about itself is no policy; what nobody knows is told.
  expect(findings.filter(({ problem }) => problem !== null).map(({ name, problem }) => `${name} ${String(problem)}`)).toEqual([
    ...['Big', 'LastSeen', 'Threshold', 'Token', 'Stamp'].map((name) => `${name} unknown`),
  ])
})

test('the machine’s profile goes over the person’s, key by key', () => {
  writeFileSync(machine, '<plist><dict><key>Backend</key><string>cpu</string></dict></plist>')
  writeFileSync(
    person,
    '<plist><dict><key>Backend</key><string>metal</string><key>Theme</key><string>dark</string></dict></plist>',
  )
  const { values, managed } = read()
  expect(values).toEqual({ backend: 'cpu', theme: 'dark' })
  expect(managed).toMatchObject({ backend: { origin: machine }, theme: { origin: person } })
})

test('where there is no profile nothing is fixed', () => {
  expect(macPolicies({ userName: 'ada', folder: join(folder, 'missing') })()).toEqual({ values: [], unread: [] })
})

test.each<[why: string, content: Buffer | string]>([
  ['is half a binary one', binary.subarray(0, 200)],
  ['is only the mark of a binary one', 'bplist00'],
  ['ends in the middle', xml.slice(0, 300)],
  ['is empty', ''],
  ['is no list', '{"Backend": "cpu"}'],
  ['is an array', '<plist><array><string>Backend</string></array></plist>'],
  ['has an entity of its own', '<!DOCTYPE plist [<!ENTITY a "b">]><plist><dict/></plist>'],
  ['is nested without end', `<plist>${'<array>'.repeat(10_000)}</plist>`],
  ['has something after its end', '<plist><dict/><dict/></plist>'],
])('a profile that %s closes', (_why, content) => {
  writeFileSync(machine, content)
  expect(macPolicies({ userName: 'ada', folder })()).toEqual({ values: [], unread: [machine] })
  expect(read().values.requireCard).toBe('signed')
})

test('binary lists that refer to themselves come to an end', () => {
  // An array of four references to itself, then a table with one place and the trailer.
  const trailer = Buffer.alloc(32)
  trailer.set([1, 1], 6)
  trailer.writeBigUInt64BE(1n, 8)
  trailer.writeBigUInt64BE(13n, 24)
  writeFileSync(machine, Buffer.concat([Buffer.from('bplist00'), Buffer.from([0xa4, 0, 0, 0, 0, 8]), trailer]))
  expect(macPolicies({ userName: 'ada', folder })()).toEqual({ values: [], unread: [machine] })
})

test('signs that XML writes otherwise, comments and CDATA are what they stand for', () => {
  const list = '<plist><dict><key>a&amp;b</key><string>&lt;x&gt; &#233;&#xe9;<!-- no --><![CDATA[<&>]]></string></dict></plist>'
  expect(readPropertyList(Buffer.from(list))).toEqual({ 'a&b': '<x> éé<&>' })
})
