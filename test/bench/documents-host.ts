/** A whole host for measurements of documents, with the real engine, reader, splitter and index. It sees what goes to the embedder's process. */
import { join } from 'node:path'
import type { Port } from '../../contract/link.ts'
import type { WorkerProcess } from '../../electron/host/base/worker-process.ts'
import { forkTestEngine } from '../fixtures/test-engine.ts'
import { e5 } from '../fixtures/real-embedders.ts'
import { launchReader, startTestHost, until, type TestHost } from '../fixtures/test-host.ts'

const engineEntry = join(import.meta.dirname, '../../electron/engine/engine.ts')
const never = new AbortController().signal

export interface DocumentsHost extends TestHost {
  /** What went to the process that embeds, and came back. */
  embedding: Embedding
  /** Process numbers of those that ingest works in, where they run. */
  ingestPids: () => number[]
  /** A workspace that has read nothing. */
  newWorkspace: (name: string) => Promise<string>
  add: (workspaceId: string, paths: readonly string[]) => Promise<void>
  /** Resolves when all documents are read and embedded. @throws Error when one of them could not be */
  untilReady: (workspaceId: string) => Promise<void>
}

/** Texts that were given to an embedder, in turn, how many vectors came back, and for how long one was waited for. */
export class Embedding {
  readonly texts: string[] = []
  vectors = 0
  busyMs = 0
  /** The process that was given texts. */
  process: WorkerProcess | null = null

  /** The same engine, overheard. */
  watch(engine: WorkerProcess): WorkerProcess {
    const asked = new Map<number, number>()
    const { port } = engine
    const heard: Port = {
      ...port,
      send: (frame) => {
        if (frame.t === 'open' && frame.method === 'engine.embed') {
          asked.set(frame.id, performance.now())
          this.process = engine
          this.texts.push(...(frame.input as { texts: string[] }).texts)
        }
        port.send(frame)
      },
      onFrame: (listener) =>
        port.onFrame((frame) => {
          const since = asked.get(frame.id)
          if (frame.t === 'item' && since !== undefined) {
            this.vectors++
            this.busyMs += performance.now() - since
            asked.delete(frame.id)
          }
          listener(frame)
        }),
    }
    return {
      port: heard,
      get pid() {
        return engine.pid
      },
      kill: () => engine.kill(),
      onExit: (listener) => engine.onExit(listener),
      stderrTail: () => engine.stderrTail(),
    }
  }
}

export async function startDocumentsHost(starterFiles: readonly string[] = []): Promise<DocumentsHost> {
  const embedding = new Embedding()
  let reader: WorkerProcess | null = null
  const room = await startTestHost({
    launchEngine: () => embedding.watch(forkTestEngine(engineEntry)),
    launchReader: () => (reader = launchReader()),
    embedderFiles: [e5],
    starterFiles,
  })
  const { client, desktop } = room
  await client.vault.create({ kind: 'passphrase', passphrase: 'a bench has no secrets' })
  await until(client.models.state({}), ({ models }) => models.some(({ state }) => state === 'ready'))
  return {
    ...room,
    embedding,
    ingestPids: () => [embedding.process?.pid, reader?.pid].filter((pid) => pid !== undefined),
    newWorkspace: async (name) => (await client.workspaces.make({ name })).workspaceId,
    add: async (workspaceId, paths) => {
      desktop.pickedDocuments = [...paths]
      const references = (await client.desktop.pickDocuments({})).map(({ reference }) => reference)
      await client.documents.add({ workspaceId, conversationId: null, references })
    },
    untilReady: async (workspaceId) => {
      const summary = await until(
        client.documents.summary({ workspaceId }, { signal: never }),
        ({ documents, working }) => documents > 0 && working === 0,
      )
      if (summary.needYou > 0) throw new Error(`${summary.needYou} documents could not be read`)
    },
  }
}
