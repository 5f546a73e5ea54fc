/** What stands beside the cells of a sheet: comments with their cell, boxes of text, charts and diagrams with where they begin. */
import { textBlock, tableBlocks, type TextBlock } from '../blocks.ts'
import { inLine } from '../blocks.ts'
import { readOfficeXml } from '../office-markup.ts'
import { readChart, readDiagram } from '../office-drawings.ts'
import { relationsOf, type Relation } from '../office-parts.ts'
import { columnName } from '../sheet-cells.ts'
import type { ZipFile } from '../zip-file.ts'
import { RichText } from './xlsx-strings.ts'

/** Comments and shapes of one sheet. */
const mostBeside = 20_000

/** @param people names by their number, of the workbook's part `person` */
export async function besideCells(
  zip: ZipFile,
  sheet: string,
  part: string,
  people: ReadonlyMap<string, string>,
): Promise<TextBlock[]> {
  const relations = await relationsOf(zip, part)
  const partsOf = (type: string): string[] =>
    relations.filter((one) => one.type === type && zip.has(one.part)).map((one) => one.part)
  const blocks: (TextBlock | null)[] = []
  const threads = partsOf('threadedComment')
  for (const comments of partsOf('comments')) blocks.push(...(await readComments(zip, comments, sheet, threads.length > 0)))
  for (const thread of threads) blocks.push(...(await readThread(zip, thread, sheet, people)))
  for (const drawing of partsOf('drawing')) blocks.push(...(await readDrawing(zip, drawing, sheet)))
  return blocks.filter((block) => block !== null)
}

export async function peopleOf(zip: ZipFile, relations: readonly Relation[]): Promise<Map<string, string>> {
  const people = new Map<string, string>()
  for (const { type, part } of relations) {
    if (type !== 'person' || !zip.has(part)) continue
    await readOfficeXml(zip.pieces(part), {
      open: (name, { id = '', displayName = '' }) => {
        if (/(^|:)person$/.test(name)) people.set(id, displayName)
      },
    })
  }
  return people
}

/** @param hasThreads whether newer programs show threads instead, of which each comment here has a copy */
async function readComments(zip: ZipFile, part: string, sheet: string, hasThreads: boolean): Promise<(TextBlock | null)[]> {
  const blocks: (TextBlock | null)[] = []
  const rich = new RichText()
  let cells = 'A1'
  await readOfficeXml(zip.pieces(part), {
    open: (name, attributes) => {
      if (name === 'comment') {
        cells = attributes['ref'] ?? 'A1'
        rich.take()
      } else rich.open(name, attributes)
    },
    close: (name) => {
      rich.close(name)
      if (name !== 'comment') return
      const text = rich.take()
      if (!hasThreads || !text.startsWith('[')) blocks.push(textBlock('paragraph', text, { kind: 'sheet', sheet, cells }))
    },
    text: (text) => rich.text(text),
    get done() {
      return blocks.length > mostBeside
    },
  })
  return blocks
}

async function readThread(
  zip: ZipFile,
  part: string,
  sheet: string,
  people: ReadonlyMap<string, string>,
): Promise<(TextBlock | null)[]> {
  const blocks: (TextBlock | null)[] = []
  let cells = 'A1'
  let who = ''
  let text: string | null = null
  await readOfficeXml(zip.pieces(part), {
    open: (name, attributes) => {
      if (/(^|:)threadedComment$/.test(name)) {
        cells = attributes['ref'] ?? cells
        who = people.get(attributes['personId'] ?? '') ?? ''
      } else if (/(^|:)text$/.test(name)) text = ''
    },
    close: (name) => {
      if (!/(^|:)text$/.test(name) || text === null) return
      blocks.push(textBlock('paragraph', who === '' ? text : `${who}: ${text}`, { kind: 'sheet', sheet, cells }))
      text = null
    },
    text: (piece) => {
      if (text !== null) text += piece
    },
    get done() {
      return blocks.length > mostBeside
    },
  })
  return blocks
}

/** A paragraph of a shape, or a chart or diagram in another part. */
interface Shape {
  cells: string
  text: string
  id: string
}

async function readDrawing(zip: ZipFile, part: string, sheet: string): Promise<(TextBlock | null)[]> {
  const shapes = await shapesOf(zip, part)
  const relations = await relationsOf(zip, part)
  const blocks: (TextBlock | null)[] = []
  for (const { cells, text, id } of shapes) {
    const place = { kind: 'sheet' as const, sheet, cells }
    const relation = relations.find((one) => one.id === id)
    if (id === '') blocks.push(textBlock('paragraph', text, place))
    else if (!relation || !zip.has(relation.part)) continue
    else if (relation.type === 'diagramData')
      for (const line of await readDiagram(zip, relation.part)) blocks.push(textBlock('paragraph', line, place))
    else {
      const { lines, rows, hasHeader } = await readChart(zip, relation.part)
      blocks.push(...lines.map((line) => textBlock('paragraph', line, place)), ...tableBlocks(rows, hasHeader, () => place))
    }
  }
  return blocks
}

async function shapesOf(zip: ZipFile, part: string): Promise<Shape[]> {
  const shapes: Shape[] = []
  let cells = 'A1'
  let number = ''
  let column = 0
  let row = 0
  let inFrom = false
  let inText = false
  let text = ''
  await readOfficeXml(zip.pieces(part), {
    open: (name, attributes) => {
      const id =
        name === 'dgm:relIds' ? attributes['r:dm'] : name === 'c:chart' || name === 'cx:chart' ? attributes['r:id'] : undefined
      if (id !== undefined && id !== '') shapes.push({ cells, text: '', id })
      else if (name === 'xdr:from') inFrom = true
      else if (name === 'a:t') inText = true
      else if (name === 'a:br') text += ' '
      number = ''
    },
    close: (name) => {
      if (name === 'xdr:col' && inFrom) column = Math.min(16_383, Math.max(0, Math.trunc(Number(number)) || 0))
      else if (name === 'xdr:row' && inFrom) row = Math.max(0, Math.trunc(Number(number)) || 0)
      else if (name === 'xdr:from') {
        inFrom = false
        cells = `${columnName(column)}${row + 1}`
      } else if (name === 'a:t') inText = false
      else if (name === 'a:p') {
        if (inLine(text) !== '') shapes.push({ cells, text, id: '' })
        text = ''
      }
    },
    text: (piece) => {
      number += piece
      if (inText) text += piece
    },
    get done() {
      return shapes.length > mostBeside
    },
  })
  return shapes
}
