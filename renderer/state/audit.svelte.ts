/** The audit log as far as a page sees it: how much it has, whether it is whole, and its way out. No entry comes here. */
import type { AuditState as AuditFacts } from '../../contract/audit.ts'
import type { Client } from '../../contract/contract.ts'
import type { Area } from './area.ts'
import { Task } from './task.svelte.ts'

export class AuditState implements Area {
  readonly verifying = new Task()
  readonly exporting = new Task()
  #facts = $state.raw<AuditFacts | null>(null)
  #exported = $state<string | null>(null)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until it has been verified. */
  get facts(): AuditFacts | null {
    return this.#facts
  }

  /** The folder that it was written into last. */
  get exported(): string | null {
    return this.#exported
  }

  verify(): Promise<boolean> {
    return this.verifying.run(async () => {
      this.#facts = await this.#client.audit.verify({})
    })
  }

  /** Writes it into a folder, or into the one that is picked now. */
  export(reference: string | null): Promise<boolean> {
    return this.exporting.run(async () => {
      this.#exported = null
      const folder = reference ?? (await this.#client.desktop.pickFolder({}))?.reference
      if (folder === undefined) return
      this.#exported = (await this.#client.audit.export({ reference: folder })).name
    })
  }

  forget(): void {
    this.#facts = null
    this.#exported = null
    this.verifying.forget()
    this.exporting.forget()
  }
}
