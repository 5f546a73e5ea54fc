/** The ONE door to the network. It is closed: an address is reached only under a grant that names its host, and the ledger keeps every attempt. */
import { Agent, request } from 'node:https'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { getCACertificates } from 'node:tls'
import type { DoorState, NetworkPurpose } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { Settings } from '../../contract/settings.ts'
import { NetworkLedger } from './network-ledger.ts'
import type { EncryptedDatabase } from './vault/files/encrypted-database.ts'

/** What a person allowed: these hosts, for this purpose. `*.example.org` is every host under example.org, not itself. */
export interface Grant {
  purpose: NetworkPurpose
  hosts: readonly string[]
}

/** An answer whose body has not been read yet. */
export interface NetworkAnswer {
  status: number
  headers: IncomingHttpHeaders
  /** Headers of the redirects before it, first one first. */
  redirects: IncomingHttpHeaders[]
  /** The bytes as they come. Leaving the loop closes the connection. Throws network_unreachable when they stop coming. */
  body: AsyncIterable<Buffer>
  close: () => void
}

/** A hub answers with one redirect or two; a server that sends us round and round is not one. */
const mostRedirects = 5

export interface NetworkOptions {
  database: EncryptedDatabase
  settings: () => Pick<Settings, 'proxy' | 'certificates'>
  now: () => number
  /** Milliseconds without a byte after which a connection counts as lost. */
  silenceMs?: number
}

/** A connection whose answer has begun. */
class Talk {
  readonly host: string
  readonly message: IncomingMessage
  receivedBytes = 0
  #settle: ((outcome: 'passed' | 'failed', receivedBytes: number) => void) | null

  constructor(host: string, message: IncomingMessage, settle: (outcome: 'passed' | 'failed', receivedBytes: number) => void) {
    this.host = host
    this.message = message
    this.#settle = settle
    // Without a listener an error that comes while nobody reads would end the process.
    message.on('error', () => undefined)
  }

  /** Ends it once; later calls do nothing. */
  end(outcome: 'passed' | 'failed'): void {
    this.#settle?.(outcome, this.receivedBytes)
    this.#settle = null
    this.message.destroy()
  }
}

export class Network {
  readonly #options: Required<NetworkOptions>
  readonly #ledger: NetworkLedger
  readonly #talking: string[] = []
  #agent: { agent: Agent; proxy: string; certificates: string } | null = null

  constructor({ silenceMs = 30_000, ...options }: NetworkOptions) {
    this.#options = { silenceMs, ...options }
    this.#ledger = new NetworkLedger(options)
  }

  /** The door with the newest entries of its ledger, now and at every change. */
  async *door(limit: number, signal: AbortSignal): AsyncGenerator<DoorState> {
    for await (const _change of this.#ledger.changes.watch(signal))
      yield { hosts: [...new Set(this.#talking)], ...this.#ledger.newest(limit) }
  }

  /**
   * Asks an address, and the addresses it is redirected to, as far as the grant goes. Only https.
   * @throws AppError network_closed {host}, network_unreachable {host}, network_untrusted {host}, network_status {host, status}, cancelled
   */
  async get(url: string, grant: Grant, headers: Record<string, string>, signal: AbortSignal): Promise<NetworkAnswer> {
    const redirects: IncomingHttpHeaders[] = []
    for (let at = new URL(url); ;) {
      const talk = await this.#begin(at, grant, headers, signal)
      const { statusCode: status = 0, headers: answered } = talk.message
      const next = [301, 302, 303, 307, 308].includes(status) ? answered.location : undefined
      if (next === undefined && status >= 200 && status < 300) {
        return { status, headers: answered, redirects, body: this.#body(talk, signal), close: () => talk.end('passed') }
      }
      talk.end('passed')
      if (next === undefined || redirects.length === mostRedirects || !URL.canParse(next, at.href)) {
        throw new AppError('network_status', 'The server did not answer with what was asked', { host: at.hostname, status })
      }
      redirects.push(answered)
      at = new URL(next, at)
    }
  }

  close(): void {
    this.#agent?.agent.destroy()
    this.#ledger.changes.end(new AppError('locked', 'The vault is locked'))
  }

  /** One connection, from the ledger's entry to its end. */
  async #begin(url: URL, grant: Grant, headers: Record<string, string>, signal: AbortSignal): Promise<Talk> {
    const host = url.hostname
    if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
    if (url.protocol !== 'https:' || !grant.hosts.some((allowed) => covers(allowed, host))) {
      this.#ledger.enter(host, grant.purpose, 'refused')
      throw new AppError('network_closed', 'The door is closed for this address', { host })
    }
    const entry = this.#ledger.enter(host, grant.purpose, 'open')
    this.#talking.push(host)
    const settle = (outcome: 'passed' | 'failed', receivedBytes: number): void => {
      this.#talking.splice(this.#talking.indexOf(host), 1)
      this.#ledger.settle(entry, outcome, receivedBytes)
    }
    try {
      return new Talk(host, await this.#ask(url, headers, signal), settle)
    } catch (error) {
      settle('failed', 0)
      throw signal.aborted ? new AppError('cancelled', 'Cancelled') : failureOf(error, host)
    }
  }

  #ask(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asking = request(url, {
        agent: this.#agentNow(),
        signal,
        headers: { 'user-agent': 'Alambic', 'accept-encoding': 'identity', ...headers },
      })
      asking.setTimeout(this.#options.silenceMs, () => asking.destroy(new Error('silence')))
      asking.once('response', resolve).once('error', reject).end()
    })
  }

  async *#body(talk: Talk, signal: AbortSignal): AsyncGenerator<Buffer> {
    let outcome: 'passed' | 'failed' = 'passed'
    try {
      for await (const chunk of talk.message as AsyncIterable<Buffer>) {
        talk.receivedBytes += chunk.length
        yield chunk
      }
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
      outcome = 'failed'
      throw failureOf(error, talk.host)
    } finally {
      talk.end(outcome)
    }
  }

  /** Connections are kept as long as the settings they were made with. */
  #agentNow(): Agent {
    const { proxy, certificates } = this.#options.settings()
    if (this.#agent?.proxy !== proxy || this.#agent.certificates !== certificates) {
      this.#agent?.agent.destroy()
      const agent = new Agent({
        keepAlive: true,
        ca: [...getCACertificates('default'), ...getCACertificates('system'), ...(certificates === '' ? [] : [certificates])],
        proxyEnv: proxy === '' ? process.env : { HTTPS_PROXY: proxy },
      })
      this.#agent = { agent, proxy, certificates }
    }
    return this.#agent.agent
  }
}

function covers(allowed: string, host: string): boolean {
  return allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed
}

function failureOf(error: unknown, host: string): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // OpenSSL's names of what is wrong with a certificate, as Node gives them; a server without TLS is not one to trust either.
  const untrusted = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_)/.test(code)
  return new AppError(untrusted ? 'network_untrusted' : 'network_unreachable', `${host}: ${code}`, { host }, { cause: error })
}
