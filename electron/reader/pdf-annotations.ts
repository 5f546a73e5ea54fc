/**
 * What annotations put on top of a PDF's page: what fields were filled with, free text, stamps, captions; and what readers have noted about it.
 * Hidden ones are left out.
 */
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist'
import { inLine, textBlock, type Box, type TextBlock } from './blocks.ts'
import type { Piece } from './page-lines.ts'

/** What is used of what pdf.js says of an annotation. */
interface Annotation {
  id: string
  subtype: string
  rect: [number, number, number, number]
  annotationFlags: number
  hasAppearance: boolean
  hidden?: boolean
  fieldType?: string
  fieldValue?: unknown
  password?: boolean
  checkBox?: boolean
  radioButton?: boolean
  pushButton?: boolean
  /** A list that opens when it is pressed, and shows what is chosen alone. */
  combo?: boolean
  exportValue?: unknown
  buttonValue?: unknown
  options?: { exportValue: string; displayValue: string }[]
  textContent?: string[]
  contentsObj?: { str: string }
  /** Who made it. */
  titleObj?: { str: string }
  /** What it answers, or belongs to. */
  inReplyTo?: string | null
  replyType?: string
  /** Set where it only says that another was accepted, rejected or ticked off. */
  stateModel?: string | null
  /** Words under a marker. */
  overlaidText?: string
  defaultAppearanceData?: { fontSize?: number }
  fileId?: string
  file?: { filename: string }
}

/** Bits of an annotation's flags that keep it from the screen: hidden, and not to be viewed. */
const unseen = 2 | 32
/** Drawn without words of their own, whatever is noted with them. */
const wordless = new Set([
  'Link',
  'Popup',
  'Text',
  'FileAttachment',
  'Highlight',
  'Underline',
  'StrikeOut',
  'Squiggly',
  'Ink',
  'Caret',
  'Widget',
])
/** Markers and signs whose words stand in a window of their own, or in a list beside the page: comments. */
const commenting = new Set(['Text', 'Highlight', 'Underline', 'StrikeOut', 'Squiggly', 'Caret'])
/** Height of a line, in sizes of its letters. */
const lineHeight = 1.2
const usualSize = 12
/** Width of a letter at most, in its size. */
const widestLetter = 0.8

export interface Added {
  pieces: Piece[]
  /** Comments, each a block of its own, with who made it. */
  notes: TextBlock[]
  /** Those that are pinned to the page. */
  files: FileInside[]
}

export const nothingAdded: Added = { pieces: [], notes: [], files: [] }

/** A file in a PDF: what pdf.js knows it by, and what it is called. */
export interface FileInside {
  id: string
  name: string
}

/** Pages that are asked about at once. */
const batch = 50

/**
 * Pages that have annotations other than links. pdf.js reads the whole text of a page again for each that it is asked for the annotations of,
 * when it has links, to say which words they lie upon.
 */
export class AnnotatedPages {
  readonly #document: PDFDocumentProxy
  readonly #known = new Map<number, Promise<ReadonlySet<number> | null>>()

  constructor(document: PDFDocumentProxy) {
    this.#document = document
  }

  async has(number: number): Promise<boolean> {
    const first = number - ((number - 1) % batch)
    const pages = this.#known.get(first) ?? this.#look(first)
    if (!this.#known.has(first)) {
      this.#known.clear()
      this.#known.set(first, pages)
    }
    return (await pages)?.has(number) ?? true
  }

  /** Null when it cannot be told, as with a page among them that is damaged. */
  async #look(first: number): Promise<ReadonlySet<number> | null> {
    const { AnnotationType } = await import('pdfjs-dist/legacy/build/pdf.mjs')
    const types = new Set(Object.values(AnnotationType))
    types.delete(AnnotationType.LINK)
    types.delete(AnnotationType.POPUP)
    const others = new Set<number>()
    for (let at = 0; at < this.#document.numPages; at++) if (at < first - 1 || at >= first - 1 + batch) others.add(at)
    const found: unknown = await this.#document.getAnnotationsByType(types, others).catch(() => null)
    return Array.isArray(found)
      ? new Set(found.map((annotation: object) => Number(Reflect.get(annotation, 'pageIndex')) + 1))
      : null
  }
}

