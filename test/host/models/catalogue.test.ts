// The catalogue that comes with the application: what it says can be believed, fetched and reckoned with.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { builtInCatalogue, cacheBytesPerToken, sizeOf } from '../../../electron/host/models/catalogue/catalogue.ts'
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

/** What was found out about published files, where it is beside this checkout. */
const facts = join(import.meta.dirname, '../../../../shared/catalogue/known-models.json')
const sameAsKnown = (): void => {
  const { models } = JSON.parse(readFileSync(facts, 'utf8')) as {
    models: { name: string; teacher?: string | null; licence: string; repo: string | null; sha256: string | null }[]
  }
  for (const { name, teacher, licence, repo, sha256 } of models.filter((model) => model.repo !== null)) {
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
