/**
 * The engine's process as the host sees it, and what both of its launchers share: a bare environment and a bounded
 * memory of what it complained about. How it is started is each skin's business.
 */
import type { Port } from '../../../contract/link.ts'

/** Why the process ended. Both are null when it never started. */
export interface ExitReason {
  code: number | null
  signal: string | null
}

/** A running engine. It ends with `kill`, by itself, or with its parent. */
export interface EngineProcess {
  readonly port: Port
  /** Undefined before it has started and after it has ended. */
  readonly pid: number | undefined
  /** Ends it at once, whatever it is doing; it has nothing to save. */
  kill(): void
  /** Told once. A listener that comes too late is told at its next turn. */
  onExit(listener: (reason: ExitReason) => void): void
  /** The last 8,192 characters of its error output. */
  stderrTail(): string
}

/** What llama.cpp's loaders, graphics drivers and Node itself need to find. Tokens, proxies and NODE_OPTIONS are not here. */
const passedOn = [
  ...['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR'],
  ...['LD_LIBRARY_PATH', 'XDG_DATA_DIRS', 'XDG_RUNTIME_DIR', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES'],
  ...['SystemRoot', 'SystemDrive', 'windir', 'TEMP', 'TMP', 'USERPROFILE', 'LOCALAPPDATA', 'ProgramData', 'ProgramFiles'],
]

/**
 * The environment of the engine: the names above and nothing else, so that no secret of the person's shell reaches
 * native code. libuv reads its pool size before any script runs, and more threads than one took a quarter of the speed
 * (37 against 29 tokens a second at 1B Q4_0 on two cores).
 */
export function engineEnvironment(environment: Record<string, string | undefined>): Record<string, string> {
  const bare: Record<string, string> = { UV_THREADPOOL_SIZE: '1' }
  for (const name of passedOn) {
    const value = environment[name]
    if (value !== undefined) bare[name] = value
  }
  return bare
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
