// Nothing that a person wrote, and nothing of a document, is on disk in clear: needles in messages, titles, presets, searches, files and their names,
// looked for in every file of the data folder and of the temporary one.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serveAlambic, type Served } from '../fixtures/browser.ts'
import { writePdf } from '../fixtures/documents/pdf-writer.ts'
import { connectLoopback, type Connection } from '../fixtures/loopback-connection.ts'
import { filesWith, holds } from '../fixtures/needle-search.ts'
import { e5, missingEmbedders } from '../fixtures/real-embedders.ts'
import { personal, present, temporaryFolder, testModels, until, untilSettled } from '../fixtures/test-host.ts'

const passphrase = 'needle-passphrase-of-the-vault'
let dataFolder = ''
let temporary = ''
/** Where a workspace is exported to: a person's own folder. */
let outside = ''
let served: Served | null = null
beforeEach(() => {
  const root = temporaryFolder()
  dataFolder = join(root, 'data')
  temporary = join(root, 'tmp')
  outside = join(root, 'outside')
  for (const folder of [temporary, outside]) mkdirSync(folder)
})
afterEach(() => served?.process.kill('SIGKILL'))
const needles = Array.from({ length: 200 }, (_, index) => `needle${index}x${((index + 7) * 2654435761) % 4294967296}`)
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Files of the two folders, and files already unlinked that the process still holds, in which a needle stands. */
function found(pid: number | undefined): string[] {
  return filesWith('needle', [dataFolder, temporary], pid)
}

test(
  '200 needles, and none in any file: while it writes, afterwards, locked, and after a kill',
  { timeout: 300_000 },
  async () => {
    served = await serveAlambic(dataFolder, [], { TMPDIR: temporary })
    const { client, importModel } = await connectLoopback(served.url)
    await client.vault.create({ kind: 'passphrase', passphrase })
    await importModel(testModels().english.path)
    await importModel(testModels().slow.path)
    const workspaceId = await personal(client)
    const [balanced] = await present(client.chat.presets({}))
    if (!balanced) throw new Error('There is no preset')
    const { models } = await present(client.models.state({}))
    const quick = models.find(({ name }) => name === testModels().english.name)
    const slow = models.find(({ name }) => name === testModels().slow.name)
    if (!quick || !slow) throw new Error('The models are not there')

    const next = needles.values()
    const take = (): string => next.next().value ?? ''
    for (let index = 0; index < 20; index++) {
      await client.chat.savePreset({
        id: `preset${index}`,
        name: take(),
        systemPrompt: `Speak of ${take()}.`,
        sampling: balanced.sampling,
      })
    }
    for (let index = 0; index < 40; index++) {
      const place = await client.chat.send({
        workspaceId,
        conversationId: null,
        text: `${take()} and ${take()}`,
        modelId: quick.id,
        presetId: `preset${index % 20}`,
      })
      await untilSettled(client, place)
      await client.chat.rename({ ...place, title: take() })
      expect(await client.chat.search({ query: take(), limit: 5 })).toEqual([])
    }
    const writing = await client.chat.send({ workspaceId, conversationId: null, text: needles.join(' '), modelId: slow.id })
    await after(1500)
    expect(found(served.process.pid), 'while an answer is written').toEqual([])
    await client.chat.stop(writing)
    await untilSettled(client, writing)
    expect(await client.chat.search({ query: needles[60] ?? '', limit: 5 })).not.toEqual([])
    expect(found(served.process.pid), 'afterwards').toEqual([])
    const compared = await client.compare.ask({
      workspaceId,
      question: needles.join(' '),
      modelIds: [quick.id, slow.id],
      presetId: 'preset0',
      blind: true,
    })
    await after(1500)
    expect(found(served.process.pid), 'while students are compared').toEqual([])
    await client.compare.stop(compared)
    await client.vault.lock({})
    expect(found(served.process.pid), 'locked').toEqual([])
    await client.vault.unlock({ passphrase })
    await client.chat.send({ workspaceId, conversationId: null, text: needles.join(' '), modelId: slow.id })
    await after(1200)
    served.process.kill('SIGKILL')
    expect(found(undefined), 'after a kill').toEqual([])

    // The search itself finds what is in clear, or it would prove nothing.
    writeFileSync(join(temporary, 'planted.txt'), `some ${needles[3]} in clear`)
    expect(found(undefined)).toEqual([join(temporary, 'planted.txt')])
  },
)

