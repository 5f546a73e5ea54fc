/** The ONE door to the network. It is closed: an address is reached only under a grant (network-grants.ts) that covers it, and the ledger keeps every attempt. */
import { Agent, request } from 'node:https'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { getCACertificates } from 'node:tls'
import type { DoorState } from '../../contract/network.ts'
import { AppError } from '../../contract/errors.ts'
import { inBackground } from './base/background.ts'
import type { ConsentDesk } from './consent.ts'
import { Grants, type Grant, type GrantsOptions } from './network-grants.ts'
import { NetworkLedger } from './network-ledger.ts'
import { proxyFor } from './network-proxy.ts'
import { portOf, purposes } from './network-rules.ts'
import type { SettingsArea } from './settings/settings-area.ts'
import type { EncryptedDatabase } from './vault/files/encrypted-database.ts'

/** An answer whose body has not been read yet. */
export interface NetworkAnswer {
  status: number
  headers: IncomingHttpHeaders
  /** Headers of the redirects before it, first one first. */
  redirects: IncomingHttpHeaders[]
  /** The bytes as they come. Leaving the loop closes the connection. Throws network_unreachable when they stop coming, network_ended. */
  body: AsyncIterable<Buffer>
  close: () => void
}

/** What is asked of an address under a grant. */
export interface NetworkQuestion {
  grant: Grant
  signal: AbortSignal
  /** For the host of the address alone: they do not follow a redirect. */
  headers?: Readonly<Record<string, string>>
}

/** A stretch of a file, `to` being the first byte behind it or null for the end. It follows redirects: a hub sends on to where the file is. */
export interface WantedRange {
  from: number
  to: number | null
  /** Only of the version with this strong tag. */
  tag: string | null
}

/** A hub answers with one redirect or two; a server that sends us round and round is not one. */
const mostRedirects = 5
/** Bytes that one question may send. */
const mostSentBytes = 32 * 1024 * 1024

export interface NetworkOptions {
  database: EncryptedDatabase
  settings: Pick<SettingsArea, 'state' | 'managed'>
  desk: ConsentDesk
  now: () => number
  /** Milliseconds that pass evenly, whatever is done to the clock. */
  elapsed?: () => number
  /** Milliseconds without a byte after which a connection counts as lost. */
  silenceMs?: number
  environment?: NodeJS.ProcessEnv
  onAnswer?: NonNullable<GrantsOptions['onAnswer']>
  /** Told of what fails where nobody waits. */
  onBug?: (error: unknown) => void
}

interface Request {
  url: URL
  grant: Grant
  headers: Readonly<Record<string, string>>
  signal: AbortSignal
  sent: Buffer | null
}

/** A connection whose answer has begun. */
class Talk {
  readonly host: string
  readonly message: IncomingMessage
  readonly signal: AbortSignal
  receivedBytes = 0
  #settle: ((outcome: 'passed' | 'failed', receivedBytes: number) => void) | null

