/** The text of one part of a Word file (body, header, notes), element by element: what Word shows of it, in pieces. */
import { inLine } from '../blocks.ts'
import { scannedCells, textBlocks, textCharacters } from '../limits.ts'
import type { MarkupEvents } from '../markup.ts'
import { MathText } from '../office-math.ts'
import { loweredText, raisedText } from '../raised-text.ts'
import { isSymbolFont, symbolSign } from '../symbol-fonts.ts'
import { WordFields } from './docx-fields.ts'
import { noteSign, withoutWaiting, WordListFields } from './docx-list-fields.ts'
import { ListCounter, type WordLists } from './docx-numbering.ts'
import { newCell, newContainer, type Container, type OpenTable, type Paragraph, type Run, type Section } from './docx-open.ts'
import { isOn, mergedLook, readLook, wholeLook, type RunLook, type WordStyles } from './docx-styles.ts'
import { WordTable, type WordPiece } from './docx-table.ts'

/** What a file says for all of its parts. */
export interface WordLooks {
  styles: WordStyles
  lists: WordLists
  /** Pages on the left have headers of their own. */
  hasEvenPages: boolean
}

export class WordText implements MarkupEvents {
  /** Of footnotes, endnotes and comments: what each says, by its number. */
  readonly notes = new Map<string, WordPiece[]>()
  readonly #styles: WordStyles
  readonly #counter: ListCounter
  readonly #path: string[] = []
  readonly #containers: Container[] = [newContainer('')]
  readonly #paragraphs: Paragraph[] = []
  readonly #runs: Run[] = []
  readonly #tables: OpenTable[] = []
  /** Of each control that is open: whether it is ticked, null when it is no box to tick. */
  readonly #controls: { isTicked: boolean | null }[] = []
  readonly #fields: WordFields
  readonly #listFields: WordListFields
  readonly #hasEvenPages: boolean
  #hasElements = false
  #section: Section | null = null
  #math: MathText | null = null
  /** Elements that are open, from one that is not shown on. */
  #silent = 0
  #characters = 0
  #count = 0
  #cells = 0

  /** @param ignoresFields takes instructions of fields for their results, in a file whose fields have no end */
  constructor({ styles, lists, hasEvenPages }: WordLooks, ignoresFields: boolean) {
    this.#styles = styles
    this.#counter = new ListCounter(lists)
    this.#hasEvenPages = hasEvenPages
    this.#listFields = new WordListFields(this.#counter)
    this.#fields = new WordFields(ignoresFields, (field) => this.#listFields.numberOf(field))
  }

  /** Whether there was no element at all. */
  get isEmpty(): boolean {
    return !this.#hasElements
  }

  /** Whether the text ends inside an instruction, which has taken in what follows it. */
  get endsInField(): boolean {
    return this.#fields.isSilent
  }

  /** More of it is not read. */
  get done(): boolean {
    return this.#characters > textCharacters || this.#count > textBlocks || this.#cells > scannedCells
  }

