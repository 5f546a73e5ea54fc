/** Models as the page keeps them: who can be switched to, in which order, and which student of the catalogue is here. */
import { expect, test } from 'vitest'
import type { Client } from '../../contract/contract.ts'
import type { Model } from '../../contract/entities.ts'
import { CatalogueState } from '../../renderer/state/catalogue.svelte.ts'
import { ModelsState } from '../../renderer/state/models.svelte.ts'
import { fakeCatalogue } from '../fixtures/fake-catalogue.ts'
import { fakeModel } from '../fixtures/fake-nouns.ts'

function stateOf(...models: Model[]): ModelsState {
  const state = new ModelsState({} as Client, () => Promise.reject(new Error('Nothing is sent here')))
  state.apply({ models, offers: [], imports: [] })
  return state
}
const addition = (id: string, baseId: string): Model => fakeModel({ id, adapter: { baseId, baseName: null, rank: 8, alpha: 16 } })

test('additions follow the model whose weights they share', () => {
  const models = [addition('law', 'b'), fakeModel({ id: 'a' }), addition('tax', 'a'), fakeModel({ id: 'b' })]
  expect(stateOf(...models).usable.map(({ id }) => id)).toEqual(['a', 'tax', 'b', 'law'])
})

test('one whose base changed stays in the list, as it does for the host (bug: the chip named another student)', () => {
  const models = [fakeModel({ id: 'a' }), addition('law', 'b'), fakeModel({ id: 'b', state: 'changed' })]
  expect(stateOf(...models).usable.map(({ id }) => id)).toEqual(['a', 'law'])
})

test('a student is here by its hash, and by the name it was fetched as only where no hash is pinned', () => {
  const file = { repository: 'a/b', name: 'c.gguf', sizeBytes: null }
  const state = stateOf(fakeModel({ id: 'hash', catalogueId: 'student' }))
  expect(state.fetched({ id: 'student', file: { ...file, sha256: null } })?.id).toBe('hash')
  expect(state.fetched({ id: 'other', file: { ...file, sha256: 'hash' } })?.id).toBe('hash')
  expect(state.fetched({ id: 'student', file: { ...file, sha256: 'newer' } })).toBeUndefined()
  expect(state.fetched({ id: 'other', file: null })).toBeUndefined()
})

test('what the catalogue knows of a model here is found by the same rule', () => {
  const state = new CatalogueState({} as Client, () => Promise.reject(new Error('Nothing is sent here')))
  expect(state.knownAs(fakeModel())).toBeNull()
  state.apply(fakeCatalogue)
  const students = fakeCatalogue.catalogue.families.flatMap((family) => family.students)
  const pinned = students.find(({ file }) => file?.sha256)
  const open = students.find(({ file }) => file && file.sha256 === null)
  expect(state.knownAs(fakeModel({ id: pinned?.file?.sha256 ?? '' }))?.id).toBe(pinned?.id)
  expect(state.knownAs(fakeModel({ catalogueId: open?.id ?? '' }))?.id).toBe(open?.id)
  expect(state.knownAs(fakeModel({ catalogueId: pinned?.id ?? '' }))).toBeNull()
})
