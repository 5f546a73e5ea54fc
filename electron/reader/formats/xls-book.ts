/** What an Excel file of before 2007 says of the whole workbook: sheets, texts, letters and number formats. */
import { AppError } from '../../../contract/errors.ts'
import { viewOf } from '../bytes.ts'
import { scannedCells, textCharacters } from '../limits.ts'
import { loweredText, raisedText } from '../raised-text.ts'
import { decodePage, type Decode } from '../rtf-encodings.ts'
import { numberedFormat, type NumberFormats } from '../sheet-numbers.ts'
import type { CellCounts } from '../sheet-table.ts'
import { XlsBytes, xlsTypes, type XlsRecord, type XlsStream, type XlsText } from './xls-records.ts'
import { struckOut } from './xlsx-strings.ts'

interface XlsFont {
  isStruck: boolean
  isRaised: boolean
  isLowered: boolean
}

interface XlsSheetEntry {
  name: string
  /** Where its part of the stream begins. */
  at: number
  isHidden: boolean
}

/** The number that the stream begins with, of Excel 97 and later. */
const newVersion = 0x0600
/** Sheets, styles and fonts of one file; styles and fonts are named in two bytes. */
const mostSheets = 100_000
const mostStyles = 65_536
/** Kinds of sheets that are programs. */
const moduleKind = 6

export class XlsBook {
  /** Before Excel 97: texts are bytes in a code page. */
  readonly isOld: boolean
  readonly counts: CellCounts = { filled: 0, scanned: 0, characters: 0, open: 0 }
  readonly sheets: XlsSheetEntry[] = []
  readonly strings: string[] = []
  /** Whether not all of its texts were read. */
  isCut = false
  /** Whether a program says that it has calculated the formulas. */
  isCalculated = false
  decode: Decode = decodePage(1252)
  readonly #fonts: XlsFont[] = []
  readonly #styles: { font: number; format: number }[] = []
  readonly #ownFormats = new Map<number, string>()
  #from1904 = false
  #characters = 0
  #formats: NumberFormats | null = null

  /** @throws AppError document_broken when it does not begin as a workbook does */
  constructor(stream: XlsStream) {
    let version: number | null = null
    for (const record of stream.records(0)) {
      if (version === null) {
        if (record.type !== xlsTypes.begin || record.body.length < 4) break
        version = viewOf(record.body).getUint16(0, true)
      } else if (record.type === xlsTypes.end) break
      else this.#try(record, version < newVersion)
    }
    if (version === null) throw new AppError('document_broken', 'A workbook without its beginning')
    this.isOld = version < newVersion
  }

  get formats(): NumberFormats {
    this.#formats ??= {
      from1904: this.#from1904,
      styles: this.#styles.map(({ font, format }) => ({
        format: this.formatText(format),
        struck: this.#font(font)?.isStruck ?? false,
      })),
    }
    return this.#formats
  }

  /** Counts a text that stands beside cells. @returns whether it may be told */
  takeText(characters: number): boolean {
    this.#characters += characters
    if (this.#characters > textCharacters) this.isCut = true
    return this.#characters <= textCharacters
  }

  /** What the number format of this number says. */
  formatText(number: number): string {
    return numberedFormat(number, this.#ownFormats)
  }

  /** A text with its raised, lowered and struck-out parts. */
  shown({ text, runs }: XlsText): string {
    if (runs.length === 0) return text
    let shown = text.slice(0, runs[0]?.at ?? 0)
    for (const [at, run] of runs.entries()) {
      const piece = text.slice(run.at, Math.max(run.at, runs[at + 1]?.at ?? text.length))
      const font = this.#font(run.font)
      const before = shown.slice(-1)
      const placed = font?.isRaised ? raisedText(piece, before) : font?.isLowered ? loweredText(piece, before) : piece
      shown += font?.isStruck ? struckOut(placed) : placed
    }
    return shown
  }

  #try(record: XlsRecord, isOld: boolean): void {
    try {
      this.#take(record, isOld)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.isCut = true
    }
  }

  #take({ type, body, parts }: XlsRecord, isOld: boolean): void {
    const view = viewOf(body)
    if (type === xlsTypes.codePage) this.decode = decodePage(pageOf(view.getUint16(0, true)))
    else if (type === xlsTypes.days) this.#from1904 = view.getUint16(0, true) === 1
    else if (type === xlsTypes.recalculated) this.isCalculated = true
    else if (type === xlsTypes.style && this.#styles.length < mostStyles)
      this.#styles.push({ font: view.getUint16(0, true), format: view.getUint16(2, true) })
    else if (type === xlsTypes.font && this.#fonts.length < mostStyles) {
      const place = view.getUint16(8, true)
      this.#fonts.push({ isStruck: (view.getUint16(2, true) & 8) !== 0, isRaised: place === 1, isLowered: place === 2 })
    } else if (type === xlsTypes.format) {
      const bytes = new XlsBytes(parts, 2)
      const text = isOld ? bytes.oldText(bytes.byte(), this.decode) : bytes.text(bytes.short()).text
      this.#ownFormats.set(view.getUint16(0, true), text)
    } else if (type === xlsTypes.sheet) this.#addSheet(view, parts, isOld)
    else if (type === xlsTypes.strings) this.#addStrings(parts)
  }

  #addSheet(view: DataView, parts: readonly Uint8Array[], isOld: boolean): void {
    if (view.getUint8(5) === moduleKind) return
    if (this.sheets.length >= mostSheets) {
      this.isCut = true
      return
    }
    const bytes = new XlsBytes(parts, 6)
    const length = bytes.byte()
    const name = isOld ? bytes.oldText(length, this.decode) : bytes.text(length).text
    this.sheets.push({ name, at: view.getUint32(0, true), isHidden: (view.getUint8(4) & 3) !== 0 })
  }

  #addStrings(parts: readonly Uint8Array[]): void {
    const bytes = new XlsBytes(parts, 4)
    const count = bytes.long()
    while (this.strings.length < count && !bytes.isAtEnd) {
      if (!this.takeText(0) || this.strings.length > scannedCells) {
        this.isCut = true
        return
      }
      const shown = this.shown(bytes.text(bytes.short()))
      this.#characters += shown.length
      this.strings.push(shown)
    }
    if (this.strings.length < count) this.isCut = true
  }

  /** Fonts are numbered from 0, but for 4, which there is none of. */
  #font(number: number): XlsFont | undefined {
    return this.#fonts[number > 4 ? number - 1 : number]
  }
}

/** Two code pages have numbers that Excel alone gives them. */
function pageOf(number: number): number {
  return number === 32_768 ? 10_000 : number === 32_769 ? 1252 : number
}
