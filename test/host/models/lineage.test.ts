// Where a model comes from: cards are believed only for their own file, only as far as somebody vouches, and never guessed.
import { execFileSync } from 'node:child_process'
import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Lineage } from '../../../contract/lineage-card.ts'
import { builtInCatalogue as catalogue } from '../../../electron/host/models/catalogue/catalogue.ts'
import { readGgufOrigin } from '../../../electron/host/models/gguf/gguf-origin.ts'
import { LineageCards } from '../../../electron/host/models/lineage/lineage-cards.ts'
import { llamaNotice } from '../../../electron/host/models/lineage/llama-licence.ts'
import { ggufHeaderBytes, type GgufKeys } from '../../fixtures/gguf/gguf-writer.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import { cardOf, makeSigner, sha256Of, writeCard } from '../../fixtures/signed-card.ts'
import {
  importModel,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  type TestHost,
} from '../../fixtures/test-host.ts'

const { english, french } = testModels()
const englishHash = sha256Of(english.path)
const ours = makeSigner('Cabinet Moreau')
const stranger = makeSigner('Somebody')
let trusted = [ours.trusted]
let host: TestHost

beforeEach(async () => {
  trusted = [ours.trusted]
  host = await startTestHost({ trustedKeys: () => trusted })
  await host.client.vault.create({ kind: 'keychain' })
})
afterEach(() => host.close())

/** A copy of the English model in a folder of its own, where cards can lie beside it. */
function copy(name = 'lease.gguf', source = english.path): string {
  const path = join(temporaryFolder(), name)
  copyFileSync(source, path)
  return path
}
async function lineageOf(modelId: string): Promise<Lineage> {
  const lineage = (await present(host.client.models.lineages({})))[modelId]
  return Lineage.parse(lineage)
}
async function restart(): Promise<void> {
  await host.close()
  host = await startTestHost({ dataFolder: host.dataFolder, keychain: host.keychain, trustedKeys: () => trusted })
  await host.client.vault.unlock({})
}

describe('a card beside the file', () => {
  test('is kept whole, and says who vouches for it, also after a restart', async () => {
    const path = copy()
    writeCard(path, cardOf(englishHash), [ours.key])
    const id = await importModel(host, path)
    await restart()
    const lineage = await lineageOf(id)
    expect(lineage).toMatchObject({ source: 'card', signature: { state: 'verified', by: 'Cabinet Moreau' }, trouble: null })
    expect(lineage.card).toMatchObject(cardOf(englishHash))
    expect(lineage.duties).toEqual(['notice'])
    expect(lineage.notice).toBe('Made by Cabinet Moreau.')
  })

  test.each(['lease.gguf.model-card.json', 'lease.model-card.json', 'model-card.json'])('is found as %s', async (name) => {
    const path = copy()
    renameSync(writeCard(path, cardOf(englishHash)), join(dirname(path), name))
    expect(await lineageOf(await importModel(host, path))).toMatchObject({ source: 'card', signature: { state: 'unsigned' } })
  })

  test('whose key nobody trusts says so, and is verified once somebody does (bug: trust frozen at import)', async () => {
    const path = copy()
    writeCard(path, cardOf(englishHash), [stranger.key])
    const id = await importModel(host, path)
    expect((await lineageOf(id)).signature).toEqual({ state: 'unknown_key' })
    trusted = [ours.trusted, stranger.trusted]
    expect((await lineageOf(id)).signature).toEqual({ state: 'verified', by: 'Somebody' })
    trusted = []
    expect((await lineageOf(id)).signature).toEqual({ state: 'unknown_key' })
  })

  test('that was changed after signing is shown as such', async () => {
    const path = copy()
    writeCard(path, cardOf(englishHash), [ours.key])
    writeFileSync(`${path}.model-card.json`, JSON.stringify(cardOf(englishHash, { notice: 'Nothing to see.' })))
    expect((await lineageOf(await importModel(host, path))).signature).toEqual({ state: 'wrong_signature' })
  })

  test('of another file is refused in words, and the model is here', async () => {
    const path = copy()
    writeCard(path, cardOf(sha256Of(french.path)), [ours.key])
    const id = await importModel(host, path)
    expect(await lineageOf(id)).toMatchObject({ source: 'file', trouble: { code: 'card_wrong_file' } })
    writeCard(path, cardOf(englishHash), [ours.key])
    await importModel(host, path)
    expect(await lineageOf(id)).toMatchObject({ source: 'card', trouble: null })
  })

  const bad: [string, (path: string) => void][] = [
    ['is no JSON', (path) => writeFileSync(`${path}.model-card.json`, '{"version": 1,')],
    ['has a key that we do not know', (path) => writeCard(path, cardOf(englishHash, { endorsedBy: 'Everybody' }))],
    ['is of another version', (path) => writeCard(path, cardOf(englishHash, { version: 2 }))],
    ['has a text without end', (path) => writeCard(path, cardOf(englishHash, { name: 'x'.repeat(201) }))],
    [
      'links to a program',
      (path) => writeCard(path, cardOf(englishHash, { licence: { name: 'L', link: 'javascript:alert(1)' } })),
    ],
    ['is bigger than any card', (path) => appendFileSync(writeCard(path, cardOf(englishHash)), ' '.repeat(1024 * 1024))],
    ['has a signature that is none', (path) => writeFileSync(`${writeCard(path, cardOf(englishHash))}.sig`, 'yes')],
    ['is a pipe', (path) => void execFileSync('mkfifo', [`${path}.model-card.json`])],
  ]
  test.each(bad)('that %s is refused in words, and the model is here', async (_what, write) => {
    const path = copy()
    write(path)
    const id = await importModel(host, path)
    expect(await lineageOf(id)).toMatchObject({ source: 'file', trouble: { code: 'card_malformed' } })
  })

  test('that nobody vouches for does not take the place of one that somebody does', async () => {
    const path = copy()
    writeCard(path, cardOf(englishHash), [ours.key])
    const id = await importModel(host, path)
    rmSync(`${path}.model-card.json.sig`)
    writeCard(path, cardOf(englishHash, { organisation: 'An impostor' }))
    await importModel(host, path)
    expect(await lineageOf(id)).toMatchObject({ card: { organisation: 'Cabinet Moreau' }, signature: { state: 'verified' } })
  })

  test('goes with its model', async () => {
    const path = copy()
    writeCard(path, cardOf(englishHash))
    const id = await importModel(host, path)
    await host.client.models.remove({ modelId: id })
    expect(await present(host.client.models.lineages({}))).toEqual({})
    rmSync(`${path}.model-card.json`)
    await importModel(host, path)
    expect(await lineageOf(id)).toMatchObject({ source: 'file' })
  })

  test('reaches a page that is looking', async () => {
    const path = copy()
    writeCard(path, cardOf(englishHash))
    const seen = until(host.client.models.lineages({}), (lineages) => lineages[englishHash]?.source === 'card')
    await importModel(host, path)
    expect((await seen)[englishHash]?.card.name).toBe('Lease clerk')
  })
})

