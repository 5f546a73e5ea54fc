/** Addresses that the person's own browser or mail program opens: asked about outside of the page, and written into the ledger. */
import { AppError } from '../../contract/errors.ts'
import type { Desktop } from './desktop.ts'
import type { Network } from './network.ts'
import { portOf } from './network-rules.ts'

export class NetworkLinks {
  readonly #network: Pick<Network, 'grants' | 'ledger'>
  readonly #desktop: Pick<Desktop, 'openLink'>

  constructor({ network, desktop }: { network: Pick<Network, 'grants' | 'ledger'>; desktop: Pick<Desktop, 'openLink'> }) {
    this.#network = network
    this.#desktop = desktop
  }

  /** @throws AppError invalid_input for what is never opened, network_not_allowed, network_forbidden, busy */
  async open(address: string): Promise<void> {
    const url = URL.parse(address)
    // What goes in clear is read on its way; nearly every site answers under https too.
    if (url?.protocol === 'http:' && url.port === '') url.protocol = 'https:'
    if (!url || !mayOpen(url)) throw new AppError('invalid_input', 'Only https and mail addresses are opened')
    const { grants, ledger } = this.#network
    const isMail = url.protocol === 'mailto:'
    const entry = {
      // Whom a mail is to is nobody's business, the ledger's neither.
      host: isMail ? (url.pathname.split('@').at(-1) ?? '') : url.hostname,
      port: isMail ? null : portOf(url),
      ...{ purpose: 'link' as const, proxy: null, sentBytes: 0 },
    }
    try {
      await grants.askForLink(url)
    } catch (error) {
      ledger.enter({ ...entry, outcome: 'refused' })
      throw error
    }
    const id = ledger.enter({ ...entry, outcome: 'open' })
    let outcome: 'passed' | 'failed' = 'failed'
    try {
      await this.#desktop.openLink(url.href)
      outcome = 'passed'
    } finally {
      ledger.settle(id, outcome, 0)
    }
  }
}

/**
 * Whether the system may open the address: `file:` and the schemes of installed programs can start them, and http goes in clear.
 * Of a mail the page may say to whom and about what; a text or a file would take something of the person's along.
 */
export function mayOpen(url: URL): boolean {
  if (url.protocol === 'mailto:') return [...url.searchParams.keys()].every((key) => key.toLowerCase() === 'subject')
  return url.protocol === 'https:' && url.username === '' && url.password === ''
}
