// Embedders and rerankers in bundles: they travel like models, and are for documents where they arrive.
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BundleWork } from '../../../contract/bundle.ts'
import { makeBundle } from '../../../electron/host/models/bundles/make-bundle.ts'
import { makeLexicalModel } from '../../fixtures/gguf/bert-model.ts'
import { importModel, present, startTestHost, temporaryFolder, until, type TestHost } from '../../fixtures/test-host.ts'

let host: TestHost
let stick: string

beforeEach(async () => {
  stick = temporaryFolder()
  host = await startTestHost()
  await host.client.vault.create({ kind: 'keychain' })
})
afterEach(() => host.close())

const modelsHere = async (on: TestHost) => (await present(on.client.models.state({}))).models

async function pickFolder(path: string, on = host): Promise<string> {
  on.desktop.pickedFolder = path
  return (await on.client.desktop.pickFolder({}))?.reference ?? ''
}
async function begin(path: string, on = host): Promise<void> {
  await on.client.models.importBundle({ reference: await pickFolder(path, on), insist: true })
}
async function settled(on = host): Promise<BundleWork> {
  const [work] = await until(on.client.models.bundles({}), ([first]) => first?.state === 'done' || first?.state === 'failed')
  if (!work) throw new Error('There is no bundle on its way')
  return work
}

test('an embedder and a reranker travel like models, and are for documents there as well', async () => {
  const made = (purpose: 'embedder' | 'reranker'): string => {
    const path = join(temporaryFolder(), `${purpose}.gguf`)
    makeLexicalModel(path, { name: `Lexical ${purpose}`, purpose })
    return path
  }
  const modelIds = [await importModel(host, made('embedder')), await importModel(host, made('reranker'))]
  await host.client.models.exportBundle({ reference: await pickFolder(stick), name: 'Search', modelIds, presets: false })
  const { folder } = await settled()
  const other = await startTestHost()
  await other.client.vault.create({ kind: 'keychain' })
  await begin(join(stick, folder ?? ''), other)
  expect(await settled(other)).toMatchObject({ state: 'done' })
  expect((await modelsHere(other)).map(({ id, purpose }) => [id, purpose])).toEqual([
    [modelIds[0], 'embedder'],
    [modelIds[1], 'reranker'],
  ])
  await other.close()
})

test('an administrator’s bundle of an embedder comes in', async () => {
  const path = join(temporaryFolder(), 'embedder.gguf')
  makeLexicalModel(path, { name: 'Lexical', purpose: 'embedder' })
  await begin(await makeBundle({ files: [path], into: stick, name: 'Search', keyPath: null }))
  expect(await settled()).toMatchObject({ state: 'done' })
  expect(await modelsHere(host)).toMatchObject([{ name: 'Lexical', purpose: 'embedder', licence: 'CC0-1.0' }])
})