describe('a model without a card', () => {
  test('says what its own file says, and nothing more', async () => {
    const lineage = await lineageOf(await importModel(host, english.path))
    expect(lineage).toMatchObject({ source: 'file', signature: { state: 'unsigned' }, duties: [], notice: null })
    expect(lineage.card).toMatchObject({ name: english.name, kind: null, teacher: null, training: null, evaluation: [] })
    expect(lineage.card.licence).toEqual({ name: 'CC0-1.0', link: null })
  })

  test('that the catalogue knows has its teacher from there', async () => {
    const family = catalogue.families.find(({ teacher }) => teacher?.name === 'Llama 3.1 405B')
    const [student] = family?.students ?? []
    if (!family || !student?.file) throw new Error('The catalogue begins with a student that has a file')
    const known = {
      ...catalogue,
      families: [{ ...family, students: [{ ...student, file: { ...student.file, sha256: englishHash } }] }],
    }
    const unasked = (): never => expect.unreachable('No database is needed')
    const database = { prepare: () => ({ get: () => undefined, run: unasked, all: unasked, iterate: unasked }) } as never
    const cards = new LineageCards({
      database,
      catalogue: () => known,
      trustedKeys: () => [],
      required: () => 'signed',
      allowed: () => '',
      now: Date.now,
    })
    const lineage = cards.lineageOf({ id: englishHash, name: 'x', licence: null }, null)
    expect(Lineage.parse(lineage)).toMatchObject({
      source: 'catalogue',
      card: { kind: 'student', teacher: { name: 'Llama 3.1 405B', organisation: 'Meta' } },
      signature: { state: 'verified', by: catalogue.publisher },
      duties: ['built_with_llama', 'llama_prefix', 'notice', 'acceptable_use'],
      notice:
        'Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved.',
    })
    expect(() => cards.refuseToRun(englishHash, 'x')).not.toThrow()
  })

  const text = (value: string) => ({ type: 'string', value }) as const
  const origin = async (keys: GgufKeys) => {
    const path = join(temporaryFolder(), 'header.gguf')
    writeFileSync(path, ggufHeaderBytes(keys, []))
    return readGgufOrigin(path)
  }

  test('is read with every key of where it comes from', async () => {
    const found = await origin({
      'general.architecture': text('llama'),
      'general.type': text('adapter'),
      'general.name': text('Lease'),
      'general.author': text('A. Clerk'),
      'general.organization': text('Cabinet Moreau'),
      'general.finetune': text('Instruct'),
      'general.size_label': text('135M'),
      'general.license': text('other'),
      'general.license.name': text('llama3.2'),
      'general.license.link': text('https://example.org/licence'),
      'general.source.url': text('https://example.org/model'),
      'general.base_model.count': { type: 'u32', value: 2 },
      'general.base_model.0.name': text('SmolLM2 135M Instruct'),
      'general.base_model.0.organization': text('HuggingFaceTB'),
      'general.base_model.0.repo_url': text('https://example.org/base'),
      'general.base_model.1.name': text('Another'),
      'general.dataset.0.name': text('Letters'),
      'general.languages': { type: 'array', of: 'string', value: ['en', 'fr'] },
      'general.tags': { type: 'array', of: 'string', value: ['lora', 'x'.repeat(5000)] },
      'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: Array.from({ length: 1000 }, String) },
    })
    expect(found).toEqual({
      type: 'adapter',
      architecture: 'llama',
      name: 'Lease',
      organisation: 'Cabinet Moreau',
      finetune: 'Instruct',
      sizeLabel: '135M',
      licence: 'llama3.2',
      licenceLink: 'https://example.org/licence',
      link: 'https://example.org/model',
      baseModels: [
        { name: 'SmolLM2 135M Instruct', organisation: 'HuggingFaceTB', link: 'https://example.org/base' },
        { name: 'Another', organisation: null, link: null },
      ],
      datasets: [{ name: 'Letters', organisation: null, link: null }],
      languages: ['en', 'fr'],
      tags: ['lora'],
    })
  })

  test('cannot make us keep megabytes of texts (bug: a hostile header fills the memory)', async () => {
    const keys: GgufKeys = {}
    for (let index = 0; index < 200; index++) {
      keys[`general.list${index}`] = { type: 'array', of: 'string', value: Array.from({ length: 64 }, () => 'x'.repeat(1000)) }
    }
    await expect(origin(keys)).rejects.toMatchObject({ code: 'model_malformed', data: { reason: 'header_too_big' } })
  })

  const tiny = process.env['ALAMBIC_TINY_MODEL'] ?? ''
  test('is a real one', async () => {
    expect(await readGgufOrigin(tiny)).toMatchObject({ organisation: 'HuggingFaceTB', licence: 'apache-2.0', languages: ['en'] })
    expect(statSync(tiny).size).toBeGreaterThan(0)
  })
})

