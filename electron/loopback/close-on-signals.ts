/** Ends the process in order when it is asked to: by Ctrl+C, by the system, or by its terminal going away. */

/** Below this many milliseconds a second signal is the same one again: a terminal and a launcher both pass Ctrl+C on. */
const sameSignalMs = 1_000
/** Closing that takes longer hangs, in a keychain that asks somebody for instance; what was acknowledged is on disk. */
const longestCloseMs = 15_000

interface Closing {
  close: () => Promise<void>
  onFailure: (error: unknown) => void
  /** Whether a call into the system stands that may never return. */
  isStuck: () => boolean
  closeMs?: number
}

/**
 * The first signal closes and exits with 0, or 1 when something did not close. A second one, a second later or more,
 * exits with 1 at once. Whatever hangs, the process is gone after 15 seconds, and right after closing when it is stuck: by SIGKILL then.
 */
export function closeOnSignals({ close, onFailure, isStuck, closeMs = longestCloseMs }: Closing): void {
  let firstAt: number | null = null
  function exit(code: number): void {
    // Not process.exit: it would wait for the very call that hangs in native code.
    if (isStuck()) process.kill(process.pid, 'SIGKILL')
    else process.exit(code)
  }
  function end(): void {
    if (firstAt !== null) {
      if (performance.now() - firstAt >= sameSignalMs) exit(1)
      return
    }
    firstAt = performance.now()
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), closeMs)
    close().then(
      () => exit(0),
      (error: unknown) => {
        onFailure(error)
        exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
}
