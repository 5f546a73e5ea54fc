// How long the host stands still while a long document is read anew: 8,000 passages, of which every second has words that the older reader
// lost, in the real encrypted file and index; reader and embedder are the tests'. Prints the longest stall beside that of its first reading.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { PassageIndex } from '../../electron/host/workspaces/index/passage-index.ts'
import { openDocuments, TestEmbedder, type DocumentsRoom } from '../fixtures/documents-room.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'
import { VaultRoom } from '../fixtures/vault/vault-room.ts'
import { sentences } from './bench-documents.ts'

const passages = 8000
const sentencesEach = 6

const vaultRoom = new VaultRoom()
const vault = await vaultRoom.opened()
const embedder = new TestEmbedder()
// As what comes from other processes.
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
embedder.pause = turn
const indexes: PassageIndex[] = []

function open(readingVersion: number): DocumentsRoom {
  let made: PassageIndex | null = null
  const indexOf = (id: string): PassageIndex => {
    if (!made) indexes.push((made = new PassageIndex({ database: vault.workspace(id) })))
    return made
  }
  const room = openDocuments(vault, {
    ...{ embedder, readingVersion },
    indexOf,
  })
  room.reader.pause = turn
  if (readingVersion === 0) room.reader.sees = (text) => text.replace(/ LOST.*/g, '')
  return room
}

/** Whether text of an older reading is still there. */
function isBeingRemoved({ database }: DocumentsRoom): boolean {
  return database.prepare(`SELECT 1 FROM contents WHERE stage IN ('emptying', 'leaving')`).get() !== undefined
}

/** Waits until all is read and embedded; prints how long that took and the longest stall of the event loop. */
async function measured(name: string, room: DocumentsRoom): Promise<void> {
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  stalls.enable()
  const began = performance.now()
  await delay(50)
  while (!room.documents.standing(room.workspaceId).isSettled || isBeingRemoved(room)) await delay(100)
  const seconds = (performance.now() - began) / 1000
  stalls.disable()
  const [longest, usual] = [stalls.max / 1e6, stalls.percentile(99) / 1e6]
  console.log(
    `${name}: ${seconds.toFixed(1)} s, longest stall ${longest.toFixed(0)} ms, 99 of 100 below ${usual.toFixed(0)} ms; ` +
      `${embedder.embedded.splice(0).length} texts embedded`,
  )
}

const source = sentences(1)
const prose = (count: number): string => Array.from({ length: count }, () => source.next().value).join(' ')
const text = Array.from({ length: passages }, (_, at) => prose(sentencesEach) + (at % 2 === 0 ? ` LOST ${prose(1)}` : ''))
const path = join(temporaryFolder(), 'long.txt')
writeFileSync(path, text.join('\n\n'))

let room = open(0)
await room.documents.add({ workspaceId: room.workspaceId, conversationId: null, references: [room.references.issue(path)] })
await measured('first reading', room)
for (const version of [1, 2]) {
  await room.close()
  for (const index of indexes.splice(0)) await index.close()
  room = open(version)
  await measured(version === 1 ? 'read anew, half of it changed' : 'read anew, nothing changed', room)
}
const count = (table: string): number =>
  room.database.prepare<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).get()?.count ?? 0
console.log(`${count('passages')} passages and ${count('blocks')} blocks are left`)
await room.close()
for (const index of indexes.splice(0)) await index.close()
await vault.close()
vaultRoom.remove()
