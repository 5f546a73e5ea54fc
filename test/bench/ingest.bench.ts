// How much of the embedder's own speed ingest reaches: passages a second from adding files until all are embedded, through the whole host with
// its reader, splitter, encrypted index and embedder, against the bare binding's loop over the very texts that the engine was given, one after
// the other as there. In turns, each against the mean of the bare loops before and after it, so that noise falls on both. The ratio is a median.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { chooseThreads } from '../../electron/host/runtime/memory.ts'
import { e5, missingEmbedders } from '../fixtures/real-embedders.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'
import { realDocuments, writeBenchDocx, writeBenchPdf } from './bench-documents.ts'
import { startDocumentsHost } from './documents-host.ts'

const rounds = 5
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

if (missingEmbedders !== null) {
  console.log(`NOT RUN: ingest was not measured, because ${missingEmbedders}`)
  process.exit(0)
}
const folder = temporaryFolder()
const real = realDocuments(
  'word_sample.docx',
  'text_document_02.odt',
  'sample-presentation.pptx',
  'simple.doc',
  'test_wikipedia.html',
)
const paths = [writeBenchPdf(folder, 12, 1), writeBenchDocx(folder, 40, 2), ...real]
const { embedding, newWorkspace, add, untilReady, close } = await startDocumentsHost()

/** Each time in a workspace that knows none of the texts. Gives what was embedded, the milliseconds, and how many of them the engine had a text. */
async function ingest(name: string): Promise<{ texts: string[]; ms: number; busyMs: number }> {
  const workspaceId = await newWorkspace(name)
  const before = { texts: embedding.texts.length, busyMs: embedding.busyMs }
  const began = performance.now()
  await add(workspaceId, paths)
  await untilReady(workspaceId)
  const ms = performance.now() - began
  return { texts: embedding.texts.slice(before.texts), ms, busyMs: embedding.busyMs - before.busyMs }
}

/** Milliseconds of the bare binding in a process of its own, with the thread pool and the threads of the engine. */
async function bare(texts: readonly string[]): Promise<number> {
  const child = fork(join(import.meta.dirname, 'bare-embedder.ts'), [e5, String(chooseThreads()), 'passage: '], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  })
  child.send(texts)
  const [perSecond] = (await once(child, 'message')) as [number]
  return (texts.length * 1000) / perSecond
}

// Not timed: the embedder's model is loaded with it, and it says which texts there are.
const { texts } = await ingest('Unmeasured')
console.log(`${paths.length} documents, ${real.length} of them real; ${texts.length} passages`)
const ratios: number[] = []
let before = await bare(texts)
for (let round = 1; round <= rounds; round++) {
  const { ms: ingestMs, busyMs } = await ingest(`Round ${round}`)
  const after = await bare(texts)
  const bareMs = (before + after) / 2
  before = after
  ratios.push(bareMs / ingestMs)
  const perSecond = (ms: number): string => ((texts.length * 1000) / ms).toFixed(2)
  console.log(
    `round ${round}: ingest ${perSecond(ingestMs)} passages/s, embedder alone ${perSecond(bareMs)}/s, ratio ${(bareMs / ingestMs).toFixed(3)}; ` +
      `the engine had a text for ${((busyMs / ingestMs) * 100).toFixed(1)} % of the time, and worked at ${(bareMs / busyMs).toFixed(3)} of its own speed`,
  )
}
console.log(`ingest ÷ the embedder's own speed: ${median(ratios).toFixed(3)} (aim: at least 0.9)`)
await close()
