/** Ends the process in order when it is asked to: by Ctrl+C, by the system, or by its terminal going away. */

/** Below this many milliseconds a second signal is the same one again: a terminal and a launcher both pass Ctrl+C on. */
const sameSignalMs = 1_000
/** Closing that takes longer hangs, in a keychain that asks somebody for instance; what was acknowledged is on disk. */
const longestCloseMs = 15_000

/**
 * The first signal closes and exits with 0, or 1 when something did not close. A second one, a second later or more,
 * exits with 1 at once. Whatever hangs, the process is gone after 15 seconds.
 */
export function closeOnSignals(close: () => Promise<void>, onFailure: (error: unknown) => void, closeMs = longestCloseMs): void {
  let firstAt: number | null = null
  function end(): void {
    if (firstAt !== null) {
      if (performance.now() - firstAt >= sameSignalMs) process.exit(1)
      return
    }
    firstAt = performance.now()
    // Not process.exit: it would wait for the very call that hangs in native code.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), closeMs)
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        onFailure(error)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
}
