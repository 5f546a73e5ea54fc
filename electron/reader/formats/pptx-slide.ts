/** The text of one slide or of its notes, in pieces: titles first, then as its shapes stand. */
import { inLine } from '../blocks.ts'
import type { MarkupEvents } from '../markup.ts'
import { MathText } from '../office-math.ts'
import { loweredText, raisedText } from '../raised-text.ts'
import { isSymbolFont, symbolSign } from '../symbol-fonts.ts'
import { SlideNumbers, tableRows, type SlideCell, type SlidePiece } from '../slide-pieces.ts'
import { struckOut } from './xlsx-strings.ts'

/** Numbers, dates and feet repeat themselves on each slide. */
const repeating = new Set(['sldNum', 'dt', 'ftr', 'hdr', 'sldImg'])
/** Of these what somebody wrote is told; of a date that is always today's there is nothing to tell. */
const feet = new Set(['dt', 'ftr'])
/** Columns that one cell may claim for itself. */
const widestSpan = 100

export class SlideText implements MarkupEvents {
  /** What stands at the foot of the slide, as of others of its file. */
  readonly feet: SlidePiece[] = []
  /** Nothing of its layout and master is shown; of a layout, nothing of its master. */
  hidesMaster = false
  readonly #isBackground: boolean
  #isField = false
  readonly #titles: SlidePiece[] = []
  readonly #pieces: SlidePiece[] = []
  #placeholder = ''
  /** Shapes that are open, from one that is hidden on. */
  #hidden = 0
  #text = ''
  #inText = false
  #piece = ''
  #height = 0
  #isStruck = false
  #font = ''
  #math: MathText | null = null
  #level = 0
  /** How the paragraph is numbered, '' when it is not, and the number that a list of it begins with. */
  #scheme = ''
  #start = 1
  #numbers = new SlideNumbers()
  #rows: SlideCell[][] | null = null
  #hasHeader = false

  /** @param isBackground of a layout or a master, whose placeholders only show where text of a slide would stand */
  constructor(isBackground = false) {
    this.#isBackground = isBackground
  }

