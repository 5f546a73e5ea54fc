/**
 * Splits a document's blocks into passages: a section that the embedder takes is one; longer ones are cut along paragraphs and sentences
 * into about equal parts. Tables are whole, or have their header.
 */
import { blockGap, type Box, type TextBlock, type TextPlace } from '../../../../contract/text-place.ts'
import { languageOf } from './language.ts'
import { cutToFit, unitsOf, type Unit } from './passage-units.ts'
import { estimateTokens } from './token-estimate.ts'

/** Raised whenever the same blocks would be split otherwise: documents split before are split again. */
export const splittingVersion = 2

/**
 * Tokens of a section that is not cut, as estimated, with the headings that are said before it. What the embedder takes whole is found better
 * whole (docs/measurements.md). It takes 512 with the special ones and its prefix, and prose has fewer than are estimated: of 1,000 abstracts
 * 0.66 of it, of ninety-nine in a hundred 0.75 at most. The meaning of what is longer is that of its beginning; its words are all found.
 */
const uncut = 660
/**
 * Tokens of a part of a longer section. Both embedders take the most of any text. About 140 words found best (each document counting by its
 * best passage), and without overlap: then a longer passage says everything twice.
 */
const most = 480
const wanted = 300
/** Less than this is no passage where it can be joined with what follows. */
const few = 80
/** Of the headings that are said again before a passage. */
const headingLimit = 80
/** UTF-16 units below which the document's language is believed more than the passage's own. */
const shortText = 200

/** A passage. Its text is exactly the document's text from `start` to `end`; offsets are UTF-16 units. */
export interface Passage {
  start: number
  end: number
  text: string
  /** The headings it stands under, outermost first. */
  headings: string[]
  /** Where it begins; for a page with the boxes of all its lines on that page. */
  place: TextPlace
  /** Two letters; null when it could not be told. */
  language: string | null
  /** What is embedded and indexed: the headings it stands under, a table's header where it was cut, and the text. */
  searchText: string
}

/** What stands under one heading, on one slide or sheet. */
interface Section {
  /** 0 without a heading of its own. */
  level: number
  headings: Heading[]
  container: string
  units: Unit[]
  tokens: number
  /** Nothing but headings so far. */
  isTitle: boolean
}

interface Heading {
  level: number
  text: string
  start: number
}

/**
 * Passages in the order of the document, without overlap; only white space is left out.
 * @param rest is waited for after every block and every passage: six hundred pages are a second of work
 */
export async function splitPassages(blocks: readonly TextBlock[], rest: () => Promise<void> = atOnce): Promise<Passage[]> {
  const text = blocks.map((block) => block.text).join(blockGap)
  const documentLanguage = languageOf(text)
  const places = new PlaceFinder(blocks)
  const passages: Passage[] = []
  for (const section of joinSmall(await sectionsOf(blocks, rest))) {
    for (const units of pieces(section)) {
      const start = units[0]?.start ?? 0
      const end = units.at(-1)?.end ?? start
      const own = text.slice(start, end)
      const header = units[0]?.header ?? ''
      passages.push({
        start,
        end,
        text: own,
        headings: section.headings.map((heading) => heading.text),
        place: places.place(start, end),
        language: own.length < shortText ? (documentLanguage ?? languageOf(own)) : (languageOf(own) ?? documentLanguage),
        searchText: [headingLine(above(section.headings, start)), header, own].filter((part) => part !== '').join('\n'),
      })
      await rest()
    }
  }
  return passages
}

const atOnce = (): Promise<void> => Promise.resolve()

async function sectionsOf(blocks: readonly TextBlock[], rest: () => Promise<void>): Promise<Section[]> {
  const sections: Section[] = []
  let path: Heading[] = []
  let start = 0
  for (const block of blocks) {
    const isHeading = block.kind === 'heading'
    if (isHeading) {
      path = [
        ...path.filter(({ level }) => level < block.level),
        { level: block.level, text: block.text.replace(/\s+/g, ' ').trim(), start },
      ]
    }
    const container = containerOf(block.places[0]?.place)
    let section = sections.at(-1)
    if (!section || isHeading || section.container !== container) {
      section = { level: isHeading ? block.level : 0, headings: path, container, units: [], tokens: 0, isTitle: true }
      sections.push(section)
    }
    if (!isHeading) section.isTitle = false
    for (const unit of unitsOf(block, start, most - headingLimit)) {
      section.units.push(unit)
      section.tokens += unit.tokens
    }
    start += block.text.length + blockGap.length
    await rest()
  }
  return sections.filter(({ units }) => units.length > 0)
}

