/** Where a stretch of a document's text stands on its pages: by the places of its parts, which are finer than those of a passage. Pure. */
import type { DocumentText } from '../../contract/document.ts'
import type { Box, TextPlace } from '../../contract/text-place.ts'

/** The boxes by page, the pages in order; empty for a text without pages. */
export function passageBoxes(blocks: DocumentText['blocks'], start: number, end: number): { page: number; boxes: Box[] }[] {
  const pages: { page: number; boxes: Box[] }[] = []
  for (const place of placesBetween(blocks, start, end)) {
    if (place.kind !== 'page') continue
    const last = pages.at(-1)
    if (last?.page === place.page) last.boxes.push(...place.boxes)
    else pages.push({ page: place.page, boxes: [...place.boxes] })
  }
  return pages
}

function placesBetween(blocks: DocumentText['blocks'], start: number, end: number): TextPlace[] {
  return blocks.flatMap(({ start: begin, block }) =>
    block.places.flatMap(({ start: from, place }, index) => {
      const to = block.places[index + 1]?.start ?? block.text.length
      return begin + from < end && begin + to > start ? [place] : []
    }),
  )
}