  open(name: string, attributes: Record<string, string>): void {
    if (this.#hidden > 0) this.#hidden++
    else if (this.#math) this.#math.open(name, attributes)
    else if (/^p:(sp|graphicFrame|pic|cxnSp)$/.test(name)) {
      this.#placeholder = ''
      this.#numbers = new SlideNumbers()
    } else if (name === 'p:sld' || name === 'p:sldLayout') this.hidesMaster = /^(0|false)$/.test(attributes['showMasterSp'] ?? '')
    else if (name === 'a:pPr') this.#level = Math.min(8, Math.max(0, Math.trunc(Number(attributes['lvl'])) || 0))
    else if (name === 'a:buAutoNum') {
      this.#scheme = attributes['type'] ?? 'arabicPeriod'
      this.#start = Math.trunc(Number(attributes['startAt'])) || 1
    } else if (name === 'p:cNvPr' && /^(1|true)$/.test(attributes['hidden'] ?? '')) this.#placeholder = 'hidden'
    else if (name === 'p:ph') this.#placeholder = this.#placeholder === 'hidden' ? 'hidden' : (attributes['type'] ?? 'body')
    else if (name === 'a:tbl') {
      this.#rows = []
      this.#hasHeader = true
    } else if (name === 'a:tblPr') this.#hasHeader = /^(1|true)$/.test(attributes['firstRow'] ?? '')
    else if (name === 'a:tr') this.#rows?.push([])
    else if (name === 'a:tc') this.#openCell(attributes)
    else if (name === 'a:r' || name === 'a:fld') {
      this.#openRun()
      this.#isField ||= name === 'a:fld'
    } else if (name === 'a:rPr') {
      this.#height = Number(attributes['baseline'] ?? 0) || 0
      this.#isStruck = /^(sng|dbl)Strike$/.test(attributes['strike'] ?? '')
    } else if (name === 'a:sym' || name === 'a:latin') this.#font = attributes['typeface'] ?? this.#font
    else if (name === 'a:t') {
      this.#inText = true
      this.#piece = ''
    } else if (name === 'a:br' || name === 'a:tab') this.#text += ' '
    else if (name === 'm:oMath' || name === 'm:oMathPara') {
      this.#math = new MathText()
      this.#math.open(name, attributes)
    } else if (name === 'c:chart' || name === 'cx:chart') this.#add({ is: 'part', id: attributes['r:id'] ?? '' })
    else if (name === 'dgm:relIds') this.#add({ is: 'part', id: attributes['r:dm'] ?? '' })
  }

  close(name: string): void {
    if (this.#hidden > 0) this.#hidden--
    else if (this.#math) {
      this.#math.close()
      if (!this.#math.isDone) return
      this.#text += this.#math.line
      this.#math = null
    } else if (name === 'a:t') this.#endText()
    else if (name === 'a:p') this.#endParagraph()
    else if (name === 'a:tbl') this.#endTable()
    else if (/^p:(sp|graphicFrame)$/.test(name)) this.#placeholder = ''
  }

  text(text: string): void {
    if (this.#math) this.#math.text(text)
    else if (this.#inText) this.#piece += text
  }

  /** Titles stand on top of a slide, wherever they stand in the file. */
  finish(): SlidePiece[] {
    return [...this.#titles, ...this.#pieces]
  }

  #add(piece: SlidePiece): void {
    if (this.#placeholder === 'hidden' || (this.#isBackground && this.#placeholder !== '')) return
    ;(piece.is === 'text' && piece.kind === 'heading' ? this.#titles : this.#pieces).push(piece)
  }

  #openRun(): void {
    this.#height = 0
    this.#isStruck = false
    this.#font = ''
  }

  #endText(): void {
    this.#inText = false
    const isPicture = isSymbolFont(this.#font) || /[\uf000-\uf0ff]/.test(this.#piece)
    const text = isPicture
      ? [...this.#piece].map((sign) => symbolSign(this.#font, sign.codePointAt(0) ?? 0)).join('')
      : this.#piece
    const before = this.#text.slice(-1)
    const placed = this.#height > 0 ? raisedText(text, before) : this.#height < 0 ? loweredText(text, before) : text
    this.#text += this.#isStruck ? struckOut(placed) : placed
  }

  #endParagraph(): void {
    const words = inLine(this.#text)
    const text = words === '' ? '' : `${this.#numbers.next(this.#level, this.#scheme, this.#start)}${words}`
    this.#text = ''
    this.#level = 0
    this.#scheme = ''
    this.#openRun()
    const isField = this.#isField
    this.#isField = false
    const cell = this.#rows?.at(-1)?.at(-1)
    if (cell) {
      cell.text += cell.text === '' ? text : ` ${text}`
      return
    }
    if (text === '') return
    if (feet.has(this.#placeholder) && !isField) this.feet.push({ is: 'text', kind: 'paragraph', text })
    if (repeating.has(this.#placeholder)) return
    const isTitle = /^(title|ctrTitle)$/.test(this.#placeholder)
    this.#add({ is: 'text', kind: isTitle ? 'heading' : this.#placeholder === 'body' ? 'list_item' : 'paragraph', text })
  }

  #openCell({ hMerge, vMerge }: Record<string, string>): void {
    const isOn = (value: string | undefined): boolean => value === '1' || value === 'true'
    const row = this.#rows?.at(-1)
    if (row && row.length < widestSpan * widestSpan) row.push({ text: '', isLeft: isOn(hMerge), isAbove: isOn(vMerge) })
  }

  #endTable(): void {
    const rows = tableRows(this.#rows ?? [])
    this.#rows = null
    if (rows.length > 0) this.#add({ is: 'table', rows, hasHeader: this.#hasHeader })
    this.#hasHeader = false
  }
}
