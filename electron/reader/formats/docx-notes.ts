/** Numbers of footnotes and endnotes, in the order in which the text leads to them. */
import { inLine } from '../blocks.ts'
import { readOfficeXml } from '../office-markup.ts'
import type { ZipFile } from '../zip-file.ts'
import { noteSign } from './docx-list-fields.ts'
import { listNumber } from './docx-number-formats.ts'
import type { WordPiece } from './docx-table.ts'

type Kind = 'footnote' | 'endnote'

interface Counting {
  format: string
  start: number
  /** Begins anew in each section. Where pages do, only who lays them out knows the numbers: they go on. */
  isOfSections: boolean
  next: number
}

export class WordNotes {
  readonly #countings: Record<Kind, Counting> = {
    footnote: { format: 'decimal', start: 1, isOfSections: false, next: 1 },
    endnote: { format: 'lowerRoman', start: 1, isOfSections: false, next: 1 },
  }

  /** @param part with the settings of the file */
  static async read(zip: ZipFile, part: string | undefined): Promise<WordNotes> {
    const notes = new WordNotes()
    if (part === undefined || !zip.has(part)) return notes
    let open: Counting | null = null
    await readOfficeXml(zip.pieces(part), {
      open: (name, attributes) => {
        const value = attributes['w:val'] ?? ''
        if (name === 'w:footnotePr') open = notes.#countings.footnote
        else if (name === 'w:endnotePr') open = notes.#countings.endnote
        else if (open && name === 'w:numFmt') open.format = value
        else if (open && name === 'w:numStart' && /^\d{1,6}$/.test(value)) open.start = open.next = Number(value)
        else if (open && name === 'w:numRestart') open.isOfSections = value === 'eachSect'
      },
      close: (name) => {
        if (name === 'w:footnotePr' || name === 'w:endnotePr') open = null
      },
    })
    return notes
  }

  endSection(): void {
    const { footnote } = this.#countings
    if (footnote.isOfSections) footnote.next = footnote.start
  }

  /** A note with its number, where it shows one; a note with a mark of its own has none. */
  numbered(kind: Kind, note: readonly WordPiece[]): WordPiece[] {
    const isNumbered = note.some((piece) => piece.is === 'text' && piece.text.includes(noteSign))
    if (!isNumbered) return [...note]
    const counting = this.#countings[kind]
    const number = listNumber(counting.next++, counting.format)
    return note.map((piece) =>
      piece.is === 'text' ? { ...piece, text: inLine(piece.text.replaceAll(noteSign, `${number} `)) } : piece,
    )
  }
}
