/** PowerPoint files of before 2007: slides in the order and the state of the last edit, with all that stands on them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { listed, makePpt, pptDocument, pptRecord, pptShape, pptSlide, pptText } from '../fixtures/documents/ppt-writer.ts'
import type { Block } from '../fixtures/documents/read-document.ts'
import { readHere } from '../fixtures/documents/read-here.ts'

const file = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures/documents/old', name))
const shape = (blocks: readonly Block[]): string[] =>
  blocks.map(({ kind, text, places: [first] }) => `${first?.place.kind === 'slide' ? first.place.slide : ''} ${kind} ${text}`)

test('a presentation of LibreOffice: lists, numbers, raised figures, notes, comments, cells over rows, hidden slides as of newer files', async () => {
  const { begin, blocks, end } = await readHere('a.ppt', gunzipSync(file('deck.ppt.gz')))
  expect(begin).toMatchObject({ format: 'ppt', pages: 2, pageKind: 'slide', title: 'Loyers 2026' })
  expect(shape(blocks)).toEqual([
    ...['1 paragraph Préavis', '1 paragraph The notice period is three months.', '1 paragraph 80 m² → 東京'],
    ...['1 paragraph 1. first', '1 paragraph 2. second', '1 paragraph Slide 1 of it', '1 paragraph Say it slowly.'],
    ...['1 paragraph Ann: Which court?', '2 paragraph Hidden one', '2 table Name\tValue\nNorth\tValve\nNorth\tPump'],
  ])
  expect(blocks.at(-1)?.hasHeader).toBe(true)
  expect(end.cut).toEqual([])
})

test('a presentation that was edited: slides in their new order, with their new text', async () => {
  const { blocks, end } = await readHere('a.ppt', file('edited.ppt'))
  expect(shape(blocks)).toEqual([
    ...['1 heading Second', '1 paragraph Item', '2 heading Results', '2 paragraph Changed later', '2 paragraph Changed later'],
    '2 table Name\tValue\nPump\t7',
  ])
  expect(end.cut).toEqual([])
})

test('only the newest state of a slide is shown, whatever the edits before it left in the file', async () => {
  const bytes = makePpt([
    { objects: { 1: pptDocument(listed(2), listed(3)), 2: pptSlide([pptShape(pptText(4, 'old'))]) } },
    { objects: { 3: pptSlide([pptShape(pptText(4, 'second'))]) } },
    { objects: { 2: pptSlide([pptShape(pptText(4, 'new'))]) } },
  ])
  expect(shape((await readHere('a.ppt', bytes)).blocks)).toEqual(['1 paragraph new', '2 paragraph second'])
})

test('texts of the list of slides stand where shapes name them; titles first; nothing that repeats, is hidden or deleted', async () => {
  const named = (index: number): Buffer => pptRecord(3998, 0, [4, index])
  const placeholder = (id: number): Buffer => pptRecord(0xf011, 15, pptRecord(3011, 0, [4, 0], id, 0, [2, 0]))
  const hidden = pptRecord(0xf00b, 0x13, [2, 0x03bf], [4, 0x0002_0002])
  const deleted = pptRecord(0xf00a, 2, [4, 1], [4, 8])
  const wordArt = Buffer.from('Sale!\0', 'utf16le')
  const shapes = [
    pptShape(pptText(4, 'above')),
    pptShape(named(1)),
    pptShape(named(0)),
    pptShape(pptText(4, '7'), placeholder(8)),
    pptShape(pptText(4, 'hidden'), hidden),
    pptShape(pptText(4, 'deleted'), deleted),
    pptRecord(0xf004, 15, pptRecord(0xf00b, 0x13, [2, 0x80c0], [4, wordArt.length], wordArt)),
  ]
  const bytes = makePpt([
    {
      objects: {
        1: pptDocument(listed(2, pptText(0, 'Title'), pptText(1, 'one\rtwo\vgoes on'), pptText(4, 'not on the slide'))),
        2: pptSlide(shapes),
      },
    },
  ])
  const { blocks, end } = await readHere('a.ppt', bytes)
  expect(shape(blocks)).toEqual([
    ...['1 heading Title', '1 paragraph not on the slide', '1 paragraph above', '1 list_item one', '1 list_item two goes on'],
    '1 paragraph Sale!',
  ])
  expect(end.cut).toEqual([])
})

test('with a password it is read; without, it asks for it', async () => {
  await expect(readHere('a.ppt', file('locked.ppt'))).rejects.toMatchObject({ code: 'document_encrypted' })
  await expect(readHere('a.ppt', file('locked.ppt'), 'Secret')).rejects.toMatchObject({ code: 'document_wrong_password' })
  const { blocks, end } = await readHere('a.ppt', file('locked.ppt'), 'secret')
  expect(shape(blocks).slice(0, 4)).toEqual([
    ...['1 heading Results', '1 paragraph Plain → text', '1 paragraph Second', '1 paragraph area m²'],
  ])
  expect(end.cut).toEqual([])
})

test('a chart or another object of another program is named as left out', async () => {
  const object = (id: number): Buffer => pptRecord(0xf004, 15, pptRecord(0xf011, 15, pptRecord(3009, 0, [4, id])))
  const list = pptRecord(1033, 15, pptRecord(4044, 15, pptRecord(4035, 1, [4, 1], [4, 0], [4, 5], [4, 0], [4, 0], [4, 0])))
  const document = pptRecord(1000, 15, list, pptRecord(4080, 15, listed(2)))
  const cuts = [5, 6].map(async (id) => {
    const slide = pptSlide([pptShape(pptText(4, 'beside')), object(id)])
    return (await readHere('a.ppt', makePpt([{ objects: { 1: document, 2: slide } }]))).end.cut
  })
  // A sound has a number too, but is no object of another program.
  expect(await Promise.all(cuts)).toEqual([['text'], []])
})

test('a slide that is not there is named as left out, and the others are read', async () => {
  const bytes = makePpt([{ objects: { 1: pptDocument(listed(7), listed(2)), 2: pptSlide([pptShape(pptText(4, 'there'))]) } }])
  const { blocks, end } = await readHere('a.ppt', bytes)
  expect([shape(blocks), end.cut]).toEqual([['2 paragraph there'], ['pages']])
})
