// How much of the embedder's own speed ingest reaches: passages a second from adding files until all are embedded, against the same texts
// handed to the same embedder directly, in turns in one run. The splitter, the encrypted file, the queue and the engine are the real ones; the
// reader and the index are those of the tests (test/fixtures/documents-room.ts), so what they cost is not in it. The ratio is a median.
import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { References } from '../../electron/host/desktop.ts'
import { ModelFiles } from '../../electron/host/models/model-files.ts'
import { Models } from '../../electron/host/models/models.ts'
import { Embedder } from '../../electron/host/runtime/embedder.ts'
import { forkEngine } from '../../electron/host/runtime/fork-engine.ts'
import { SettingsArea } from '../../electron/host/settings/settings-area.ts'
import { Vault } from '../../electron/host/vault/vault.ts'
import { splitPassages, splittingVersion } from '../../electron/host/workspaces/passages.ts'
import { openDocuments } from '../fixtures/documents-room.ts'
import { MemoryKeychain } from '../fixtures/memory-keychain.ts'
import { e5, missingEmbedders } from '../fixtures/real-embedders.ts'
import { temporaryFolder, testCards } from '../fixtures/test-host.ts'

const rounds = 3
const filesOfRound = 6
const paragraphsOfFile = 12
const never = new AbortController().signal
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

if (missingEmbedders !== null) {
  console.log(`NOT RUN: ingest was not measured, because ${missingEmbedders}`)
  process.exit(0)
}
const folder = temporaryFolder()
const vault = new Vault({ dataFolder: folder, keychain: new MemoryKeychain(), now: Date.now })
await vault.start()
await vault.create({ kind: 'keychain' })
const references = new References()
const settings = new SettingsArea({ clearPath: join(folder, 'appearance.json'), source: () => ({ values: [], unread: [] }) })
settings.attach(vault.main)
const models = new Models({
  ...{ database: vault.main, references, cards: testCards(vault.main), starterFiles: [], embedderFiles: [], neighbourPlaces: [] },
  files: new ModelFiles(join(folder, 'models')),
  totalMemoryBytes: () => 2 ** 35,
  now: Date.now,
})
await models.open()
await models.import(references.issue(e5))
const embedder = new Embedder({
  ...{ models, settings, now: Date.now },
  launchEngine: () => forkEngine(join(import.meta.dirname, '../../electron/engine/engine.ts')),
  readMemory: () => ({ totalBytes: 2 ** 36, freeBytes: 2 ** 35 }),
  quiet: () => Promise.resolve(),
})
await embedder.open()
const room = openDocuments(vault, { embedder, split: splitPassages, splittingVersion })

const words =
  'tenant landlord notice period rent lease court judge clause agreement payment damage repair winter contract written'.split(' ')
const sentence = (): string => `${Array.from({ length: 14 }, () => words[randomInt(words.length)]).join(' ')} ${randomInt(1e9)}.`
const text = (): string =>
  Array.from({ length: paragraphsOfFile }, () => Array.from({ length: 8 }, sentence).join(' ')).join('\n\n')

await embedder.embedPassages(['The model is loaded before anything is timed.'], never)
const ratios: number[] = []
for (let round = 0; round < rounds; round++) {
  const paths = Array.from({ length: filesOfRound }, (_, number) => join(folder, `${round}-${number}.txt`))
  for (const path of paths) writeFileSync(path, text())
  const before = room.index.words.length
  let began = performance.now()
  const added = paths.map((path) => room.references.issue(path))
  await room.documents.add({ workspaceId: room.workspaceId, conversationId: null, references: added })
  for await (const { working } of room.documents.summary(room.workspaceId, never)) if (working === 0) break
  const ingestMs = performance.now() - began
  // The same number of texts of the same lengths, that nobody has embedded.
  const same = room.index.words.slice(before).map((each) => each.replace(/\d{5,}/g, () => String(randomInt(1e9))))
  began = performance.now()
  await embedder.embedPassages(same, never)
  const rawMs = performance.now() - began
  ratios.push(rawMs / ingestMs)
  console.log(
    `round ${round + 1}: ${same.length} passages, ingest ${((same.length * 1000) / ingestMs).toFixed(1)}/s, embedder alone ${((same.length * 1000) / rawMs).toFixed(1)}/s, ratio ${(rawMs / ingestMs).toFixed(3)}`,
  )
}
console.log(`ingest ÷ the embedder's own speed: ${median(ratios).toFixed(3)} (aim: at least 0.9)`)
await room.close()
embedder.close()
await models.close()
await vault.close()
