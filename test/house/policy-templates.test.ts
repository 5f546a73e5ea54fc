// Templates of policies: that they are what the list says, and that the importers which refuse files would not refuse these. Intune's refusals are those of Microsoft's
// documentation and of other programs' reports (vscode#278352, #248917, #322535, #281840); nothing here was imported by Intune, Jamf or a Mac.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ElementType, parseDocument } from 'htmlparser2'
import { expect, test } from 'vitest'
import { filesBelow, policyTemplates, policyTemplatesFolder } from '../../build/policy-templates.ts'
import { policyList } from '../../contract/policy-list.ts'
import { defaultSettings } from '../../contract/settings.ts'
import { linuxPolicies } from '../../electron/host/settings/managed-linux.ts'
import { macPolicies } from '../../electron/host/settings/managed-mac.ts'
import type { ManagedSource } from '../../electron/host/settings/managed-values.ts'
import { windowsPolicies } from '../../electron/host/settings/managed-windows.ts'
import { readPolicies } from '../../electron/host/settings/policies.ts'
import { examplePolicies, jsonFile, policiesOf, profileFile, registryFile } from '../../electron/host/settings/policy-export.ts'
import { readPropertyList, type PropertyValue } from '../../electron/host/settings/property-list.ts'
import { writePropertyList } from '../../electron/host/settings/property-list-writer.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'

const templates = policyTemplates()
const text = (path: string): string => templates.get(path)?.toString('utf8') ?? ''
const names = policyList.map(({ policy }) => policy.name)

interface Element {
  name: string
  attribs: Record<string, string>
  children: Element[]
  text: string
}

/** Every element of a document, each after its parent. */
function elementsOf(xml: string): Element[] {
  const found: Element[] = []
  const walk = (nodes: ReturnType<typeof parseDocument>['children']): Element[] =>
    nodes.flatMap((node) => {
      if (node.type !== ElementType.Tag) return []
      const element: Element = { name: node.name, attribs: node.attribs, children: [], text: '' }
      found.push(element)
      element.children = walk(node.children)
      element.text = node.children.flatMap((child) => (child.type === ElementType.Text ? [child.data] : [])).join('')
      return [element]
    })
  walk(parseDocument(xml, { xmlMode: true }).children)
  return found
}
const named = (elements: readonly Element[], ...wanted: string[]): Element[] =>
  elements.filter(({ name }) => wanted.includes(name))

test('what is kept is what the list says now (bug: a setting that administrators do not learn of). Make it anew: npm run policies', () => {
  expect(filesBelow(policyTemplatesFolder)).toEqual([...templates.keys()].sort())
  for (const [path, content] of templates)
    expect([path, content.equals(readFileSync(join(policyTemplatesFolder, path)))]).toEqual([path, true])
  expect(policyTemplates()).toEqual(templates)
})

test('every policy stands in every template and guide', () => {
  for (const path of templates.keys()) {
    if (/example|ansible|\.ps1$/.test(path)) continue
    expect([path, names.filter((name) => !text(path).includes(name))]).toEqual([path, []])
  }
})

const admx = elementsOf(text('windows/alambic.admx'))
test.each(['en-US', 'fr-FR'])('ADMX and the ADML of %s fit together', (language) => {
  const adml = elementsOf(text(`windows/${language}/alambic.adml`))
  const strings = named(adml, 'string').map(({ attribs }) => attribs['id'] ?? '')
  const presentations = named(adml, 'presentation')
  const references = [...text('windows/alambic.admx').matchAll(/\$\((string|presentation)\.([^)]+)\)/g)]
  const used = (kind: string): string[] =>
    [...new Set(references.flatMap(([, each, id = '']) => (each === kind ? [id] : [])))].sort()
  expect(used('string')).toEqual([...strings].sort())
  expect(used('presentation')).toEqual(presentations.map(({ attribs }) => attribs['id']).sort())
  for (const policy of named(admx, 'policy')) {
    const elements = policy.children.find(({ name }) => name === 'elements')?.children ?? []
    const id = /\$\(presentation\.([^)]+)\)/.exec(policy.attribs['presentation'] ?? '')?.[1]
    const controls = presentations.find(({ attribs }) => attribs['id'] === id)?.children ?? []
    // One control an element, under its id.
    expect(controls.map(({ attribs }) => attribs['refId'])).toEqual(elements.map(({ attribs }) => attribs['id']))
    const control = { enum: 'dropdownList', decimal: 'decimalTextBox', text: 'textBox', multiText: 'multiTextBox' } as const
    expect(controls.map(({ name }) => name)).toEqual(elements.map(({ name }) => control[name as keyof typeof control]))
  }
})