  constructor(
    host: string,
    message: IncomingMessage,
    signal: AbortSignal,
    settle: (outcome: 'passed' | 'failed', receivedBytes: number) => void,
  ) {
    this.host = host
    this.message = message
    this.signal = signal
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
  readonly grants: Grants
  readonly ledger: NetworkLedger
  readonly #options: Required<NetworkOptions>
  readonly #talking: string[] = []
  readonly #closing = new AbortController()
  #agent: { agent: Agent; proxy: string | null; certificates: string } | null = null

  constructor({ silenceMs = 30_000, elapsed = () => performance.now(), environment = process.env, ...options }: NetworkOptions) {
    this.#options = { onBug: () => undefined, onAnswer: () => undefined, silenceMs, elapsed, environment, ...options }
    this.ledger = new NetworkLedger(options)
    this.grants = new Grants({ ...options, elapsed, onChange: () => this.ledger.changed() })
    inBackground(this.#followQuestions(), this.#options.onBug)
  }

  /** The door with the newest entries of its ledger, now and at every change. */
  async *door(limit: number, signal: AbortSignal): AsyncGenerator<DoorState> {
    const { desk } = this.#options
    for await (const _change of this.ledger.changes.watch(signal)) {
      const asked = desk.asking.value
      yield {
        hosts: [...new Set(this.#talking)],
        consents: this.grants.consents,
        asking: asked && { purpose: asked.purpose, host: asked.host, where: desk.where },
        ...this.ledger.newest(limit),
      }
    }
  }

  /**
   * Asks an address, and the addresses it is redirected to, as far as the grant goes. Only https.
   * @throws AppError network_closed {host}, network_ended {host}, network_unreachable {host}, network_untrusted {host}, network_status {host, status}, cancelled
   */
  async get(
    url: string,
    { range, headers = {}, ...question }: NetworkQuestion & { range?: WantedRange },
  ): Promise<NetworkAnswer> {
    const redirects: IncomingHttpHeaders[] = []
    const ranged = range ? rangeHeaders(range) : {}
    for (let at = new URL(url), own = headers; ; own = {}) {
      const talk = await this.#begin({ ...question, url: at, headers: { ...own, ...ranged }, sent: null })
      const { statusCode: status = 0, headers: answered } = talk.message
      const next = [301, 302, 303, 307, 308].includes(status) ? answered.location : undefined
      if (next === undefined && status >= 200 && status < 300) return this.#answer(talk, redirects, question.signal)
      talk.end('passed')
      if (next === undefined || redirects.length === mostRedirects || !URL.canParse(next, at.href)) throw wrongStatus(at, status)
      redirects.push(answered)
      at = new URL(next, at)
      // A server does not give us the names that we use elsewhere.
      at.username = at.password = ''
    }
  }

  /**
   * Sends something to an address, for purposes that send at all. A redirect is not followed: what is sent is for this host alone.
   * @throws AppError as {@link get} does
   */
  async post(
    url: string,
    { body, headers = {}, ...question }: NetworkQuestion & { body: { type: string; bytes: Buffer } },
  ): Promise<NetworkAnswer> {
    if (!purposes[question.grant.purpose].posts || body.bytes.length > mostSentBytes)
      throw new AppError('network_closed', 'Nothing of this kind is sent', { host: new URL(url).hostname })
    const at = new URL(url)
    const length = String(body.bytes.length)
    const sent = { ...headers, 'content-type': body.type, 'content-length': length }
    const talk = await this.#begin({ ...question, url: at, headers: sent, sent: body.bytes })
    const { statusCode: status = 0 } = talk.message
    if (status >= 200 && status < 300) return this.#answer(talk, [], question.signal)
    talk.end('passed')
    throw wrongStatus(at, status)
  }

  close(): void {
    this.#closing.abort()
    this.grants.close()
    this.#agent?.agent.destroy()
    this.ledger.changes.end(new AppError('locked', 'The vault is locked'))
  }

  #answer(talk: Talk, redirects: IncomingHttpHeaders[], signal: AbortSignal): NetworkAnswer {
    const { statusCode: status = 0, headers } = talk.message
    return { status, headers, redirects, body: this.#body(talk, signal), close: () => talk.end('passed') }
  }

  /** One connection, from the ledger's entry to its end. */
  async #begin(question: Request): Promise<Talk> {
    const { url, grant, sent } = question
    const host = url.hostname
    if (question.signal.aborted) throw new AppError('cancelled', 'Cancelled')
    const { proxy: entered } = this.#options.settings.state.value
    const proxy = proxyFor(url, entered, this.#options.environment)
    const entry = { host, port: portOf(url), purpose: grant.purpose, proxy: proxy === null ? null : hostOf(proxy) }
    const use = this.#use(grant, url, entry)
    const id = this.ledger.enter({ ...entry, outcome: 'open', sentBytes: sent?.length ?? 0 })
    const signal = AbortSignal.any([question.signal, use.signal])
    this.#talking.push(host)
    const settle = (outcome: 'passed' | 'failed', receivedBytes: number): void => {
      use.release()
      this.#talking.splice(this.#talking.indexOf(host), 1)
      this.ledger.settle(id, outcome, receivedBytes)
    }
    try {
      return new Talk(host, await this.#ask({ ...question, signal }, proxy), signal, settle)
    } catch (error) {
      settle('failed', 0)
      throw question.signal.aborted ? new AppError('cancelled', 'Cancelled') : (endedBy(use.signal) ?? failureOf(error, host))
    }
  }

  #use(grant: Grant, url: URL, entry: { host: string; port: number; purpose: Grant['purpose']; proxy: string | null }) {
    try {
      return this.grants.use(grant, url)
    } catch (error) {
      this.ledger.enter({ ...entry, outcome: 'refused', sentBytes: 0 })
      throw error
    }
  }

  #ask({ url, headers, signal, sent }: Request, proxy: string | null): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const asking = request(url, {
        agent: this.#agentNow(proxy),
        signal,
        method: sent === null ? 'GET' : 'POST',
        // NODE_TLS_REJECT_UNAUTHORIZED in somebody's environment must not make every server a trusted one.
        rejectUnauthorized: true,
        headers: { 'user-agent': 'Alambic', 'accept-encoding': 'identity', ...headers },
      })
      asking.setTimeout(this.#options.silenceMs, () => asking.destroy(new Error('silence')))
      asking
        .once('response', resolve)
        .once('error', reject)
        .end(sent ?? undefined)
    })
  }

