// How soon Stop is seen and a lock by hand is done, in each state that takes long: the median of three, in milliseconds, with the real engine, reader
// and processes of the vault. Wanted: Stop within 200 ms, lock within 3,000 ms. Where nothing can be stopped by the page there is only the lock.
import { chmodSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Place } from '../../contract/conversation.ts'
import { argon2Cost } from '../../electron/host/vault/keys/passphrase.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { e5, missingEmbedders } from '../fixtures/real-embedders.ts'
import {
  importModel,
  personal,
  present,
  stageOf,
  startTestHost,
  temporaryFolder,
  until,
  untilSettled,
} from '../fixtures/test-host.ts'
import { openWorkspaceFile } from '../fixtures/workspace-file.ts'
import { sentences, writeBenchPdf } from './bench-documents.ts'

const tiny = process.env['ALAMBIC_TINY_MODEL'] ?? ''
const engineEntry = join(import.meta.dirname, '../../electron/engine/engine.ts')
const rounds = 3
const hugeBytes = 20e9
const exportedMegabytes = 200
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

function prose(count: number, seed: number): string {
  const source = sentences(seed)
  return Array.from({ length: count }, () => source.next().value).join(' ')
}

if (tiny === '') {
  console.log('NOT RUN: stopping was not measured, because ALAMBIC_TINY_MODEL names no model')
  process.exit(0)
}

const before = await startTestHost()
await before.client.vault.create({ kind: 'keychain' })
const { dataFolder, keychain } = before
await before.close()
const { database, close } = await openWorkspaceFile(dataFolder, keychain)
database.exec(`INSERT INTO contents (number, hash, size_bytes, stage, reading) VALUES (1, 'h', 1, 'failed', 1000000)`)
database.exec(`INSERT INTO documents (id, name, content_number, size_bytes, added_at, changed_at) VALUES ('d', 'd', 1, 1, 0, 0)`)
for (let part = 0; part < exportedMegabytes; part++)
  database.prepare('INSERT INTO content_parts VALUES (1, ?, randomblob(1000000))').run(part)
await close()

const host = await startTestHost({
  ...{ dataFolder, keychain, passphraseCost: argon2Cost },
  launchEngine: () => forkTestEngine(engineEntry),
})
const { client, desktop } = host
await client.vault.unlock({})
const modelId = await importModel(host, tiny)
const workspaceId = await personal(client)
await client.settings.set({ contextTokens: 2048, backend: 'cpu' })
const { workspaceId: documentsId } = await client.workspaces.make({ name: 'Documents' })
const { workspaceId: readingId } = await client.workspaces.make({ name: 'Reading' })
if (missingEmbedders === null) await importModel(host, e5)
const text = prose(400, 1)
await client.documents.paste({ workspaceId: documentsId, conversationId: null, name: 'Text', text })
await until(client.documents.summary({ workspaceId: documentsId }), ({ working, documents }) => documents > 0 && working === 0)
const pdfs = Array.from({ length: rounds }, (_, round) => writeBenchPdf(temporaryFolder(), 800, round))
desktop.pickedFolder = temporaryFolder()

const [balanced] = await present(client.chat.presets({}))
if (!balanced) throw new Error('There is no preset')
const sampling = { ...balanced.sampling, temperature: 0, repeatPenalty: 1, seed: 1, maxTokens: 1_000 }
await client.chat.savePreset({ id: 'long', name: 'Long', systemPrompt: '', sampling })
const longPrompt = prose(90, 2)

async function asked(stage: string, question = 'Tell me a long story.', where = workspaceId): Promise<Place> {
  const place = await client.chat.send({ workspaceId: where, conversationId: null, text: question, presetId: 'long', modelId })
  await until(client.chat.follow(place), (update) => stageOf(update) === stage)
  return place
}
const stopping = (place: Place) => async (): Promise<void> => {
  await client.chat.stop(place)
  await untilSettled(client, place)
}
/** The size that the model's file has on the disk. */
function resize(bytes: number): void {
  const folder = join(dataFolder, 'models')
  const path = join(
    folder,
    readdirSync(folder).find((name) => statSync(join(folder, name)).size > 50e6 && !/e5/i.test(name)) ?? '',
  )
  chmodSync(path, 0o600)
  truncateSync(path, bytes)
}

/** Brings the host into a state; comes back with how the page stops that, or null. */
const states: Record<string, () => Promise<(() => Promise<void>) | null>> = {
  nothing: () => Promise.resolve(null),
  loading: async () => {
    await client.runtime.unload({})
    return stopping(await asked('loading'))
  },
  reading: async () => stopping(await asked('reading', `${longPrompt} ${Math.random()}`)),
  writing: async () => stopping(await asked('writing')),
  queued: async () => {
    const first = await asked('writing')
    const second = stopping(await asked('queued'))
    return Object.assign(second, { after: stopping(first) })
  },
  searching: async () => stopping(await asked('searching', `What is said of this? ${Math.random()}`, documentsId)),
  ingesting: async () => {
    const reference = host.host.references.issue(pdfs.pop() ?? '')
    await client.documents.add({ workspaceId: readingId, conversationId: null, references: [reference] })
    await until(client.documents.summary({ workspaceId: readingId }), ({ working }) => working > 0)
    await delay(500)
    return null
  },
  exporting: async () => {
    const picked = await client.desktop.pickFolder({})
    client.workspaces
      .export({ workspaceId, reference: picked?.reference ?? '', passphrase: 'a bench has no secrets' })
      .catch(() => undefined)
    await delay(1_500)
    return null
  },
  hashing: async () => {
    await client.runtime.unload({})
    resize(hugeBytes)
    return stopping(await asked('queued'))
  },
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}
const shown = (values: readonly number[]): string => (values.length === 0 ? '–' : `${median(values).toFixed(0)} ms`)

console.log('| state | Stop is seen | locked by hand |\n| --- | ---: | ---: |')
const slowest = { stop: 0, lock: 0 }
for (const [name, enter] of Object.entries(states)) {
  const stops: number[] = []
  const locks: number[] = []
  for (let round = 0; round < rounds; round++) {
    const stop = await enter()
    if (stop) {
      stops.push(await timed(stop))
      if ('after' in stop) await (stop.after as () => Promise<void>)()
      await enter()
    }
    locks.push(await timed(() => client.vault.lock({})))
    await client.vault.unlock({})
  }
  slowest.stop = Math.max(slowest.stop, ...stops)
  slowest.lock = Math.max(slowest.lock, ...locks)
  console.log(`| ${name} | ${shown(stops)} | ${shown(locks)} |`)
}
console.log(`the slowest of all: Stop ${slowest.stop.toFixed(0)} ms, lock ${slowest.lock.toFixed(0)} ms`)
await host.close()
