// Whether ingest gives way: how fast the starter model reads a prompt and writes an answer while documents are read and embedded, against the
// same with ingest paused, in turns. How long ingest still holds a core once somebody asks, and how soon it goes on afterwards. Whole host;
// speeds are those that the page sees. Each ratio is a median of its pairs.
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { missingEmbedders } from '../fixtures/real-embedders.ts'
import { importModel, isSettled, lastOf, personal, present, temporaryFolder, untilSettled } from '../fixtures/test-host.ts'
import { realDocuments, sentences, writeBenchDocx, writeBenchPdf } from './bench-documents.ts'
import { startDocumentsHost } from './documents-host.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
// Many short rounds rather than few long ones: the machine's own speed drifts within a minute.
const answerTokens = 60
const rounds = 7
/** How often it is looked what ingest's processes have used, in milliseconds, and Linux' unit of that. */
const lookMs = 50
const tickMs = 10
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

const missing = process.platform === 'linux' ? missingEmbedders : 'only Linux says what a process used'
if (missing !== null) {
  console.log(`NOT RUN: answering while ingesting was not measured, because ${missing}`)
  process.exit(0)
}
const folder = temporaryFolder()
const host = await startDocumentsHost()
const { client, embedding, ingestPids, newWorkspace, add } = host
await importModel(host, starter)
const home = await personal(client)
const [balanced] = await present(client.chat.presets({}))
if (!balanced) throw new Error('There is no preset')
const sampling = { ...balanced.sampling, temperature: 0, repeatPenalty: 1, seed: 1 }
await client.chat.savePreset({ id: 'long', name: 'Long', systemPrompt: '', sampling: { ...sampling, maxTokens: answerTokens } })
await client.chat.savePreset({ id: 'short', name: 'Short', systemPrompt: '', sampling: { ...sampling, maxTokens: 4 } })

const usedMs = new Map<number, number>()
/** Processor time of ingest's own processes so far, also of those that are gone, in milliseconds; Linux alone says it. */
function ingestCpuMs(): number {
  for (const pid of ingestPids()) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
      usedMs.set(pid, (Number(fields[11]) + Number(fields[12])) * tickMs)
    } catch {
      // It has just gone.
    }
  }
  return [...usedMs.values()].reduce((sum, ms) => sum + ms, 0)
}

interface Answered {
  tokens: number
  promptPerSecond: number
  decodePerSecond: number
  /** From asking until ingest's processes used less than half a core. */
  gaveWayMs: number
  /** What they used of a core from then on. */
  usedAfter: number
  longestStallMs: number
}

async function ask(text: string, presetId: 'long' | 'short'): Promise<Answered> {
  const began = performance.now()
  const looks = [{ at: began, cpuMs: ingestCpuMs() }]
  const looking = setInterval(() => looks.push({ at: performance.now(), cpuMs: ingestCpuMs() }), lookMs)
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  stalls.enable()
  const place = await client.chat.send({ workspaceId: home, conversationId: null, text, presetId })
  let [first, last] = [0, 0]
  for await (const update of client.chat.follow(place)) {
    if (update.type === 'text') {
      last = performance.now()
      first ||= last
    } else if (isSettled(update)) break
  }
  clearInterval(looking)
  stalls.disable()
  const { facts } = lastOf((await untilSettled(client, place)).conversation)
  if (!facts) throw new Error('The answer has no facts')
  // Ingest goes on before the page hears that the answer has ended.
  const written = looks.filter(({ at }) => at <= last)
  const busy = written.findLastIndex((look, at) => {
    const before = written[at - 1]
    return before !== undefined && look.cpuMs - before.cpuMs > (look.at - before.at) / 2
  })
  const quiet = written[Math.max(busy, 0)] ?? { at: began, cpuMs: 0 }
  const end = written.at(-1) ?? quiet
  return {
    tokens: facts.answerTokens,
    promptPerSecond: (facts.evaluatedTokens * 1000) / facts.firstTokenMs,
    decodePerSecond: ((facts.answerTokens - 1) * 1000) / (last - first),
    gaveWayMs: quiet.at - began,
    usedAfter: (end.cpuMs - quiet.cpuMs) / Math.max(1, end.at - quiet.at),
    longestStallMs: stalls.max / 1e6,
  }
}

