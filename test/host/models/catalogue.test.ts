// The catalogue that comes with the application: what it says can be believed, fetched and reckoned with.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { builtInCatalogue, cacheBytesPerToken, sizeOf } from '../../../electron/host/models/catalogue/catalogue.ts'
import { purposeOf } from '../../../electron/host/models/gguf/architecture-purpose.ts'
import { starterModels } from '../../../electron/host/models/library/starter-models.ts'
import { fitOf } from '../../../electron/host/runtime/fits.ts'
import { importModel, present, startTestHost, testModels, until } from '../../fixtures/test-host.ts'

const students = builtInCatalogue.families.flatMap((family) => family.students)

test('every student has an id of its own, and every hash belongs to one file', () => {
  expect(students.length).toBeGreaterThan(20)
  expect(new Set(students.map(({ id }) => id)).size).toBe(students.length)
  const hashes = students.flatMap(({ file }) => file?.sha256 ?? [])
  expect(new Set(hashes).size).toBe(hashes.length)
})

test('llama.cpp knows every architecture that is named, and for what it is listed', () => {
  // That `purposeOf` knows what the sources inside the binding know is held by gguf-header.test.ts.
  for (const { name, architecture, purpose } of students) {
    const known = purposeOf(architecture ?? 'unnamed')
    expect([name, known]).toEqual([name, purpose === undefined || architecture === 'qwen3' ? 'chat' : 'embedder'])
  }
})

/** Licences that leave use and what was answered free, and those whose duties the page tells. */
const told = ['apache-2.0', 'mit', 'gemma', 'llama3.1', 'llama3.2', 'llama3.3', 'health-ai-developer-foundations']
test('only licences whose duties can be told are listed, and none that leaves Europe out', () => {
  for (const { name, licence } of students)
    expect([name, licence.split(' + ').every((one) => told.includes(one) || one === 'nvidia-open-model')]).toEqual([name, true])
})

test('whatever can be fetched names where its facts were read, and is pinned by its hash', () => {
  for (const { name, file, sources } of students.filter((student) => student.file !== null)) {
    expect([name, sources?.length ?? 0]).not.toEqual([name, 0])
    expect(file?.sha256, name).toMatch(/^[0-9a-f]{64}$/)
  }
})

test('there is one for each computer that a reader may have', () => {
  const chat = students.filter(({ purpose, file }) => purpose === undefined && file !== null)
  const between = (least: number, most: number) =>
    chat.filter(
      (student) =>
        sizeOf(student).bytes >= least * 1e9 && sizeOf(student).bytes < most * 1e9 && student.released?.startsWith('2026'),
    )
  // Laptops with 8, 16 and 32 GB, cards with 8 to 24 GB: what is left beside the system and the context.
  for (const [least, most] of [
    [0, 3.5],
    [3.5, 7],
    [7, 16],
    [16, 24],
  ] as const)
    expect([least, between(least, most).length > 0]).toEqual([least, true])
  expect(chat.some(({ id }) => id === 'gpt-oss-120b-mxfp4')).toBe(true)
})

test('its sentences are plain: of computers, and each ends', () => {
  for (const { name, goodAt } of students)
    for (const sentence of Object.values(goodAt)) {
      expect([name, sentence]).toEqual([name, expect.stringMatching(/\.$/)])
      expect([name, sentence]).toEqual([name, expect.not.stringMatching(/machine|\d (?:GB|Go)/)])
    }
})

/** What was found out about published files, where it is beside this checkout. */
const facts = join(import.meta.dirname, '../../../../shared/catalogue/known-models.json')
const newer = join(import.meta.dirname, '../../../../shared/catalogue/models-2026.json')
/** Their publishers' own files have come since, or one that answers in more languages. */
const replaced = [/^Ministral 3/, /^SmolLM3/, /^Llama 3.2 3B/, /^Jina Reranker v1/]
const sameAsKnown = (): void => {
  const { models } = JSON.parse(readFileSync(facts, 'utf8')) as {
    models: { name: string; teacher?: string | null; licence: string; repo: string | null; sha256: string | null }[]
  }
  for (const { name, teacher, licence, repo, sha256 } of models.filter(
    (model) => model.repo !== null && !replaced.some((name) => name.test(model.name)),
  )) {
    const family = builtInCatalogue.families.find((each) => each.students.some((student) => student.name === name))
    const student = family?.students.find((each) => each.name === name)
    expect(student, name).toMatchObject({ licence, file: { repository: repo, sha256 } })
    // Llama 3.1 405B Instruct is the teacher “Llama 3.1 405B”.
    expect(teacher ?? null, name).toEqual(family?.teacher ? expect.stringContaining(family.teacher.name) : null)
  }
}
if (existsSync(facts))
  test('nothing is said of a published file but what is known: its teacher, its licence, its hash', sameAsKnown)
else test.skip(`NOT RUN: the catalogue was not held to what is known, because ${facts} is not here`, sameAsKnown)

