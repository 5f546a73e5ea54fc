/** What styles of an OpenDocument file say of text: hidden, raised, lowered, struck out; and how lists and headings are numbered. */
import { numberText } from './list-numbers.ts'
import type { MarkupEvents } from './markup.ts'
import { plainLook, type RunLook } from './run-text.ts'

interface Style {
  parent: string
  hidden: boolean | null
  script: RunLook['script'] | undefined
  struck: boolean | null
  /** The list that its paragraphs are numbered in; empty for none, null where nothing is said. */
  list: string | null
}

interface Level {
  format: string
  prefix: string
  suffix: string
  start: number
  /** Levels that are shown, its own included. */
  shown: number
  /** Such as `%1%.%2%)`; empty where prefix and suffix say it. */
  pattern: string
}

/** What a style and those it comes from say together. */
interface ResolvedStyle {
  hidden: boolean
  look: RunLook
  list: string | null
}

/** Styles that one may come from. */
const generations = 20
/** Levels that lists have. */
const deepest = 10
const outline = '\0outline'

export class OpenStyles implements MarkupEvents {
  readonly #styles = new Map<string, Style>()
  readonly #lists = new Map<string, Map<number, Level>>()
  readonly #resolved = new Map<string, ResolvedStyle>()
  #style: Style | null = null
  #list: Map<number, Level> | null = null

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'style:style') this.#style = this.#begin(attributes)
    else if (name === 'style:text-properties' && this.#style) readTextProperties(this.#style, attributes)
    else if (name === 'style:table-properties' && this.#style && attributes['table:display'] === 'false')
      this.#style.hidden = true
    else if (name === 'text:list-style' || name === 'text:outline-style') {
      this.#list = new Map()
      this.#lists.set(name === 'text:outline-style' ? outline : (attributes['style:name'] ?? ''), this.#list)
    } else if (name === 'text:list-level-style-number' || name === 'text:outline-level-style')
      this.#list?.set(Number(attributes['text:level'] ?? 1), levelOf(attributes))
  }

  close(name: string): void {
    if (name === 'style:style') this.#style = null
    else if (name === 'text:list-style' || name === 'text:outline-style') this.#list = null
  }

  /** @param family `text`, `paragraph` or `table` */
  of(family: string, name: string | undefined): ResolvedStyle {
    const key = `${family}/${name ?? ''}`
    const known = this.#resolved.get(key)
    if (known) return known
    let hidden: boolean | null = null
    let script: RunLook['script'] | undefined
    let struck: boolean | null = null
    let list: string | null = null
    let style = this.#styles.get(key)
    for (let count = 0; style && count < generations; count++) {
      hidden ??= style.hidden
      script = script === undefined ? style.script : script
      struck ??= style.struck
      list ??= style.list
      style = this.#styles.get(`${family}/${style.parent}`)
    }
    const found = {
      ...{ hidden: hidden ?? false, list },
      look: script || struck ? { script: script ?? null, struck: struck ?? false } : plainLook,
    }
    this.#resolved.set(key, found)
    return found
  }

  /** What is shown before an entry, by the numbers of its list down to its own level (from 0); empty where nothing or a dot is. */
  numberOf(list: string | null, counts: readonly number[]): string {
    const levels = this.#lists.get(list ?? outline)
    const level = levels?.get(counts.length)
    if (!levels || !level || level.format === '') return ''
    const shown = (at: number): string => numberText(counts[at] ?? 1, levels.get(at + 1)?.format ?? '1')
    if (level.pattern !== '')
      return level.pattern.replace(/%(\d{1,2})%/g, (_whole, number: string) =>
        levels.get(Number(number))?.format === '' ? '' : shown(Number(number) - 1),
      )
    const numbers: string[] = []
    for (let at = Math.max(0, counts.length - level.shown); at < counts.length; at++)
      if (levels.get(at + 1)?.format !== '') numbers.push(shown(at))
    return `${level.prefix}${numbers.join('.')}${level.suffix}`
  }

  /** The number of a level's first entry. @param level from 0 */
  startOf(list: string | null, level: number): number {
    return this.#lists.get(list ?? outline)?.get(level + 1)?.start ?? 1
  }

  #begin(attributes: Record<string, string>): Style {
    const style: Style = {
      ...{ hidden: null, script: undefined, struck: null },
      parent: attributes['style:parent-style-name'] ?? '',
      list: attributes['style:list-style-name'] ?? null,
    }
    this.#styles.set(`${attributes['style:family'] ?? ''}/${attributes['style:name'] ?? ''}`, style)
    return style
  }
}

