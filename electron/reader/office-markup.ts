/**
 * The XML of Office files (OOXML) with the names that are usual, whatever prefixes a writer chose: `w:p` of Word, `a:t` of drawings, `row` of
 * a sheet without any. Of contents that are there twice, for newer programs and for older ones, one is told.
 */
import { readXml, type MarkupEvents } from './markup.ts'

/** Usual prefixes by what they stand for, in the words of both standards (transitional and strict). */
const usualPrefixes = new Map<string, string>()
for (const [prefix, transitional, strict] of [
  ['w', 'wordprocessingml/2006/main', 'wordprocessingml/main'],
  ['m', 'officeDocument/2006/math', 'officeDocument/math'],
  ['r', 'officeDocument/2006/relationships', 'officeDocument/relationships'],
  ['', 'spreadsheetml/2006/main', 'spreadsheetml/main'],
  ['xdr', 'drawingml/2006/spreadsheetDrawing', 'drawingml/spreadsheetDrawing'],
  ['p', 'presentationml/2006/main', 'presentationml/main'],
  ['a', 'drawingml/2006/main', 'drawingml/main'],
  ['c', 'drawingml/2006/chart', 'drawingml/chart'],
  ['dgm', 'drawingml/2006/diagram', 'drawingml/diagram'],
  ['mc', 'markup-compatibility/2006', 'markup-compatibility'],
] as const) {
  usualPrefixes.set(`http://schemas.openxmlformats.org/${transitional}`, prefix)
  usualPrefixes.set(`http://purl.oclc.org/ooxml/${strict}`, prefix)
}
for (const [prefix, name] of [
  ['wps', 'http://schemas.microsoft.com/office/word/2010/wordprocessingShape'],
  ['w14', 'http://schemas.microsoft.com/office/word/2010/wordml'],
  ['cx', 'http://schemas.microsoft.com/office/drawing/2014/chartex'],
  ['p188', 'http://schemas.microsoft.com/office/powerpoint/2018/8/main'],
  ['v', 'urn:schemas-microsoft-com:vml'],
  ['x', 'urn:schemas-microsoft-com:office:excel'],
] as const)
  usualPrefixes.set(name, prefix)

/** Prefixes that are known where nothing says what they stand for. */
const knownPrefix = /^(w|wp|wps|wpg|wpc|wpi|wne|a|p|c|cx|v|m|o|r|x|xdr|am3d|aink|dgm|pic)\d*$/

/** What prefixes stand for in an element and in what is inside of it. */
interface Scope {
  /** Usual prefixes by written ones. */
  readonly prefixes: ReadonlyMap<string, string>
  /** Names of standards by written prefixes. */
  readonly meanings: ReadonlyMap<string, string>
  /** Usual names by written ones. */
  readonly names: Map<string, string>
  readonly renames: boolean
  /** Elements that are open in it. */
  depth: number
}

/** Tells what is in a part of an Office file, by the usual names. @throws AppError document_broken when it nests too deeply */
export function readOfficeXml(pieces: Iterable<Uint8Array>, events: MarkupEvents): Promise<void> {
  return readXml(pieces, new UsualNames(events))
}

class UsualNames implements MarkupEvents {
  readonly #events: MarkupEvents
  readonly #scopes: Scope[] = [{ prefixes: new Map(), meanings: new Map(), names: new Map(), renames: false, depth: 0 }]
  /** Of each `mc:AlternateContent` that is open: whether one of its contents was taken. */
  readonly #alternatives: { taken: boolean }[] = []
  /** Elements that are open, from a content that is not taken on. */
  #left = 0

  constructor(events: MarkupEvents) {
    this.#events = events
  }

  get done(): boolean {
    return this.#events.done ?? false
  }

  open(written: string, attributes: Record<string, string>): void {
    const scope = this.#enter(attributes)
    const name = usualName(scope, written)
    if (this.#left > 0) this.#left++
    else if (name === 'mc:AlternateContent') this.#alternatives.push({ taken: false })
    else if (name === 'mc:Choice' || name === 'mc:Fallback') this.#choose(name, attributes['Requires'] ?? '', scope)
    else this.#events.open?.(name, scope.renames ? renamed(scope, attributes) : attributes)
  }

  close(written: string): void {
    const scope = this.#scope
    const name = usualName(scope, written)
    if (--scope.depth === 0 && this.#scopes.length > 1) this.#scopes.pop()
    if (this.#left > 0) this.#left--
    else if (name === 'mc:AlternateContent') this.#alternatives.pop()
    else if (name !== 'mc:Choice' && name !== 'mc:Fallback') this.#events.close?.(name)
  }

  text(text: string): void {
    if (this.#left === 0) this.#events.text?.(text)
  }

  get #scope(): Scope {
    return this.#scopes.at(-1) as Scope
  }

  #enter(attributes: Record<string, string>): Scope {
    let scope = this.#scope
    const declared = Object.keys(attributes).filter((key) => key.startsWith('xmlns'))
    if (declared.some((key) => scope.meanings.get(key.slice(6)) !== attributes[key])) {
      scope = scopeWithin(scope, declared, attributes)
      this.#scopes.push(scope)
    }
    scope.depth++
    return scope
  }

  /** The first content whose needs are known is what Office shows, else the one that stands in for it. */
  #choose(name: string, requires: string, scope: Scope): void {
    const alternative = this.#alternatives.at(-1) ?? { taken: false }
    const known = name === 'mc:Fallback' || requires.split(/\s+/).every((prefix) => isKnown(scope.meanings.get(prefix), prefix))
    if (!alternative.taken && known) alternative.taken = true
    else this.#left = 1
  }
}

function scopeWithin(outer: Scope, declared: readonly string[], attributes: Record<string, string>): Scope {
  const prefixes = new Map(outer.prefixes)
  const meanings = new Map(outer.meanings)
  for (const key of declared) {
    const prefix = key.slice(6)
    const meaning = attributes[key] ?? ''
    meanings.set(prefix, meaning)
    const usual = usualPrefixes.get(meaning)
    if (usual === undefined) prefixes.delete(prefix)
    else prefixes.set(prefix, usual)
  }
  const renames = [...prefixes].some(([prefix, usual]) => prefix !== '' && prefix !== usual)
  return { prefixes, meanings, names: new Map(), renames, depth: 0 }
}

function usualName(scope: Scope, written: string): string {
  const known = scope.names.get(written)
  if (known !== undefined) return known
  const colon = written.indexOf(':')
  const usual = scope.prefixes.get(written.slice(0, Math.max(0, colon)))
  const local = written.slice(colon + 1)
  const name = usual === undefined ? written : usual === '' ? local : `${usual}:${local}`
  if (scope.names.size < 10_000) scope.names.set(written, name)
  return name
}

function renamed(scope: Scope, attributes: Record<string, string>): Record<string, string> {
  const usual: Record<string, string> = {}
  // Those without a prefix belong to their element.
  for (const [name, value] of Object.entries(attributes)) usual[name.includes(':') ? usualName(scope, name) : name] = value
  return usual
}

function isKnown(meaning: string | undefined, prefix: string): boolean {
  if (meaning === undefined) return knownPrefix.test(prefix)
  return meaning.startsWith('http://schemas.microsoft.com/office/') || meaning.startsWith('http://schemas.openxmlformats.org/')
}
