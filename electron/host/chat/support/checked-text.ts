/** What a check changes in an answer's text: strict mode takes out what is not supported; and marks are set where the model wrote none. */
import type { SentenceCheck } from '../../../../contract/sources.ts'
import { piecesOf, withMarks } from './answer-pieces.ts'
import { marksIn } from './marks-in.ts'

export interface CheckedText {
  text: string
  checks: SentenceCheck[]
}

/**
 * Only what is supported stays: `partly` is not enough, for nobody can see which part is meant. A heading, and the head of a table, stays
 * over something that stays, if the sources know its words. Code, questions and greetings go.
 * @param knows whether every word of a stretch of the answer is in the sources
 * @param isWhole false for an answer that was stopped or failed: a sentence that was cut off goes as well
 */
export function onlySupported(
  { text, checks }: CheckedText,
  knows: (start: number, end: number) => boolean,
  isWhole: boolean,
): CheckedText {
  const open = isWhole ? -1 : text.trimEnd().length
  const verdicts = new Map(checks.map(({ start, verdict }) => [start, verdict]))
  const keeps = new Uint8Array(text.length).fill(1)
  const pieces = piecesOf(text)
  const stays = pieces.map(
    ({ kind, start, end }) =>
      (kind === 'sentence' || kind === 'row') &&
      verdicts.get(start) === 'supported' &&
      (end !== open || isEnded(text.slice(start, end))),
  )
  for (let at = pieces.length - 1; at >= 0; at--) {
    const piece = pieces[at]
    if (!piece || (piece.kind !== 'head' && piece.kind !== 'bare')) continue
    const isOfTable = piece.kind === 'bare' && pieces[at - 1]?.kind === 'head' && pieces[at + 1]?.kind === 'row'
    let below = at + 1
    while (below < pieces.length && pieces[below]?.kind !== 'head') below++
    const hasBelow = stays.slice(at + 1, below).includes(true)
    stays[at] = hasBelow && (isOfTable || (piece.kind === 'head' && knows(piece.start, piece.end)))
  }
  // A table without its head is none.
  for (const [at, piece] of pieces.entries()) {
    if (piece.kind !== 'bare' || stays[at - 1] !== false || pieces[at - 1]?.kind !== 'head') continue
    stays[at] = false
    for (let row = at + 1; pieces[row]?.kind === 'row'; row++) stays[row] = false
  }
  for (const [at, { start, end }] of pieces.entries()) {
    if (stays[at]) continue
    let until = end
    while (text[until] === ' ') until++
    // At the end of a line the space before goes instead.
    let from = start
    while ((until === text.length || text[until] === '\n') && text[from - 1] === ' ') from--
    keeps.fill(0, from, until)
  }
  dropEmptyLines(text, keeps)
  return rebuilt(text, keeps, checks)
}

/**
 * Sets the marks of what supports each sentence, the best two; only where the model wrote no mark at all, and not into a sentence that
 * was cut off, since the answer may be gone on with.
 */
export function marked({ text, checks }: CheckedText, isWhole: boolean): CheckedText {
  if (marksIn(text).length > 0) return { text, checks }
  const open = isWhole ? -1 : text.trimEnd().length
  let said = ''
  let from = 0
  const moved = checks.map((check): SentenceCheck => {
    said += text.slice(from, check.start)
    from = check.end
    const start = said.length
    const piece = text.slice(check.start, check.end)
    said +=
      check.verdict === 'supported' && (check.end !== open || isEnded(piece))
        ? withMarks(
            piece,
            check.sources.slice(0, 2).toSorted((one, other) => one - other),
          )
        : piece
    return { ...check, start, end: said.length }
  })
  return { text: said + text.slice(from), checks: moved }
}

/** Whether a sentence, or a row, has come to its end. */
function isEnded(piece: string): boolean {
  return /[.!?…|:]["»”)*_\]\d[]*$/.test(piece)
}

/** Lines of which only a list's mark, a quote's or white space is left. */
function dropEmptyLines(text: string, keeps: Uint8Array): void {
  let start = 0
  for (const line of text.split('\n')) {
    const end = start + line.length
    const left = Array.from({ length: line.length }, (_, at) => (keeps[start + at] ? line.charAt(at) : '')).join('')
    const wasCut = left.length < line.length
    if (wasCut && /^\s*(?:>\s*)*(?:[-*+•–]|\d{1,3}[.)])?\s*(?:\[[ x]\]\s*)?$/.test(left))
      keeps.fill(0, start, Math.min(text.length, end + 1))
    start = end + 1
  }
}

function rebuilt(text: string, keeps: Uint8Array, checks: readonly SentenceCheck[]): CheckedText {
  const places = new Uint32Array(text.length + 1)
  let kept = ''
  for (let at = 0; at < text.length; at++) {
    places[at] = kept.length
    if (keeps[at]) kept += text.charAt(at)
  }
  places[text.length] = kept.length
  const from = kept.length - kept.trimStart().length
  const whole = kept.trim()
  const stays = checks.filter(({ start, end }) => (places[end] ?? 0) > (places[start] ?? 0))
  return {
    text: whole,
    checks: stays.map((check) => ({
      ...check,
      start: (places[check.start] ?? 0) - from,
      end: Math.min(whole.length, (places[check.end] ?? 0) - from),
    })),
  }
}
