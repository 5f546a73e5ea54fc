/** Answers whose end could not be written, because the disk was full: their rows are closed as soon as it can be, and never stay as being written. */
import { AppError } from '../../../../contract/errors.ts'
import type { Trouble } from '../../../../contract/entities.ts'

/** How often it is tried again, in milliseconds. */
const retryMs = 5_000

/** How such an answer ended. */
export const leftTrouble: Trouble = { code: 'disk_full' }

export class LeftAnswers {
  readonly #close: (workspaceId: string) => void
  readonly #onBug: (error: unknown) => void
  readonly #retryMs: number
  readonly #workspaces = new Set<string>()
  #timer: NodeJS.Timeout | null = null

  /** @param close closes the rows of a workspace that nobody writes, and tells who looks at them; throws disk_full while it cannot */
  constructor(close: (workspaceId: string) => void, onBug: (error: unknown) => void, retryAfterMs = retryMs) {
    this.#close = close
    this.#onBug = onBug
    this.#retryMs = retryAfterMs
  }

  /** One was left in this workspace. */
  add(workspaceId: string): void {
    this.#workspaces.add(workspaceId)
    this.#timer ??= setTimeout(() => this.#tryAll(), this.#retryMs).unref()
  }

  /** Does what marks the answers of an earlier run; a full disk must not keep the vault shut for it. */
  orLater(workspaceId: string, mark: () => void): void {
    try {
      mark()
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'disk_full')) throw error
      this.add(workspaceId)
    }
  }

  /** Gives it up: the next opening of the workspace marks what is left. */
  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#workspaces.clear()
  }

  #tryAll(): void {
    this.#timer = null
    for (const workspaceId of [...this.#workspaces]) {
      this.#workspaces.delete(workspaceId)
      try {
        this.#close(workspaceId)
      } catch (error) {
        if (error instanceof AppError && error.code === 'disk_full') this.add(workspaceId)
        // Closed or archived by now: what is left is marked when it is opened again.
        else if (!(error instanceof AppError)) this.#onBug(error)
      }
    }
  }
}
