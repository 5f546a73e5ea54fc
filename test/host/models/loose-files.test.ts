// What a kill leaves between a file and its row. The bugs it would catch: gigabytes that nothing names and nobody removes, a verified download that
// is fetched again, and a person's file that goes because it has a name that was ours.
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { References } from '../../../electron/host/desktop.ts'
import { LooseFiles } from '../../../electron/host/models/library/loose-files.ts'
import { identify, ModelFiles } from '../../../electron/host/models/library/model-files.ts'
import { Models } from '../../../electron/host/models/models.ts'
import { Vault } from '../../../electron/host/vault/vault.ts'
import { MemoryKeychain } from '../../fixtures/memory-keychain.ts'
import { temporaryFolder, testCards, testModels } from '../../fixtures/test-host.ts'

const { english } = testModels()
let folder: string
let vault: Vault
let loose: LooseFiles
const open: Models[] = []

beforeEach(async () => {
  const dataFolder = temporaryFolder()
  folder = join(dataFolder, 'models')
  mkdirSync(folder)
  vault = new Vault({ dataFolder, keychain: new MemoryKeychain(), now: Date.now })
  await vault.start()
  await vault.create({ kind: 'keychain' })
  loose = new LooseFiles({ database: vault.main })
})
afterEach(async () => {
  for (const models of open.splice(0)) await models.close()
  await vault.close()
})

const references = new References()
async function start(): Promise<Models> {
  const models = new Models({
    ...{ database: vault.main, files: new ModelFiles(folder), references, cards: testCards(vault.main) },
    ...{ starterFiles: [], embedderFiles: [], neighbourPlaces: [], totalMemoryBytes: () => 2 ** 35, now: Date.now },
  })
  await models.open()
  open.push(models)
  return models
}
const here = (): string[] => readdirSync(folder).sort()
const noted = (): unknown[] => vault.main.prepare('SELECT path FROM loose_files').all()
async function note(path: string, cameFrom: string | null): Promise<void> {
  const identity = await identify(path)
  if (!identity) throw new Error(`Nothing at ${path}`)
  loose.note(path, identity, cameFrom)
}

test('coming in and going leave no note and no file', async () => {
  const models = await start()
  const { modelId } = await models.import(references.issue(english.path))
  expect([here(), noted()]).toEqual([['english.gguf'], []])
  await models.remove(modelId)
  expect([here(), noted()]).toEqual([[], []])
})

test('a copy that got its name and no row goes at the next start', async () => {
  const path = join(folder, 'english.gguf')
  copyFileSync(english.path, path)
  await note(path, join(folder, '.incoming-1'))
  await start()
  expect([here(), noted()]).toEqual([[], []])
})

test('a download that got its name and no row is a download again, and can be written to', async () => {
  const path = join(folder, 'english.gguf')
  copyFileSync(english.path, path)
  await note(path, join(folder, '.download-1'))
  await start()
  expect([here(), noted()]).toEqual([['.download-1'], []])
  expect(readFileSync(join(folder, '.download-1')).equals(readFileSync(english.path))).toBe(true)
  expect(statSync(join(folder, '.download-1')).mode & 0o777).toBe(0o600)
})

test('a model whose row went before its file goes at the next start', async () => {
  const models = await start()
  await models.import(references.issue(english.path))
  vault.main.prepare('DELETE FROM models').run()
  await note(join(folder, 'english.gguf'), null)
  await start()
  expect([here(), noted()]).toEqual([[], []])
})

test('a file that nobody noted, or that took the place of one since, stays', async () => {
  const path = join(folder, 'mine.gguf')
  writeFileSync(path, 'ours')
  writeFileSync(join(folder, 'theirs.gguf'), 'somebody’s own')
  await note(path, null)
  const kept = `${path}.kept`
  renameSync(path, kept)
  writeFileSync(path, 'somebody’s own')
  rmSync(kept)
  await start()
  expect([here(), noted()]).toEqual([['mine.gguf', 'theirs.gguf'], []])
})

test('one that cannot be taken away now keeps nothing from opening, and is tried again', async () => {
  const path = join(folder, 'english.gguf')
  copyFileSync(english.path, path)
  await note(path, join(folder, 'no such folder', '.incoming-1'))
  await start()
  expect(noted()).toHaveLength(1)
  mkdirSync(join(folder, 'no such folder'))
  await start()
  expect(noted()).toEqual([])
})
