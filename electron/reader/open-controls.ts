/** What controls of forms show in an OpenDocument text: they are told first, and named where they stand. */
import { boxes } from './html-controls.ts'

export class OpenControls {
  readonly #words = new Map<string, string>()
  #control = ''

  /** An element inside `office:forms`. */
  open(name: string, attributes: Record<string, string>): void {
    if (name === 'form:option' || name === 'form:item') return this.#addEntry(attributes)
    if (!name.startsWith('form:')) return
    const words = wordsOf(name.slice(5), attributes)
    if (words === null) return
    this.#control = attributes['form:id'] ?? attributes['xml:id'] ?? ''
    this.#words.set(this.#control, words)
  }

  /** @param id as `draw:control` names it */
  wordsOf(id: string | undefined): string {
    return this.#words.get(id ?? '') ?? ''
  }

  #addEntry(attributes: Record<string, string>): void {
    const chosen = attributes['form:current-selected'] ?? attributes['form:selected']
    if (chosen !== 'true') return
    const before = this.#words.get(this.#control) ?? ''
    this.#words.set(this.#control, `${before} ${attributes['form:label'] ?? attributes['form:value'] ?? ''}`.trim())
  }
}

/** Null for what is no control. */
function wordsOf(kind: string, attributes: Record<string, string>): string | null {
  const label = attributes['form:label'] ?? ''
  const value = attributes['form:current-value'] ?? attributes['form:value'] ?? ''
  if (kind === 'checkbox' || kind === 'radio') {
    const state =
      attributes['form:current-state'] ??
      attributes['form:state'] ??
      attributes['form:current-selected'] ??
      attributes['form:selected']
    return `${state === 'checked' || state === 'true' ? boxes.ticked : boxes.open} ${label}`.trim()
  }
  if (kind === 'button' || kind === 'fixed-text' || kind === 'frame') return label
  if (kind === 'password' || kind === 'hidden' || kind === 'file') return ''
  return ['text', 'textarea', 'formatted-text', 'number', 'date', 'time', 'combobox', 'listbox', 'generic-control'].includes(kind)
    ? value
    : null
}
