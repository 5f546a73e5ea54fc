/** Words that are taken away: saved as a file where the person chooses, or copied and printed, which the host hears of first. */
import type { Client } from '../../contract/contract.ts'
import type { Paper, PaperFormat } from '../../contract/paper.ts'
import type { SendFile } from './models.svelte.ts'
import { Task } from './task.svelte.ts'

export class PapersState {
  /** Copying, printing or saving, and how that last failed. */
  readonly task = new Task()
  readonly #client: Client
  readonly #sendFile: SendFile
  #saved = $state.raw<{ name: string; sizeBytes: number } | null>(null)
  #leaving: AbortController | null = null

  constructor(client: Client, sendFile: SendFile) {
    this.#client = client
    this.#sendFile = sendFile
  }

  /** What was saved last; null before. */
  get saved(): { name: string; sizeBytes: number } | null {
    return this.#saved
  }

  /** Does it once the host has nothing against it. @returns whether it was done */
  take(workspaceId: string, way: 'copy' | 'print', act: () => Promise<void> | void): Promise<boolean> {
    return this.task.run(async () => {
      await this.#client.papers.begin({ workspaceId, way })
      await act()
    })
  }

  /** Saves it into a folder, or into the one that is picked now. */
  save(
    workspaceId: string,
    { format, folder, paper }: { format: PaperFormat; folder: string | null; paper: () => Paper },
  ): Promise<boolean> {
    return this.task.once(async () => {
      const reference = folder ?? (await this.#client.desktop.pickFolder({}))?.reference
      if (reference === undefined) return
      const leaving = new AbortController()
      this.#leaving = leaving
      const file = new File([JSON.stringify(paper())], 'paper.json')
      const sent = await this.#sendFile(file, () => undefined, leaving.signal, 'document')
      const wish = { workspaceId, reference, paper: sent.reference, format }
      this.#saved = await this.#client.papers.save(wish, { signal: leaving.signal })
    })
  }

  /** Gives up what is being saved. */
  stop(): void {
    this.#leaving?.abort()
  }

  /** Forgets how the last one went. */
  forget(): void {
    this.stop()
    this.#saved = null
    this.task.forget()
  }
}
