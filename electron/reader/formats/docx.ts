/** Word files: the body with its notes, boxes, charts and comments where they hang, headers and footers once each around their section. */
import { AppError } from '../../../contract/errors.ts'
import { tableBlocks, textBlock, type TextBlock } from '../blocks.ts'
import { coreTitle } from '../core-title.ts'
import { readOfficeXml } from '../office-markup.ts'
import { readChart, readDiagram } from '../office-drawings.ts'
import { mainPart, relationsOf, type Relation } from '../office-parts.ts'
import { beginning, inItems, type FormatReader, type Reading } from '../reading.ts'
import { ZipFile } from '../zip-file.ts'
import { readChunk } from './docx-chunk.ts'
import { WordLists } from './docx-numbering.ts'
import { WordNotes } from './docx-notes.ts'
import { isOn, WordStyles } from './docx-styles.ts'
import type { WordPiece } from './docx-table.ts'
import { WordText, type WordLooks } from './docx-text.ts'

export const readDocx: FormatReader = async function* ({ bytes }, reading) {
  const zip = await ZipFile.open(bytes)
  const title = await coreTitle(zip)
  await reading.turn()
  const pieces = await wordPieces(zip, reading, 0)
  await reading.turn()
  yield beginning('docx', title)
  yield* inItems(blocksOf(pieces))
}

/** All that a file shows, in order. @param depth of the document inside others */
async function wordPieces(zip: ZipFile, reading: Reading, depth: number): Promise<WordPiece[]> {
  const main = await mainPart(zip)
  if (main?.format !== 'docx') throw new AppError('document_broken', 'A Word file without its text')
  return new WordFile(zip, reading, depth).read(main.part)
}

function* blocksOf(pieces: Iterable<WordPiece>): Generator<TextBlock> {
  let paragraph = 0
  for (const piece of pieces) {
    if (piece.is === 'text') {
      const block = textBlock(piece.kind, piece.text, { kind: 'paragraph', paragraph: ++paragraph }, piece.level)
      if (block) yield block
    } else if (piece.is === 'table')
      yield* tableBlocks(piece.rows, piece.hasHeader, () => ({ kind: 'paragraph', paragraph: ++paragraph }))
  }
}

interface Part {
  pieces: WordPiece[]
  notes: ReadonlyMap<string, WordPiece[]>
  relations: Relation[]
}

const noPart: Part = { pieces: [], notes: new Map(), relations: [] }
type Note = 'footnote' | 'endnote' | 'comment'

class WordFile {
  readonly #zip: ZipFile
  readonly #reading: Reading
  readonly #depth: number
  #looks: WordLooks | null = null
  #notes: Record<Note, Part> = { footnote: noPart, endnote: noPart, comment: noPart }
  readonly #endnotes: string[] = []
  #numbers = new WordNotes()
  /** Headers and footers by what they say: told once, however many sections and pages have them. */
  readonly #told = new Set<string>()

  constructor(zip: ZipFile, reading: Reading, depth: number) {
    this.#zip = zip
    this.#reading = reading
    this.#depth = depth
  }