export async function addedTo(page: PDFPageProxy): Promise<Added> {
  const given = (await page.getAnnotations()) as Annotation[]
  const all = given.filter(({ annotationFlags, hidden }) => hidden !== true && (annotationFlags & unseen) === 0)
  if (given.length === 0) return nothingAdded
  const drawn = all.some(isDrawnOnly) ? await drawnWords(page) : new Map<string, string[]>()
  const view = page.getViewport({ scale: 1 })
  const edgesOf = ({ rect: [first, second, third, fourth] }: Annotation): Edges => {
    const [x, y] = view.convertToViewportPoint(first, second) as [number, number]
    const [otherX, otherY] = view.convertToViewportPoint(third, fourth) as [number, number]
    return { left: Math.min(x, otherX), right: Math.max(x, otherX), top: Math.min(y, otherY), bottom: Math.max(y, otherY) }
  }
  const pieces = all.flatMap((annotation) => {
    const words = isDrawnOnly(annotation) ? (drawn.get(annotation.id) ?? []) : wordsOf(annotation)
    const lines = words.map((line) => line.trim()).filter(Boolean)
    return placed(lines, edgesOf(annotation), annotation.defaultAppearanceData?.fontSize ?? 0)
  })
  // An answer is marked as hidden by some writers, since it stands with the comment that it answers.
  const shown = new Set(all.map(({ id }) => id))
  const notes = given.flatMap((annotation) => {
    if (!shown.has(annotation.id) && !(annotation.inReplyTo && shown.has(annotation.inReplyTo))) return []
    shown.add(annotation.id)
    const box = boxIn(edgesOf(annotation), view)
    return textBlock('paragraph', noteOf(annotation), { kind: 'page', page: page.pageNumber, boxes: [box] }) ?? []
  })
  const files = all.flatMap(({ fileId, file }) => (fileId && file ? [{ id: fileId, name: file.filename }] : []))
  return { pieces, notes, files }
}

type Edges = Pick<Piece, 'left' | 'right' | 'top' | 'bottom'>

function boxIn({ left, right, top, bottom }: Edges, { width, height }: { width: number; height: number }): Box {
  const within = (value: number, most: number): number => Math.min(1, Math.max(0, value / most))
  const [x, y] = [within(left, width), within(top, height)]
  return { x, y, width: within(right, width) - x, height: within(bottom, height) - y }
}

/** As in Word: who made it, and what it says. Empty where it says nothing, or only repeats the words that it marks. */
function noteOf({ subtype, contentsObj, titleObj, stateModel, replyType, overlaidText = '' }: Annotation): string {
  const text = inLine(contentsObj?.str ?? '')
  if (!commenting.has(subtype) || stateModel || replyType === 'Group' || text === '' || text === inLine(overlaidText)) return ''
  const author = inLine(titleObj?.str ?? '')
  return author === '' ? text : `${author}: ${text}`
}

/** One line in the middle of its box, no wider than its words; several as one piece that fills the box. */
function placed(lines: readonly string[], box: Edges, given: number): Piece[] {
  const text = lines.join(' ')
  if (text === '') return []
  const size = Math.max(1, Math.min(given > 0 ? given : usualSize, (box.bottom - box.top) / lines.length / lineHeight))
  const top = lines.length > 1 ? box.top : (box.top + box.bottom - size) / 2
  const right = lines.length > 1 ? box.right : Math.min(box.right, box.left + text.length * size * widestLetter)
  const bottom = lines.length > 1 ? box.bottom : top + size
  return [{ text, left: box.left, right, top, bottom, size, baseline: top + size * 0.78, turn: 0, slanted: false, added: true }]
}

