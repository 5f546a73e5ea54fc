/** Notices that nobody has been here for a while. Knows nothing of what it locks. */

/** Rings once after the delay, unless the function it returns is called first. */
export type Alarm = (delayMs: number, ring: () => void) => () => void

/** An alarm that does not keep the process alive. */
export const systemAlarm: Alarm = (delayMs, ring) => {
  const timer = setTimeout(ring, delayMs)
  timer.unref()
  return () => clearTimeout(timer)
}

/** Timers stand still while a machine sleeps, so the clock is looked at this often. */
const longestLookMs = 30_000

/** While work is finished first, it is asked about this often. */
const busyLookMs = 1000

export class IdleLock {
  readonly #now: () => number
  readonly #alarm: Alarm
  readonly #busy: () => boolean
  readonly #idle: () => void
  #minutes = 0
  #lastTouch = 0
  #disarm: (() => void) | null = null
  #watching = false
  /** The time is over, and only work that is being finished puts the lock off. */
  #awaitsWork = false

  /** @param idle is called once, when the time is over and nothing is `busy` any more. */
  constructor({ now, alarm, busy, idle }: { now: () => number; alarm: Alarm; busy: () => boolean; idle: () => void }) {
    this.#now = now
    this.#alarm = alarm
    this.#busy = busy
    this.#idle = idle
  }

  /** 0 is never. */
  set minutes(minutes: number) {
    this.#minutes = minutes
    this.#look()
  }

  start(): void {
    this.#watching = true
    this.#lastTouch = this.#now()
    this.#look()
  }

  stop(): void {
    this.#watching = false
    this.#disarm?.()
    this.#disarm = null
  }

  /**
   * Somebody is here. After a machine's sleep the time may be over before any alarm rang: then it is too late for this. While work is
   * finished first nothing is locked yet, and who is there stays.
   */
  touch(): void {
    const isAwaited = this.#awaitsWork
    if (this.#look() && !isAwaited) return
    if (!this.#watching) return
    this.#lastTouch = this.#now()
    this.#look()
  }

  /** Whether the time is over. */
  #look(): boolean {
    this.#disarm?.()
    this.#disarm = null
    this.#awaitsWork = false
    if (!this.#watching || this.#minutes === 0) return false
    const now = this.#now()
    // A clock that went back must not put the lock off.
    if (this.#lastTouch > now) this.#lastTouch = now
    const leftMs = this.#lastTouch + this.#minutes * 60_000 - now
    if (leftMs > 0) this.#disarm = this.#alarm(Math.min(leftMs, longestLookMs), () => this.#look())
    else if (this.#busy()) {
      this.#awaitsWork = true
      this.#disarm = this.#alarm(busyLookMs, () => this.#look())
    } else {
      this.stop()
      this.#idle()
    }
    return leftMs <= 0
  }
}
