/** Cuts long work of the host into slices, so that it answers others between them. */

/** Milliseconds after which work that rests lets others in. */
const sliceMs = 6

export class Pace {
  #since = performance.now()

  /** Returns at once, or after others had their turn when this slice has been long enough. To be called every millisecond or so. */
  async rest(): Promise<void> {
    if (performance.now() - this.#since < sliceMs) return
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.#since = performance.now()
  }
}