/** Whether what it says is only in the picture that the file has of it. */
function isDrawnOnly({ subtype, hasAppearance, pushButton, fieldType, textContent }: Annotation): boolean {
  if (!hasAppearance || textContent) return false
  return subtype === 'Widget' ? pushButton === true || fieldType === 'Sig' : !wordless.has(subtype)
}

function wordsOf(annotation: Annotation): string[] {
  const { subtype, fieldType, fieldValue, textContent, contentsObj } = annotation
  if (subtype !== 'Widget') return textContent ?? (subtype === 'FreeText' ? linesIn(contentsObj?.str ?? '') : [])
  if (annotation.checkBox) return [isOn(fieldValue) && fieldValue === annotation.exportValue ? '☑' : '☐']
  if (annotation.radioButton) return [isOn(fieldValue) && fieldValue === annotation.buttonValue ? '◉' : '○']
  if (fieldType === 'Ch') return chosen(annotation)
  if (fieldType !== 'Tx' || annotation.password === true) return []
  const value = typeof fieldValue === 'string' ? fieldValue : ''
  // Shown with a currency or as a date it is otherwise than it is kept; letter by letter in a comb, or in parts, it is not.
  const shown = textContent?.join('\n') ?? ''
  return shown.replace(/\s/g, '') === value.replace(/\s/g, '') || shown.trim() === '' ? linesIn(value) : (textContent ?? [])
}

const isOn = (value: unknown): boolean => value !== null && value !== undefined && value !== 'Off' && value !== ''

const linesIn = (text: string): string[] => text.split(/\r\n?|\n/)

/** What was chosen, as the list calls it; of a list that shows all it has, all, the chosen ones ticked. */
function chosen({ fieldValue, options = [], combo, textContent }: Annotation): string[] {
  const values: unknown[] = Array.isArray(fieldValue) ? fieldValue : [fieldValue]
  const named = values
    .filter((value) => typeof value === 'string')
    .map((value) => options.find(({ exportValue }) => exportValue === value)?.displayValue ?? value)
  if (combo !== false) return named
  const all = textContent?.some((line) => line.trim() !== '') ? textContent : options.map(({ displayValue }) => displayValue)
  return all.map((line) => (named.includes(line.trim()) ? `☑ ${line.trim()}` : line))
}

/** The words in the pictures of annotations, line by line, by the annotation's id. */
async function drawnWords(page: PDFPageProxy): Promise<Map<string, string[]>> {
  const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const { fnArray, argsArray } = await page.getOperatorList()
  const words = new Map<string, string[]>()
  let lines: string[] | null = null
  let line = ''
  const breakLine = (): void => {
    if (line.trim() !== '') lines?.push(line)
    line = ''
  }
  for (const [at, operator] of fnArray.entries()) {
    const given = (argsArray[at] ?? []) as unknown[]
    if (operator === OPS.beginAnnotation) words.set(String(given[0]), (lines = []))
    if (!lines) continue
    if (operator === OPS.endAnnotation) {
      breakLine()
      lines = null
    } else if (operator === OPS.showText) line += (Array.isArray(given[0]) ? given[0] : []).map(shownBy).join('')
    else if (operator === OPS.moveText && given[1] === 0) line += ' '
    else if (operator === OPS.moveText || operator === OPS.nextLine || operator === OPS.setTextMatrix || operator === OPS.endText)
      breakLine()
  }
  return words
}

/** A letter, or how far the next is moved against the reading direction, in thousandths of their size. */
function shownBy(glyph: unknown): string {
  if (typeof glyph === 'number') return glyph < -200 ? ' ' : ''
  const unicode: unknown = typeof glyph === 'object' && glyph !== null ? Reflect.get(glyph, 'unicode') : null
  return typeof unicode === 'string' ? unicode : ''
}