function readTextProperties(style: Style, attributes: Record<string, string>): void {
  const display = attributes['text:display']
  if (display !== undefined) style.hidden = display === 'none'
  const line = attributes['style:text-line-through-style'] ?? attributes['style:text-line-through-type']
  if (line !== undefined) style.struck = line !== 'none'
  const position = attributes['style:text-position']
  if (position === undefined) return
  const height = /^(super|sub|-?\d+)/.exec(position)?.[1] ?? '0'
  style.script = height === 'super' || Number(height) > 0 ? 'raised' : height === 'sub' || Number(height) < 0 ? 'lowered' : null
}

function levelOf(attributes: Record<string, string>): Level {
  return {
    format: attributes['style:num-format'] ?? '',
    prefix: attributes['style:num-prefix'] ?? '',
    suffix: attributes['style:num-suffix'] ?? '',
    start: whole(attributes['text:start-value'], 1),
    shown: Math.min(deepest, Math.max(1, whole(attributes['text:display-levels'], 1))),
    pattern: (attributes['style:num-list-format'] ?? attributes['loext:num-list-format'] ?? '').slice(0, 100),
  }
}

function whole(text: string | undefined, otherwise: number): number {
  return /^\d{1,6}$/.test(text ?? '') ? Number(text) : otherwise
}

/** The numbers of lists and headings while a text is told. */
export class OpenLists {
  readonly #styles: OpenStyles
  readonly #open: { style: string; counts: number[]; level: number; waits: boolean; start: string | undefined }[] = []
  readonly #byId = new Map<string, number[]>()
  readonly #byStyle = new Map<string, number[]>()
  readonly #headings: number[] = []

  constructor(styles: OpenStyles) {
    this.#styles = styles
  }

  get depth(): number {
    return this.#open.length
  }

  open(attributes: Record<string, string>): void {
    const around = this.#open.at(-1)
    const style = attributes['text:style-name'] ?? around?.style ?? ''
    const goesOn = attributes['text:continue-list']
    const counts =
      around?.counts ??
      (goesOn !== undefined ? this.#byId.get(goesOn) : undefined) ??
      (attributes['text:continue-numbering'] === 'true' ? this.#byStyle.get(style) : undefined) ??
      []
    const id = attributes['xml:id']
    if (id !== undefined) this.#byId.set(id, counts)
    this.#byStyle.set(style, counts)
    this.#open.push({ style, counts, level: Math.min(this.#open.length, deepest - 1), waits: false, start: undefined })
  }

  close(): void {
    this.#open.pop()
  }

  /** An entry begins; its number goes to its first paragraph. */
  beginEntry(attributes: Record<string, string>): void {
    const list = this.#open.at(-1)
    if (!list) return
    list.waits = true
    list.start = attributes['text:start-value']
  }

  /** What is shown before the paragraph that begins. @param heading its level from 1, 0 for none @param list of its style */
  numberOf(heading: number, list: string | null, attributes: Record<string, string>): string {
    const entry = this.#open.at(-1)
    if (entry) {
      if (!entry.waits) return ''
      entry.waits = false
      const { counts, level, style } = entry
      this.#count(counts, level, style, entry.start)
      return this.#styles.numberOf(style, counts)
    }
    if (heading === 0 || list === '' || attributes['text:is-list-header'] === 'true') return ''
    const start = attributes['text:restart-numbering'] === 'true' ? (attributes['text:start-value'] ?? '1') : undefined
    this.#count(this.#headings, heading - 1, null, start)
    return this.#styles.numberOf(null, this.#headings)
  }

  #count(counts: number[], level: number, style: string | null, start: string | undefined): void {
    for (let at = counts.length; at < level; at++) counts.push(this.#styles.startOf(style, at))
    const before = counts[level] ?? this.#styles.startOf(style, level) - 1
    counts.length = level
    counts.push(whole(start, before + 1))
  }
}