/** A long answer to a short question. */
const write = () => ask('Write the numbers from 1 to 300 in words.', 'long')
let texts = 0
/** A short answer about a text of some 300 tokens that no context holds yet. */
function read(): Promise<Answered> {
  const from = sentences(1000 + texts++)
  return ask(Array.from({ length: 12 }, () => from.next().value).join(' '), 'short')
}

const pause = (workspaceId: string, paused: boolean) => client.documents.pause({ workspaceId, paused })
/** Resolves when ingest's processes have used so many milliseconds more. */
async function worked(cpuMs: number): Promise<void> {
  const wanted = ingestCpuMs() + cpuMs
  while (ingestCpuMs() < wanted) await delay(5)
}

/** Rounds with the workspace ingesting and with it paused, whoever was last goes first. */
async function measure(name: string, prepare: (round: number) => Promise<string>): Promise<void> {
  const ratios: { write: number; read: number }[] = []
  const resumed: number[] = []
  for (let round = 1; round <= rounds; round++) {
    const workspaceId = await prepare(round)
    const alone = async (): Promise<[Answered, Answered]> => {
      await pause(workspaceId, true)
      return [await write(), await read()]
    }
    const early = round % 2 === 0 ? await alone() : null
    await pause(workspaceId, false)
    await worked(1000)
    const written = await write()
    const ended = performance.now()
    await worked(2 * tickMs)
    resumed.push(performance.now() - ended)
    await worked(500)
    const wasRead = await read()
    const [writtenAlone, readAlone] = early ?? (await alone())
    await pause(workspaceId, true)
    ratios.push({
      write: written.decodePerSecond / writtenAlone.decodePerSecond,
      read: wasRead.promptPerSecond / readAlone.promptPerSecond,
    })
    const pair = (mine: number, theirs: number): string =>
      `${mine.toFixed(1)} ÷ ${theirs.toFixed(1)} = ${(mine / theirs).toFixed(3)}`
    console.log(
      `${name} ${round}: decode ${pair(written.decodePerSecond, writtenAlone.decodePerSecond)} (${written.tokens} tokens), ` +
        `prompt ${pair(wasRead.promptPerSecond, readAlone.promptPerSecond)}; ingest held a core for ${written.gaveWayMs.toFixed(0)} and ` +
        `${wasRead.gaveWayMs.toFixed(0)} ms, then ${(written.usedAfter * 100).toFixed(1)} % of one; the host's longest stall ${written.longestStallMs.toFixed(0)} ms ` +
        `(${writtenAlone.longestStallMs.toFixed(0)} alone); resumed after ${(resumed.at(-1) ?? 0).toFixed(0)} ms`,
    )
  }
  console.log(
    `${name}: decode while ingesting ÷ alone ${median(ratios.map(({ write }) => write)).toFixed(3)} (aim: at least 0.9), prompt ` +
      `${median(ratios.map(({ read }) => read)).toFixed(3)}, resumed after ${median(resumed).toFixed(0)} ms`,
  )
}

// Not timed: the models are loaded.
await write()
await read()
const matter = await newWorkspace('Matter')
await add(matter, [writeBenchPdf(folder, 400, 1)])
while (embedding.vectors === 0) await delay(50)
await measure('embedding', () => Promise.resolve(matter))

// A long document that is just being parsed, in a workspace that does not know it.
const long = realDocuments('handbook-872p.docx')[0] ?? writeBenchDocx(folder, 3000, 2)
await measure('reading', async (round) => {
  const workspaceId = await newWorkspace(`Reading ${round}`)
  await pause(workspaceId, true)
  await add(workspaceId, [long])
  return workspaceId
})
await host.close()