  open(name: string, attributes: Record<string, string>): void {
    const parent = this.#path.at(-1) ?? ''
    this.#path.push(name)
    this.#hasElements = true
    if (this.#silent > 0 || this.#isGone(name, parent)) this.#silent++
    else if (this.#math) this.#math.open(name, attributes)
    else if (parent.endsWith('Pr') || parent === 'w:rPr') this.#property(name, parent, attributes)
    else this.#element(name, parent, attributes)
  }

  close(name: string): void {
    this.#path.pop()
    if (this.#silent > 0) {
      this.#silent--
      return
    }
    if (this.#math) {
      this.#math.close()
      if (this.#math.isDone) this.#endMath(this.#math, name)
      return
    }
    switch (name) {
      case 'w:p':
      case 'a:p':
        return this.#endParagraph(name)
      case 'w:r':
        this.#runs.pop()
        return
      case 'w:sdt':
        this.#controls.pop()
        return
      case 'w:tbl':
        return this.#endTable()
      case 'w:tr': {
        const open = this.#tables.at(-1)
        if (open && !open.isGone) open.table.closeRow(open.isHeaderRow)
        return
      }
      case 'w:tc':
      case 'w:txbxContent':
      case 'w:footnote':
      case 'w:endnote':
      case 'w:comment':
        return this.#endContainer(name)
      case 'w:sectPr':
        if (this.#section) this.#endSection(this.#section)
        this.#section = null
    }
  }

  text(text: string): void {
    if (this.#silent > 0) return
    const name = this.#path.at(-1)
    if (this.#math) this.#math.text(text)
    else if (name === 'w:t' || name === 'a:t') this.#append(withoutWaiting(text))
    else if (name === 'w:instrText') this.#fields.instruct(text)
  }

  /** What it consists of, once everything was told, or as much of it as is read. */
  finish(): WordPiece[] {
    while (this.#containers.length > 1) this.#endContainer(this.#containers.at(-1)?.name ?? '')
    if (this.#paragraphs.length > 0) this.#endParagraph('w:p')
    const [body] = this.#containers
    if (!body) return []
    this.#flush(body)
    return body.pieces
  }

  get #container(): Container {
    return this.#containers.at(-1) as Container
  }

  /** What was deleted or moved away, what it was before, and readings above the line. */
  #isGone(name: string, parent: string): boolean {
    if (name === 'w:del' || name === 'w:moveFrom') return parent !== 'w:rPr' && parent !== 'w:trPr'
    return name === 'w:rt' || name.endsWith('Change')
  }

  #element(name: string, parent: string, attributes: Record<string, string>): void {
    switch (name) {
      case 'w:p':
      case 'a:p':
        return this.#openParagraph()
      case 'w:r':
        this.#runs.push({ look: {}, style: '', whole: null })
        return
      case 'w:tbl':
        this.#flush(this.#container)
        this.#tables.push({ table: new WordTable(), isHeaderRow: false, isGone: false, cell: newCell() })
        return
      case 'w:tr':
        return this.#openRow()
      case 'w:tc':
        return this.#openCell()
      case 'w:txbxContent':
        // A box that hangs on hidden text is hidden.
        if (this.#look().hidden) this.#silent++
        else this.#containers.push(newContainer(name))
        return
      case 'w:footnote':
      case 'w:endnote':
      case 'w:comment':
        return this.#openNote(name, attributes)
      case 'w:sdt':
        this.#controls.push({ isTicked: null })
        return
      case 'w:sectPr':
        this.#section = { margins: [], hasFirstPage: false }
        return
      case 'm:oMath':
      case 'm:oMathPara':
        this.#math = new MathText()
        this.#math.open(name, attributes)
        return
      case 'w:altChunk':
      case 'c:chart':
      case 'cx:chart':
        return this.#beside({ is: 'part', id: attributes['r:id'] ?? '' })
      case 'dgm:relIds':
        return this.#beside({ is: 'part', id: attributes['r:dm'] ?? '' })
      case 'v:textpath':
        return this.#beside(textPiece('paragraph', 0, attributes['string'] ?? ''))
      default:
        this.#sign(name, parent, attributes)
    }
  }

  /** Elements that stand for a sign, or for something that stands elsewhere. */
  #sign(name: string, parent: string, attributes: Record<string, string>): void {
    const id = attributes['w:id'] ?? ''
    switch (name) {
      case 'w:tab':
      case 'w:ptab':
      case 'w:br':
      case 'w:cr':
      case 'a:br':
        if (parent !== 'w:tabs') this.#append(' ')
        return
      case 'w:footnoteRef':
      case 'w:endnoteRef':
        if (!this.#isHidden) this.#put(noteSign)
        return
      case 'w:noBreakHyphen':
        return this.#append('\u2011')
      case 'w:sym':
        return this.#append(symbolSign(attributes['w:font'] ?? '', Number.parseInt(attributes['w:char'] ?? '', 16) || 0), true)
      case 'w:fldChar':
        return this.#append(this.#fields.mark(attributes['w:fldCharType']))
      case 'w:footnoteReference':
      case 'w:endnoteReference':
      case 'w:commentReference':
        if (!this.#isHidden) this.#beside({ is: 'note', kind: noteKind(name), id })
        return
      case 'w:checkBox':
      case 'w:ddList':
        this.#fields.form(name, attributes['w:val'])
        return
      case 'w14:checked': {
        const control = this.#controls.at(-1)
        if (control) control.isTicked = isOn(attributes['w14:val'])
        return
      }
      case 'w:default':
      case 'w:checked':
      case 'w:result':
      case 'w:listEntry':
        this.#fields.form(name, attributes['w:val'])
    }
  }

  #property(name: string, parent: string, attributes: Record<string, string>): void {
    const value = attributes['w:val']
    const owner = this.#path.at(-3)
    const paragraph = this.#paragraphs.at(-1)
    const table = this.#tables.at(-1)
    const run = this.#runs.at(-1)
    if (parent === 'w:rPr' && owner === 'w:r' && run) {
      if (name === 'w:rStyle') run.style = value ?? ''
      else readLook(run.look, name, attributes)
      run.whole = null
    } else if (parent === 'w:rPr' && owner === 'w:pPr' && paragraph) {
      if (name === 'w:vanish') paragraph.isMarkHidden = isOn(value)
      else if (name === 'w:del' || name === 'w:moveFrom') paragraph.goesOn = true
    } else if (parent === 'w:pPr' && name === 'w:sectPr') this.#section = { margins: [], hasFirstPage: false }
    else if ((parent === 'w:pPr' || parent === 'w:numPr') && paragraph) {
      if (name === 'w:pStyle') paragraph.style = value
      // A large first letter is a paragraph of its own, in front of the rest of its word.
      else if (name === 'w:framePr') paragraph.goesOn ||= /drop|margin/.test(attributes['w:dropCap'] ?? '')
      else if (name === 'w:outlineLvl' || name === 'w:numId' || name === 'w:ilvl') readLook(paragraph.look, name, attributes)
    } else if (parent === 'w:trPr' && table) {
      if (name === 'w:gridBefore') table.table.skip(Math.trunc(Number(value)) || 0)
      else if (name === 'w:tblHeader') table.isHeaderRow = isOn(value)
      else if (name === 'w:del' || name === 'w:moveFrom' || (name === 'w:hidden' && isOn(value))) table.isGone = true
    } else if (parent === 'w:tcPr' && table) {
      if (name === 'w:gridSpan') table.cell.columns = Math.trunc(Number(value)) || 1
      else if (name === 'w:vMerge') table.cell.reach = value === 'restart' ? 'down' : 'above'
      else if (name === 'w:cellDel') table.cell.isDeleted = true
    } else if (parent === 'w:sectPr') {
      const isHeader = name === 'w:headerReference'
      if (isHeader || name === 'w:footerReference')
        this.#section?.margins.push({ isHeader, pages: attributes['w:type'] ?? 'default', id: attributes['r:id'] ?? '' })
      else if (name === 'w:titlePg' && this.#section) this.#section.hasFirstPage = isOn(value)
    } else if (parent === 'w:sdtPr' && name === 'w14:checkbox') {
      const control = this.#controls.at(-1)
      if (control) control.isTicked = false
    }
  }

  #openParagraph(): void {
    const { carried, after } = this.#container
    this.#container.carried = ''
    this.#container.after = []
    this.#paragraphs.push({
      ...{ text: carried, look: {}, style: undefined, isMarkHidden: false, goesOn: false, isStruck: false, after },
    })
  }

  #endParagraph(name: string): void {
    const paragraph = this.#paragraphs.pop()
    if (!paragraph) return
    const text = paragraph.isStruck ? `${paragraph.text}~~` : paragraph.text
    // One of a drawing stands inside another of the text.
    const pieces = name === 'a:p' ? (this.#paragraphs.at(-1)?.after ?? this.#container.pieces) : this.#container.pieces
    if (paragraph.goesOn) {
      this.#container.carried = text
      this.#container.after = paragraph.after
      return
    }
    this.#count++
    const piece = this.#pieceOf(paragraph, inLine(text))
    if (piece.text !== '') pieces.push(piece)
    pieces.push(...paragraph.after)
  }

  #pieceOf({ look, style, isMarkHidden }: Paragraph, text: string): WordPiece & { is: 'text' } {
    const usual = this.#styles.ofParagraph(style)
    const whole = mergedLook(usual, look)
    const isShown = text !== '' || !(isMarkHidden || whole.hidden)
    const number =
      isShown && whole.list !== undefined && whole.list !== '0'
        ? this.#counter.next(whole.list, look.listLevel ?? null, style, usual.listLevel ?? 0)
        : null
    const outline = whole.outline ?? 0
    const kind = outline > 0 ? 'heading' : number === null ? 'paragraph' : 'list_item'
    const level = look.listLevel ?? usual.listLevel ?? 0
    const words = this.#listFields.resolved(text, number === null ? null : (whole.list ?? null), level)
    return textPiece(kind, Math.min(6, outline), `${number ?? ''}${words}`)
  }

  #openRow(): void {
    const open = this.#tables.at(-1)
    if (!open) return
    open.isHeaderRow = false
    open.isGone = false
    open.table.openRow()
  }

  #openCell(): void {
    const open = this.#tables.at(-1)
    if (open) open.cell = newCell()
    this.#containers.push(newContainer('w:tc'))
    this.#cells++
  }

  #openNote(name: string, attributes: Record<string, string>): void {
    const container = newContainer(name)
    const isLine = /separator|notice/i.test(attributes['w:type'] ?? '')
    const author = name === 'w:comment' ? inLine(attributes['w:author'] ?? '') : ''
    if (!isLine) container.note = { key: attributes['w:id'] ?? '', author }
    this.#containers.push(container)
  }

