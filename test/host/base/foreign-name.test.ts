// Names from elsewhere. The bugs it would catch: one of several lines, one that turns the words around it, one that nobody can see, one of 18,000
// characters; each in a model's header, an adapter's, a card, a catalogue, a bundle, a preset, a neighbour's file.
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BundleManifest } from '../../../contract/bundle.ts'
import { Catalogue } from '../../../contract/catalogue.ts'
import { Preset } from '../../../contract/conversation.ts'
import { LineageCard } from '../../../contract/lineage-card.ts'
import { isPlainText } from '../../../contract/one-line.ts'
import { fitName, foreignName, shownFileName } from '../../../electron/host/base/foreign-name.ts'
import { TrustedKey } from '../../../electron/host/base/signed-value.ts'
import { References } from '../../../electron/host/desktop.ts'
import { builtInCatalogue } from '../../../electron/host/models/catalogue/catalogue.ts'
import { readAdapterHeader } from '../../../electron/host/models/gguf/adapter-header.ts'
import { readGgufOrigin } from '../../../electron/host/models/gguf/gguf-origin.ts'
import { makeRandomModel } from '../../fixtures/gguf/llama-model.ts'
import { writeAdapter } from '../../fixtures/gguf/scripted-models.ts'
import { cardOf } from '../../fixtures/signed-card.ts'
import { importModel, present, startTestHost, temporaryFolder } from '../../fixtures/test-host.ts'

const bad: [string, string][] = [
  ['of two lines', 'Trusted model\nVerified by nobody'],
  ['of two paragraphs', 'Trusted\u2029model'],
  ['that is turned round', 'lease\u202efgug.exe'],
  ['with an isolate', '\u2066Alambic\u2069'],
  ['with a mark of direction', 'Alambic\u200f'],
  ['with what cannot be seen', 'Ala\u200bmbic'],
  ['with a tag', 'Alambic\u{e0041}'],
  ['that rings', 'Alambic\u0007'],
  ['without end', 'x'.repeat(18_000)],
  ['of half a character', 'Alambic\ud800'],
]

test.each(bad)('a name %s is not shown', (_how, name) => {
  expect(fitName(name)).toBeNull()
  expect(foreignName(name, 'lease\u202e\n.gguf')).toBe('lease .gguf')
  const shown = shownFileName(`${name}.gguf`)
  expect(fitName(shown)).toBe(shown)
  expect(shown.endsWith('.gguf')).toBe(true)
})

test.each(['Qwen2.5 Coder 0.5B', 'Études – notariat', '模型', 'قانون', 'می‌خواهم', 'Family 👨‍👩‍👧'])('%s is', (name) => {
  expect(fitName(` ${name} `)).toBe(name)
})

test('cutting never leaves half a character', () => {
  expect(foreignName(null, `${'x'.repeat(199)}😀`)).toBe('x'.repeat(199))
  expect(shownFileName(`😀${'x'.repeat(199)}`)).toBe('x'.repeat(199))
})

test('text of several lines may have them, and hides nothing', () => {
  expect(isPlainText('One\n\ttwo\r\nthree')).toBe(true)
  expect(isPlainText('One\u202etwo')).toBe(false)
})

test.each(bad)('a name %s keeps a card, a catalogue, a bundle, a preset and a key out', (_how, name) => {
  const sha256 = 'a'.repeat(64)
  const item = { kind: 'model', name: 'm', sha256, sizeBytes: 1, parts: ['m.gguf'] }
  const manifest = { format: 'alambic-bundle', version: 1, name: 'b', createdAt: '2026-11-30T00:00:00Z', items: [item] }
  const [family] = builtInCatalogue.families
  const [student] = family?.students ?? []
  const preset = {
    ...{ id: 'p', name: 'p', systemPrompt: '', builtIn: false },
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: null, maxTokens: 100 },
  }
  const parses = (what: string): boolean[] => [
    LineageCard.safeParse(cardOf(sha256, { organisation: what })).success,
    LineageCard.safeParse(cardOf(sha256, { teacher: { name: what, organisation: null, licence: null } })).success,
    BundleManifest.safeParse({ ...manifest, name: what }).success,
    BundleManifest.safeParse({ ...manifest, items: [{ ...item, name: what }] }).success,
    Catalogue.safeParse({ ...builtInCatalogue, publisher: what }).success,
    Catalogue.safeParse({ ...builtInCatalogue, families: [{ ...family, students: [{ ...student, name: what }] }] }).success,
    Preset.safeParse({ ...preset, name: what }).success,
    TrustedKey.safeParse({ name: what, publicKey: Buffer.alloc(32).toString('base64') }).success,
  ]
  expect(parses(name)).toEqual(parses('fine').map(() => false))
  expect(parses('fine')).toEqual(parses('fine').map(() => true))
})

test.each(bad.filter(([, name]) => name.isWellFormed()))(
  'a model and an adapter whose own name is one %s are called by their files',
  async (_how, name) => {
    const folder = temporaryFolder()
    const path = join(folder, 'Lease clerk.gguf')
    makeRandomModel(path, { preset: 'probe', type: 'Q8_0', seed: 1, name })
    expect(await readGgufOrigin(path)).toMatchObject({ name: null })
    const adapter = join(folder, 'adapter.gguf')
    writeAdapter(adapter, { name, baseName: name })
    expect(await readAdapterHeader(adapter)).toMatchObject({ name: null, baseName: null })

    const neighbours = join(folder, 'neighbours')
    mkdirSync(neighbours)
    const host = await startTestHost({ neighbourPlaces: [{ program: 'Jan', folder: neighbours, kind: 'tree' }] })
    await host.client.vault.create({ kind: 'keychain' })
    await importModel(host, path)
    const [model] = (await present(host.client.models.state({}))).models
    expect(model).toMatchObject({ name: 'Lease clerk', fileName: 'Lease clerk.gguf' })
    renameSync(path, join(neighbours, 'Old\u202e clerk\n.gguf'))
    expect(await host.client.models.neighbours({})).toMatchObject([{ name: 'Old clerk' }])
    await host.close()
  },
)

test('a model that a page sent goes when it is released, and a person’s own file never does (bug: it stays until the next start)', async () => {
  const references = new References()
  const [sent, own] = ['sent', 'own'].map((name) => join(temporaryFolder(), name))
  for (const path of [sent, own]) writeFileSync(path ?? '', 'a model')
  references.release(references.issueUpload(sent ?? '', 'sent'))
  references.release(references.issue(own ?? ''))
  await expect.poll(() => existsSync(sent ?? '')).toBe(false)
  expect(existsSync(own ?? '')).toBe(true)
})

test('a reference that two windows were given is good until both have released it (bug: one takes it from the other)', () => {
  const references = new References()
  const path = join(temporaryFolder(), 'stick\u202e')
  writeFileSync(path, '')
  const [first, second] = [references.named(path), references.named(path)]
  expect(second).toEqual(first)
  expect(first.name).toBe('stick')
  references.release(first.reference)
  expect(references.resolve(second.reference)).toBe(path)
  references.release(second.reference)
  expect(() => references.resolve(second.reference)).toThrow(expect.objectContaining({ code: 'not_found' }))
  references.release(second.reference)
  expect(references.named(path).reference).not.toBe(first.reference)
})
