/** What the host asks of a new passphrase, whatever the page said of it: by the setting, or by a policy over it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { root } from '../../../build/places.ts'
import { isBuilt } from '../../../build/source-stamp.ts'
import { launchKeyWorker } from '../../fixtures/vault/key-worker.ts'
import { failure, VaultRoom } from '../../fixtures/vault/vault-room.ts'
import { policyReading } from '../../fixtures/policies.ts'
import { present, startTestHost, type TestHost } from '../../fixtures/test-host.ts'

let close: (() => unknown) | null = null
afterEach(async () => {
  await close?.()
  close = null
})

async function host(policies: Record<string, unknown> = {}): Promise<TestHost> {
  const started = await startTestHost({ launchKeyWorker, policies: () => policyReading(policies) })
  close = started.close
  return started
}

it('a guessable one is refused when the vault is made, and when it is changed', async () => {
  const { client } = await host()
  for (const passphrase of ['password1', 'azertyuiop', 'soleil2024'])
    expect(await failure(() => client.vault.create({ kind: 'passphrase', passphrase }))).toMatchObject({
      code: 'weak_passphrase',
    })
  const passphrase = 'cheval pile agrafe tisane'
  await client.vault.create({ kind: 'passphrase', passphrase })
  expect(
    await failure(() => client.vault.protect({ current: passphrase, next: { kind: 'passphrase', passphrase: 'motdepasse' } })),
  ).toEqual({ code: 'weak_passphrase', data: { score: 1, least: 3 } })
  expect((await present(client.vault.keys({}))).lastChange).toBeNull()
})

it('is not made of what others know of the person, and neither is that of an exported workspace', async () => {
  const room = new VaultRoom()
  close = () => room.remove()
  const vault = await room.vault({ launchKeyWorker, known: ['Lemercier-Vasseur', 'etude-notariale'] })
  vault.setLeastScore(3)
  const create = (passphrase: string): Promise<void> => vault.create({ kind: 'passphrase', passphrase })
  expect((await failure(() => create('lemercier-vasseur'))).code).toBe('weak_passphrase')
  await create('lanterne et trois coquillages')
  vault.createWorkspace('matter')
  const how = { facts: { name: 'n', instructions: '', strict: false }, tidy: '', signal: new AbortController().signal }
  const target = `${room.folder}/matter.alambic`
  expect((await failure(() => vault.journeys.export('matter', target, { ...how, passphrase: 'Etude-Notariale' }))).code).toBe(
    'weak_passphrase',
  )
  await vault.journeys.export('matter', target, { ...how, passphrase: 'cinq wagons sans locomotive' })
  await vault.close()
})

it('a policy decides, over what the person set', async () => {
  const strict = await host({ PassphraseStrength: 4 })
  expect(await failure(() => strict.client.vault.create({ kind: 'passphrase', passphrase: 'huit caractères' }))).toMatchObject({
    data: { score: 3, least: 4 },
  })
  await strict.close()
  const lax = await host({ PassphraseStrength: 0 })
  await lax.client.vault.create({ kind: 'passphrase', passphrase: 'password1' })
  expect((await failure(() => lax.client.settings.set({ passphraseStrength: 2 }))).code).toBe('managed')
})

it('everything is encrypted anew for a page as well, with what it takes told before and how far it is meanwhile', async () => {
  const { client, newClient } = await host()
  const passphrase = 'cheval pile agrafe tisane'
  await client.vault.create({ kind: 'passphrase', passphrase })
  const estimate = await client.vault.estimate({})
  expect(estimate).toMatchObject({ files: 2 })
  expect(estimate.totalBytes).toBeGreaterThan(0)
  const next = 'lanterne et trois coquillages'
  const seen: (number | null)[] = []
  const watching = (async () => {
    for await (const { reencryption, lastChange } of newClient().vault.keys({})) {
      seen.push(reencryption?.doneFiles ?? null)
      if (lastChange === 'reencrypted') return
    }
  })()
  await client.vault.protect({ current: passphrase, next: { kind: 'passphrase', passphrase: next }, reencrypt: true })
  await watching
  expect(seen).toContain(0)
  await client.vault.lock({})
  await client.vault.unlock({ passphrase: next })
  expect(await present(client.workspaces.list({}))).toHaveLength(1)
})

/** How many files of zxcvbn a program has loaded when it has started, and before it is asked anything. */
function loadedDictionaries(entry: string): string {
  const count = `Object.keys(createRequire('/x').cache).filter((path) => path.includes('zxcvbn')).length`
  const counting = `data:text/javascript,import { createRequire } from 'node:module'; process.on('exit', () => console.log(${count}))`
  const words = ['--disable-warning=ExperimentalWarning', '--import', counting, join(root, entry)]
  return spawnSync(process.execPath, words, { encoding: 'utf8' }).stdout.trim()
}

it('no derivation waits for the dictionaries: they are loaded when there is something to judge (bug: bundled, they always were)', () => {
  expect(loadedDictionaries('electron/key-worker.ts')).toBe('0')
  if (isBuilt()) expect(loadedDictionaries('dist/key-worker.js')).toBe('0')
})
