/** What of a Word file is open while it is read: containers, paragraphs, runs, tables and sections (docx-text.ts fills them). */
import type { ParagraphLook, RunLook } from './docx-styles.ts'
import type { WordPiece, WordTable } from './docx-table.ts'

/** What holds paragraphs: the part itself, a cell, a box, a note. */
export interface Container {
  readonly name: string
  readonly pieces: WordPiece[]
  /** Text of a paragraph that goes on in the next one, whose end was deleted. */
  carried: string
  /** What follows that paragraph. */
  after: WordPiece[]
  /** Of a note: its kind and number, and who wrote it. */
  note: { key: string; author: string } | null
}

export interface Paragraph {
  text: string
  readonly look: ParagraphLook
  style: string | undefined
  /** Its end is hidden, or was deleted. */
  isMarkHidden: boolean
  goesOn: boolean
  isStruck: boolean
  /** What stands beside it: boxes, charts, notes. */
  readonly after: WordPiece[]
}

export interface Run {
  readonly look: ParagraphLook
  style: string
  /** All that is said of its letters, once they come. */
  whole: RunLook | null
}

export interface Cell {
  columns: number
  reach: 'above' | 'down' | null
  isDeleted: boolean
}

/** Of headers and footers: which pages have them, and where they are. */
export interface Margin {
  readonly isHeader: boolean
  readonly pages: string
  readonly id: string
}

export interface Section {
  margins: Margin[]
  hasFirstPage: boolean
}

export interface OpenTable {
  readonly table: WordTable
  isHeaderRow: boolean
  isGone: boolean
  cell: Cell
}

export function newContainer(name: string): Container {
  return { name, pieces: [], carried: '', after: [], note: null }
}

export function newCell(): Cell {
  return { columns: 1, reach: null, isDeleted: false }
}
