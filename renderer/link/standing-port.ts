/**
 * A port that outlives the link under it. When the link is lost, calls fail with `disconnected`; streams wait, and are
 * followed again over the next link, where their first item is the present. So nothing above has to know.
 */
import { AppError } from '../../contract/errors.ts'
import type { Frame, Port } from '../../contract/link.ts'

/** How long to wait before each try, in milliseconds: ever longer; the last is repeated. */
const pausesMs = [0, 250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000, 60_000]

/** See above. Give it to `connect()` of the contract. */
export class StandingPort implements Port {
  readonly #openPort: () => Promise<Port>
  readonly #isStream: (method: string) => boolean
  readonly #wait: (ms: number) => Promise<void>
  readonly #open = new Map<number, Extract<Frame, { t: 'open' }>>()
  readonly #watchers: ((connected: boolean) => void)[] = []
  #port: Port | null = null
  #closed = false
  /** Ends the pause before the next try. */
  #hurry: () => void = () => undefined
  #onFrame: (frame: Frame) => void = () => undefined
  #onClose: () => void = () => undefined

  /**
   * @param openPort makes the next link; rejects when it cannot.
   * @param isStream tells streams from calls by their method's name.
   * @param wait lets milliseconds pass; tests hand in their own.
   */
  constructor(openPort: () => Promise<Port>, isStream: (method: string) => boolean, wait: (ms: number) => Promise<void>) {
    this.#openPort = openPort
    this.#isStream = isStream
    this.#wait = wait
    void this.#connect()
  }

  /** Tells when the link comes, goes, or cannot be made; at once when it stands already. */
  onChange(watcher: (connected: boolean) => void): void {
    this.#watchers.push(watcher)
    if (this.#port) watcher(true)
  }

  /** Tries now, and then often again: somebody has come back to the page. Does nothing while the link stands. */
  hurry(): void {
    this.#hurry()
  }

  send(frame: Frame): void {
    if (frame.t === 'cancel') this.#open.delete(frame.id)
    if (frame.t === 'open') {
      if (!this.#port && !this.#isStream(frame.method)) {
        queueMicrotask(() => this.#fail(frame.id))
        return
      }
      this.#open.set(frame.id, frame)
    }
    this.#port?.send(frame)
  }

  onFrame(listener: (frame: Frame) => void): void {
    this.#onFrame = listener
  }

  onClose(listener: () => void): void {
    this.#onClose = listener
  }

  close(): void {
    this.#closed = true
    this.#port?.close()
    this.#onClose()
  }

  async #connect(): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt++) {
      const hurried = await Promise.race([
        this.#wait(pausesMs[Math.min(attempt, pausesMs.length - 1)] ?? 0).then(() => false),
        new Promise<boolean>((resolve) => (this.#hurry = () => resolve(true))),
      ])
      if (hurried) attempt = 0
      try {
        this.#adopt(await this.#openPort())
        this.#hurry = () => undefined
        return
      } catch {
        // The host is not there yet, or not any more: whoever watches says so, and the next try may find it.
        this.#tell(false)
      }
    }
  }

  #adopt(port: Port): void {
    if (this.#closed) return port.close()
    this.#port = port
    port.onFrame((frame) => {
      if (frame.t === 'done' || frame.t === 'fail') this.#open.delete(frame.id)
      this.#onFrame(frame)
    })
    port.onClose(() => this.#lost(port))
    this.#tell(true)
    for (const frame of [...this.#open.values()]) port.send(frame)
  }

  #lost(port: Port): void {
    if (this.#port !== port || this.#closed) return
    this.#port = null
    for (const { id, method } of [...this.#open.values()]) if (!this.#isStream(method)) this.#fail(id)
    this.#tell(false)
    void this.#connect()
  }

  #fail(id: number): void {
    this.#open.delete(id)
    this.#onFrame({ t: 'fail', id, error: new AppError('disconnected', 'The link was lost').toFailure() })
  }

  #tell(connected: boolean): void {
    for (const watcher of this.#watchers) watcher(connected)
  }
}
