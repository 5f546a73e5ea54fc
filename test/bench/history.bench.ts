// Start and search over a long history: 10,000 conversations with 100,000 messages in the encrypted file.
// Prints the start until the list is served beside the start of an empty vault, and search as one types.
import { ConversationWords } from '../../electron/host/chat/conversations/conversation-words.ts'
import { ConversationStore } from '../../electron/host/chat/conversations/conversation-store.ts'
import { serveAlambic } from '../fixtures/browser.ts'
import { MemoryKeychain } from '../fixtures/memory-keychain.ts'
import { personal, present, startTestHost, temporaryFolder } from '../fixtures/test-host.ts'
import { openWorkspaceFile } from '../fixtures/workspace-file.ts'

const conversations = 10_000
const messagesEach = 10
const words =
  'bail loyer préavis résiliation notice lease deposit tenant clause article charges indexation garantie caution surface travaux état lieux avenant congé renewal guarantor inventory landlord court appeal hearing motion'.split(
    ' ',
  )

let state = 12345
function random(below: number): number {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0
  return Math.floor((state / 4294967296) * below)
}
const sentence = (length: number): string =>
  Array.from({ length }, () => (words[random(words.length)] ?? '') + (random(4) === 0 ? String(random(5000)) : '')).join(' ')

const keychain = new MemoryKeychain()
async function timeToList(dataFolder: string): Promise<{ ms: number; total: number }> {
  const started = performance.now()
  const { client, close } = await startTestHost({ dataFolder, keychain })
  await client.vault.unlock({})
  const workspaceId = await personal(client)
  const { total } = await present(client.chat.list({ workspaceId, limit: 200 }))
  const ms = performance.now() - started
  await close()
  return { ms, total }
}

const emptyFolder = temporaryFolder()
const fullFolder = temporaryFolder()
for (const dataFolder of [emptyFolder, fullFolder]) {
  const { client, close } = await startTestHost({ dataFolder, keychain })
  await client.vault.create({ kind: 'keychain' })
  await close()
}

const filling = performance.now()
const file = await openWorkspaceFile(fullFolder, keychain)
const store = new ConversationStore({ database: file.database, now: Date.now })
for (let batch = 0; batch < conversations; batch += 500) {
  store.together(() => {
    for (let index = 0; index < 500; index++) {
      const conversationId = store.create({ title: sentence(5), presetId: 'balanced', modelId: null })
      let parentId: string | null = null
      for (let turn = 0; turn < messagesEach; turn++) {
        parentId = store.add(conversationId, {
          parentId,
          role: turn % 2 === 0 ? 'user' : 'assistant',
          text: sentence(turn % 2 === 0 ? 15 : 60),
          state: 'finished',
        })
      }
    }
  })
}
const looking = performance.now()
const index = new ConversationWords({ database: file.database, onBug: console.error })
await index.soon(3_600_000)
await index.stop()
console.log(`their words were looked at in ${((performance.now() - looking) / 1000).toFixed(1)} s`)
await file.close()
console.log(
  `filled ${conversations} conversations, ${conversations * messagesEach} messages in ${((performance.now() - filling) / 1000).toFixed(1)} s`,
)

const runs = 5
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
const empty: number[] = []
const full: number[] = []
for (let run = 0; run < runs; run++) {
  empty.push((await timeToList(emptyFolder)).ms)
  full.push((await timeToList(fullFolder)).ms)
}
console.log(
  `start until the list is served: ${median(full).toFixed(0)} ms (aim: below 1,000), empty vault ${median(empty).toFixed(0)} ms, ratio ${(median(full) / median(empty)).toFixed(2)}`,
)

const processes: number[] = []
for (let run = 0; run < runs; run++) {
  const started = performance.now()
  const served = await serveAlambic(fullFolder)
  processes.push(performance.now() - started)
  await served.stop()
}
console.log(
  `the process itself, from nothing until it has printed its address: ${median(processes).toFixed(0)} ms; with the list ${(median(processes) + median(full)).toFixed(0)} ms`,
)

const { client, close } = await startTestHost({ dataFolder: fullFolder, keychain })
await client.vault.unlock({})
const times: { query: string; ms: number }[] = []
for (const typed of [
  'résiliation bail',
  'deposit tenant clause',
  'loyer 42',
  'guarantor inventory',
  'état des lieux',
  'xylophone',
  'no',
  'congé renewal',
]) {
  for (let length = 2; length <= typed.length; length++) {
    const query = typed.slice(0, length)
    const started = performance.now()
    await client.chat.search({ query, limit: 50 })
    times.push({ query, ms: performance.now() - started })
  }
}
times.sort((a, b) => a.ms - b.ms)
const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]
console.log(
  `search as you type, ${times.length} keystrokes: p50 ${at(0.5)?.ms.toFixed(1)} ms, p95 ${at(0.95)?.ms.toFixed(1)} ms (aim: below 50), slowest ${at(1)?.ms.toFixed(1)} ms for “${at(1)?.query}”`,
)
await close()
