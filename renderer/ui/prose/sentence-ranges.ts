/** Sentences of an answer as ranges of what is drawn of it, and the place behind each where a few words can stand. */
import { textsIn } from './place-marks.ts'
import { sentenceSpans } from './sentence-spans.ts'

/** What is ours and no part of the answer, and code boxes, whose text is nobody's claim. */
const notOurs = 'button, .verdict, .code-box'
const block = 'p, li, td, th, h1, h2, h3, h4, h5, h6, blockquote, .block'

/**
 * @param sentences as they stand in the Markdown, in order.
 * @returns for each the ranges that make it up, one a run of text, so that marks in it stay untouched; empty for one that is not there.
 */
export function sentenceRanges(root: Element, sentences: readonly string[]): Range[][] {
  const texts = textsIn(root).filter((text) => !text.parentElement?.closest(notOurs))
  let shown = ''
  const begins = texts.map((text, index) => {
    const before = texts[index - 1]
    // A sentence ends with its block: the quote that opens the next one is not its own.
    if (before && before.parentElement?.closest(block) !== text.parentElement?.closest(block)) shown += '\n'
    const begin = shown.length
    shown += text.data
    return begin
  })
  return sentenceSpans(shown, sentences).map((span) => {
    if (!span) return []
    return texts.flatMap((text, index) => {
      const begin = begins[index] ?? 0
      const from = Math.max(span.start - begin, 0)
      const to = Math.min(span.end - begin, text.length)
      if (from >= to) return []
      const range = document.createRange()
      range.setStart(text, from)
      range.setEnd(text, to)
      return [range]
    })
  })
}

/** Whether a sentence begins before a mark, in the same block. */
export function begins(sentence: Range, mark: Element): boolean {
  const text = sentence.startContainer
  const isBefore = (text.compareDocumentPosition(mark) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  return isBefore && text.parentElement?.closest(block) === mark.closest(block)
}

/**
 * Finds the place behind each sentence, and behind the marks that follow it. The last comes first, since a text that is parted
 * moves what stands behind it.
 * @param put is handed the parent, and the node before which it puts something; null for the end.
 */
export function placeVerdicts<Said extends { range: Range[] }>(
  said: readonly Said[],
  put: (parent: Element, before: ChildNode | null, said: Said) => void,
): void {
  for (const each of said.toReversed()) {
    const last = each.range.at(-1)
    const text = last?.endContainer
    const parent = text?.parentElement
    if (!last || !(text instanceof Text) || !parent) continue
    let before: ChildNode | null = last.endOffset < text.length ? text.splitText(last.endOffset) : text.nextSibling
    while (before && leadsToMark(before)) before = before.nextSibling
    put(parent, before, each)
  }
}

/** A mark, or nothing but blanks before one. */
function leadsToMark(node: Node): boolean {
  if (node instanceof Element) return node.matches('button')
  return node instanceof Text && node.data.trim() === '' && node.nextSibling !== null && leadsToMark(node.nextSibling)
}