/** What no passage goes across. Pages are not among them: a paragraph goes on overleaf. */
function containerOf(place: TextPlace | undefined): string {
  if (place?.kind === 'slide') return `slide ${place.slide}`
  if (place?.kind === 'sheet') return `sheet ${place.sheet}`
  if (place?.kind === 'section') return `section ${place.section}`
  return ''
}

/** A title and what follows, or two short clauses, are one passage. */
function joinSmall(sections: readonly Section[]): Section[] {
  const joined: Section[] = []
  for (const section of sections) {
    const last = joined.at(-1)
    const joins =
      last !== undefined &&
      last.tokens < few &&
      (last.isTitle || last.tokens + section.tokens <= most - headingLimit) &&
      last.container === section.container &&
      (last.level === 0 || section.level >= last.level)
    if (!joins) {
      joined.push({ ...section, units: [...section.units] })
      continue
    }
    last.units.push(...section.units)
    last.tokens += section.tokens
    // Two clauses stay under the first one's heading, but a title is above what it introduces.
    if (last.isTitle) last.headings = section.headings
    last.isTitle &&= section.isTitle
  }
  return joined
}

/** The section's units in one passage where that fits, else in passages of about the same size. */
function pieces({ headings, units, tokens }: Section): Unit[][] {
  const start = units[0]?.start ?? 0
  if (tokens + estimateTokens(headingLine(above(headings, start))) <= uncut) return [units]
  const ideal = tokens / Math.max(1, Math.round(tokens / wanted))
  const limit = most - headingLimit
  const found: Unit[][] = []
  let current: Unit[] = []
  let size = 0
  for (const unit of units) {
    const isFull = size + unit.tokens > limit || size + unit.tokens / 2 > ideal
    // A paragraph that would be cut soon begins a passage of its own.
    const endsWell = unit.blockTokens > 0 && size > ideal * 0.75 && size + unit.blockTokens > ideal * 1.2
    if (current.length > 0 && (isFull || endsWell)) {
      found.push(current)
      current = []
      size = 0
    }
    if (current.length === 0) size = unit.headerTokens
    current.push(unit)
    size += unit.tokens
  }
  found.push(current)
  return found
}

/** Headings that are not read where a passage begins, outermost first. */
function above(headings: readonly Heading[], start: number): string[] {
  return headings.filter((heading) => heading.start < start).map(({ text }) => text)
}

/** The nearest headings, outermost first. */
function headingLine(headings: readonly string[]): string {
  let line = ''
  for (const heading of [...headings].reverse()) {
    const longer = line === '' ? cutToFit(heading, headingLimit - 10) : `${heading} › ${line}`
    if (estimateTokens(longer) > headingLimit) break
    line = longer
  }
  return line
}

/** Finds places by their offset in the document's text. To be asked from its beginning to its end. */
class PlaceFinder {
  readonly #places: { start: number; place: TextPlace }[] = []
  #at = 0

  constructor(blocks: readonly TextBlock[]) {
    let start = 0
    for (const block of blocks) {
      for (const part of block.places) this.#places.push({ start: start + part.start, place: part.place })
      start += block.text.length + blockGap.length
    }
  }

  place(start: number, end: number): TextPlace {
    while ((this.#places[this.#at + 1]?.start ?? Infinity) <= start) this.#at++
    const first = this.#places[this.#at]?.place
    if (!first) throw new Error('A block without a place')
    if (first.kind !== 'page') return first
    const boxes: Box[] = []
    for (let at = this.#at; at < this.#places.length; at++) {
      const { start: begins, place } = this.#places[at] ?? { start: Infinity }
      if (begins >= end) break
      if (place?.kind === 'page' && place.page === first.page) boxes.push(...place.boxes)
    }
    return { ...first, boxes }
  }
}
