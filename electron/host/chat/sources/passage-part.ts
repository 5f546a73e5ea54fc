/** The part of a long passage that a question is about, for where there is no room or no time for all of it. */
import { languageOf } from '../../workspaces/text/language.ts'
import { sentencesOf, type TextRange } from '../../workspaces/text/sentences.ts'
import { termsOf } from '../../workspaces/text/terms.ts'
import { estimateTokens } from '../../workspaces/text/token-estimate.ts'

/** A passage that is longer than a part by this factor is one of which a part may be given: what is hardly longer is not worth a cut. */
const worthCutting = 4 / 3

/** Whether a passage is so long that a part of it may be given instead. */
export function isLongerThan(text: string, partTokens: number): boolean {
  return estimateTokens(text) > partTokens * worthCutting
}

/**
 * The sentences or rows that follow each other and have most of the question's terms between them.
 * @param partTokens how many tokens they may have together, as estimated; a single longer one is given whole
 */
export function partOf(text: string, terms: readonly string[], partTokens: number): TextRange {
  const asked = new Set(terms)
  const language = languageOf(text)
  const pieces = linesOf(text).map(({ start, end }) => {
    const piece = text.slice(start, end)
    return { start, end, tokens: estimateTokens(piece), terms: termsOf(piece, language).filter((term) => asked.has(term)) }
  })
  let most = -1
  let best: TextRange[] = []
  for (const [from, { start }] of pieces.entries()) {
    const here = new Set<string>()
    let end = start
    let tokens = 0
    for (let at = from; at < pieces.length; at++) {
      const piece = pieces[at] ?? { end, tokens: 0, terms: [] }
      tokens += piece.tokens
      if (tokens > partTokens && at > from) break
      end = piece.end
      for (const term of piece.terms) here.add(term)
    }
    if (here.size > most) best = []
    most = Math.max(most, here.size)
    if (here.size === most) best.push({ start, end })
  }
  // The one in the middle has as much before what was asked as after it. Where nothing was found by its words, the beginning says most.
  return best[most > 0 ? best.length >> 1 : 0] ?? { start: 0, end: text.length }
}

/** Sentences, and of a table its rows. */
function linesOf(text: string): TextRange[] {
  return [...text.matchAll(/[^\n]+/g)].flatMap(({ 0: line, index }) =>
    sentencesOf(line).map(({ start, end }) => ({ start: index + start, end: index + end })),
  )
}