  async read(main: string): Promise<WordPiece[]> {
    const relations = await relationsOf(this.#zip, main)
    const partOf = (type: string): string | undefined => relations.find((relation) => relation.type === type)?.part
    const styles = await WordStyles.read(this.#zip, partOf('styles'))
    const lists = await WordLists.read(this.#zip, partOf('numbering'), styles)
    this.#looks = { styles, lists, hasEvenPages: await hasEvenPages(this.#zip, partOf('settings')) }
    this.#numbers = await WordNotes.read(this.#zip, partOf('settings'))
    this.#notes = {
      footnote: await this.#part(partOf('footnotes')),
      endnote: await this.#part(partOf('endnotes')),
      comment: await this.#part(partOf('comments')),
    }
    const body = await this.#part(main)
    const all: WordPiece[] = []
    let section: WordPiece[] = []
    for (const piece of body.pieces) {
      if (piece.is !== 'section') {
        section.push(piece)
        continue
      }
      all.push(...(await this.#margins(piece.headers, relations)))
      await this.#add(all, section, relations)
      all.push(...(await this.#margins(piece.footers, relations)))
      section = []
      this.#numbers.endSection()
    }
    await this.#add(all, section, relations)
    for (const id of this.#endnotes) {
      const { notes, relations: beside } = this.#notes.endnote
      await this.#add(all, this.#numbers.numbered('endnote', notes.get(id) ?? []), beside)
    }
    return all
  }

  /** Reads a part; one that is not there says nothing. */
  async #part(part: string | undefined): Promise<Part> {
    if (part === undefined || !this.#zip.has(part) || !this.#looks) return noPart
    let text = new WordText(this.#looks, false)
    await readOfficeXml(this.#zip.pieces(part), text)
    if (text.isEmpty) throw new AppError('document_broken', 'A part of a Word file without text')
    let pieces = text.finish()
    if (text.endsInField) {
      text = new WordText(this.#looks, true)
      await readOfficeXml(this.#zip.pieces(part), text)
      pieces = text.finish()
    }
    if (text.done) this.#reading.leaveOut('text')
    await this.#reading.turn()
    return { pieces, notes: text.notes, relations: await relationsOf(this.#zip, part) }
  }

  /** Adds pieces, and where they lead to other parts what these say. */
  async #add(into: WordPiece[], pieces: readonly WordPiece[], relations: readonly Relation[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.is === 'note' && piece.kind === 'endnote') this.#endnotes.push(piece.id)
      else if (piece.is === 'note') {
        const { notes, relations: beside } = this.#notes[piece.kind]
        // Notes cannot have notes.
        const note = (notes.get(piece.id) ?? []).filter(({ is }) => is !== 'note')
        await this.#add(into, piece.kind === 'footnote' ? this.#numbers.numbered('footnote', note) : note, beside)
      } else if (piece.is === 'part') for (const one of await this.#linked(piece.id, relations)) into.push(one)
      else into.push(piece)
    }
  }

  async #linked(id: string, relations: readonly Relation[]): Promise<WordPiece[]> {
    const relation = relations.find((one) => one.id === id)
    if (!relation || !this.#zip.has(relation.part)) return []
    const { type, part } = relation
    await this.#reading.turn()
    if (type === 'chart' || type === 'chartEx') {
      const { lines, rows, hasHeader } = await readChart(this.#zip, part)
      const table: WordPiece[] = rows.length > 0 ? [{ is: 'table', rows, hasHeader }] : []
      return [...lines.map(paragraph), ...table]
    }
    if (type === 'diagramData') return (await readDiagram(this.#zip, part)).map(paragraph)
    return type === 'aFChunk' ? readChunk(this.#zip.read(part), part, this.#reading, this.#depth, wordPieces) : []
  }

  async #margins(ids: readonly string[], relations: readonly Relation[]): Promise<WordPiece[]> {
    const all: WordPiece[] = []
    for (const id of ids) {
      const part = await this.#part(relations.find((relation) => relation.id === id)?.part)
      const pieces: WordPiece[] = []
      await this.#add(pieces, part.pieces, part.relations)
      const shown = pieces.filter((piece) => piece.is !== 'text' || !isPageNumber(piece.text))
      const text = JSON.stringify(shown)
      if (!this.#told.has(text)) all.push(...shown)
      this.#told.add(text)
    }
    return all
  }
}

function paragraph(text: string): WordPiece {
  return { is: 'text', kind: 'paragraph', level: 0, text }
}

/** A page's number by itself is of the page that it was saved on, and of no other. */
function isPageNumber(text: string): boolean {
  return /^[^\p{L}\p{N}]*\p{N}{1,4}[^\p{L}\p{N}]*$/u.test(text)
}

async function hasEvenPages(zip: ZipFile, part: string | undefined): Promise<boolean> {
  let has = false
  if (part === undefined || !zip.has(part)) return has
  await readOfficeXml(zip.pieces(part), {
    open: (name, attributes) => {
      if (name === 'w:evenAndOddHeaders') has = isOn(attributes['w:val'])
    },
  })
  return has
}
