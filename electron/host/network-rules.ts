/** What is reached under which conditions: one list of purposes, and what administrators have said of them. Decides; asks nobody and opens nothing. */
import { AppError } from '../../contract/errors.ts'
import type { NetworkPurpose } from '../../contract/network.ts'
import type { ManagedSettings, SettingKey, Settings } from '../../contract/settings.ts'

interface PurposeRules {
  /** How long one connection may last, in milliseconds. */
  longestMs: number
  /** Whether anything may be sent but a question for a file. */
  posts: boolean
  /** Hosts beside the one that was allowed that its server may send us on to, under the same port. */
  alsoFrom: (host: string) => readonly string[]
  /** The setting that names the address; where a policy fixes it, that address is allowed and no other. */
  setting: SettingKey | null
  /** The policy that closes the door for this purpose altogether. */
  enabledBy: 'modelDownloadsEnabled' | 'linksEnabled' | null
}

const minutes = 60_000
const none = (): readonly string[] => []

/** The conditions of every purpose. */
export const purposes: Record<NetworkPurpose, PurposeRules> = {
  model_download: {
    longestMs: 24 * 60 * minutes,
    posts: false,
    // The hub sends files from servers of its own under other names; a mirror may do so under its own name only.
    alsoFrom: (host) => [`*.${host}`, ...(host === 'huggingface.co' ? ['*.hf.co'] : [])],
    setting: 'hub',
    enabledBy: 'modelDownloadsEnabled',
  },
  catalogue: { longestMs: 10 * minutes, posts: false, alsoFrom: none, setting: 'catalogueAddress', enabledBy: null },
  teacher: { longestMs: 60 * minutes, posts: true, alsoFrom: none, setting: null, enabledBy: null },
  proxy: { longestMs: 24 * 60 * minutes, posts: false, alsoFrom: none, setting: 'proxy', enabledBy: null },
  link: { longestMs: minutes, posts: false, alsoFrom: none, setting: null, enabledBy: 'linksEnabled' },
}

/** Something to be reached: everything below an address, for one purpose. */
export interface Subject {
  purpose: NetworkPurpose
  /** In one spelling: no query, no slash at the end. */
  address: string
  host: string
  port: number
}

/** @throws TypeError when the address is none */
export function subjectOf(purpose: NetworkPurpose, address: string): Subject {
  const url = new URL(address)
  const path = url.pathname.replace(/\/+$/, '')
  return { purpose, address: `${url.protocol}//${url.host}${path}`, host: url.hostname, port: portOf(url) }
}

/** The port that an address leads to. */
export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port)
}

/** What administrators say of a subject; `ask` where they leave it to a person. */
export function verdictOf(subject: Subject, values: Settings, managed: ManagedSettings): 'allowed' | 'forbidden' | 'ask' {
  // Only a policy's own words count: the page must not allow itself anything.
  const connections = managed.connections ? values.connections : 'ask'
  if (connections === 'off') return 'forbidden'
  const { enabledBy } = purposes[subject.purpose]
  if (enabledBy !== null && !values[enabledBy]) return 'forbidden'
  const { setting } = purposes[subject.purpose]
  const fixed = setting === null ? undefined : managed[setting]
  if (fixed && setting !== null) {
    const address = values[setting as 'hub']
    const isIt = !fixed.unread && URL.canParse(address) && subjectOf(subject.purpose, address).address === subject.address
    return isIt ? 'allowed' : 'forbidden'
  }
  if (managed.allowedHosts && listedHosts(values.allowedHosts).some((listed) => isListed(subject, listed))) return 'allowed'
  return connections === 'listed' ? 'forbidden' : 'ask'
}

/** What has to be allowed for an address to be reached: the proxy that somebody entered, since it learns of everything, and the address. */
export function neededFor(
  { purpose, address }: { purpose: NetworkPurpose; address: string },
  { proxy }: Pick<Settings, 'proxy'>,
): Subject[] {
  return [...(proxy === '' ? [] : [subjectOf('proxy', proxy)]), subjectOf(purpose, address)]
}

/** network_forbidden {host} for the first of them that administrators forbid; null where they forbid none. */
export function forbiddenAmong(
  needed: readonly Subject[],
  { values, managed }: { values: Settings; managed: ManagedSettings },
): AppError | null {
  const refused = needed.find((subject) => verdictOf(subject, values, managed) === 'forbidden')
  return refused ? new AppError('network_forbidden', 'An administrator forbids this address', { host: refused.host }) : null
}

/** Whether a name or a `*.name` is meant by a host. */
export function covers(allowed: string, host: string): boolean {
  return allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) && host.length > allowed.length - 1 : host === allowed
}

interface Listed {
  purpose: string
  host: string
  port: number
}

/** Lines that are none are left out: what is not understood allows nothing. */
function listedHosts(text: string): Listed[] {
  return text.split('\n').flatMap((line) => {
    const [, purpose, host, port = '443'] = /^\s*(\*|[a-z_]+)\s+((?:\*\.)?[a-z0-9.-]+)(?::(\d{1,5}))?\s*$/i.exec(line) ?? []
    return purpose === undefined || host === undefined ? [] : [{ purpose, host: host.toLowerCase(), port: Number(port) }]
  })
}

function isListed({ purpose, host, port }: Subject, listed: Listed): boolean {
  return (listed.purpose === '*' || listed.purpose === purpose) && listed.port === port && covers(listed.host, host)
}
