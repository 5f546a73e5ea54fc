/** Where the person is: kept in the address, so that a reload keeps the place and Back works. */

/** The screens that have an address. */
export type Screen = 'chat' | 'compare' | 'models' | 'settings'

const screens: readonly Screen[] = ['chat', 'compare', 'models', 'settings']

/** Reads and writes `#/screen/detail`. */
export class Route {
  #hash = $state('')
  readonly #place: { hash: string }

  /** @param place the window's location, or something like it. */
  constructor(place: { hash: string }) {
    this.#place = place
    this.#hash = place.hash
  }

  get screen(): Screen {
    const name = this.#parts[0]
    return screens.find((screen) => screen === name) ?? 'chat'
  }

  /** What is open in the screen, for example a conversation's id or a page of the settings; empty when nothing is. */
  get detail(): string {
    return this.#parts[1] ?? ''
  }

  /** The address of a place, for a link. */
  to(screen: Screen, detail = ''): string {
    return detail ? `#/${screen}/${encodeURIComponent(detail)}` : `#/${screen}`
  }

  go(screen: Screen, detail = ''): void {
    this.#place.hash = this.to(screen, detail)
    this.follow()
  }

  /** The address changed: by us, by a link, or by Back. */
  follow(): void {
    this.#hash = this.#place.hash
  }

  get #parts(): string[] {
    return this.#hash.replace(/^#\/?/, '').split('/').map(decoded)
  }
}

/** An address can be typed by hand, and then hold a lone %. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
