/**
 * Data that a file names and nests, as a person sees them in a viewer: values behind their names, the path to them as a heading, and lists
 * of things that are alike as tables.
 */
import { inLine, tableBlocks, textBlock, type TextBlock, type TextPlace } from './blocks.ts'
import type { DataList, DataNode, DataObject } from './data-tree.ts'

/** How one format shows its data. */
export interface DataStyle {
  /** What the whole is called where the reading comes back to it from something within. */
  name: string
  /** Whether a value is said without its name, as words that speak for themselves are. */
  isProse: (name: string, text: string) => boolean
  /** Names of values that are headings of what they stand in. */
  titles: ReadonlySet<string>
}

/** Characters of values that stand in one line together, and of one that may stand in a table. */
const lineCharacters = 300
const cellCharacters = 400
/** Columns of a table, and levels of things in a row. */
const mostColumns = 60
const rowLevels = 3
/** Values among which the title of what holds them is looked for. */
const titleMembers = 10
/** Names of a path that are shown, and characters of each. */
const pathNames = 6
const nameCharacters = 120

/** Blocks of all that is there, in its order. */
export function* dataBlocks(root: DataNode, style: DataStyle): Generator<TextBlock | null> {
  yield* new DataBlocks(style).show([], root)
}

class DataBlocks {
  readonly #style: DataStyle
  #number = 0
  /** The path that the blocks now stand under. */
  #under: string | null = null
  /** What that which is being shown calls itself, by its path. */
  readonly #titles = new Map<string, string>()

  constructor(style: DataStyle) {
    this.#style = style
  }

  *show(path: readonly string[], node: DataNode): Generator<TextBlock | null> {
    if (typeof node === 'string') yield* this.#line(path, '', node)
    else if (node.kind === 'object') yield* this.#object(path, node)
    else yield* this.#list(path, '', node)
  }

  *#object(path: readonly string[], { members }: DataObject): Generator<TextBlock | null> {
    const titled = path.length > 0 ? members.slice(0, titleMembers).find((one) => this.#isTitle(one)) : undefined
    const title = typeof titled?.[1] === 'string' ? titled[1] : ''
    const key = keyOf(path)
    if (title !== '') {
      this.#titles.set(key, title)
      yield* this.#heading(path)
    }
    for (const member of members) {
      const [name, value] = member
      if (member === titled) continue
      if (typeof value === 'string') yield* this.#line(path, name, value)
      else if (value.kind === 'list') yield* this.#list(path, name, value)
      else if (value.members.length === 0) yield* this.#line(path, name, '{}')
      else yield* this.#object([...path, name], value)
    }
    this.#titles.delete(key)
  }

