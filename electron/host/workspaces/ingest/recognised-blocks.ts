/** Blocks of pages that are pictures: which page a block stands on, and how what was recognised there joins what was in the file. Pure. */
import type { TextBlock } from '../../../../contract/text-place.ts'

/** The page a block begins on; null for what has no pages. */
export function pageOf({ places }: TextBlock): number | null {
  const place = places[0]?.place
  return place?.kind === 'page' ? place.page : null
}

/** Of what was recognised, by its length; null when nothing was. */
export function confidenceOf(blocks: readonly TextBlock[]): number | null {
  let length = 0
  let sum = 0
  for (const { confidence, text } of blocks) {
    if (confidence === null) continue
    length += text.length
    sum += confidence * text.length
  }
  return length === 0 ? null : sum / length
}

/** Blocks in the order of their pages; those of one page stay as they are. */
export function byPage(blocks: readonly TextBlock[]): TextBlock[] {
  return [...blocks].sort((a, b) => (pageOf(a) ?? 0) - (pageOf(b) ?? 0))
}

/** What a file gave: its blocks, and the numbers of its pages that are pictures nobody has recognised. */
export interface ReadPages {
  blocks: readonly TextBlock[]
  picturePages: readonly number[]
}

/** Text in the file that is at least this part of what was recognised on its page stands for it: somebody has put the words in. */
const enough = 0.5

/** A newer reading with what was recognised on its pages before, so that no page is recognised twice. */
export function withRecognised(read: ReadPages, before: ReadPages): ReadPages {
  const recognised = new Map<number, TextBlock[]>()
  const written = new Set<number>()
  for (const block of before.blocks) {
    const page = pageOf(block)
    if (page === null) continue
    if (block.confidence === null) written.add(page)
    else recognised.set(page, [...(recognised.get(page) ?? []), block])
  }
  if (recognised.size === 0) return read
  const lengths = new Map<number, number>()
  for (const block of read.blocks) lengths.set(pageOf(block) ?? 0, (lengths.get(pageOf(block) ?? 0) ?? 0) + block.text.length)
  const kept = [...recognised].filter(([page, blocks]) => {
    const length = blocks.reduce((sum, { text }) => sum + text.length, 0)
    return read.picturePages.includes(page) || (lengths.get(page) ?? 0) < length * enough
  })
  // A picture of which nothing is known any more was recognised, and nothing was on it.
  const wasPicture = new Set(before.picturePages)
  const isLeft = (page: number): boolean => !recognised.has(page) && (wasPicture.has(page) || written.has(page))
  return {
    blocks: byPage([...read.blocks, ...kept.flatMap(([, blocks]) => blocks)]),
    picturePages: read.picturePages.filter(isLeft),
  }
}
