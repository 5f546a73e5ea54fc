/** Bundles as the page holds them: what a person insists on, and what comes of a dialog that is closed. */
import { describe, expect, it } from 'vitest'
import { contract, type Client } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import { connect } from '../../contract/link.ts'
import { BundlesState } from '../../renderer/state/bundles.svelte.ts'
import { CatalogueState } from '../../renderer/state/catalogue.svelte.ts'
import { LineageState } from '../../renderer/state/lineage.svelte.ts'
import { fakeFound } from '../fixtures/fake-bundles.ts'
import { fakeCatalogue } from '../fixtures/fake-catalogue.ts'
import { FakeHost } from '../fixtures/fake-host.ts'
import { fakeLineages } from '../fixtures/fake-lineages.ts'

const wish = { name: 'Students', modelIds: ['llama-3b'], presets: false }

function room(): { host: FakeHost; bundles: BundlesState } {
  const host = new FakeHost()
  host.found = fakeFound
  return { host, bundles: new BundlesState(connect(host.connect(), contract)) }
}

describe('bundles', () => {
  it('are looked for in a folder, and forgotten before the next look', async () => {
    const { bundles } = room()
    await bundles.prepare()
    expect(bundles.folders).toEqual([{ reference: 'stick', name: 'STICK' }])
    await bundles.look(bundles.folders[0] ?? null)
    expect(bundles.found).toEqual(fakeFound)
    await bundles.prepare()
    expect(bundles.found).toEqual([])
  })

  it('come in by insisting only when nobody vouches for them (bug: a forged one slips in as if it were verified)', async () => {
    const { host, bundles } = room()
    for (const bundle of fakeFound) await bundles.begin(bundle)
    expect(host.insisted).toEqual([false, true, true])
  })

  it('are not written when the dialog for the folder is closed', async () => {
    const { host, bundles } = room()
    host.folders = []
    expect(await bundles.export(null, wish)).toBe(false)
    expect(host.calls).toEqual(['desktop.pickFolder'])
    expect(bundles.exporting.trouble).toBe(null)
  })

  it('take along the catalogues that another machine could take (bug: one that is over, or that everybody has, is offered)', () => {
    const { host } = room()
    const catalogue = new CatalogueState(connect(host.connect(), contract), () => Promise.reject(new Error('No file is sent')))
    expect(catalogue.portable).toEqual([])
    const [builtIn] = fakeCatalogue.sources
    if (!builtIn) throw new Error('There is a catalogue')
    const own = { ...builtIn, kind: 'organisation' as const, signer: 'Cabinet Moreau' }
    const ours = { ...own, kind: 'publisher' as const, expired: true }
    catalogue.apply({ ...fakeCatalogue, sources: [own, ours, builtIn] })
    expect(catalogue.portable).toEqual([own])
  })

  it('say why they are not written, until the next try', async () => {
    const { host, bundles } = room()
    host.failures.set('models.exportBundle', new AppError('key_unusable', 'No key'))
    expect(await bundles.export(null, wish)).toBe(false)
    expect(bundles.exporting.trouble).toMatchObject({ code: 'key_unusable' })
    expect(await bundles.export(null, wish)).toBe(true)
    expect(bundles.exporting.trouble).toBe(null)
  })
})

it('lists every notice once, with all models that it belongs to, and who is built with Llama', () => {
  const lineage = new LineageState({} as Client)
  const [first] = Object.values(fakeLineages)
  if (!first) throw new Error('There is a lineage')
  lineage.apply({ ...fakeLineages, again: first })
  expect(lineage.notices).toEqual([{ notice: first.notice, modelIds: ['llama-3b', 'again'] }])
  expect(lineage.withLlama).toEqual(['llama-3b', 'again'])
  lineage.forget()
  expect([lineage.notices, lineage.withLlama, lineage.of('llama-3b')]).toEqual([[], [], null])
})