  #isTitle([name, value]: DataObject['members'][number]): boolean {
    return this.#style.titles.has(name) && typeof value === 'string' && value !== ''
  }

  /** @param name of the list within its holder, empty for the root and for what has none */
  *#list(path: readonly string[], name: string, { items }: DataList): Generator<TextBlock | null> {
    const own = name === '' ? path : [...path, name]
    const words = items.every((item) => typeof item === 'string') ? items : null
    if (words) {
      const isShort = words.reduce((sum, { length }) => sum + length + 2, 0) <= lineCharacters
      if (words.some((text) => this.#style.isProse(name, text))) for (const text of words) yield* this.#line(path, name, text)
      else if (isShort) yield* this.#line(path, name, words.length === 0 ? '[]' : words.join(', '))
      else {
        yield* this.#heading(own)
        for (const text of words) yield textBlock('list_item', text, this.#place())
      }
      return
    }
    const rows = tableOf(items, this.#style)
    if (rows) {
      yield* this.#heading(own)
      const place = this.#place()
      yield* tableBlocks(rows.rows, rows.hasHeader, () => place)
      return
    }
    for (const [at, item] of items.entries()) {
      if (typeof item === 'string') yield* this.#line(own, '', item)
      else yield* this.show([...own, `${at + 1}`], item)
    }
  }

  *#line(path: readonly string[], name: string, text: string): Generator<TextBlock | null> {
    if (text === '') return
    yield* this.#heading(path)
    const isNamed = name !== '' && !this.#style.isProse(name, text)
    const lines = text.split(/\n+/)
    yield textBlock('paragraph', `${isNamed ? `${shortName(name)}: ` : ''}${lines[0] ?? ''}`, this.#place())
    for (const line of lines.slice(1)) yield textBlock('paragraph', line, this.#place())
  }

  /** The path, where the last block stands under another; nothing above the first values of the whole. */
  *#heading(path: readonly string[]): Generator<TextBlock | null> {
    const key = keyOf(path)
    const isFirst = this.#number === 0 && path.length === 0
    if (key === this.#under) return
    this.#under = key
    if (isFirst) return
    const words = this.#titles.get(key) ?? (pathText(path) || shortName(this.#style.name))
    yield textBlock('heading', words, this.#place(), Math.min(6, Math.max(1, path.length)))
  }

  #place(): TextPlace {
    return { kind: 'paragraph', paragraph: ++this.#number }
  }
}

function keyOf(path: readonly string[]): string {
  return path.join('\u0000')
}

function pathText(path: readonly string[]): string {
  const names = path.slice(-pathNames).map(shortName)
  return `${path.length > pathNames ? '… › ' : ''}${names.join(' › ')}`
}

function shortName(name: string): string {
  const line = inLine(name)
  return line.length > nameCharacters ? `${line.slice(0, nameCharacters).toWellFormed()}…` : line
}

/** Rows of things that are alike, or of lists of values; null where items are neither. */
function tableOf(items: readonly DataNode[], style: DataStyle): { rows: string[][]; hasHeader: boolean } | null {
  if (items.length < 2) return null
  const lists = items.flatMap((item) => {
    const values = typeof item !== 'string' && item.kind === 'list' ? item.items : null
    return values?.length && values.length <= mostColumns && values.every(isCell) ? [values] : []
  })
  if (lists.length === items.length) return { rows: lists, hasHeader: false }
  const columns = new Map<string, number>()
  const found: Map<string, string>[] = []
  for (const item of items) {
    const cells = new Map<string, string>()
    if (typeof item === 'string' || item.kind === 'list' || !gatherCells(item, '', 1, cells, style)) return null
    for (const name of cells.keys()) if (!columns.has(name)) columns.set(name, columns.size)
    if (columns.size > mostColumns) return null
    found.push(cells)
  }
  const filled = found.reduce((sum, { size }) => sum + size, 0)
  if (columns.size === 0 || filled * 2 < items.length * columns.size) return null
  const names = [...columns.keys()]
  return { rows: [names, ...found.map((cells) => names.map((name) => cells.get(name) ?? ''))], hasHeader: true }
}

/** Sentences are read one below the other. */
function isWriting(name: string, words: readonly string[], { isProse }: DataStyle): boolean {
  return words.some((text) => isProse(name, text) && (words.length > 1 || isProse('', text)))
}

function isCell(value: DataNode): value is string {
  return typeof value === 'string' && value.length <= cellCharacters
}

/** Puts values under their columns; false when something does not fit into a row. */
function gatherCells(
  { members }: DataObject,
  prefix: string,
  level: number,
  cells: Map<string, string>,
  style: DataStyle,
): boolean {
  if (members.length > mostColumns) return false
  for (const [name, value] of members) {
    const column = `${prefix}${shortName(name)}`
    if (typeof value === 'object' && value.kind === 'object') {
      if (level === rowLevels || !gatherCells(value, `${column}.`, level + 1, cells, style)) return false
      continue
    }
    const words = typeof value === 'string' ? [value] : value.items
    if (!words.every(isCell) || cells.has(column) || isWriting(name, words, style)) return false
    const cell = words.join(', ')
    if (cell.length > cellCharacters) return false
    cells.set(column, cell)
  }
  return true
}
