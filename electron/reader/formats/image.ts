/** Pictures: without recognition they are known to be pictures, with it their text is read. A TIFF file may have many pages. */
import { AppError } from '../../../contract/errors.ts'
import { pages as mostPages, picturePixels, refuseUnpacked } from '../limits.ts'
import { inItems, type FormatReader } from '../reading.ts'

export const readImage: FormatReader = async function* ({ bytes, recognition }, reading) {
  const view = Buffer.from(bytes)
  const starts = pagesOf(view)
  const total = Math.min(starts.length, mostPages)
  if (total < starts.length) reading.leaveOut('pages')
  yield { type: 'begin', format: 'image', pages: starts.length, pageKind: 'page', title: null }
  const recogniser = recognition && (await (await import('../text-recogniser.ts')).TextRecogniser.open(recognition))
  for (let page = 1; page <= total; page++) {
    await reading.turn()
    if (recogniser && (recognition.pages?.includes(page) ?? true)) {
      // Tesseract reads the first page: that is the one which the head points to.
      if (isTiff(view)) writeLong(view, 4, starts[page - 1] ?? 8)
      refuseHuge(view)
      yield* inItems(recogniser.recogniseFile(view, page))
    } else reading.picturePages.push(page)
    yield { type: 'progress', done: page, total }
  }
}

/** Where the pages of a TIFF file begin; one place for every other picture. */
function pagesOf(view: Buffer): number[] {
  if (!isTiff(view)) return [0]
  const starts: number[] = []
  const seen = new Set<number>()
  for (let at = readLong(view, 4); at !== 0 && !seen.has(at) && at + 2 <= view.length;) {
    seen.add(at)
    starts.push(at)
    const next = at + 2 + readShort(view, at) * 12
    at = next + 4 <= view.length ? readLong(view, next) : 0
  }
  if (starts.length === 0) throw new AppError('document_broken', 'A TIFF file without pages')
  return starts
}

/** A small file can claim to be a huge picture, and would be given the memory for it. */
function refuseHuge(view: Buffer): void {
  const [width, height] = sizeOf(view)
  if (width * height > picturePixels) refuseUnpacked()
}

function sizeOf(view: Buffer): [width: number, height: number] {
  if (isTiff(view)) return tiffSize(view)
  if (view[0] === 0x89) return [view.readUInt32BE(16), view.readUInt32BE(20)]
  if (view[0] === 0x42) return [Math.abs(view.readInt32LE(18)), Math.abs(view.readInt32LE(22))]
  // JPEG: segments, each with its length, until the one that begins the picture.
  for (let at = 2; at + 9 < view.length; at += 2 + view.readUInt16BE(at + 2)) {
    const marker = view[at + 1] ?? 0
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return [view.readUInt16BE(at + 7), view.readUInt16BE(at + 5)]
  }
  return [0, 0]
}

function tiffSize(view: Buffer): [width: number, height: number] {
  const at = readLong(view, 4)
  const size: [number, number] = [0, 0]
  for (let entry = at + 2; entry < at + 2 + readShort(view, at) * 12 && entry + 12 <= view.length; entry += 12) {
    const tag = readShort(view, entry)
    if (tag === 256 || tag === 257)
      size[tag - 256] = readShort(view, entry + 2) === 3 ? readShort(view, entry + 8) : readLong(view, entry + 8)
  }
  return size
}

function isTiff(view: Buffer): boolean {
  return ['II*\0', 'MM\0*'].includes(view.toString('latin1', 0, 4))
}

function readShort(view: Buffer, at: number): number {
  return view[0] === 0x49 ? view.readUInt16LE(at) : view.readUInt16BE(at)
}

function readLong(view: Buffer, at: number): number {
  return view[0] === 0x49 ? view.readUInt32LE(at) : view.readUInt32BE(at)
}

function writeLong(view: Buffer, at: number, value: number): void {
  if (view[0] === 0x49) view.writeUInt32LE(value, at)
  else view.writeUInt32BE(value, at)
}
