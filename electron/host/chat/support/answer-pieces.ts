/** Cuts an answer into what can be checked one by one: sentences, list items, rows of tables; and what says nothing, such as code. */
import { sentencesOf } from '../../workspaces/text/sentences.ts'
import { marksIn } from './marks-in.ts'

/** A piece of an answer. `head`: a heading, or the head of a table; `bare`: code, rules and what parts a table's head from its rows. */
export interface AnswerPiece {
  kind: 'sentence' | 'row' | 'head' | 'bare'
  start: number
  end: number
}

/** The pieces in order; white space, marks of lists and quotes belong to none. A citation mark belongs to the piece before it. */
export function piecesOf(answer: string): AnswerPiece[] {
  const pieces: AnswerPiece[] = []
  let paragraph: { start: number; end: number } | null = null
  let fence: { ticks: string; start: number } | null = null
  const endParagraph = (): void => {
    if (paragraph) pieces.push(...sentencePieces(answer, paragraph.start, paragraph.end))
    paragraph = null
  }
  const lines = linesOf(answer)
  for (const [index, { start, end }] of lines.entries()) {
    const line = answer.slice(start, end)
    const [, ticks] = /^\s*(`{3,}|~{3,})/.exec(line) ?? []
    if (fence) {
      if (!ticks?.startsWith(fence.ticks)) continue
      pieces.push({ kind: 'bare', start: fence.start, end })
      fence = null
    } else if (ticks !== undefined) {
      endParagraph()
      fence = { ticks, start }
    } else if (line.trim() === '') endParagraph()
    // A line in bold is a heading, unless it is a sentence.
    else if (/^\s*(?:#{1,6}\s|\*\*[^*]*[^*.!…]\*\*:?\s*$)/.test(line)) {
      endParagraph()
      pieces.push({ kind: 'head', ...trimmed(answer, start, end) })
    } else if (/^\s*(?:[-*_=]\s*){3,}$/.test(line) || /^\s*\|?[\s:|-]*-{2,}[\s:|-]*$/.test(line)) {
      endParagraph()
      pieces.push({ kind: 'bare', ...trimmed(answer, start, end) })
    } else if (/^\s*\|.*\|\s*$/.test(line)) {
      endParagraph()
      const next = lines[index + 1]
      const isHead = next !== undefined && /^\s*\|[\s:|-]+\|\s*$/.test(answer.slice(next.start, next.end))
      pieces.push({ kind: isHead ? 'head' : 'row', ...trimmed(answer, start, end) })
    } else {
      const [mark] = /^\s*(?:>\s*)*(?:(?:[-*+•–]|\d{1,3}[.)])\s+)?(?:\[[ x]\]\s+)?/.exec(line) ?? ['']
      if (mark.trim() !== '') endParagraph()
      paragraph ??= { start: start + mark.length, end }
      paragraph.end = end
    }
  }
  endParagraph()
  if (fence) pieces.push({ kind: 'bare', start: fence.start, end: answer.length })
  return pieces
}

function sentencePieces(answer: string, start: number, end: number): AnswerPiece[] {
  const text = answer.slice(start, end)
  const pieces: AnswerPiece[] = []
  for (const sentence of sentencesOf(text)) {
    const piece: AnswerPiece = { kind: 'sentence', start: start + sentence.start, end: start + sentence.end }
    const last = pieces.at(-1)
    if (last) {
      // “… three months. [1] The rent …”: the mark is of what was said before it.
      const [marks] = /^(?:\s*\[\d{1,3}\])+[.\s]*/.exec(answer.slice(piece.start, piece.end)) ?? ['']
      if (marks !== '') {
        last.end = piece.start + marks.trimEnd().length
        piece.start += marks.length
      }
    }
    if (piece.start < piece.end) pieces.push(piece)
  }
  return pieces
}

/** The words of a piece, without Markdown and marks: what is compared with the sources. */
export function plainText(piece: string): string {
  return piece
    .replace(/\[\d{1,3}\]/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*#{1,6}\s+/, '')
    .replace(/(\*\*|__|~~|`)/g, '')
    .replace(/(?<![\p{L}\p{N}])[*_](?=\S)|(?<=\S)[*_](?![\p{L}\p{N}])/gu, '')
    .replace(/\|/g, ' ; ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Puts marks at the end of a piece, before its full stop or inside the last cell of a row. */
export function withMarks(piece: string, numbers: readonly number[]): string {
  const marks = numbers.map((number) => `[${number}]`).join('')
  const [, body = piece, ending = ''] = /^([^]*?)(\s*\|\s*|[.!?…:;]*["»”)*_]*[.!?…]*)$/.exec(piece) ?? []
  return `${body.trimEnd()} ${marks}${ending}`
}

/** Numbers of the marks that a piece carries, each once, in order. */
export function markedNumbers(piece: string): number[] {
  return [...new Set(marksIn(piece).map(({ number }) => number))]
}

function linesOf(text: string): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = []
  let start = 0
  for (const line of text.split('\n')) {
    lines.push({ start, end: start + line.length })
    start += line.length + 1
  }
  return lines
}

function trimmed(text: string, start: number, end: number): { start: number; end: number } {
  const line = text.slice(start, end)
  return { start: start + line.length - line.trimStart().length, end: start + line.trimEnd().length }
}
