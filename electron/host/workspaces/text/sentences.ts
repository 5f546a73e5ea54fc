/**
 * Cuts text into sentences, as a reader of English or French would; abbreviations, numbers and lists do not end one. By rules:
 * `Intl.Segmenter` cuts after "M." and "p.", and takes a time that grows with the square of the text.
 */
import { functionWords } from './function-words.ts'

/** Before a name or a word, never at the end. In small letters. */
const leading =
  wordsIn(`mm mme mmes mlle mlles mr mrs ms dr drs prof ste sr mgr rev hon capt sgt e.g eg i.e cf vs viz approx env c.-à-d c-à-d p.ex resp incl excl réf
  tél tel bd av ets éd dép prés adj op.cit loc.cit ibid`)
/** The same where small letters would be words: "Tell me." */
const leadingCapital = wordsIn('M Me St Pr Col Gen Lt Maj')
/** Before a number, a Roman one or the letter of a code; elsewhere a word like others ("The answer is no."). */
const numbered =
  wordsIn(`art arts al ch chap sec sect fig figs tab tabl vol no nos nr nr par para paras pt app ann annex tit liv fol cl reg regs cap pp pg ss ex eq
  jan feb mar apr jun jul aug sep sept oct nov dec janv févr avr juill déc art.l art.r ligne lig livre`)
const smallWords = [functionWords.get('en'), functionWords.get('fr')]

/** What ends a sentence, with the quotes, emphasis and source marks that follow: `.`, `?"`, `. »`, `.** [1][2]`. */
const enders =
  /(?:[.!?…]+(?:[\u00a0\u202f ]?»|["”’')\]*_]|[\u00a0\u202f ]?\[\d{1,3}(?:, ?\d{1,3})*\])*(?=\s|$)|[。！？｡।؟]+[」』”’）]*)/gu
/** What stands before a sentence's first word. */
const openers = /[«"“‘'(\[*_¿¡>\s]*/y
/** A line that is something by itself: an item, a heading, a row of a table, a line drawn. */
const ownLine = /^[ \t]*(?:[-*+•–—·▪◦]\s|\d{1,3}[.)]\s|[a-zA-Z][.)]\s|\(?[ivx]{1,5}\)\s|#{1,6}\s|>\s|\||-{3,}|={3,}|\*{3,})/
/** A line that nothing goes on from. */
const closedLine = /^[ \t]*(?:#{1,6}\s|\||-{3,}|={3,}|\*{3,})/
const fence = /^[ \t]*(?:```|~~~)/
/** Fenced code, and a row of a table: never cut. */
const isWhole = /^[ \t]*(?:```|~~~|\|)/
/** All that a sentence is so far, when it is but the number of an item. */
const itemNumber = /^[-*+•>#\s(]*(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5})$/

/** A part of a text, in UTF-16 units. */
export interface TextRange {
  start: number
  end: number
}

/** Sentences with their offsets in UTF-16 units; white space between them belongs to none. A fenced piece of code is one. */
export function sentencesOf(text: string): TextRange[] {
  const sentences: TextRange[] = []
  for (const { start, end } of paragraphsOf(text)) {
    const paragraph = text.slice(start, end)
    let from = 0
    const add = (to: number): void => {
      const trimmed = trim(paragraph, from, to)
      if (trimmed) sentences.push({ start: start + trimmed.start, end: start + trimmed.end })
      from = to
    }
    if (!isWhole.test(paragraph)) {
      for (const match of paragraph.matchAll(enders)) {
        if (isEnd(paragraph, from, match.index, match[0])) add(match.index + match[0].length)
      }
    }
    add(paragraph.length)
  }
  return sentences
}

/** Pieces that no sentence crosses: paragraphs, items, headings, rows, fenced code. */
function* paragraphsOf(text: string): Generator<TextRange> {
  let start = 0
  let fenced = false
  let closed = false
  for (let at = 0; at < text.length;) {
    const newLine = text.indexOf('\n', at)
    const end = newLine === -1 ? text.length : newLine
    // What decides stands at a line's beginning.
    const head = text.slice(at, Math.min(end, at + 40))
    const isFence = fence.test(head)
    if (!fenced && at > start && (isFence || closed || ownLine.test(head))) {
      yield { start, end: at }
      start = at
    }
    if (isFence) fenced = !fenced
    closed = !fenced && (isFence || closedLine.test(head))
    if (!fenced && end - at <= 40 && head.trim() === '') {
      yield { start, end }
      start = end
    }
    at = end + 1
  }
  if (start < text.length) yield { start, end: text.length }
}

/** Whether the mark at `at` ends the sentence that began at `from`. */
function isEnd(text: string, from: number, at: number, mark: string): boolean {
  if (/[。！？｡।؟]/u.test(mark)) return true
  const after = at + mark.length
  openers.lastIndex = after
  const opened = openers.exec(text)?.[0].length ?? 0
  const next = text.slice(after + opened, after + opened + 24)
  if (next === '') return true
  if (/^\p{Ll}/u.test(next)) return false
  if (!mark.startsWith('.') || mark.startsWith('..')) return true
  if (at - from < 20 && itemNumber.test(text.slice(from, at).trimStart())) return false
  const word = /[^\s(«"“‘'’[\]]+$/u.exec(text.slice(Math.max(from, at - 24), at))?.[0] ?? ''
  const small = word.toLowerCase()
  if (leading.has(small) || leadingCapital.has(word)) return false
  const isLetter = /^\p{L}$/u.test(word)
  if (numbered.has(small) || isLetter) {
    if (/^(?:\d|[IVXLC]+\b|\p{Lu}(?![\p{L}'’])|§|n°)/u.test(next)) return false
  }
  // "J. Dupont", "the U.S. Senate", but "Appendix B. The tenant".
  if (isLetter || /^(?:\p{L}\.-?)+\p{L}$/u.test(word)) {
    const following = /^\p{L}+/u.exec(next)?.[0].toLowerCase()
    return following === undefined || smallWords.some((words) => words?.has(following))
  }
  return true
}

function trim(text: string, from: number, to: number): TextRange | null {
  let start = from
  let end = to
  while (start < end && /\s/.test(text.charAt(start))) start++
  while (end > start && /\s/.test(text.charAt(end - 1))) end--
  return start < end ? { start, end } : null
}

function wordsIn(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/))
}