test('nothing that Intune’s importer refuses', () => {
  const windows = [...templates.keys()].filter((path) => /\.adm[xl]$/.test(path))
  for (const path of windows) expect((templates.get(path) as Buffer).length).toBeLessThan(1024 * 1024)
  expect(windows.filter((path) => path.endsWith('.admx'))).toHaveLength(1)
  expect(windows).toContain('windows/en-US/alambic.adml')
  const all = windows.map(text).join('\n')
  expect(all).not.toMatch(/comboBox|Microsoft\.Policies|using /i)
  for (const path of windows) {
    // What is left of a document without its tags has no sign that begins one.
    expect(text(path).replaceAll(/<[^<>]*>/g, '')).not.toMatch(/[<>]/)
    expect(text(path)).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/)
  }
  const unique = (path: string, kind: string, attribute: string): void => {
    const ids = named(elementsOf(text(path)), kind).map(({ attribs }) => attribs[attribute]?.toLowerCase() ?? '')
    expect([kind, new Set(ids).size]).toEqual([kind, ids.length])
    // Dots are refused, and letters beyond these are not worth trying.
    for (const id of ids) expect(id).toMatch(/^\w+$/)
  }
  for (const kind of ['policy', 'category', 'definition']) unique('windows/alambic.admx', kind, 'name')
  for (const language of ['en-US', 'fr-FR'])
    for (const kind of ['string', 'presentation']) unique(`windows/${language}/alambic.adml`, kind, 'id')
  // Categories are there before they are referred to, and supported versions are our own.
  const categories = named(admx, 'category').map(({ attribs }) => attribs['name'])
  for (const { attribs } of named(admx, 'parentCategory')) expect(categories).toContain(attribs['ref'])
  const supported = named(admx, 'definition').map(({ attribs }) => attribs['name'])
  for (const { attribs } of named(admx, 'supportedOn').slice(1)) expect(supported).toContain(attribs['ref'])
})

test('every key is below our own, and every limit is said', () => {
  for (const { attribs } of named(admx, 'policy')) expect(attribs['key']).toMatch(/^SOFTWARE\\Policies\\Alambic(\\Recommended)?$/)
  for (const { attribs } of named(admx, 'text', 'multiText')) expect(Number(attribs['maxLength'])).toBeGreaterThan(0)
  for (const { attribs } of named(admx, 'decimal').filter((each) => 'id' in each.attribs))
    expect([attribs['minValue'], attribs['maxValue']]).not.toContain(undefined)
  // What only administrators say cannot be recommended.
  const recommended = named(admx, 'policy').filter(({ attribs }) => attribs['name']?.endsWith('_Recommended'))
  expect(recommended).toHaveLength(policyList.filter(({ policy }) => !policy.only).length)
})

test('the addresses for Intune name the categories of the template', () => {
  const categories = named(admx, 'category').map(({ attribs }) => attribs['name'])
  const rows = text('windows/oma-uri.csv').trimEnd().split('\r\n').slice(2)
  expect(rows).toHaveLength(names.length)
  for (const row of rows) {
    const [, category, name = ''] = /Config\/Alambic~Policy~Alambic~(\w+)\/(\w+)"/.exec(row) ?? []
    expect(categories).toContain(category)
    expect(names).toContain(name)
    expect(row).toMatch(new RegExp(`"<(enabled|disabled)/>(<data id=""${name}"" value=""[^"<]*""/>)?"`))
  }
})

