/** The part of a long passage that a question is about, for where there is no room or no time for all of it. */
import { languageOf } from '../../workspaces/text/language.ts'
import { sentencesOf, type TextRange } from '../../workspaces/text/sentences.ts'
import { termsOf } from '../../workspaces/text/terms.ts'
import { estimateTokens } from '../../workspaces/text/token-estimate.ts'

/** Tokens of a part, as estimated: as many as a section that is cut has in one of its own. */
export const partTokens = 300
/** A passage of more tokens than these, as estimated, is one of which a part may be given: those of cut sections are seldom longer. */
export const longTokens = 400

/** The sentences or rows that follow each other and have most of the question's terms between them. */
export function partOf(text: string, terms: readonly string[]): TextRange {
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