  #endContainer(name: string): void {
    const container = this.#container
    if (container.name !== name || this.#containers.length === 1) return
    this.#containers.pop()
    this.#flush(container)
    const { pieces, note } = container
    if (name === 'w:tc') {
      const open = this.#tables.at(-1)
      if (!open || open.isGone) return
      const { columns, reach, isDeleted } = open.cell
      this.#cells += Math.min(columns, 63)
      if (!isDeleted) open.table.addCell(pieces, columns, reach)
    } else if (note) this.notes.set(note.key, withAuthor(pieces, note.author))
    else if (name === 'w:txbxContent') for (const piece of pieces) this.#beside(piece)
  }

  #endTable(): void {
    const open = this.#tables.pop()
    if (!open) return
    for (const piece of open.table.finish()) this.#container.pieces.push(piece)
  }

  /** Ends a paragraph that nothing goes on with. */
  #flush(container: Container): void {
    const piece = textPiece('paragraph', 0, inLine(container.carried))
    if (piece.text !== '') container.pieces.push(piece)
    container.pieces.push(...container.after)
    container.carried = ''
    container.after = []
  }

  #endSection({ margins, hasFirstPage }: Section): void {
    const shown = margins.filter(({ pages }) => (pages === 'first' ? hasFirstPage : pages !== 'even' || this.#hasEvenPages))
    const idsOf = (header: boolean): string[] => shown.filter(({ isHeader }) => isHeader === header).map(({ id }) => id)
    const into = this.#paragraphs.at(-1)?.after ?? this.#container.pieces
    into.push({ is: 'section', headers: idsOf(true), footers: idsOf(false) })
  }

  /** Behind the paragraph that it hangs on. */
  #beside(piece: WordPiece): void {
    const paragraph = this.#paragraphs.at(-1)
    if (this.#look().hidden || (piece.is === 'text' && piece.text === '')) return
    ;(paragraph?.after ?? this.#container.pieces).push(piece)
  }

  #endMath(math: MathText, name: string): void {
    this.#math = null
    const isOwnLine = name === 'm:oMathPara'
    const line = inLine(math.line)
    if (this.#paragraphs.length > 0) this.#append(isOwnLine ? ` ${line} ` : line, true)
    else if (line !== '') this.#container.pieces.push(textPiece('paragraph', 0, line))
  }

  get #isHidden(): boolean {
    return this.#fields.isSilent || (this.#look().hidden ?? false)
  }

  /** At the height of the line, whatever its run says. */
  #put(sign: string): void {
    const paragraph = this.#paragraphs.at(-1)
    if (paragraph) paragraph.text += sign
  }

  /** @param isPlain for what is written as it is shown already */
  #append(written: string, isPlain = false): void {
    const paragraph = this.#paragraphs.at(-1)
    const look = this.#look()
    if (!paragraph || written === '' || look.hidden || this.#fields.isSilent) return
    this.#characters += written.length
    this.#fields.show()
    const text = this.#ticked(isPlain ? written : inFont(written, look.font ?? ''))
    const isStruck = look.struck ?? false
    // White space between two struck-out words is of no side.
    if (isStruck !== paragraph.isStruck && text.trim() !== '') {
      const end = paragraph.text.trimEnd()
      paragraph.text = isStruck ? `${paragraph.text}~~` : `${end}~~${paragraph.text.slice(end.length)}`
      paragraph.isStruck = isStruck
    }
    const before = paragraph.text.slice(-1)
    paragraph.text +=
      look.height === 'raised' ? raisedText(text, before) : look.height === 'lowered' ? loweredText(text, before) : text
  }

  /** What a box to tick shows is a sign that its author chose. */
  #ticked(text: string): string {
    const control = this.#controls.findLast(({ isTicked }) => isTicked !== null)
    if (!control || [...text.trim()].length !== 1) return text
    return control.isTicked ? '☑' : '☐'
  }

  /** What is said of the letters that come next. */
  #look(): RunLook {
    const run = this.#runs.at(-1)
    const paragraph = this.#styles.ofParagraph(this.#paragraphs.at(-1)?.style)
    if (!run) return paragraph
    return (run.whole ??= wholeLook(paragraph, run.style === '' ? {} : this.#styles.ofRun(run.style), run.look))
  }
}

function inFont(text: string, font: string): string {
  if (!isSymbolFont(font) && !/[\uf000-\uf0ff]/.test(text)) return text
  return [...text].map((sign) => symbolSign(font, sign.codePointAt(0) ?? 0)).join('')
}

function textPiece(kind: 'heading' | 'paragraph' | 'list_item', level: number, text: string): WordPiece & { is: 'text' } {
  return { is: 'text', kind, level, text }
}

/** A comment says who made it. */
function withAuthor(pieces: WordPiece[], author: string): WordPiece[] {
  const [first] = pieces
  if (author === '' || first?.is !== 'text') return pieces
  return [{ ...first, text: `${author}: ${first.text}` }, ...pieces.slice(1)]
}

function noteKind(name: string): 'footnote' | 'endnote' | 'comment' {
  return name === 'w:footnoteReference' ? 'footnote' : name === 'w:endnoteReference' ? 'endnote' : 'comment'
}
