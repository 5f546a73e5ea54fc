/** What the skin can do for the page: versions, file dialogs, links. */
import type { DesktopState as DesktopFacts } from '../../contract/entities.ts'
import type { Client } from '../../contract/contract.ts'

export class DesktopState {
  #facts = $state.raw<DesktopFacts | null>(null)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until the host has said. */
  get facts(): DesktopFacts | null {
    return this.#facts
  }

  async ask(): Promise<void> {
    this.#facts = await this.#client.desktop.state({})
  }

  /** Opens a web or mail address outside. Only after the person has agreed. @throws AppError where the host refuses the address. */
  async openLink(url: string): Promise<void> {
    if (this.#facts?.opensLinks) await this.#client.desktop.openLink({ url })
    else window.open(url, '_blank', 'noopener,noreferrer')
  }
}
