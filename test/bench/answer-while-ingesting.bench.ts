// Whether ingest gives way: how fast the starter model reads a prompt and writes an answer while documents are read and embedded, against the
// same with ingest paused, in turns. How long ingest still holds a core once somebody asks, and how soon it goes on afterwards. Whole host;
// speeds are those that the page sees. Each ratio is a median of its pairs.
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { missingEmbedders } from '../fixtures/real-embedders.ts'
import { importModel, lastOf, personal, present, temporaryFolder, untilSettled } from '../fixtures/test-host.ts'
import { realDocuments, sentences, writeBenchDocx, writeBenchPdf } from './bench-documents.ts'
import { startDocumentsHost } from './documents-host.ts'

const starter = process.env['ALAMBIC_STARTER_MODEL'] ?? ''
const answerTokens = 120
const rounds = 5
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
const sampling = { ...balanced.sampling, temperature: 0, repeatPenalty: 1, seed: 1, maxTokens: answerTokens }
await client.chat.savePreset({ id: 'bench', name: 'Bench', systemPrompt: '', sampling })

/** Processor time of ingest's own processes so far, in milliseconds; Linux alone says it. */
function ingestCpuMs(): number {
  return ingestPids().reduce((sum, pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? []
      return sum + (Number(fields[11]) + Number(fields[12])) * tickMs
    } catch {
      return sum
    }
  }, 0)
}

interface Answered {
  promptPerSecond: number
  decodePerSecond: number
  /** From asking until ingest's processes used less than half a core. */
  gaveWayMs: number
  /** What they used of a core from then on. */
  usedAfter: number
  longestStallMs: number
}

let asked = 0
/** Asks something that no context holds yet, in a conversation of its own. */
async function ask(): Promise<Answered> {
  const from = sentences(1000 + asked++)
  const text = `${Array.from({ length: 24 }, () => from.next().value).join(' ')}\n\nWrite the numbers from 1 to 300 in words.`
  const began = performance.now()
  const looks = [{ at: began, cpuMs: ingestCpuMs() }]
  const looking = setInterval(() => looks.push({ at: performance.now(), cpuMs: ingestCpuMs() }), lookMs)
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  stalls.enable()
  const place = await client.chat.send({ workspaceId: home, conversationId: null, text, presetId: 'bench' })
  let [first, last] = [0, 0]
  for await (const update of client.chat.follow(place)) {
    if (update.type === 'text') {
      last = performance.now()
      first ||= last
    } else if (update.type === 'conversation' && update.writing === null) break
  }
  clearInterval(looking)
  stalls.disable()
  const { facts } = lastOf((await untilSettled(client, place)).conversation)
  if (!facts) throw new Error('The answer has no facts')
  const busy = looks.findLastIndex((look, at) => {
    const before = looks[at - 1]
    return before !== undefined && look.cpuMs - before.cpuMs > (look.at - before.at) / 2
  })
  const quiet = looks[Math.max(busy, 0)] ?? { at: began, cpuMs: 0 }
  const end = looks.at(-1) ?? quiet
  return {
    promptPerSecond: (facts.evaluatedTokens * 1000) / facts.firstTokenMs,
    decodePerSecond: ((facts.answerTokens - 1) * 1000) / (last - first),
    gaveWayMs: quiet.at - began,
    usedAfter: (end.cpuMs - quiet.cpuMs) / Math.max(1, end.at - quiet.at),
    longestStallMs: stalls.max / 1e6,
  }
}

const pause = (workspaceId: string, paused: boolean) => client.documents.pause({ workspaceId, paused })
/** Resolves when ingest's processes have used so many milliseconds more. */
async function worked(cpuMs: number): Promise<void> {
  const wanted = ingestCpuMs() + cpuMs
  while (ingestCpuMs() < wanted) await delay(5)
}

/** Rounds of one answer while the workspace ingests and one while it is paused, whoever was last goes first. */
async function measure(name: string, prepare: (round: number) => Promise<string>): Promise<void> {
  const ratios: { decode: number; prompt: number }[] = []
  const resumed: number[] = []
  for (let round = 1; round <= rounds; round++) {
    const workspaceId = await prepare(round)
    const alone = async (): Promise<Answered> => {
      await pause(workspaceId, true)
      return ask()
    }
    const early = round % 2 === 0 ? await alone() : null
    await pause(workspaceId, false)
    await worked(1000)
    const one = await ask()
    const ended = performance.now()
    await worked(2 * tickMs)
    resumed.push(performance.now() - ended)
    const other = early ?? (await alone())
    await pause(workspaceId, true)
    ratios.push({
      decode: one.decodePerSecond / other.decodePerSecond,
      prompt: one.promptPerSecond / other.promptPerSecond,
    })
    const pair = (mine: number, theirs: number): string =>
      `${mine.toFixed(1)} ÷ ${theirs.toFixed(1)} = ${(mine / theirs).toFixed(3)}`
    console.log(
      `${name} ${round}: decode ${pair(one.decodePerSecond, other.decodePerSecond)}, prompt ${pair(one.promptPerSecond, other.promptPerSecond)}; ` +
        `held a core for ${one.gaveWayMs.toFixed(0)} ms, then ${(one.usedAfter * 100).toFixed(1)} % of one; longest stall of the host ${one.longestStallMs.toFixed(0)} ms ` +
        `(${other.longestStallMs.toFixed(0)} alone); resumed after ${(resumed.at(-1) ?? 0).toFixed(0)} ms`,
    )
  }
  console.log(
    `${name}: decode while ingesting ÷ alone ${median(ratios.map(({ decode }) => decode)).toFixed(3)} (aim: at least 0.9), prompt ` +
      `${median(ratios.map(({ prompt }) => prompt)).toFixed(3)}, resumed after ${median(resumed).toFixed(0)} ms`,
  )
}

// Not timed: the models are loaded.
await ask()
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