const sameAsFound = (): void => {
  const found = JSON.parse(readFileSync(newer, 'utf8')) as {
    licence: string | null
    ggufRepo: string | null
    ggufFile: string | null
    ggufRevision: string | null
    bytes: number | null
    sha256: string | null
    contextLength: number | null
  }[]
  const of2026 = found.filter(({ licence }) => licence !== null)
  const held = students.flatMap((student) => {
    const facts = of2026.find(({ sha256 }) => sha256 !== null && sha256 === student.file?.sha256)
    return facts ? [{ student, facts }] : []
  })
  expect(held.length).toBeGreaterThan(30)
  for (const { student, facts } of held) {
    const { name, licence, contextTokens, file } = student
    expect([name, licence, contextTokens, file?.repository, file?.name, file?.sizeBytes, file?.revision ?? null]).toEqual([
      ...[name, facts.licence, facts.contextLength],
      ...[facts.ggufRepo, facts.ggufFile, facts.bytes, facts.ggufRevision],
    ])
  }
}
if (existsSync(newer)) test('what came in 2026 is what was found of it: licence, context, file, bytes and revision', sameAsFound)
else test.skip(`NOT RUN: the models of 2026 were not held to what was found, because ${newer} is not here`, sameAsFound)

test('what finds passages says so, and what is for talking to says nothing', () => {
  const finders = students.filter(({ purpose }) => purpose !== undefined)
  expect(finders.length).toBeGreaterThan(3)
  for (const { name, purpose } of students) expect([name, purpose !== undefined]).toEqual([name, /embed|reranker/i.test(name)])
})

test('whoever may be told “Built with Llama” is: the duties follow the licence', () => {
  for (const { licence, duties, name } of students) {
    expect(duties.includes('built_with_llama'), name).toBe(/llama/.test(licence))
    expect(duties.includes('llama_prefix'), name).toBe(/llama/.test(licence))
    expect(duties, name).toContain('notice')
  }
})

test('the launcher’s starter and the catalogue’s are the same file', () => {
  const [starter] = starterModels
  const student = students.find(({ file }) => file?.sha256 === starter?.sha256)
  expect(student?.file?.sizeBytes).toBe(starter?.bytes)
})

test('sizes that nobody has told are near those that are known', () => {
  // Q4_K_M files of small models keep a larger part of their weights in more bits, so these two are the worst case.
  for (const student of students) {
    if (!student.file || student.file.sizeBytes === null) continue
    const reckoned = sizeOf({ ...student, file: null })
    expect(reckoned.exact).toBe(false)
    expect(reckoned.bytes / student.file.sizeBytes).toBeGreaterThan(0.6)
    expect(reckoned.bytes / student.file.sizeBytes).toBeLessThan(1.25)
  }
  const piece = { name: 'a.gguf', sizeBytes: 4, sha256: null }
  const inPieces = (...pieces: (typeof piece | { name: string; sizeBytes: null; sha256: null })[]) => {
    const [student] = students
    if (!student) throw new Error('No student')
    return sizeOf({ ...student, file: { repository: 'a/b', name: 'a.gguf', sizeBytes: null, sha256: null, pieces } })
  }
  expect(inPieces(piece, { ...piece, sizeBytes: 5 })).toEqual({ bytes: 9, exact: true })
  expect(inPieces(piece, { ...piece, sizeBytes: null }).exact).toBe(false)
  // Llama 3.1 8B: 32 layers, 8 heads of 128, keys and values, two bytes.
  expect(cacheBytesPerToken(8e9)).toBe(32 * 8 * 128 * 2 * 2)
})

test('a verdict changes exactly at its borders', () => {
  const marginBytes = 256 * 1024 * 1024
  const fit = (needed: number, freeBytes: number) => fitOf((tokens) => needed + tokens, [1000, 100], freeBytes)
  expect(fit(8e9 - 1000, 10e9).verdict).toBe('fits')
  expect(fit(8e9 - 999, 10e9)).toMatchObject({ verdict: 'tight', contextTokens: 1000 })
  expect(fit(10e9 - marginBytes - 1000, 10e9)).toMatchObject({ verdict: 'tight', contextTokens: 1000 })
  // A smaller context is what it would be given, and what is said of it.
  expect(fit(10e9 - marginBytes - 100, 10e9)).toMatchObject({ verdict: 'tight', contextTokens: 100 })
  expect(fit(10e9 - marginBytes - 99, 10e9)).toEqual({
    ...{ verdict: 'too_big', neededBytes: 10e9 + 1, freeBytes: 10e9, contextTokens: 100 },
  })
})

test('fits follow what is free, for models that are here and for students that are not', async () => {
  let freeBytes = 8e9
  const host = await startTestHost({ memory: () => ({ totalBytes: 64e9, freeBytes }) })
  await host.client.vault.create({ kind: 'keychain' })
  const id = await importModel(host, testModels().english.path)
  const fits = await until(host.client.runtime.fits({}), (all) => id in all)
  expect(fits[id]?.verdict).toBe('fits')
  expect(fits['llama-3.1-8b-instruct-q4_k_m']?.verdict).toBe('fits')
  expect(fits['llama-3.3-70b-instruct-q4_k_m']).toMatchObject({ verdict: 'too_big', freeBytes: 8e9 })
  freeBytes = 1e9
  const later = await until(host.client.runtime.fits({}), (all) => all['llama-3.1-8b-instruct-q4_k_m']?.freeBytes === 1e9)
  expect(later['llama-3.1-8b-instruct-q4_k_m']?.verdict).toBe('too_big')
  await host.close()
})

test('the address of downloads is the one that was set', async () => {
  const host = await startTestHost()
  await host.client.vault.create({ kind: 'keychain' })
  expect((await present(host.client.models.catalogue({}))).hub).toBe('https://huggingface.co')
  await host.client.settings.set({ hub: 'https://models.cabinet.example' })
  expect((await present(host.client.models.catalogue({}))).hub).toBe('https://models.cabinet.example')
  await expect(host.client.settings.set({ hub: 'http://models.cabinet.example' })).rejects.toMatchObject({
    code: 'invalid_input',
  })
  await host.close()
})
