/** The keys that act anywhere: one register, so that the list under `?` is always the truth. Knows no view. */
import { SvelteMap } from 'svelte/reactivity'
import type { Dictionary } from '../i18n/en.ts'

/** What a shortcut looks at of a key press. */
export type KeyPress = Pick<
  KeyboardEvent,
  | 'key'
  | 'code'
  | 'ctrlKey'
  | 'metaKey'
  | 'altKey'
  | 'shiftKey'
  | 'isComposing'
  | 'defaultPrevented'
  | 'target'
  | 'preventDefault'
>

/** One shortcut. */
export interface Shortcut {
  /** Names of keys joined by +, modifiers first: `mod+shift+f`, `alt+1`, `F6`, `?`, `Escape`. `mod` is ⌘ on a Mac and Ctrl elsewhere; `ctrl` is Control on a Mac, and is for Macs alone. */
  keys: string
  /** What it does, in the present language. */
  says(text: Dictionary): string
  run(press: KeyPress): void
  /** Whether it acts now; always, by default. */
  when?(): boolean
  /** Acts although a text field has the focus. Only keys with a modifier, and function keys, do so by default. */
  inFields?: boolean
}

/** Hands each key to the last registered shortcut that wants it. */
export class Shortcuts {
  readonly #all = new SvelteMap<symbol, Shortcut>()
  /** Whether `mod` is ⌘. */
  readonly mac: boolean

  /** @param mac whether `mod` is ⌘. */
  constructor(mac: boolean) {
    this.mac = mac
  }

  /** All that are registered, in order; the list is shown to people. */
  get all(): Shortcut[] {
    return [...this.#all.values()]
  }

  /** @returns the way to take it back. */
  register(shortcut: Shortcut): () => void {
    const id = Symbol(shortcut.keys)
    this.#all.set(id, shortcut)
    return () => void this.#all.delete(id)
  }

  /** Names of the keys of a shortcut, to be drawn one by one. */
  keyNames(keys: string, text: Dictionary): string[] {
    return keys.split('+').map((key) => {
      if (key === 'mod') return this.mac ? '⌘' : text.keys.control
      if (key === 'ctrl') return '⌃'
      if (key === 'shift') return text.keys.shift
      if (key === 'alt') return this.mac ? '⌥' : text.keys.alt
      if (key === 'Escape') return text.keys.escape
      if (key === 'ArrowUp') return '↑'
      if (key === 'ArrowDown') return '↓'
      return key.length === 1 ? key.toUpperCase() : key
    })
  }

  /** Gives a key press to whoever wants it. A press that something else has used already is left alone. */
  handle(event: KeyPress): void {
    if (event.defaultPrevented || event.isComposing) return
    for (const shortcut of this.all.reverse()) {
      if (!this.#matches(shortcut, event) || shortcut.when?.() === false) continue
      event.preventDefault()
      shortcut.run(event)
      return
    }
  }

  #matches(shortcut: Shortcut, event: KeyPress): boolean {
    const parts = shortcut.keys.split('+')
    const key = parts.at(-1) ?? ''
    const wanted = (modifier: string): boolean => parts.slice(0, -1).includes(modifier)
    const mod = this.mac ? event.metaKey : event.ctrlKey
    const other = this.mac ? event.ctrlKey : event.metaKey
    if (other !== wanted('ctrl') || mod !== wanted('mod') || event.altKey !== wanted('alt')) return false
    // Shift belongs to the character itself for signs such as `?`.
    const isSign = key.length === 1 && !/[a-z0-9]/i.test(key)
    if (!isSign && event.shiftKey !== wanted('shift')) return false
    // With a modifier a digit key may write another character, so its place on the keyboard counts too.
    if (event.key.toLowerCase() !== key.toLowerCase() && !(/^\d$/.test(key) && event.code === `Digit${key}`)) return false
    const plain = !mod && !other && !event.altKey && !/^F\d/.test(key)
    return !plain || shortcut.inFields === true || !isWriting(event.target)
  }
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}