describe('when cards are required', () => {
  async function imported(signers: Parameters<typeof writeCard>[2] | null): Promise<string> {
    const path = copy()
    if (signers) writeCard(path, cardOf(englishHash), signers)
    return importModel(host, path)
  }
  const load = (modelId: string): Promise<void> => host.client.runtime.load({ modelId })

  test('a model without one does not run, and runs again when they are not', async () => {
    const id = await imported(null)
    await host.client.settings.set({ requireCard: 'card' })
    await expect(load(id)).rejects.toMatchObject({ code: 'card_missing', data: { name: english.name } })
    await host.client.settings.set({ requireCard: 'off' })
    await load(id)
  })

  test('an unsigned one is enough for the first rule, not for the second', async () => {
    const id = await imported([])
    await host.client.settings.set({ requireCard: 'card' })
    await load(id)
    await host.client.settings.set({ requireCard: 'signed' })
    await expect(load(id)).rejects.toMatchObject({ code: 'card_unsigned' })
  })

  test('one that was changed after signing is none', async () => {
    const path = copy()
    writeCard(path, cardOf(englishHash), [ours.key])
    writeFileSync(`${path}.model-card.json`, readFileSync(`${path}.model-card.json`, 'utf8').replace('Moreau', 'Moreaux'))
    const id = await importModel(host, path)
    await host.client.settings.set({ requireCard: 'card' })
    await expect(load(id)).rejects.toMatchObject({ code: 'card_missing' })
  })

  test('a model without one does not draft either (bug: only the student was looked at)', async () => {
    const { slow, long } = testModels()
    const engine = new ScriptedEngine()
    await host.close()
    host = await startTestHost({ trustedKeys: () => trusted, launchEngine: engine.launch })
    await host.client.vault.create({ kind: 'keychain' })
    const path = copy('slow.gguf', slow.path)
    writeCard(path, cardOf(sha256Of(slow.path)), [ours.key])
    const student = await importModel(host, path)
    const draftId = await importModel(host, long.path)
    await host.client.models.setDraft({ modelId: student, draftId })
    await load(student)
    expect(engine.opened.at(-1)).toMatchObject({ draftId })
    await host.client.settings.set({ requireCard: 'signed' })
    await load(student)
    expect(engine.opened.at(-1)).toMatchObject({ studentId: student, draftId: null })
    expect(await host.client.models.drafts({ modelId: student })).toEqual([])
  })

  test('a signed one runs as long as its key is trusted', async () => {
    const id = await imported([stranger.key, ours.key])
    await host.client.settings.set({ requireCard: 'signed' })
    await load(id)
    trusted = []
    await expect(load(id)).rejects.toMatchObject({ code: 'card_unsigned' })
  })
})

test.each([
  ['llama3.1', '3.1'],
  ['nvidia-open-model + llama3.1', '3.1'],
  ['Meta-Llama-3-8B-Instruct', '3'],
  ['Llama 3.2 3B', '3.2'],
  ['llama3_3', '3.3'],
  ['Llama-4-Scout', '4'],
  ['llama2', null],
  ['open_llama_3b', null],
  ['Llama 30B', null],
  ['TinyLlama 1.1B', null],
  ['apache-2.0', null],
])('%s names Llama %s', (name, version) => {
  const notice = llamaNotice([null, undefined, name])
  if (version === null) expect(notice).toBe(null)
  else expect(notice).toContain(`Llama ${version} Community License`)
})
