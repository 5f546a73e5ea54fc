/** The pieces that passages are put together from: sentences, items, lines of code, rows or whole tables; none too long for the embedder. */
import type { TextBlock } from '../../../../contract/text-place.ts'
import { sentencesOf, type TextRange } from './sentences.ts'
import { estimateTokens } from './token-estimate.ts'

/** A piece of a document that is not cut any more. Offsets are UTF-16 units in the document's text. */
export interface Unit extends TextRange {
  tokens: number
  /** Of all of its block, at the block's first piece; 0 at the others. */
  blockTokens: number
  /** What a reader would have to know of the table that this row is from; empty when it is there, or there is none. */
  header: string
  headerTokens: number
}

/** Tokens of a header that is repeated: a header that is longer than this is hardly one. */
const headerLimit = 100

/**
 * Pieces of a block, each of `limit` tokens at most; only white space is between them.
 * @param start where the block's text begins in the document's
 */
export function unitsOf(block: TextBlock, start: number, limit: number): Unit[] {
  const pieces = block.kind === 'table' ? tablePieces(block, limit) : textPieces(block, limit)
  const blockTokens = pieces.reduce((sum, { tokens }) => sum + tokens, 0)
  return pieces.map((piece, index) => ({
    ...piece,
    start: start + piece.start,
    end: start + piece.end,
    blockTokens: index === 0 ? blockTokens : 0,
  }))
}

type Piece = Omit<Unit, 'blockTokens'>

function textPieces({ kind, text }: TextBlock, limit: number): Piece[] {
  const ranges = kind === 'code' ? parted(text, { start: 0, end: text.length }, /\n/g) : sentencesOf(text)
  return ranges.flatMap((range) => shortened(text, range, limit)).map((piece) => ({ ...piece, header: '', headerTokens: 0 }))
}

function tablePieces({ text, hasHeader }: TextBlock, limit: number): Piece[] {
  const all = trimmed(text, { start: 0, end: text.length })
  if (!all) return []
  const tokens = estimateTokens(text)
  if (tokens <= limit) return [{ ...all, tokens, header: '', headerTokens: 0 }]
  const rows = parted(text, all, /\n/g)
  const [first] = rows
  const header = hasHeader && first ? cutToFit(text.slice(first.start, first.end), headerLimit) : ''
  const headerTokens = estimateTokens(header)
  return rows.flatMap((row, index) =>
    shortened(text, row, limit - headerTokens).map((piece) => {
      const repeats = index > 0 && header !== ''
      return { ...piece, header: repeats ? header : '', headerTokens: repeats ? headerTokens : 0 }
    }),
  )
}

/** Where a piece that is too long may be cut, the best first. */
const cuts = [/\n/g, /[;:；：](?=\s)|\t/g, /[,，、](?=\s|\P{ASCII})/gu, /\s/g]

/** The piece itself, or cut where it hurts least. */
function shortened(text: string, range: TextRange, limit: number, cut = 0): (TextRange & { tokens: number })[] {
  const tokens = estimateTokens(text.slice(range.start, range.end))
  if (tokens <= limit) return [{ ...range, tokens }]
  const at = cuts[cut]
  if (at === undefined) return characters(text, range, limit)
  const joined: (TextRange & { tokens: number })[] = []
  for (const part of parted(text, range, at).flatMap((one) => shortened(text, one, limit, cut + 1))) {
    const last = joined.at(-1)
    if (last && last.tokens + part.tokens <= limit) {
      last.end = part.end
      last.tokens += part.tokens
    } else joined.push({ ...part })
  }
  return joined
}

/** The last resort: text without any place to cut at. */
function characters(text: string, { start, end }: TextRange, limit: number): (TextRange & { tokens: number })[] {
  const found: (TextRange & { tokens: number })[] = []
  // No character costs more than this but a few that stand for a whole word.
  const length = Math.max(1, Math.floor(limit / 2))
  for (let from = start; from < end;) {
    let to = Math.min(end, from + length)
    // Never between the halves of a character, nor before what is written over the one before it.
    while (to < end && to < from + length + 16 && /^[\udc00-\udfff\p{M}\u200d]/u.test(text.slice(to, to + 1))) to++
    if (isLowSurrogate(text, to)) to++
    const piece = trimmed(text, { start: from, end: to })
    if (piece) found.push({ ...piece, tokens: estimateTokens(text.slice(piece.start, piece.end)) })
    from = to
  }
  return found
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return at < text.length && code >= 0xdc00 && code <= 0xdfff
}

/** Cut after each place that matches. */
function parted(text: string, { start, end }: TextRange, at: RegExp): TextRange[] {
  const found: TextRange[] = []
  let from = start
  const add = (to: number): void => {
    const piece = trimmed(text, { start: from, end: to })
    if (piece) found.push(piece)
    from = to
  }
  for (const match of text.slice(start, end).matchAll(at)) add(start + match.index + match[0].length)
  add(end)
  return found
}

function trimmed(text: string, { start, end }: TextRange): TextRange | null {
  let from = start
  let to = end
  while (from < to && /\s/.test(text.charAt(from))) from++
  while (to > from && /\s/.test(text.charAt(to - 1))) to--
  return from < to ? { start: from, end: to } : null
}

/** The beginning of a line, as much as fits. */
export function cutToFit(line: string, limit: number): string {
  return estimateTokens(line) <= limit ? line : line.slice(0, shortened(line, { start: 0, end: line.length }, limit)[0]?.end ?? 0)
}
