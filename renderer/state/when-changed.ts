/** Names what an effect watches although it does not use it: reading the values is enough for Svelte. */
export function whenChanged(...values: unknown[]): void {
  values.forEach(() => undefined)
}
