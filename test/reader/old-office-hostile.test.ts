/** Old Excel and PowerPoint files that were broken, or made to break a reader: each ends soon, in one clear error or in what could be read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { AppError } from '../../contract/errors.ts'
import { CompoundFile } from '../../electron/reader/compound-file.ts'
import { writeCompound } from '../fixtures/documents/compound-writer.ts'
import { makeXlsx } from '../fixtures/documents/packed-documents.ts'
import { listed, makePpt, pptDocument, pptRecord, pptShape, pptSlide, pptText } from '../fixtures/documents/ppt-writer.ts'
import { readHere } from '../fixtures/documents/read-here.ts'
import { cellAt, makeXls, wide, xlsRecord as record, xlsStream } from '../fixtures/documents/xls-writer.ts'

const file = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures/documents/old', name))
const label = (row: number, column: number, text: string): Buffer =>
  record(0x0204, ...cellAt(row, column), [2, text.length], 1, wide(text))

/** A generator of numbers from 0 to 1 that gives the same ones each time. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Streams are changed, and not what lies around them, which other tests break: so what is changed is read. */
const streams: [name: string, bytes: Buffer, stream: string, password?: string][] = [
  ['book.xls', file('book.xls'), 'Workbook'],
  ['formula.xls', file('formula.xls'), 'Workbook'],
  ['locked.xls', file('locked.xls'), 'Workbook', 'secret'],
  ['deck.ppt', gunzipSync(file('deck.ppt.gz')), 'PowerPoint Document'],
  ['edited.ppt', file('edited.ppt'), 'PowerPoint Document'],
  ['locked.ppt', file('locked.ppt'), 'PowerPoint Document', 'secret'],
]

test.each(streams)(
  '%s changed in a few bytes, 200 times, ends soon and without another error than its own',
  async (name, bytes, stream, password) => {
    const random = seeded(1187)
    const compound = CompoundFile.open(bytes)
    const whole = compound.read(stream)
    const user = compound.has('Current User') ? compound.read('Current User') : new Uint8Array(4)
    let read = 0
    const before = process.memoryUsage().rss
    for (let each = 0; each < 200; each++) {
      const changed = Buffer.from(whole)
      for (let change = 0; change <= random() * 8; change++)
        changed[Math.floor(random() * changed.length)] = random() < 0.3 ? 0xff : Math.floor(random() * 256)
      const started = process.cpuUsage()
      try {
        await readHere(name, writeCompound({ [stream]: changed, 'Current User': user }), password ?? null)
        read++
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect(['A parser gave up', 'RangeError']).not.toContain((error as AppError).message)
      }
      // Microseconds of this process: the machine may be busy with others.
      expect(process.cpuUsage(started).user).toBeLessThan(5_000_000)
    }
    expect(read).toBeGreaterThan(20)
    expect(process.memoryUsage().rss - before).toBeLessThan(700_000_000)
  },
)

test.each(['book.xls', 'edited.ppt'])('%s cut at any place is no other error than a damaged file', async (name) => {
  const bytes = file(name)
  for (let length = 1; length < bytes.length; length += 97) {
    const outcome = await readHere(name, bytes.subarray(0, length)).then(
      () => 'read',
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    )
    expect(['read', 'document_broken', 'document_unknown_format']).toContain(outcome)
  }
})

test('what stands in front of a broken record is read, and what is lost is named', async () => {
  const short = record(0x0203, [2, 1], [2, 0])
  const after = await readHere('a.xls', makeXls([label(0, 0, 'before'), short, label(2, 0, 'after')]))
  expect([after.blocks.map(({ text }) => text), after.end.cut]).toEqual([['before\nafter'], ['cells']])
  const stream = xlsStream([], [{ name: 'S', records: [label(0, 0, 'before'), label(1, 0, 'behind')] }])
  const cut = await readHere('a.xls', writeCompound({ Workbook: stream.subarray(0, stream.length - 12) }))
  expect([cut.blocks.map(({ text }) => text), cut.end.cut]).toEqual([['before'], ['cells']])
})

test('a sheet that is said to begin where none does is named, and the others are read', async () => {
  const sheets = [
    { name: 'Lost', records: [], at: 0xfffffff0 },
    { name: 'There', records: [label(0, 0, 'there')] },
  ]
  const { blocks, end } = await readHere('a.xls', writeCompound({ Workbook: xlsStream([], sheets) }))
  expect([blocks.map(({ text }) => text), end.cut]).toEqual([['there'], ['pages']])
})

