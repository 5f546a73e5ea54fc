/**
 * What the names of documents say. Their terms are made when they are first searched and kept while the index is open: a name is no part of
 * any passage, so that a rename needs no new splitting and no new vectors.
 */
import type { Pace } from '../../base/pace.ts'
import { termsOf } from '../text/terms.ts'
import type { LoadedTexts } from './loaded-texts.ts'

/** A document's name and the number of its content. */
export interface NamedContent {
  content: number
  name: string
}

/** Names whose terms are kept; about 100 MB at most, as many as no workspace is made for. */
const keptNames = 200_000
/** What stands behind the last point says what a file is, and not what is in it. */
const ending = /\.[\p{L}\p{N}]{1,8}$/u

export class DocumentNames {
  readonly #terms = new Map<string, ReadonlySet<string>>()
  /** Languages that the kept terms were made for. */
  #languages = 0

  /** By term, the slots of all texts in documents whose name has it; terms that no name has are not there. */
  async slotsWith(
    terms: readonly string[],
    names: Iterable<readonly NamedContent[]>,
    texts: LoadedTexts,
    pace: Pace,
  ): Promise<Map<string, number[]>> {
    const found = new Map<string, number[]>()
    const contents = new Map<number, Set<string>>()
    if (terms.length === 0) return found
    for (const some of names) {
      for (const { content, name } of some) {
        const own = this.#termsOf(name, texts.languages)
        const here = terms.filter((term) => own.has(term))
        await pace.rest()
        if (here.length > 0) contents.set(content, new Set([...(contents.get(content) ?? []), ...here]))
      }
    }
    if (contents.size === 0) return found
    for (const [content, slots] of await texts.slotsIn(new Set(contents.keys()), pace)) {
      for (const term of contents.get(content) ?? []) {
        const known = found.get(term)
        if (known) for (const slot of slots) known.push(slot)
        else found.set(term, [...slots])
      }
    }
    return found
  }

  /** A name is a few words, whose language nobody can tell: its words are taken as every language here would have them. */
  #termsOf(name: string, languages: ReadonlySet<string | null>): ReadonlySet<string> {
    if (this.#languages !== languages.size || this.#terms.size >= keptNames) {
      this.#terms.clear()
      this.#languages = languages.size
    }
    const known = this.#terms.get(name)
    if (known) return known
    const words = name.replace(ending, '')
    const terms = new Set([null, ...languages].flatMap((language) => termsOf(words, language)))
    this.#terms.set(name, terms)
    return terms
  }
}
