/** Ordered closing: what was opened last is closed first, and one failure does not keep the rest open. */
export class Closer {
  readonly #steps: { name: string; close: () => void | Promise<void> }[] = []
  #closing: Promise<void> | null = null

  /** Registers at birth whatever holds a handle, a file, a process or a timer. */
  add(name: string, close: () => void | Promise<void>): void {
    this.#steps.push({ name, close })
  }

  /** Registers what closes itself, and hands it back. */
  keep<T extends { close: () => void | Promise<void> }>(name: string, thing: T): T {
    this.add(name, () => thing.close())
    return thing
  }

  /**
   * Closes everything, newest first. A second call waits for the first.
   * @throws AggregateError of what failed, after all steps were tried.
   */
  close(): Promise<void> {
    this.#closing ??= this.#run()
    return this.#closing
  }

  async #run(): Promise<void> {
    const failures: unknown[] = []
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.close()
      } catch (error) {
        failures.push(new Error(`Closing ${step.name} failed`, { cause: error }))
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything closed')
  }
}
