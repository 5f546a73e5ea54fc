/**
 * Who may be reached: grants, made out of a person's consent or a policy, for one purpose and for hosts and ports by name. Whoever
 * wants to go through the door asks for one here; nobody else can make one. Opens nothing.
 */
import type { NetworkConsent, NetworkPurpose } from '../../contract/network.ts'
import { AppError } from '../../contract/errors.ts'
import { inBackground } from './base/background.ts'
import type { SettingsArea } from './settings/settings-area.ts'
import { watchAny } from './base/watch-any.ts'
import type { ConsentDesk } from './consent.ts'
import { covers, forbiddenAmong, neededFor, portOf, purposes, subjectOf, verdictOf, type Subject } from './network-rules.ts'
import type { EncryptedDatabase } from './vault/files/encrypted-database.ts'

/** What somebody wants to reach: an address, or anything below it. */
export interface Wish {
  purpose: Exclude<NetworkPurpose, 'proxy' | 'link'>
  address: string
}

/** Leave to reach some hosts for a while. The class stays in this file, so that nobody else can make one. */
class Grant {
  readonly subject: Subject
  /** In milliseconds of the even clock. */
  readonly until: number
  readonly #hosts: readonly string[]

  constructor(subject: Subject, until: number) {
    this.subject = subject
    this.until = until
    this.#hosts = [subject.host, ...purposes[subject.purpose].alsoFrom(subject.host)]
  }

  get purpose(): NetworkPurpose {
    return this.subject.purpose
  }

  covers(url: URL): boolean {
    const { port } = this.subject
    return url.protocol === 'https:' && portOf(url) === port && this.#hosts.some((host) => covers(host, url.hostname))
  }

  /** Whether it is one of ours: something else of the same shape lacks what is private here. */
  static isOne(value: object): boolean {
    return #hosts in value
  }
}
export type { Grant }

interface Use {
  grant: Grant
  end: AbortController
}

export interface GrantsOptions {
  database: EncryptedDatabase
  settings: Pick<SettingsArea, 'state' | 'managed'>
  desk: ConsentDesk
  now: () => number
  /** Milliseconds that pass evenly, whatever is done to the clock. */
  elapsed: () => number
  /** Told when consents come or go. */
  onChange: () => void
  /** Told of each answer about an address: a person's, or a policy's no. */
  onAnswer?: (subject: Pick<Subject, 'purpose' | 'host' | 'port'>, refusal: AppError | null) => void
  /** Told of what fails where nobody waits. */
  onBug?: (error: unknown) => void
}

export class Grants {
  readonly #options: GrantsOptions
  /** Connections that go on under a grant now. */
  readonly #uses = new Set<Use>()
  /** Sites whose links are opened without a question until the vault locks, and since when. */
  readonly #linkSites = new Map<string, number>()
  readonly #closing = new AbortController()

