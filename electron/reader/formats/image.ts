/** Pictures: without recognition they are known to be pictures, with it their text is read. A TIFF file may have many pages. */
import { AppError } from '../../../contract/errors.ts'
import { viewOf } from '../bytes.ts'
import { pages as mostPages, picturePixels, refuseUnpacked } from '../limits.ts'
import { inItems, type FormatReader } from '../reading.ts'

export const readImage: FormatReader = async function* ({ bytes, recognition }, reading) {
  const view = viewOf(Uint8Array.from(bytes))
  const starts = pagesOf(view)
  const total = Math.min(starts.length, mostPages)
  if (total < starts.length) reading.leaveOut('pages')
  yield { type: 'begin', format: 'image', pages: starts.length, pageKind: 'page', title: null }
  const recogniser = recognition && (await (await import('../text-recogniser.ts')).TextRecogniser.open(recognition, reading.data))
  for (let page = 1; page <= total; page++) {
    await reading.turn()
    if (recogniser && (recognition.pages?.includes(page) ?? true)) {
      // Tesseract reads the first page: that is the one which the head points to.
      if (isTiff(view)) writeLong(view, 4, starts[page - 1] ?? 8)
      refuseHuge(view)
      yield* inItems(recogniser.recogniseFile(new Uint8Array(view.buffer), page))
    } else reading.picturePages.push(page)
    yield { type: 'progress', done: page, total }
  }
}

/** Where the pages of a TIFF file begin; one place for every other picture. */
function pagesOf(view: DataView): number[] {
  if (!isTiff(view)) return [0]
  const starts: number[] = []
  const seen = new Set<number>()
  for (let at = readLong(view, 4); at !== 0 && !seen.has(at) && at + 2 <= view.byteLength;) {
    seen.add(at)
    starts.push(at)
    const next = at + 2 + readShort(view, at) * 12
    at = next + 4 <= view.byteLength ? readLong(view, next) : 0
  }
  if (starts.length === 0) throw new AppError('document_broken', 'A TIFF file without pages')
  return starts
}

/** A small file can claim to be a huge picture, and would be given the memory for it. */
function refuseHuge(view: DataView): void {
  const [width, height] = sizeOf(view)
  if (width * height > picturePixels) refuseUnpacked()
}

function sizeOf(view: DataView): [width: number, height: number] {
  if (isTiff(view)) return tiffSize(view)
  if (view.getUint8(0) === 0x89) return [view.getUint32(16), view.getUint32(20)]
  if (view.getUint8(0) === 0x42) return [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))]
  // JPEG: segments, each with its length, until the one that begins the picture.
  for (let at = 2; at + 9 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1)
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return [view.getUint16(at + 7), view.getUint16(at + 5)]
  }
  return [0, 0]
}

function tiffSize(view: DataView): [width: number, height: number] {
  const at = readLong(view, 4)
  const size: [number, number] = [0, 0]
  for (let entry = at + 2; entry < at + 2 + readShort(view, at) * 12 && entry + 12 <= view.byteLength; entry += 12) {
    const tag = readShort(view, entry)
    if (tag === 256 || tag === 257)
      size[tag - 256] = readShort(view, entry + 2) === 3 ? readShort(view, entry + 8) : readLong(view, entry + 8)
  }
  return size
}

/** `II*` and a zero, or `MM`, a zero and `*`: the lower byte first, or the higher. */
function isTiff(view: DataView): boolean {
  if (view.byteLength < 4) return false
  const mark = view.getUint32(0)
  return mark === 0x49492a00 || mark === 0x4d4d002a
}

function readShort(view: DataView, at: number): number {
  return view.getUint16(at, view.getUint8(0) === 0x49)
}

function readLong(view: DataView, at: number): number {
  return view.getUint32(at, view.getUint8(0) === 0x49)
}

function writeLong(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, view.getUint8(0) === 0x49)
}
