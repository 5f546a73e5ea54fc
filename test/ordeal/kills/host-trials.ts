/** Kills of a whole host: while it answers, reads documents, writes a workspace out and takes one in. */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { FileKeychain } from '../../fixtures/file-keychain.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  lastOf,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'
import type { Chance } from '../chance.ts'
import { saidUnder, SpokenChild } from '../spoken-child.ts'
import { must, pause, type Trial } from './trial.ts'

const passphrase = 'killed a thousand times'
/** Longest while that the work goes on after it has begun, or after it has said that one piece is done; about what one piece of it takes. */
const longestMs = { chat: 1_000, ingest: 700, export: 700, import: 900 } as const
const pieceDone = { chat: /^asked/, ingest: /^added/, export: /^exported/, import: /^came/ } as const

type Work = keyof typeof longestMs

abstract class HostTrial implements Trial {
  abstract readonly name: string
  protected readonly dataFolder = temporaryFolder()
  protected readonly scratch = temporaryFolder()
  readonly #work: Work

  constructor(work: Work) {
    this.#work = work
  }

  async prepare(): Promise<void> {
    const host = await this.host()
    await host.client.vault.create({ kind: 'keychain' })
    await this.fill(host)
    await host.close()
  }

  async round(chance: Chance, round: number): Promise<number> {
    const child = new SpokenChild('host-child.ts', [this.#work, this.dataFolder, this.scratch, String(round)], {
      ALAMBIC_ORDEAL_PASSPHRASE: passphrase,
    })
    await child.until(/^begun/)
    if (chance.next() < 0.5) await child.until(pieceDone[this.#work])
    await pause(chance.below(longestMs[this.#work]))
    const lines = await child.kill()
    const host = await this.host()
    try {
      await host.client.vault.unlock({})
      return await this.look(host, lines)
    } finally {
      await host.close()
    }
  }

  async end(): Promise<void> {
    const host = await this.host()
    await host.client.vault.unlock({})
    await this.lookAtAll(host)
    await host.close()
  }

  protected host(): Promise<TestHost> {
    return startTestHost({
      dataFolder: this.dataFolder,
      keychain: new FileKeychain(join(this.scratch, 'keychain.json')),
      launchEngine: new ScriptedEngine().launch,
    })
  }

  protected abstract fill(host: TestHost): Promise<void>
  /** Looks at what this round acknowledged. Returns how much that was. */
  protected abstract look(host: TestHost, lines: readonly string[]): Promise<number>
  protected lookAtAll(_host: TestHost): Promise<void> {
    return Promise.resolve()
  }
}

const Said = z.object({ conversationId: z.string(), text: z.string() })

export class Chatting extends HostTrial {
  readonly name = 'chatting'
  readonly #asked: z.infer<typeof Said>[] = []

  constructor() {
    super('chat')
  }

  protected async fill(host: TestHost): Promise<void> {
    await importModel(host, testModels().english.path)
  }

  protected async look(host: TestHost, lines: readonly string[]): Promise<number> {
    const read = (word: string) => saidUnder(word, lines).map((line) => Said.parse(JSON.parse(line)))
    const asked = read('asked')
    const answered = new Map(read('answered').map(({ conversationId, text }) => [conversationId, text]))
    for (const { conversationId, text } of asked) {
      await this.#lookAt(host, conversationId, text, answered.get(conversationId) ?? null)
    }
    this.#asked.push(...asked)
    return asked.length + answered.size
  }

  protected override async lookAtAll(host: TestHost): Promise<void> {
    for (const { conversationId, text } of this.#asked) await this.#lookAt(host, conversationId, text, null)
    const { total } = await present(host.client.chat.list({ workspaceId: await personal(host.client), limit: 1 }))
    must(total >= this.#asked.length, `${this.#asked.length} conversations were begun and ${total} are there`)
  }

  async #lookAt({ client }: TestHost, conversationId: string, question: string, answer: string | null): Promise<void> {
    const { conversation } = await untilSettled(client, { workspaceId: await personal(client), conversationId })
    must(conversation.messages[0]?.text === question, `The question of ${conversationId} was lost`)
    const last = lastOf(conversation)
    must(last.state !== 'writing', `An answer of ${conversationId} is being written by nobody`)
    must(answer === null || last.text === answer, `The answer of ${conversationId} was lost`)
  }
}

const Added = z.object({ documentId: z.string(), name: z.string() })

export class Ingesting extends HostTrial {
  readonly name = 'ingesting'
  #added: z.infer<typeof Added>[] = []

  constructor() {
    super('ingest')
  }

  protected fill(): Promise<void> {
    return Promise.resolve()
  }

  protected async look(host: TestHost, lines: readonly string[]): Promise<number> {
    const added = saidUnder('added', lines).map((line) => Added.parse(JSON.parse(line)))
    this.#added.push(...added)
    await this.#lookAt(host, added)
    return added.length
  }

  protected override lookAtAll(host: TestHost): Promise<void> {
    return this.#lookAt(host, this.#added)
  }

  async #lookAt({ client }: TestHost, added: readonly z.infer<typeof Added>[]): Promise<void> {
    const workspaceId = await personal(client)
    await until(client.documents.summary({ workspaceId }), ({ working }) => working === 0)
    const query = { workspaceId, conversationId: null, filter: 'all', name: '', sort: 'name', limit: 100_000 } as const
    const { rows } = await present(client.documents.list({ ...query, limit: 1000 }))
    for (const { documentId, name } of added) {
      const found = rows.filter(({ id }) => id === documentId)
      if (rows.length < 1000) must(found.length === 1, `${name} is there ${found.length} times`)
      must(
        found.every(({ stage }) => stage === 'ready'),
        `${name} is ${found[0]?.stage ?? 'nowhere'} and not ready`,
      )
      const { blocks } = await client.documents.text({ workspaceId, documentId, from: 0, limit: 1000 })
      const paragraphs = blocks.filter(({ block }) => block.text.startsWith(`${name}: paragraph`))
      must(paragraphs.length === 40, `${name} has ${paragraphs.length} of its 40 paragraphs`)
    }
  }
}

export class Exporting extends HostTrial {
  readonly name = 'exporting'

  constructor() {
    super('export')
  }

  protected fill(host: TestHost): Promise<void> {
    return fillWithTalks(host)
  }

  /** Every file that bears an export's name opens, said or not: a half one would be taken for one that is whole. */
  protected async look(host: TestHost, lines: readonly string[]): Promise<number> {
    const out = join(this.scratch, 'exported')
    const said = saidUnder('exported', lines).map((line) => z.string().parse(JSON.parse(line)))
    const there = readdirSync(out).filter((name) => name.endsWith('.alambic'))
    for (const name of said) must(there.includes(name), `${name} was written and is not there`)
    for (const name of there) await lookAtImported(host, await takeIn(host, join(out, name)))
    rmSync(out, { recursive: true })
    return said.length
  }
}

export class Importing extends HostTrial {
  readonly name = 'importing'

  constructor() {
    super('import')
  }

  protected async fill(host: TestHost): Promise<void> {
    await fillWithTalks(host)
    const out = join(this.scratch, 'out')
    mkdirSync(out)
    host.desktop.pickedFolder = out
    const folder = await host.client.desktop.pickFolder({})
    const workspaceId = await personal(host.client)
    const { name } = await host.client.workspaces.export({ workspaceId, reference: folder?.reference ?? '', passphrase })
    cpSync(join(out, name), join(this.scratch, 'to-import.alambic'))
  }

  /** Whatever is in the list is whole, and what was said is in the list. */
  protected async look(host: TestHost, lines: readonly string[]): Promise<number> {
    const said = saidUnder('came', lines).map((line) => z.string().parse(JSON.parse(line)))
    const there = (await present(host.client.workspaces.list({}))).filter(({ personal: isFirst }) => !isFirst)
    for (const id of said)
      must(
        there.some((workspace) => workspace.id === id),
        `${id} came in and is not there`,
      )
    for (const { id } of there) await lookAtImported(host, id)
    const left = readdirSync(this.dataFolder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /arriving.|\.new$|unfinished/.test(name),
    )
    must(left.length === 0, `What a kill left of an import was not swept: ${left.join(', ')}`)
    return said.length
  }
}

const talks = 12

async function fillWithTalks(host: TestHost): Promise<void> {
  const { client } = host
  await importModel(host, testModels().english.path)
  const workspaceId = await personal(client)
  for (let at = 0; at < talks; at++) {
    await untilSettled(client, await client.chat.send({ workspaceId, conversationId: null, text: `Talk ${at}` }))
    await client.documents.paste({
      workspaceId,
      conversationId: null,
      name: `Lease ${at}`,
      text: `Clause ${at}. `.repeat(20_000),
    })
  }
  await until(client.documents.summary({ workspaceId }), ({ working }) => working === 0)
}

async function takeIn({ client, desktop }: TestHost, path: string): Promise<string> {
  desktop.pick = path
  const picked = await client.desktop.pickWorkspace({})
  return (await client.workspaces.import({ reference: picked?.reference ?? '', passphrase })).workspaceId
}

/** Looks whether a workspace has everything that {@link fillWithTalks} wrote, and erases it. */
async function lookAtImported({ client }: TestHost, workspaceId: string): Promise<void> {
  const { total } = await present(client.chat.list({ workspaceId, limit: 1 }))
  must(total === talks, `A workspace came with ${total} of its ${talks} conversations`)
  const { documents } = await present(client.documents.summary({ workspaceId }))
  must(documents === talks, `A workspace came with ${documents} of its ${talks} documents`)
  await client.workspaces.erase({ workspaceId })
}
