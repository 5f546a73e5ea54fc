/** XML as a tree of what it says: attributes and elements as named values, running text with what stands in it as one value. */
import { shownLevels, type DataNode, type DataObject } from './data-tree.ts'
import { filledCells, nesting } from './limits.ts'
import type { MarkupEvents } from './markup.ts'

interface OpenElement {
  name: string
  attributes: [name: string, value: DataNode][]
  /** Runs of text and elements, as they come. */
  content: (string | Closed)[]
}

interface Closed {
  name: string
  node: DataNode
  /** All text in it. */
  running: string
}

/** Characters of text with elements in it that are one paragraph; a longer one is a holder of several. */
const runningCharacters = 20_000
/** From here on words speak for themselves, whatever they are called. */
export const proseCharacters = 60

/** Gathers a tree from the events of a parser. */
export class XmlTree implements MarkupEvents {
  readonly #open: OpenElement[] = [{ name: '', attributes: [], content: [] }]
  #depth = 0
  #values = 0
  done = false
  /** What was left out. */
  readonly cut = new Set<'cells' | 'text'>()

  open(name: string, attributes: Record<string, string>): void {
    if (this.done) return
    if (++this.#depth > nesting) this.#stop('text')
    if (this.#depth > shownLevels) {
      this.cut.add('text')
      return
    }
    const shown = Object.entries(attributes).filter(
      ([key, value]) => !/^(?:xmlns(?::|$)|xsi:|xml:)/.test(key) && value.trim() !== '',
    )
    this.#values += 1 + shown.length
    if (this.#values > filledCells) this.#stop('cells')
    this.#open.push({
      name: localName(name),
      attributes: shown.map(([key, value]) => [localName(key), inOneLine(value)]),
      content: [],
    })
  }

  close(): void {
    if (this.done) return
    if (this.#depth-- <= shownLevels) this.#closeLast()
  }

  text(text: string): void {
    if (!this.done && this.#depth <= shownLevels) this.#open.at(-1)?.content.push(text)
  }

  /** The root element's name and what is in it; null when there is none. */
  finish(): { name: string; node: DataNode } | null {
    while (this.#open.length > 1) this.#closeLast()
    return this.#open[0]?.content.find((one) => typeof one !== 'string') ?? null
  }

  #stop(what: 'cells' | 'text'): void {
    this.cut.add(what)
    this.done = true
  }

  #closeLast(): void {
    const element = this.#open.pop()
    if (element) this.#open.at(-1)?.content.push(closed(element))
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function closed({ name, attributes, content }: OpenElement): Closed {
  let running = ''
  let hasText = false
  let hasElements = false
  for (const one of content) {
    running += typeof one === 'string' ? one : one.running
    if (typeof one !== 'string') hasElements = true
    else hasText ||= /\S/.test(one)
  }
  if (!hasElements || (hasText && running.length <= runningCharacters)) {
    const text = inOneLine(running)
    return {
      name,
      running,
      node: text === '' && attributes.length > 0 ? { kind: 'object', members: attributes } : withAbout(text, attributes),
    }
  }
  return { name, running, node: holderOf(attributes, content) }
}

/** `17 (currency: EUR)`; what is said about a whole paragraph is for programs. */
function withAbout(text: string, attributes: OpenElement['attributes']): string {
  if (attributes.length === 0 || text === '' || text.length >= proseCharacters) return text
  return `${text} (${attributes.map(([name, value]) => `${name}: ${value as string}`).join(', ')})`
}

/** Elements of one name that follow each other are a list. */
function holderOf(attributes: OpenElement['attributes'], content: OpenElement['content']): DataObject {
  const members = [...attributes]
  let last = ''
  for (const one of content) {
    if (typeof one === 'string') {
      if (!/\S/.test(one)) continue
      members.push(['', inOneLine(one)])
      last = ''
      continue
    }
    const member = members.at(-1)
    if (!member || last !== one.name || one.name === '') members.push([one.name, one.node])
    else if (typeof member[1] === 'object' && member[1].kind === 'list') member[1].items.push(one.node)
    else member[1] = { kind: 'list', items: [member[1], one.node] }
    last = one.name
  }
  return { kind: 'object', members }
}
