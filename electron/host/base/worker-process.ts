/**
 * A worker's process as the host sees it, and what all of its launchers share: a bounded memory of what it complained
 * about. How it is started is each skin's business.
 */
import type { Port } from '../../../contract/link.ts'
import type { Walls } from '../../../contract/walls.ts'

/** Why the process ended. Both are null when it never started. */
export interface ExitReason {
  code: number | null
  signal: string | null
}

/** A running worker. It ends with `kill`, by itself, or with its parent. */
export interface WorkerProcess {
  readonly port: Port
  /** Undefined before it has started and after it has ended. */
  readonly pid: number | undefined
  /** Ends it at once, whatever it is doing; it has nothing to save. */
  kill(): void
  /** Told once. A listener that comes too late is told at its next turn. */
  onExit(listener: (reason: ExitReason) => void): void
  /** Told once what holds it, by what it tried at its start; never by a worker that does not try. */
  onWalls?(listener: (walls: Walls) => void): void
  /** The last 8,192 characters of its error output. */
  stderrTail(): string
}

/** The end of a text stream, in at most 8,192 characters. */
export class TextTail {
  #text = ''

  add(chunk: Uint8Array | string): void {
    this.#text = (this.#text + String(chunk)).slice(-8192)
  }

  get text(): string {
    return this.#text
  }
}

/** Something that happens once: listeners before it wait, those after it are told at their next turn. */
export class Once<T> {
  readonly #listeners: ((value: T) => void)[] = []
  #happened: { value: T } | null = null

  happen(value: T): void {
    if (this.#happened) return
    this.#happened = { value }
    for (const listener of this.#listeners.splice(0)) listener(value)
  }

  listen(listener: (value: T) => void): void {
    const happened = this.#happened
    if (happened) queueMicrotask(() => listener(happened.value))
    else this.#listeners.push(listener)
  }
}