  async *#body(talk: Talk, signal: AbortSignal): AsyncGenerator<Buffer> {
    let outcome: 'passed' | 'failed' = 'passed'
    try {
      for await (const chunk of talk.message as AsyncIterable<Buffer>) {
        // What had arrived before the grant ended is not handed on after it.
        talk.signal.throwIfAborted()
        talk.receivedBytes += chunk.length
        yield chunk
      }
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled', 'Cancelled')
      outcome = 'failed'
      throw endedBy(talk.signal) ?? failureOf(error, talk.host)
    } finally {
      talk.end(outcome)
    }
  }

  /** Connections are kept as long as the settings they were made with. */
  #agentNow(proxy: string | null): Agent {
    const { certificates } = this.#options.settings.state.value
    if (!this.#agent || this.#agent.proxy !== proxy || this.#agent.certificates !== certificates) {
      this.#agent?.agent.destroy()
      const agent = new Agent({
        keepAlive: true,
        // Else NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment trusts everybody.
        rejectUnauthorized: true,
        ca: [...getCACertificates('default'), ...getCACertificates('system'), ...(certificates === '' ? [] : [certificates])],
        ...(proxy === null ? {} : { proxyEnv: { HTTPS_PROXY: proxy } }),
      })
      this.#agent = { agent, proxy, certificates }
    }
    return this.#agent.agent
  }

  async #followQuestions(): Promise<void> {
    for await (const _question of this.#options.desk.asking.watch(this.#closing.signal)) this.ledger.changed()
  }
}

function rangeHeaders({ from, to, tag }: WantedRange): Record<string, string> {
  return { range: `bytes=${from}-${to === null ? '' : to - 1}`, ...(tag === null ? {} : { 'if-range': tag }) }
}

/** Host and port of an address, without the name and the password that a proxy's may have. */
function hostOf(address: string): string {
  const url = new URL(address)
  return `${url.hostname}:${portOf(url)}`
}

/** Why a connection under a grant was ended; undefined when it was not. */
function endedBy(signal: AbortSignal): AppError | undefined {
  return signal.aborted && signal.reason instanceof AppError ? signal.reason : undefined
}

function wrongStatus({ hostname: host }: URL, status: number): AppError {
  return new AppError('network_status', 'The server did not answer with what was asked', { host, status })
}

function failureOf(error: unknown, host: string): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // OpenSSL's names of what is wrong with a certificate, as Node gives them; a server without TLS is not one to trust either.
  const untrusted = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_)/.test(code)
  return new AppError(untrusted ? 'network_untrusted' : 'network_unreachable', `${host}: ${code}`, { host }, { cause: error })
}
