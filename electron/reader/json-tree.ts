/**
 * JSON, and files of one JSON value a line, as a tree. JSON.parse would put keys that are numbers first, round long numbers, forget the
 * first of two like names, and take memory without end; this neither recurses nor does any of that.
 */
import { shownLevels, type DataList, type DataNode, type DataObject } from './data-tree.ts'
import { filledCells } from './limits.ts'

/** What a file of JSON holds. */
export interface JsonTree {
  /** One, or as many as stand one behind the other. */
  roots: DataNode[]
  /** Whether values were left out, because there are too many or they lie too deep. */
  isCut: boolean
}

const scalar = /-?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Infinity)|true|false|null|NaN/y
/** A mark of RFC 7464 may stand between two values. */
const space = /[ \t\n\r\u001e]*/y

/** Null when it is no JSON. @param isPart whether the text was cut off, so that it may end anywhere */
export function parseJson(text: string, isPart: boolean): JsonTree | null {
  return new JsonParser(text, isPart).read()
}

class JsonParser {
  readonly #text: string
  readonly #isPart: boolean
  readonly #roots: DataNode[] = []
  readonly #open: (DataObject | DataList)[] = []
  #at = 0
  #values = 0
  #isCut = false
  #key: string | null = null

  constructor(text: string, isPart: boolean) {
    this.#text = text
    this.#isPart = isPart
  }

  read(): JsonTree | null {
    let wanted: 'value' | 'first' | 'next' = 'value'
    for (;;) {
      this.#match(space)
      const sign = this.#text[this.#at]
      const top = this.#open.at(-1)
      if (this.#values > filledCells) return { roots: this.#roots, isCut: true }
      if (sign === undefined) {
        const isWhole = !top && this.#roots.length > 0
        return isWhole || (this.#isPart && this.#roots.length > 0) ? { roots: this.#roots, isCut: this.#isCut } : null
      }
      if (top && wanted !== 'value' && sign === (top.kind === 'object' ? '}' : ']')) {
        this.#at++
        this.#open.pop()
        wanted = this.#open.length > 0 ? 'next' : 'value'
        continue
      }
      if (wanted === 'next') {
        if (sign !== ',') return null
        this.#at++
        wanted = 'value'
        continue
      }
      if (top?.kind === 'object' && !this.#readKey()) return this.#endOfPart()
      const opened = this.#readValue()
      if (opened === null) return this.#endOfPart()
      wanted = opened ? 'first' : this.#open.length > 0 ? 'next' : 'value'
    }
  }

  /** What is there of a text that was cut off within a value; null for any other. */
  #endOfPart(): JsonTree | null {
    return this.#isPart && this.#at >= this.#text.length && this.#roots.length > 0
      ? { roots: this.#roots, isCut: this.#isCut }
      : null
  }

  #readKey(): boolean {
    const key = this.#readString()
    this.#match(space)
    if (key === null || this.#text[this.#at] !== ':') return false
    this.#at++
    this.#match(space)
    this.#key = key
    return true
  }

  /** Whether it holds others, which come next; null when there is none. */
  #readValue(): boolean | null {
    const sign = this.#text[this.#at]
    if (sign === '{' || sign === '[') {
      this.#at++
      const holder: DataObject | DataList = sign === '{' ? { kind: 'object', members: [] } : { kind: 'list', items: [] }
      this.#add(holder)
      this.#open.push(holder)
      return true
    }
    const value = sign === '"' ? this.#readString() : this.#match(scalar)
    if (value === null) {
      // So that a value that is cut off counts as the end of the text.
      if (this.#text.length - this.#at < 10) this.#at = this.#text.length
      return null
    }
    this.#add(value)
    return false
  }

  #add(value: DataNode): void {
    this.#values++
    const top = this.#open.at(-1)
    if (this.#open.length >= shownLevels) this.#isCut = true
    else if (!top) this.#roots.push(value)
    else if (top.kind === 'list') top.items.push(value)
    else top.members.push([this.#key ?? '', value])
  }

  /** Null when there is none, or it has no end. */
  #readString(): string | null {
    const text = this.#text
    if (text[this.#at] !== '"') return null
    const from = this.#at + 1
    for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
      let before = end
      while (before > from && text[before - 1] === '\\') before--
      if ((end - before) % 2 === 1) continue
      this.#at = end + 1
      return unescaped(text.slice(from, end))
    }
    this.#at = text.length
    return null
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? null
    if (found !== null) this.#at += found.length
    return found
  }
}

/** Null when a backslash stands before what none may stand before. */
function unescaped(raw: string): string | null {
  if (!raw.includes('\\')) return raw
  try {
    // Line ends that nobody escaped are forgiven.
    return JSON.parse(`"${raw.replace(/[\u0000-\u001f]/g, ' ')}"`) as string
  } catch {
    return null
  }
}