/** What each system's own reader understands of a file. */
const readers: Record<string, (content: Buffer) => ManagedSource> = {
  reg: (content) =>
    windowsPolicies({
      query: () => '',
      export: (key) => {
        if (key.startsWith('HKLM')) return content
        throw new Error('no such key')
      },
    }),
  mobileconfig: (content) => {
    // The system hands the payload's own dictionary to the application.
    const { PayloadContent: payloads } = readPropertyList(content) as Record<string, PropertyValue>
    const [payload] = payloads as Record<string, string>[]
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'com.alambic.desktop.plist'), writePropertyList(payload ?? {}))
    return macPolicies({ userName: 'nobody', folder })
  },
  json: (content) => {
    const folder = join(temporaryFolder(), 'managed')
    mkdirSync(folder)
    writeFileSync(join(folder, 'example.json'), content)
    return linuxPolicies({ folder, isTrusted: () => true })
  },
}
const written = { reg: registryFile, mobileconfig: profileFile, json: jsonFile }

test.each(['reg', 'mobileconfig', 'json'] as const)('what is written as %s is read back as it was meant', (format) => {
  const given = [
    ...examplePolicies().filter(({ name }) => name !== 'CatalogueKeys' && name !== 'Hub'),
    { name: 'CatalogueKeys', value: ['Étude "Lemercier" & Cie <1> abc=', 'C:\\Clés def='] },
    { name: 'Hub', value: 'https://modèles.example.org/a' },
  ]
  const { values, findings } = readPolicies(
    (readers[format] as (content: Buffer) => ManagedSource)(Buffer.from(written[format](given)))(),
  )
  expect(findings.filter(({ problem }) => problem !== null)).toEqual([])
  expect(findings).toHaveLength(given.length)
  expect(policiesOf({ ...defaultSettings, ...values }, (key) => key in values)).toEqual(expect.arrayContaining(given))
})

test('the profile and the manifest are property lists with our domain', () => {
  const manifest = readPropertyList(templates.get('macos/com.alambic.desktop.plist') as Buffer) as Record<string, PropertyValue>
  const keys = (manifest['pfm_subkeys'] as Record<string, string>[]).map(({ pfm_name }) => pfm_name)
  expect(keys).toEqual([...keys.filter((key) => key?.startsWith('Payload')), ...names])
  expect(manifest).toMatchObject({ pfm_domain: 'com.alambic.desktop', pfm_format_version: 1 })
  const profile = readPropertyList(templates.get('macos/example.mobileconfig') as Buffer) as Record<string, PropertyValue>
  expect(profile).toMatchObject({ PayloadType: 'Configuration', PayloadContent: [{ PayloadType: 'com.alambic.desktop' }] })
})

test('the schemas take the example, key by key', () => {
  const example = JSON.parse(text('linux/example.json')) as Record<string, unknown>
  for (const path of ['linux/policies.schema.json', 'macos/jamf-schema.json']) {
    const { properties } = JSON.parse(text(path)) as { properties: Record<string, { type: string; enum?: unknown[] }> }
    expect(Object.keys(properties)).toEqual(names)
    for (const [name, value] of Object.entries(example)) {
      const { type, enum: choices } = properties[name] ?? { type: 'none' }
      const isType = {
        array: Array.isArray(value),
        integer: Number.isInteger(value),
        string: typeof value === 'string',
        boolean: typeof value === 'boolean',
      }
      expect([name, isType[type as keyof typeof isType]]).toEqual([name, true])
      if (choices) expect(choices).toContain(value)
    }
  }
})

test('scripts and roles are ASCII, which every code page reads alike', () => {
  for (const [path, content] of templates)
    if (/\.(ps1|yml)$/.test(path)) expect([path, /^[\x00-\x7f]*$/.test(content.toString('latin1'))]).toEqual([path, true])
})
