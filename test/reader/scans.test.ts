/** Scans as TIFF, WebP and GIF files, packed in the ways that scanners and fax machines pack them, and on their side or head; hostile ones bounded. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const keeper = newKeeper()
afterAll(() => keeper.close())

const recognition = { languages: ['eng', 'fra'], pages: null }
const scan = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures/documents/scans', name))
const english = 'The notice period is three months.'

test.each([
  'lzw.tif',
  'packbits.tif',
  'deflate.tif',
  'jpeg-strips.tif',
  'lossy.webp',
  'lossless.webp',
  'interlaced.gif',
  'moving.gif',
])('%s is read', async (name) => {
  const { begin, blocks, end } = await readDocument(keeper, name, scan(name), { recognition })
  expect(begin).toMatchObject({ format: 'image', pages: 1, pageKind: 'page' })
  expect(blocks.map(({ text }) => text)).toContain(english)
  expect(end).toMatchObject({ cut: [], picturePages: [] })
})

test('a fax of two pages is two pages, by its bytes whatever it is called', async () => {
  const fax = scan('fax-two-pages.tif')
  expect((await readDocument(keeper, 'fax', fax)).end.picturePages).toEqual([1, 2])
  const { begin, blocks } = await readDocument(keeper, 'fax', fax, { recognition: { ...recognition, pages: [1] } })
  expect(begin.pages).toBe(2)
  expect(blocks.find(({ text }) => text === english)?.places[0]?.place).toMatchObject({ kind: 'page', page: 1 })
})

const upright = [english, 'Le préavis est de trois mois.', 'Signed in Geneva on 4 May 2021.']
const upsideDown = (bytes: Buffer): Buffer => {
  // After the first two bytes of a JPEG: EXIF with one entry, the orientation of a camera that was held on its head.
  const exif = Buffer.from('ffe1002245786966000049492a00080000000100120103000100000003000000' + '00000000', 'hex')
  return Buffer.concat([bytes.subarray(0, 2), exif, bytes.subarray(2)])
}

test.each([90, 180, 270])(
  'a scan that is turned by %d degrees is read, and its words are found where they lie',
  async (degrees) => {
    const { blocks } = await readDocument(keeper, 'a.png', scan(`turned-${degrees}.png`), { recognition })
    expect(blocks.map(({ text }) => text)).toEqual(upright)
    const straight = await readDocument(keeper, 'a.png', scan('lossless.webp'), { recognition })
    for (const [at, block] of blocks.entries()) {
      const [box, right] = [block, straight.blocks[at]].map((one) => {
        const place = one?.places[0]?.place
        return place?.kind === 'page' ? place.boxes[0] : undefined
      })
      // Turned to the left by so much: the upper edge is then at the left, at the bottom, or at the right.
      const { x, y, width, height } = right!
      const expected = {
        90: { x: y, y: 1 - x - width },
        180: { x: 1 - x - width, y: 1 - y - height },
        270: { x: 1 - y - height, y: x },
      }[degrees]!
      expect(Math.abs(box!.x - expected.x)).toBeLessThan(0.03)
      expect(Math.abs(box!.y - expected.y)).toBeLessThan(0.03)
    }
  },
)

test('a fax whose second page is on its head, and a photograph whose camera was', async () => {
  const { blocks } = await readDocument(keeper, 'a.tif', scan('fax-two-pages.tif'), { recognition })
  expect(blocks.map(({ text }) => text)).toEqual([...upright, ...upright])
  expect(blocks.at(-1)?.places[0]?.place).toMatchObject({ kind: 'page', page: 2 })
  const photograph = upsideDown(scan('upside-down.jpg'))
  expect((await readDocument(keeper, 'a.jpg', photograph, { recognition })).blocks.map(({ text }) => text)).toEqual(upright)
})

test('a page in a PDF that is on its head is read', async () => {
  const { blocks } = await readDocument(keeper, 'a.pdf', scan('upside-down.pdf'), { recognition })
  expect(blocks.map(({ text }) => text)).toEqual(upright)
})

type Entry = [tag: number, type: 3 | 4, value: number]

/** A TIFF with these directories, each behind the other, and bytes at its end. @param next where each goes on, else the next */
function tiff(pages: readonly Entry[][], data: Uint8Array = new Uint8Array(), next: readonly number[] = []): Buffer {
  const starts: number[] = []
  let at = 8
  for (const page of pages) {
    starts.push(at)
    at += 6 + page.length * 12
  }
  const bytes = Buffer.alloc(at)
  bytes.write('II*\0', 'latin1')
  bytes.writeUInt32LE(8, 4)
  for (const [index, page] of pages.entries()) {
    const from = starts[index] ?? 0
    bytes.writeUInt16LE(page.length, from)
    for (const [number, [tag, type, value]] of page.entries()) {
      bytes.writeUInt16LE(tag, from + 2 + number * 12)
      bytes.writeUInt16LE(type, from + 4 + number * 12)
      bytes.writeUInt32LE(tag === 0x5555 ? 1_000_000_000 : 1, from + 6 + number * 12)
      bytes.writeUInt32LE(value === -1 ? at : value, from + 10 + number * 12)
    }
    bytes.writeUInt32LE(next[index] ?? starts[index + 1] ?? 0, from + 2 + page.length * 12)
  }
  return Buffer.concat([bytes, data])
}
const page = (width: number, height: number, packing: number, length: number): Entry[] => [
  ...([
    [256, 4, width],
    [257, 4, height],
    [258, 3, 8],
    [259, 3, packing],
    [262, 3, 1],
    [273, 4, -1],
    [277, 3, 1],
  ] as Entry[]),
  ...([
    [278, 4, height],
    [279, 4, length],
  ] as Entry[]),
]
const white = deflateSync(Buffer.alloc(64 * 64, 255))
const bomb = deflateSync(Buffer.alloc(300 * 1024 * 1024), { level: 9 })

