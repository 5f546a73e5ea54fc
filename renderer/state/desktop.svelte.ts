/** What the skin can do for the page: versions, file dialogs, links; and what holds the parts of the program. */
import type { DesktopState as DesktopFacts } from '../../contract/entities.ts'
import type { Client } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import type { WallsState } from '../../contract/walls.ts'
import type { Area, Life } from './area.ts'
import { Task } from './task.svelte.ts'

export class DesktopState implements Area {
  /** A link on its way to the person's browser. */
  readonly opening = new Task()
  #facts = $state.raw<DesktopFacts | null>(null)
  #walls = $state.raw<WallsState | null>(null)
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until the host has said. */
  get facts(): DesktopFacts | null {
    return this.#facts
  }

  /** What holds the processes that read and compute; null until the host has said. */
  get walls(): WallsState | null {
    return this.#walls
  }

  onStart({ follow }: Life): void {
    follow(this.#client.about.walls, (walls) => (this.#walls = walls))
  }

  async ask(): Promise<void> {
    this.#facts = await this.#client.desktop.state({})
  }

  /** Has the skin say through the system that an answer has ended. That it could not is no news. */
  async notify(): Promise<void> {
    try {
      await this.#client.desktop.notify({})
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
  }

  /** Opens a web or mail address outside, once the person has agreed where this page cannot. */
  openLink(url: string): Promise<boolean> {
    return this.opening.once(() => this.#client.desktop.openLink({ url }))
  }
}