  constructor(options: GrantsOptions) {
    this.#options = options
    inBackground(this.#followPolicies(), options.onBug ?? (() => undefined))
  }

  /**
   * A grant for the wish; asks the person when nobody has allowed it yet.
   * @throws AppError network_not_allowed {host}, network_forbidden {host}, busy while something else is being asked
   */
  async ask(wish: Wish): Promise<Grant> {
    for (const subject of this.#needed(wish)) {
      if (this.#isAllowed(subject)) continue
      if ((await this.#put(subject)) === 'no') throw this.#refused(subject, notAllowed(subject))
      this.#closing.signal.throwIfAborted()
      this.#remember(subject)
    }
    return this.standing(wish)
  }

  /** A grant for the wish if it is allowed as things stand. Asks nobody. @throws AppError network_not_allowed {host}, network_forbidden {host} */
  standing(wish: Wish): Grant {
    const needed = this.#needed(wish)
    const missing = needed.find((subject) => !this.#isAllowed(subject))
    if (missing) throw notAllowed(missing)
    const subject = subjectOf(wish.purpose, wish.address)
    return new Grant(subject, this.#options.elapsed() + purposes[wish.purpose].longestMs)
  }

  /**
   * Whether an address may be opened outside, after a question unless its site was allowed for this session.
   * @throws AppError network_not_allowed {host}, network_forbidden {host}, busy
   */
  async askForLink(url: URL): Promise<void> {
    const subject: Subject = {
      purpose: 'link',
      address: url.href,
      host: url.protocol === 'mailto:' ? url.pathname : url.hostname,
      port: portOf(url),
    }
    const verdict = this.#verdict(subject)
    const refusal = forbiddenAmong([subject], this.#rules)
    if (refusal) throw this.#refused(subject, refusal)
    const site = url.protocol === 'mailto:' ? null : url.origin
    if (verdict === 'allowed' || (site !== null && this.#linkSites.has(site))) return
    const answer = await this.#put(subject)
    if (answer === 'no') throw this.#refused(subject, notAllowed(subject))
    this.#options.onAnswer?.(subject, null)
    if (answer === 'always' && site !== null) {
      this.#linkSites.set(site, this.#options.now())
      this.#options.onChange()
    }
  }

  /**
   * Begins a connection under a grant. The signal ends it when the grant ends: at its time, when it is withdrawn, when a policy
   * forbids it, at the lock.
   * @throws AppError network_closed {host} when the grant does not reach so far, network_ended {host} when it is over
   */
  use(grant: Grant, url: URL): { signal: AbortSignal; release: () => void } {
    if (!Grant.isOne(grant) || !grant.covers(url))
      throw new AppError('network_closed', 'The door is closed for this address', { host: url.hostname })
    const leftMs = grant.until - this.#options.elapsed()
    if (leftMs <= 0 || this.#closing.signal.aborted || !this.#stands(grant)) throw ended(grant)
    const use: Use = { grant, end: new AbortController() }
    const timer = setTimeout(() => use.end.abort(ended(grant)), leftMs)
    this.#uses.add(use)
    return {
      signal: use.end.signal,
      release: () => {
        clearTimeout(timer)
        this.#uses.delete(use)
      },
    }
  }

  /** What has been allowed, the newest first; a policy's own addresses too. */
  get consents(): NetworkConsent[] {
    const { values, managed } = this.#rules
    const byPolicy = (['model_download', 'catalogue', 'proxy'] as const).flatMap((purpose): NetworkConsent[] => {
      const address = values[purposes[purpose].setting as 'hub' | 'catalogueAddress' | 'proxy']
      if (!managed[purposes[purpose].setting as 'hub'] || !URL.canParse(address)) return []
      const subject = subjectOf(purpose, address)
      return this.#verdict(subject) === 'allowed' ? [{ ...subject, givenAt: null, givenBy: 'policy', untilLock: false }] : []
    })
    const links = [...this.#linkSites].reverse().map(([address, givenAt]): NetworkConsent => ({
      ...subjectOf('link', address),
      ...{ givenAt, givenBy: this.#options.desk.where, untilLock: true },
    }))
    const kept = this.#options.database
      .prepare<Pick<NetworkConsent, 'purpose' | 'address' | 'givenAt' | 'givenBy'>>(
        'SELECT purpose, address, given_at AS givenAt, given_by AS givenBy FROM network_consents ORDER BY given_at DESC, rowid DESC',
      )
      .all()
      .map((row): NetworkConsent => ({ ...row, ...subjectOf(row.purpose, row.address), untilLock: false }))
    return [...byPolicy, ...links, ...kept]
  }

  /** Takes a consent back. What goes on under it ends. */
  withdraw(purpose: NetworkPurpose, address: string): void {
    if (purpose === 'link') this.#linkSites.delete(address)
    this.#options.database.prepare('DELETE FROM network_consents WHERE purpose = ? AND address = ?').run(purpose, address)
    this.#review()
    this.#options.onChange()
  }

  close(): void {
    this.#closing.abort(new AppError('locked', 'The vault is locked'))
    this.#options.desk.leave()
    for (const { end } of this.#uses) end.abort(new AppError('locked', 'The vault is locked'))
    this.#uses.clear()
  }

  get #rules() {
    const { state, managed } = this.#options.settings
    return { values: state.value, managed: managed.value }
  }

  #verdict(subject: Subject): 'allowed' | 'forbidden' | 'ask' {
    const { values, managed } = this.#rules
    return verdictOf(subject, values, managed)
  }

  /** What has to be allowed for a wish. @throws AppError network_forbidden */
  #needed(wish: Wish): Subject[] {
    const needed = neededFor(wish, this.#rules.values)
    const refusal = forbiddenAmong(needed, this.#rules)
    if (refusal) throw this.#refused(subjectOf(wish.purpose, wish.address), refusal)
    return needed
  }

  #isAllowed(subject: Subject): boolean {
    const verdict = this.#verdict(subject)
    if (verdict !== 'ask') return verdict === 'allowed'
    return (
      this.#options.database
        .prepare('SELECT 1 FROM network_consents WHERE purpose = ? AND address = ?')
        .get(subject.purpose, subject.address) !== undefined
    )
  }

  #stands({ subject }: Grant): boolean {
    const { proxy } = this.#rules.values
    return this.#isAllowed(subject) && (proxy === '' || this.#isAllowed(subjectOf('proxy', proxy)))
  }

  #put({ purpose, host, port, address }: Subject): ReturnType<ConsentDesk['ask']> {
    const shown = port === 443 || purpose === 'link' ? host : `${host}:${port}`
    return this.#options.desk.ask({ purpose, host: shown, address, language: this.#rules.values.language })
  }

  #remember(subject: Subject): void {
    const { purpose, address } = subject
    const { database, now, desk, onChange } = this.#options
    database
      .prepare('INSERT OR REPLACE INTO network_consents (purpose, address, given_at, given_by) VALUES (?, ?, ?, ?)')
      .run(purpose, address, now(), desk.where)
    onChange()
    this.#options.onAnswer?.(subject, null)
  }

  #refused(subject: Subject, refusal: AppError): AppError {
    this.#options.onAnswer?.(subject, refusal)
    return refusal
  }

  /** Ends what is not allowed any more. */
  #review(): void {
    for (const { grant, end } of this.#uses) {
      // Whatever keeps the rows from being read, a lock for instance: what is not known to be allowed ends.
      const stands = ((): boolean => {
        try {
          return this.#stands(grant)
        } catch {
          return false
        }
      })()
      if (!stands) end.abort(ended(grant))
    }
  }

  async #followPolicies(): Promise<void> {
    const { settings, onChange } = this.#options
    for await (const _change of watchAny([settings.managed, settings.state], this.#closing.signal)) {
      this.#review()
      onChange()
    }
  }
}

function notAllowed({ host }: Subject): AppError {
  return new AppError('network_not_allowed', 'Nobody allowed this address', { host })
}

function ended({ subject: { host } }: Grant): AppError {
  return new AppError('network_ended', 'The grant is over', { host })
}
