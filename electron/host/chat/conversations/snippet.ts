/** The part of a text in which the most of what was asked for stands, with these words marked. */
import { endInSigns, startInSigns } from '../../../../contract/graphemes.ts'
import type { Pace } from '../../base/pace.ts'
import { languageOf } from '../../workspaces/text/language.ts'
import { placedWords, segmentsOf } from '../../workspaces/text/placed-words.ts'
import { WordForms, writtenLanguages } from '../../workspaces/text/terms.ts'
import { isAsked, type AskedWord } from './asked-words.ts'

/** Marks around found words. They are private-use characters, which no text of a person carries on purpose. */
const markStart = '\ue000'
const markEnd = '\ue001'
/** UTF-16 units that are shown before the first word, and from its beginning on. */
const before = 32
const after = 96
/** Words that are remembered at once, and UTF-16 units of the longest: what is longer hardly comes again. */
const mostKnown = 20_000
const longestKnown = 64
/** Places that are compared. */
const mostPlaces = 500

interface Place {
  start: number
  end: number
  /** Which of the words that were asked for stand here. */
  asked: number[]
}

/** Marks what one query asked for. It remembers how each word stands to it, since most words come again. */
export class Marker {
  readonly #asked: readonly AskedWord[]
  readonly #pace: Pace
  readonly #known = new Map<string | null, { forms: WordForms; places: Map<string, readonly Place[]> }>()

  constructor(asked: readonly AskedWord[], pace: Pace) {
    this.#asked = asked
    this.#pace = pace
  }

  /** All of a text with the words that were asked for marked. */
  async whole(text: string): Promise<string> {
    return marked(text, 0, text.length, await this.#placesIn(text, Infinity))
  }

  /** Where the most of them stand together; the beginning of the text where none does. */
  async snippet(text: string): Promise<string> {
    const places = await this.#placesIn(text, after)
    const start = bestPlace(places)?.start ?? 0
    const lead = endInSigns(text.slice(Math.max(0, start - 4 * before), start), before)
    // Not in the middle of a word, where there are spaces.
    const from = start - (lead.length < start ? lead.replace(/^\S*\s(?=\S)/, '') : lead).length
    const rest = startInSigns(text.slice(start, start + 4 * after), after)
    const shown = start + rest.length < text.length ? rest.replace(/(?<=\S)\s\S*$/, '') : rest
    const end = start + shown.length
    return `${from > 0 ? '…' : ''}${marked(text, from, end, places)}${end < text.length ? '…' : ''}`
  }

  /** @param within where all stand together within so many units, what comes after these is not looked at */
  async #placesIn(text: string, within: number): Promise<Place[]> {
    const language = languageOf(text)
    const found: Place[] = []
    let looked = 0
    let last = Infinity
    for (const [segment, at] of segmentsOf(text)) {
      if (at > last || found.length >= mostPlaces) break
      if (++looked % 64 === 0) await this.#pace.rest()
      for (const { start, end, asked } of this.#placesOf(segment, language)) {
        found.push({ start: at + start, end: at + end, asked })
        if (last < Infinity) continue
        const near = found.filter((place) => place.start >= at + end - within)
        if (countOf(near) === this.#asked.length) last = (near[0]?.start ?? 0) + within
      }
    }
    return found
  }

  #placesOf(segment: string, language: string | null): readonly Place[] {
    let known = this.#known.get(language)
    if (!known)
      this.#known.set(language, (known = { forms: new WordForms(writtenLanguages(language), language), places: new Map() }))
    const before = known.places.get(segment)
    if (before) return before
    const places = placedWords(segment, known.forms).flatMap((word): Place[] => {
      const asked = this.#asked.flatMap((one, index) => (isAsked(word, one) ? [index] : []))
      return asked.length === 0 ? [] : [{ start: word.start, end: word.end, asked }]
    })
    if (known.places.size >= mostKnown) known.places.clear()
    if (segment.length <= longestKnown) known.places.set(segment, places)
    return places
  }
}

function countOf(places: readonly Place[]): number {
  return new Set(places.flatMap(({ asked }) => asked)).size
}

/** The first of those from which on the most of the words stand within what is shown. */
function bestPlace(places: readonly Place[]): Place | undefined {
  let best: Place | undefined
  let most = 0
  for (const [index, place] of places.entries()) {
    const count = countOf(places.slice(index).filter(({ end }) => end <= place.start + after))
    if (count <= most) continue
    best = place
    most = count
  }
  return best ?? places[0]
}

/** Marks of places that overlap, as those of pairs do, are one. */
function marked(text: string, from: number, to: number, places: readonly Place[]): string {
  const plain = (start: number, end: number): string => text.slice(start, end).replace(/[\ue000\ue001]/g, '\ufffd')
  let shown = ''
  let at = from
  const inside = places.filter(({ start, end }) => start >= from && end <= to).toSorted((one, other) => one.start - other.start)
  for (let index = 0; index < inside.length; index++) {
    const { start } = inside[index] ?? { start: at }
    let end = inside[index]?.end ?? at
    for (let next = inside[index + 1]; next && next.start < end; next = inside[index + 1]) {
      end = Math.max(end, next.end)
      index++
    }
    shown += `${plain(at, start)}${markStart}${plain(start, end)}${markEnd}`
    at = end
  }
  return shown + plain(at, to)
}
