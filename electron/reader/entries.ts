/** Files that list things by themselves, such as events or people: each is a section with a title and lines. */
import { inLine, textBlock, type TextBlock } from './blocks.ts'
import type { ReadItem } from './contract.ts'
import { inItems, type Reading } from './reading.ts'

/** An event of a calendar, or a card. */
export interface Entry {
  title: string
  /** As they are shown, without the title. */
  lines: string[]
}

/** UTF-16 units of a section's title in a place. */
const titleCharacters = 200

/** Entries as sections, each with its title as a heading. */
export async function* entryItems(entries: Iterable<Entry>, reading: Reading): AsyncGenerator<ReadItem> {
  for (const item of inItems(entryBlocks(entries))) {
    await reading.turn()
    yield item
  }
}

function* entryBlocks(entries: Iterable<Entry>): Generator<TextBlock | null> {
  let section = 0
  for (const { title, lines } of entries) {
    const place = { kind: 'section' as const, section: ++section, title: inLine(title).slice(0, titleCharacters) }
    yield textBlock('heading', title, place, 1)
    for (const line of lines) yield textBlock('paragraph', line, place)
  }
}