test('merged cells over all 65,536 rows, a thousand times, are said only of rows that there are', async () => {
  const all = record(
    0x00e5,
    [2, 1000],
    ...Array.from({ length: 1000 }, () => [0, 0xffff, 0, 0].map((at) => [2, at] as const)).flat(),
  )
  const { blocks, end } = await readHere('a.xls', makeXls([label(0, 0, 'North'), label(0, 1, 'Valve'), label(1, 1, 'Pump'), all]))
  expect([blocks.map(({ text }) => text), end.cut]).toEqual([['North\tValve\nNorth\tPump'], []])
})

const long = 'x'.repeat(32_000)
test('a long text that ten thousand cells show is told up to a limit, of old files and of new ones', async () => {
  const strings = record(0x00fc, [4, 1], [4, 1], [2, 8_000], 0, long.slice(0, 8_000))
  const cells = Array.from({ length: 60_000 }, (_, at) => record(0x00fd, ...cellAt(at, 0), [4, 0]))
  const old = await readHere('a.xls', makeXls(cells, [strings]))
  const rows = Array.from({ length: 10_000 }, () => '<row><c t="s"><v>0</v></c></row>').join('')
  const strange = makeXlsx(
    rows.replaceAll('<c t="s"><v>0</v></c>', `<c t="inlineStr"><is><t>${long.slice(0, 4_000)}</t></is></c>`),
  )
  for (const { blocks, end } of [old, await readHere('a.xlsx', strange)]) {
    expect(end.cut).toHaveLength(1)
    expect(blocks.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(31_000_000)
  }
})

test('30,000 sheets at one place, which is the workbook itself, are read up to a limit', async () => {
  const sheets = Array.from({ length: 30_000 }, (_, at) => ({ name: `S${at}`, records: [], at: 0 }))
  const { begin, end } = await readHere('a.xls', writeCompound({ Workbook: xlsStream([], sheets) }))
  expect([begin.pages, end.cut]).toEqual([30_000, ['pages', 'cells']])
})

test('edits that lead in a circle end where they began', async () => {
  const bytes = makePpt([{ objects: { 1: pptDocument(listed(2)), 2: pptSlide([pptShape(pptText(4, 'there'))]) }, before: 1 }])
  expect((await readHere('a.ppt', bytes)).blocks.map(({ text }) => text)).toEqual(['there'])
})

test('20,000 slides that are one and the same are told up to a limit', async () => {
  const slide = pptSlide([pptShape(pptText(4, 'y'.repeat(20_000)))])
  const bytes = makePpt([{ objects: { 1: pptDocument(...Array.from({ length: 20_000 }, () => listed(2))), 2: slide } }])
  const { begin, blocks, end } = await readHere('a.ppt', bytes)
  expect(begin.pages).toBe(20_000)
  expect(blocks.length).toBeLessThan(1_600)
  expect(end.cut).toEqual(['pages', 'text'])
})

test('groups that nest ten thousand deep are not followed to their end', async () => {
  let group = pptShape(pptText(4, 'deep'))
  for (let depth = 0; depth < 10_000; depth++) group = pptRecord(0xf003, 15, group)
  const bytes = makePpt([{ objects: { 1: pptDocument(listed(2)), 2: pptSlide([pptShape(pptText(4, 'there')), group]) } }])
  expect((await readHere('a.ppt', bytes)).blocks.map(({ text }) => text)).toEqual(['there'])
})

test('a table whose cells lie anywhere is told as paragraphs', async () => {
  const table = pptRecord(0xf004, 15, pptRecord(0xf122, 0x13, [2, 0x039f], [4, 1]))
  const cells = Array.from({ length: 200 }, (_, at) =>
    pptShape(pptText(4, `c${at}`), pptRecord(0xf00f, 0, [4, at], [4, at], [4, 0x7fff_ffff], [4, 0x7fff_ffff])),
  )
  const bytes = makePpt([{ objects: { 1: pptDocument(listed(2)), 2: pptSlide([pptRecord(0xf003, 15, table, ...cells)]) } }])
  expect((await readHere('a.ppt', bytes)).blocks).toHaveLength(200)
})
