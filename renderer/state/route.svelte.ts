/** Where the person is: kept in the address, so that a reload keeps the place and Back works. */

/** The screens that have an address. */
export type Screen = 'chat' | 'compare' | 'workspaces' | 'models' | 'settings'

const screens: readonly Screen[] = ['chat', 'compare', 'workspaces', 'models', 'settings']

/** What an address may say beside its screen and what is open there. */
export interface Aside {
  /** A part of what is open, for example a tab. */
  part?: string
  /** The workspace that is asked; without it the present one stays, and an empty one is Personal. */
  workspace?: string
}

/** Reads and writes `#/screen/detail/part?in=workspace`. */
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

  /** A part of what is open; empty for its first. */
  get part(): string {
    return this.#parts[2] ?? ''
  }

  /** Id of the workspace that is asked; empty for Personal. */
  get workspace(): string {
    return decoded(/\?in=([^&]*)/.exec(this.#hash)?.[1] ?? '')
  }

  /** The address as it stands: whoever finds another one later knows that the person went elsewhere. */
  get address(): string {
    return this.#hash
  }

  /** The address of a place, for a link. */
  to(screen: Screen, detail = '', { part = '', workspace = this.workspace }: Aside = {}): string {
    const path = [screen, detail, part].filter(Boolean).map(encodeURIComponent).join('/')
    return `#/${path}${workspace ? `?in=${encodeURIComponent(workspace)}` : ''}`
  }

  go(screen: Screen, detail = '', aside: Aside = {}): void {
    this.#place.hash = this.to(screen, detail, aside)
    this.follow()
  }

  /** The address changed: by us, by a link, or by Back. */
  follow(): void {
    this.#hash = this.#place.hash
  }

  get #parts(): string[] {
    return this.#hash.replace(/^#\/?/, '').replace(/\?.*/, '').split('/').map(decoded)
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