test.each<[what: string, bytes: () => Buffer, code: string]>([
  ['a page as large as a wall', () => tiff([page(60_000, 60_000, 8, white.length)], white), 'document_too_big'],
  ['a page without a size', () => tiff([page(0, 0, 8, white.length)], white), 'document_broken'],
  ['a piece that is outside of its file', () => tiff([page(64, 64, 8, 1_000_000)], white), 'document_broken'],
  ['a piece that is no packed one', () => tiff([page(64, 64, 8, 4)], Buffer.from('none')), 'document_broken'],
  ['a small piece that becomes a large one', () => tiff([page(64, 64, 8, bomb.length)], bomb), 'document_broken'],
  ['JPEG strips that are none', () => tiff([page(64, 64, 7, 4)], Buffer.from('none')), 'document_broken'],
  ['a way of packing that nobody knows', () => tiff([page(64, 64, 999, 4)], Buffer.from('none')), 'document_broken'],
  ['a GIF that is cut off', () => scan('moving.gif').subarray(0, 60), 'document_broken'],
  [
    'a GIF whose codes mean nothing',
    () => Buffer.concat([scan('moving.gif').subarray(0, 90), Buffer.alloc(200, 0xff)]),
    'document_broken',
  ],
  ['a GIF without a picture', () => Buffer.from('GIF89a\x40\0\x40\0\0\0\0;', 'latin1'), 'document_broken'],
  [
    'a GIF as large as a wall',
    () => Buffer.from('GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x01\x4c\0;', 'latin1'),
    'document_too_big',
  ],
  ['a WebP that is cut off', () => scan('lossy.webp').subarray(0, 200), 'document_broken'],
])('%s ends in one clear error', async (_what, bytes, code) => {
  const outcome = await readDocument(keeper, 'a.tif', bytes(), { recognition }).then(
    ({ blocks }) => (blocks.length === 0 ? 'document_broken' : 'read'),
    (error: unknown) => Reflect.get(error as object, 'code') as string,
  )
  expect(outcome).toBe(code)
  expect((await readDocument(keeper, 'next.txt', 'The next one.')).blocks[0]?.text).toBe('The next one.')
})

test('a WebP that claims to be huge is refused before it is unpacked', async () => {
  const huge = Buffer.from(scan('lossless.webp'))
  huge.writeUInt32LE(0x0fff_ffff, 21)
  await expect(readDocument(keeper, 'a.webp', huge, { recognition })).rejects.toMatchObject({ code: 'document_too_big' })
})

test('pages in a circle are pages once; a damaged one leaves the others readable, and is said', async () => {
  const circle = tiff([page(64, 64, 8, white.length), page(64, 64, 8, white.length)], white, [undefined as never, 8])
  expect((await readDocument(keeper, 'a.tif', circle)).begin.pages).toBe(2)
  const fax = Buffer.from(scan('fax-two-pages.tif'))
  const second = fax.readUInt32LE(fax.readUInt32LE(4) + 2 + fax.readUInt16LE(fax.readUInt32LE(4)) * 12)
  for (let at = second + 2; at < second + 2 + fax.readUInt16LE(second) * 12; at += 12)
    if (fax.readUInt16LE(at) === 259) fax.writeUInt16LE(999, at + 8)
  const { blocks, end } = await readDocument(keeper, 'a.tif', fax, { recognition })
  expect(blocks.map(({ text }) => text)).toContain(english)
  expect(end.cut).toEqual(['pages'])
})

test('pictures of pages in small are no pages', async () => {
  const small: Entry[] = [[254, 4, 1], ...page(64, 64, 8, white.length)]
  expect((await readDocument(keeper, 'a.tif', tiff([page(64, 64, 8, white.length), small], white))).begin.pages).toBe(1)
})
