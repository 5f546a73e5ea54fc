/**
 * Lock by hand and quit, in every state that takes long: neither waits for what is under way, whatever it is. Each state is held by something that
 * never ends by itself (a gate, a file of 20 GB, a process that says nothing), so that a lock that waits for it is a test that never ends.
 */
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Place } from '../../contract/conversation.ts'
import { initialPresetId } from '../../electron/host/chat/conversations/presets.ts'
import { readGgufHeader } from '../../electron/host/models/gguf/gguf-header.ts'
import { DownloadRoom, studentFor } from '../fixtures/download-room.ts'
import { makeLexicalModel } from '../fixtures/gguf/bert-model.ts'
import { HubServer } from '../fixtures/hub-server.ts'
import { ScriptedEngine, type Script } from '../fixtures/scripted-engine.ts'
import { silentWorker } from '../fixtures/silent-worker.ts'
import { makeCertificates } from '../fixtures/test-certificates.ts'
import {
  importModel,
  launchPorter,
  launchReader,
  personal,
  present,
  stageOf,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../fixtures/test-host.ts'
import { launchKeyWorker } from '../fixtures/vault/key-worker.ts'

const made = testModels()
const passphrase = 'quatre mots sans rapport'
const lease = 'Lease of the flat\n\nThe monthly rent is 840 euros.\n\nThe deposit is 1680 euros.'
/** Takes longer to hash than anybody waits; nearly all of it is a hole. */
const hugeBytes = 20e9

/** Holds whoever comes, until the test opens it. */
class Gate {
  readonly #held = Promise.withResolvers<void>()
  readonly #reached = Promise.withResolvers<void>()
  readonly wait = (): Promise<void> => {
    this.#reached.resolve()
    return this.#held.promise
  }
  get reached(): Promise<void> {
    return this.#reached.promise
  }
  readonly open = (): void => this.#held.resolve()
}

interface Room extends TestHost {
  engine: ScriptedEngine
  workspaceId: string
  english: string
  /** What holds whatever a state brings here, and is opened when the vault has been locked. */
  gate: Gate
  /** Workers that are silent from now on. */
  silent: Set<'reader' | 'porter' | 'key worker'>
  /** Where another program keeps its models. */
  neighbours: string
}

let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

async function ready(): Promise<Room & { again: () => Promise<TestHost> }> {
  const gate = new Gate()
  const silent: Room['silent'] = new Set()
  const neighbours = temporaryFolder()
  const engine = new ScriptedEngine({ contextTokens: 4096 })
  const options = {
    launchEngine: engine.launch,
    launchReader: () => (silent.has('reader') ? silentWorker(() => void gate.wait()) : launchReader()),
    launchPorter: (folder: string) => (silent.has('porter') ? silentWorker(() => void gate.wait()) : launchPorter(folder)),
    launchKeyWorker: () => (silent.has('key worker') ? silentWorker(() => void gate.wait()) : launchKeyWorker()),
    neighbourPlaces: [{ program: 'Jan' as const, folder: neighbours, kind: 'tree' as const }],
  }
  const start = async (more: Parameters<typeof startTestHost>[0] = {}): Promise<TestHost> => {
    const host = await startTestHost({ ...options, ...more })
    open.push(host)
    return host
  }
  const host = await start()
  await host.client.vault.create({ kind: 'keychain' })
  const { dataFolder, keychain } = host
  return {
    ...{ ...host, engine, gate, silent, neighbours },
    english: await importModel(host, made.english.path),
    workspaceId: await personal(host.client),
    async again() {
      const later = await start({ dataFolder, keychain })
      await later.client.vault.unlock({})
      return later
    },
  }
}

async function asked(room: Room, stage: string, text = 'How much is the rent?'): Promise<Place> {
  const { client, workspaceId, english } = room
  const place = await client.chat.send({ workspaceId, conversationId: null, text, modelId: english })
  await until(client.chat.follow(place), (update) => stageOf(update) === stage)
  return place
}
async function pasted({ client, workspaceId }: Room, text = lease): Promise<void> {
  await client.documents.paste({ workspaceId, conversationId: null, name: 'Lease', text })
  await until(client.documents.summary({ workspaceId }), ({ documents, working }) => documents > 0 && working === 0)
}
async function folderFor({ desktop, client }: TestHost, path: string): Promise<string> {
  desktop.pickedFolder = path
  return (await client.desktop.pickFolder({}))?.reference ?? ''
}
async function withEmbedder(room: Room): Promise<void> {
  const path = join(temporaryFolder(), 'embedder.gguf')
  makeLexicalModel(path, { name: 'Lexical', purpose: 'embedder' })
  const { embeddingLength } = await readGgufHeader(path)
  room.engine.script.vector = () => new Float32Array(embeddingLength).fill(embeddingLength ** -0.5)
  await importModel(room, path)
}
/** The model's file is another one now, and 20 GB of it. */
function swell({ dataFolder }: TestHost): void {
  const folder = join(dataFolder, 'models')
  const path = join(folder, readdirSync(folder).find((name) => name.endsWith('.gguf')) ?? '')
  chmodSync(path, 0o600)
  truncateSync(path, hugeBytes)
}
const free = (): Promise<void> => Promise.resolve()
/** What is under way fails with the lock, and nobody waits for it. */
const underWay = (work: Promise<unknown>): void => void work.catch(() => undefined)

/** What goes on, or is kept, after the next unlock. */
type After = (later: TestHost) => unknown
const answersAgain =
  (room: Room, states: string[]): After =>
  async ({ client }) => {
    const { rows } = await present(client.chat.list({ workspaceId: room.workspaceId, limit: 9 }))
    const conversations = await Promise.all(
      rows.map(({ id }) => untilSettled(client, { workspaceId: room.workspaceId, conversationId: id })),
    )
    const found = conversations.map(({ conversation }) => conversation.messages.at(-1)?.state)
    expect(found).toEqual(states)
  }
const runsToTheEnd =
  ({ workspaceId }: Room): After =>
  ({ client }) =>
    until(client.questions.state({ workspaceId }), ({ running, runs }) => running === null && runs.length === 1)
const noImports: After = async ({ client }) =>
  expect(await until(client.models.state({}), ({ models }) => models.length > 0)).toMatchObject({ imports: [] })
const onlyPersonal: After = async ({ client }) =>
  expect(await present(client.workspaces.list({}))).toMatchObject([{ personal: true }])

async function questionsRun(room: Room, held: 'loading' | 'reading' | 'embedding'): Promise<After> {
  const { client, workspaceId, engine, gate } = room
  if (held === 'embedding') await withEmbedder(room)
  await pasted(room)
  const question = { id: 'rent', text: 'How much is the rent?', documentId: null, words: ['840 euros'] }
  await client.questions.save({ workspaceId, question })
  engine.script[held] = gate.wait
  await client.questions.run({ workspaceId, answers: held !== 'embedding' })
  await gate.reached
  return runsToTheEnd(room)
}

/** Brings a room into the state; what it comes back with is expected after the next unlock. */
const states: Record<string, (room: Room) => Promise<After | void>> = {
  'an answer is queued': async (room) => {
    room.engine.script.reading = room.gate.wait
    await asked(room, 'reading', 'One')
    await asked(room, 'queued', 'Two')
    return answersAgain(room, ['interrupted', 'interrupted'])
  },
  'its model is loaded': async (room) => {
    room.engine.script.loading = room.gate.wait
    await asked(room, 'loading')
    return answersAgain(room, ['interrupted'])
  },
  'its prompt is read': async (room) => {
    room.engine.script.reading = room.gate.wait
    await asked(room, 'reading')
    return answersAgain(room, ['interrupted'])
  },
  'it is written': async (room) => {
    room.engine.script.writing = room.gate.wait
    await asked(room, 'writing')
    return answersAgain(room, ['interrupted'])
  },
  'its documents are searched, and the embedder says nothing': async (room) => {
    await withEmbedder(room)
    // What goes in whole is searched by words alone.
    await pasted(room, Array.from({ length: 300 }, (_, at) => `${lease} Clause ${at} says the same as before.`).join('\n\n'))
    room.engine.script.embedding = room.gate.wait
    await asked(room, 'searching')
    await room.gate.reached
    return answersAgain(room, ['interrupted'])
  },
  'it is checked, and the embedder says nothing': async (room) => {
    await withEmbedder(room)
    await pasted(room)
    room.engine.script.answer = () => {
      room.engine.script.embedding = room.gate.wait
      // Words alone do not say whether it is supported.
      return ['The landlord owns a yellow submarine [1].']
    }
    await asked(room, 'checking')
    await room.gate.reached
  },
  'a comparison is answered': async (room) => {
    const { client, workspaceId, english, engine, gate } = room
    const french = await importModel(room, made.french.path)
    engine.script.reading = gate.wait
    const what = { workspaceId, question: 'One', modelIds: [english, french], presetId: initialPresetId, blind: false }
    await client.compare.ask(what)
    await gate.reached
  },
  'a test of questions loads its model (bug: the lock waited for the load)': (room) => questionsRun(room, 'loading'),
  'a test of questions reads a prompt (bug: the lock waited for the batch)': (room) => questionsRun(room, 'reading'),
  'a test of questions searches (bug: the lock waited for the embedder)': (room) => questionsRun(room, 'embedding'),
  'a document is read': async (room) => {
    const { client, workspaceId, silent, gate } = room
    silent.add('reader')
    await client.documents.paste({ workspaceId, conversationId: null, name: 'Lease', text: lease })
    await gate.reached
    return (later) => until(later.client.documents.summary({ workspaceId }), ({ ready }) => ready === 1)
  },
  'a document is embedded (bug: the lock waited for the embedder)': async (room) => {
    const { client, workspaceId, engine, gate } = room
    await withEmbedder(room)
    engine.script.embedding = gate.wait
    await client.documents.paste({ workspaceId, conversationId: null, name: 'Lease', text: lease })
    await gate.reached
    return (later) => until(later.client.documents.summary({ workspaceId }), ({ ready, working }) => ready === 1 && working === 0)
  },
  'data for recognition are tried': async (room) => {
    const path = join(temporaryFolder(), 'deu.traineddata')
    writeFileSync(path, 'data')
    room.silent.add('reader')
    room.desktop.pick = path
    const picked = await room.client.desktop.pickRecognition({})
    underWay(room.client.recognition.add({ reference: picked?.reference ?? '' }))
    await room.gate.reached
    return async ({ client }) => expect(await present(client.recognition.languages({}))).toHaveLength(2)
  },
  'a model of 20 GB that was touched is hashed for a question': async (room) => {
    swell(room)
    await asked(room, 'queued')
    return undefined
  },
  'a model of 20 GB is hashed for a test of questions (bug: the lock waited for the hash)': async (room) => {
    const { client, workspaceId } = room
    await pasted(room)
    const question = { id: 'rent', text: 'How much is the rent?', documentId: null, words: ['840 euros'] }
    await client.questions.save({ workspaceId, question })
    swell(room)
    await client.questions.run({ workspaceId, answers: true })
    await until(client.questions.state({ workspaceId }), ({ running }) => running !== null)
  },
  'a model of 20 GB is hashed again after an unlock': async (room) => {
    await room.client.vault.lock({})
    swell(room)
    await room.client.vault.unlock({})
    await until(room.client.models.state({}), ({ models }) => models[0]?.state === 'checking')
  },
  'a model of 20 GB is hashed where another program keeps it': async (room) => {
    const path = join(room.neighbours, 'huge.gguf')
    copyFileSync(made.french.path, path)
    truncateSync(path, hugeBytes)
    const [found] = await room.client.models.neighbours({})
    underWay(room.client.models.import({ reference: found?.reference ?? '', inPlace: true }))
    await until(room.client.models.state({}), ({ imports }) => (imports[0]?.doneBytes ?? 0) > 0)
    return noImports
  },
  'a workspace is exported, and its process says nothing': async (room) => {
    const folder = temporaryFolder()
    room.silent.add('key worker')
    const reference = await folderFor(room, folder)
    underWay(room.client.workspaces.export({ workspaceId: room.workspaceId, reference, passphrase }))
    await room.gate.reached
    return () => expect(readdirSync(folder)).toEqual([])
  },
  'a workspace is imported, and its process says nothing': async (room) => {
    const folder = temporaryFolder()
    const reference = await folderFor(room, folder)
    const { name } = await room.client.workspaces.export({ workspaceId: room.workspaceId, reference, passphrase })
    room.silent.add('porter')
    room.desktop.pick = join(folder, name)
    const picked = await room.client.desktop.pickCatalogue({})
    underWay(room.client.workspaces.import({ reference: picked?.reference ?? '', passphrase }))
    await room.gate.reached
    return onlyPersonal
  },
}

describe.each(Object.keys(states))('while %s', (state) => {
  test.each(['lock', 'quit'] as const)('%s waits for nothing, and what goes on goes on after the next unlock', async (way) => {
    const room = await ready()
    const after = await states[state]?.(room)
    if (way === 'lock') await room.client.vault.lock({})
    else await room.close()
    room.gate.open()
    room.silent.clear()
    const nothing: Partial<Script> = { loading: free, reading: free, writing: free, embedding: free }
    Object.assign(room.engine.script, nothing)
    if (way === 'lock') await room.client.vault.unlock({})
    await after?.(way === 'lock' ? room : await room.again())
  })
})

test('while a download waits for a server that says no more, a lock closes it, and it goes on from its bytes', async () => {
  const bytes = readFileSync(made.slow.path)
  const { authority, identity } = makeCertificates()
  const hub = await HubServer.start(bytes, identity)
  const room = await new DownloadRoom({ hub: hub.address, certificates: authority }).open()
  const held = new Gate()
  hub.lies.push((_request, response) => {
    response.writeHead(200, { 'Content-Length': bytes.length, ETag: '"one"' }).write(bytes.subarray(0, 70_000_000))
    void held.wait()
  })
  await room.downloads.begin(studentFor({ sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }))
  await held.reached
  await room.close()
  await room.open()
  await room.untilDone()
  await room.close()
  await hub.close()
})
