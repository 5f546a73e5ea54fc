/** What the host says of the workspace that is shown, for as long as it is. Nothing of one is left when another is shown. */
import { follow } from './follow.ts'

export class ShownWorkspace<Facts> {
  readonly #open: (workspaceId: string, signal: AbortSignal) => AsyncIterable<Facts>
  readonly #clear: () => void
  #id: string | null = null
  #life: AbortController | null = null
  #facts = $state.raw<Facts | null>(null)

  /** @param clear forgets what else is kept of the one that is left */
  constructor(open: (workspaceId: string, signal: AbortSignal) => AsyncIterable<Facts>, clear: () => void) {
    this.#open = open
    this.#clear = clear
  }

  get id(): string | null {
    return this.#id
  }

  /** Null until the host has said. */
  get facts(): Facts | null {
    return this.#facts
  }

  /** Fires when it is left; null while none is shown. */
  get life(): AbortSignal | null {
    return this.#life?.signal ?? null
  }

  show(workspaceId: string | null): void {
    if (workspaceId === this.#id) return
    this.leave()
    this.#id = workspaceId
    if (workspaceId === null) return
    const life = new AbortController()
    this.#life = life
    void follow(
      (signal) => this.#open(workspaceId, signal),
      (facts) => (this.#facts = facts),
      life.signal,
      () => undefined,
    )
  }

  leave(): void {
    this.#life?.abort()
    this.#life = null
    this.#id = null
    this.#facts = null
    this.#clear()
  }
}
