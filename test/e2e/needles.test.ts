// Nothing that a person wrote is on disk in clear: 200 needles over messages, titles, presets, settings and searches, looked for in every file.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { serveAlambic, type Served } from '../fixtures/browser.ts'
import { connectLoopback } from '../fixtures/loopback-connection.ts'
import { personal, present, temporaryFolder, testModels, untilSettled } from '../fixtures/test-host.ts'

const passphrase = 'needle-passphrase-of-the-vault'
const root = temporaryFolder()
const dataFolder = join(root, 'data')
const temporary = join(root, 'tmp')
mkdirSync(temporary)
const needles = Array.from({ length: 200 }, (_, index) => `needle${index}x${((index + 7) * 2654435761) % 4294967296}`)
let served: Served | null = null
afterAll(() => served?.process.kill('SIGKILL'))

/** Files of the two folders, and files already unlinked that the process still holds, in which a needle stands. */
function found(pid: number | undefined): string[] {
  const files = [dataFolder, temporary].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
    ),
  )
  const held = pid ? readdirSync(`/proc/${pid}/fd`).map((number) => `/proc/${pid}/fd/${number}`) : []
  // Every needle, and the passphrase, begins with this.
  const wanted = [Buffer.from('needle'), Buffer.from('needle', 'utf16le')]
  return [...files.filter((file) => !file.endsWith('.gguf')), ...held].filter((file) => {
    try {
      // Reading a pipe would wait for ever.
      if (!statSync(file).isFile()) return false
      const bytes = readFileSync(file)
      return wanted.some((needle) => bytes.includes(needle))
    } catch {
      // Gone by now.
      return false
    }
  })
}

test(
  '200 needles, and none in any file: while it writes, afterwards, locked, and after a kill',
  { timeout: 120_000 },
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
    await new Promise((resolve) => setTimeout(resolve, 1500))
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
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(found(served.process.pid), 'while students are compared').toEqual([])
    await client.compare.stop(compared)
    await client.vault.lock({})
    expect(found(served.process.pid), 'locked').toEqual([])
    await client.vault.unlock({ passphrase })
    await client.chat.send({ workspaceId, conversationId: null, text: needles.join(' '), modelId: slow.id })
    await new Promise((resolve) => setTimeout(resolve, 1200))
    served.process.kill('SIGKILL')
    expect(found(undefined), 'after a kill').toEqual([])

    // The search itself finds what is in clear, or it would prove nothing.
    writeFileSync(join(temporary, 'planted.txt'), `some ${needles[3]} in clear`)
    expect(found(undefined)).toEqual([join(temporary, 'planted.txt')])
  },
)
