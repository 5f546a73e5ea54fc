/** Frames, changed, over a real WebSocket into the loopback skin with a whole host behind it. After each the host still answers a good one. */
import { join } from 'node:path'
import type { WebSocket } from 'ws'
import { contract } from '../../../contract/contract.ts'
import { LoopbackServer } from '../../../electron/loopback/loopback-server.ts'
import { enter, tokenOf } from '../../fixtures/loopback-connection.ts'
import { personal, startTestHost, temporaryFolder, type TestHost } from '../../fixtures/test-host.ts'
import type { Chance } from '../chance.ts'
import { mutatedText } from './mutated.ts'
import type { Subject } from './subject.ts'

const methods = Object.entries(contract).flatMap(([area, calls]) => Object.keys(calls).map((name) => `${area}.${name}`))

/** What good frames ask with, so that a changed one gets behind the schema now and then. */
const inputs = (workspaceId: string): unknown[] => [
  {},
  { workspaceId },
  { workspaceId, limit: 10 },
  { workspaceId, conversationId: null, text: 'Why?' },
  { workspaceId, conversationId: null, name: 'a', text: 'b' },
  { workspaceId, query: 'why', filter: {}, limit: 10 },
  { workspaceId, conversationId: null, filter: 'all', name: '', sort: 'name', limit: 10 },
  { workspaceId, documentIds: ['d'] },
  { workspaceId, question: { id: 'q', text: 'Why?', documentId: null, words: ['a'] } },
  { workspaceId, question: 'Why?', modelIds: ['a', 'b'], presetId: 'balanced', blind: true },
  { query: 'why', limit: 10 },
  { name: 'Matter' },
  { reference: null, name: 'a.txt', base64: 'YQ==', last: true },
  { reference: 'r', passphrase: 'p', insist: true, name: 'n', modelIds: [], presets: true },
  { theme: 'dark', threads: 1, hub: 'https://localhost', proxy: '' },
  { modelId: 'm', studentId: 's', downloadId: 'd', workId: 'w', importId: 'i', presetId: 'balanced' },
]

interface Line {
  socket: WebSocket
  isOpen: boolean
}

export class SentFrames implements Subject {
  readonly name = 'frame'
  readonly share = 18
  readonly #bugs: unknown[] = []
  #room: { host: TestHost; server: LoopbackServer; inputs: unknown[] } | null = null
  #line: Line | null = null
  #nextId = 1_000_000

  async run(chance: Chance): Promise<string> {
    this.#room ??= await this.#open()
    const line = this.#line?.isOpen ? this.#line : await this.#enter(this.#room.server)
    this.#line = line
    const frame = {
      t: chance.next() < 0.85 ? 'open' : chance.oneOf(['cancel', 'item', 'done', 'fail']),
      id: chance.below(1000),
      method: chance.oneOf(methods),
      input: chance.oneOf(this.#room.inputs),
    }
    // A vault that locks would hide everything behind it.
    const changed =
      chance.next() < 0.5
        ? mutatedText(frame, chance)
        : `{"t":"open","id":${frame.id},"method":"${frame.method}","input":${mutatedText(frame.input, chance) || 'null'}}`
    const text = changed.replaceAll('vault.lock', 'vault.touch')
    line.socket.send(chance.next() < 0.95 ? text : Buffer.from(text))
    const outcome = (await this.#isAnswered(line)) ? 'borne' : 'cut'
    if (outcome === 'cut' && !(await this.#isAnswered(await this.#enter(this.#room.server))))
      throw new Error('The host answers nobody any more')
    const [bug] = this.#bugs.splice(0)
    if (bug !== undefined) throw new Error('The loopback server complained', { cause: bug })
    return outcome
  }

  async close(): Promise<void> {
    await this.#room?.server.close()
    await this.#room?.host.close()
  }

  async #open(): Promise<{ host: TestHost; server: LoopbackServer; inputs: unknown[] }> {
    const host = await startTestHost()
    await host.client.vault.create({ kind: 'keychain' })
    const workspaceId = await personal(host.client)
    const server = await LoopbackServer.start({
      ...{ host: host.host, pageFiles: new Map(), uploadFolder: join(temporaryFolder(), 'incoming') },
      ...{ port: 0, onBug: (error: unknown) => this.#bugs.push(error), now: Date.now },
    })
    return { host, server, inputs: inputs(workspaceId) }
  }

  async #enter(server: LoopbackServer): Promise<Line> {
    const entered = await enter(server.origin, 'token', tokenOf(server.newAddress()))
    if (typeof entered === 'number') throw new Error(`A good page was refused with ${entered}`)
    const line: Line = { socket: entered.socket, isOpen: true }
    entered.socket.on('close', () => (line.isOpen = false))
    this.#line = line
    return line
  }

  /** Asks something that is always answered. False when the line was closed instead. */
  #isAnswered({ socket }: Line): Promise<boolean> {
    const id = this.#nextId++
    return new Promise((resolve) => {
      const over = (answered: boolean): void => {
        socket.off('message', hear)
        socket.off('close', left)
        resolve(answered)
      }
      const left = (): void => over(false)
      const hear = (data: Buffer): void => {
        if (data.includes(`"id":${id}`)) over(true)
      }
      if (socket.readyState !== socket.OPEN) return resolve(false)
      socket.on('message', hear).on('close', left)
      socket.send(JSON.stringify({ t: 'open', id, method: 'desktop.state', input: {} }))
    })
  }
}