test(
  'nothing of a document either: on its way, read, asked, searched, attached, exported, and after kills',
  { timeout: 300_000 },
  async () => {
    const embedders = missingEmbedders === null ? [e5] : []
    const begin = async (): Promise<Connection> => {
      served = await serveAlambic(dataFolder, [], { TMPDIR: temporary }, [outside], embedders)
      return connectLoopback(served.url)
    }
    const [name, pdfName, attachedName, pastedName, workspaceName] = needles.slice(100)
    let connection = await begin()
    let { client } = connection
    await client.vault.create({ kind: 'passphrase', passphrase })
    await client.settings.set({ welcomed: true, threads: 1, contextTokens: 4096 })
    const modelId = await connection.importModel(testModels().cited.path)
    const { workspaceId } = await client.workspaces.make({ name: `Matter ${workspaceName}` })
    await client.workspaces.configure({ workspaceId, instructions: `Always name ${needles[110]}.` })
    const allRead = () =>
      until(client.documents.summary({ workspaceId }), ({ documents, working }) => documents > 0 && working === 0)
    const add = async (reference: string, conversationId: string | null = null): Promise<string> => {
      const { documentIds } = await client.documents.add({ workspaceId, conversationId, references: [reference] })
      return documentIds[0] ?? ''
    }

    // By the browser's way and by the window's; one is left half sent, and one sent and not added.
    const long = needles.map((needle, index) => `Clause ${index}: the notice period of ${needle} is three months.`)
    const bytes = Buffer.from(long.join('\n\n'))
    await connection.sendDocument(`${name}.md`, bytes)
    const reference = await connection.sendDocument(`${name}.md`, bytes)
    const half = { reference: null, name: `${needles[120]}.txt`, base64: bytes.toString('base64'), last: false }
    await client.desktop.receive(half)
    expect(found(served?.process.pid), 'on its way').toEqual([])
    const documentId = await add(reference)
    const pages = Array.from({ length: 8 }, (_, page) => [
      { text: `Page ${page} speaks of ${needles[130 + page]} and of nothing else.`, x: 72, y: 700 },
    ])
    const whole = { ...half, name: `${pdfName}.pdf`, base64: Buffer.from(writePdf(pages)).toString('base64'), last: true }
    await add((await client.desktop.receive(whole)).reference)
    expect(found(served?.process.pid), 'while it is read').toEqual([])
    await allRead()
    expect(found(served?.process.pid), 'read').toEqual([])

    const { found: passages } = await client.retrieval.search({ workspaceId, query: needles[7] ?? '', filter: {}, limit: 20 })
    expect(passages.some(({ text }) => text.includes(needles[7] ?? ' '))).toBe(true)
    const question = { id: 'question', text: `Who has ${needles[8]}?`, documentId, words: [needles[9] ?? ''] }
    await client.questions.save({ workspaceId, question })
    await client.questions.run({ workspaceId, answers: false })
    await until(client.questions.state({ workspaceId }), ({ running, runs }) => running === null && runs.length > 0)
    const place = await client.chat.begin({ workspaceId })
    await add(
      await connection.sendDocument(`${attachedName}.txt`, Buffer.from(`Attached: ${needles[140]}`)),
      place.conversationId,
    )
    await client.documents.paste({ workspaceId, conversationId: null, name: pastedName ?? '', text: `Pasted: ${needles[141]}` })
    await allRead()
    await client.chat.send({ ...place, text: `What is the notice period of ${needles[10]}?`, modelId })
    const { conversation } = await untilSettled(client, place)
    expect(conversation.messages.at(-1)?.sources?.given.length).toBeGreaterThan(0)
    expect(found(served?.process.pid), 'asked').toEqual([])
    const [folder] = await client.desktop.folders({})
    await client.workspaces.export({ workspaceId, reference: folder?.reference ?? '', passphrase })
    expect(found(served?.process.pid), 'exported').toEqual([])
    const [exported = ''] = readdirSync(outside)
    expect(holds('needle', readFileSync(join(outside, exported)))).toBe(false)
    await client.vault.lock({})
    expect(found(served?.process.pid), 'locked').toEqual([])

    // Killed half sent, in the middle of reading, and in the middle of an answer.
    await client.vault.unlock({ passphrase })
    await client.desktop.receive(half)
    await add(await connection.sendDocument(`${needles[121]}.md`, Buffer.concat(Array.from({ length: 40 }, () => bytes))))
    await client.chat.send({ ...place, text: `And of ${needles[11]}?` })
    await after(600)
    served?.process.kill('SIGKILL')
    expect(found(undefined), 'killed').toEqual([])
    connection = await begin()
    client = connection.client
    expect(readdirSync(join(dataFolder, 'incoming-documents'))).toEqual([])
    await client.vault.unlock({ passphrase })
    await until(client.documents.summary({ workspaceId }), ({ documents }) => documents >= 4)
    expect(found(served?.process.pid), 'come back').toEqual([])
    await client.workspaces.erase({ workspaceId })
    await connection.close()
    expect(await served?.stop()).toBe(0)
    expect(found(undefined), 'ended').toEqual([])
  },
)
