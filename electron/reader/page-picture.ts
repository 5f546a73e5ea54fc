/** Paints the pictures of a PDF's page into one grey picture of the whole page, without a canvas: enough to recognise what a scanner saw. */
import type { PDFPageProxy } from 'pdfjs-dist'

type Matrix = readonly [number, number, number, number, number, number]

/** Grey pixels, a byte each, row by row from the top. */
export interface GreyPicture {
  width: number
  height: number
  pixels: Uint8Array
}

interface Painted {
  /** From the unit square, its origin below left, to the page as it is shown, in points from its upper left corner. */
  matrix: Matrix
  image: GreyPicture
}

/** Dots an inch at most: what tesseract is made for; more takes time and finds no more. */
const mostDots = 300
const pointsPerInch = 72
/** Pixels of a page at most: A3 at 300 dots has 17 million. */
const mostPixels = 20_000_000
const wait = 30_000

/** Whether anything is painted on it that could be a picture of text. */
export async function hasPicture(page: PDFPageProxy): Promise<boolean> {
  const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const painting = paintingOf(OPS)
  const { fnArray } = await page.getOperatorList()
  return fnArray.some((operator) => painting.has(operator))
}

function paintingOf(OPS: {
  paintImageXObject: number
  paintInlineImageXObject: number
  paintImageMaskXObject: number
}): Set<number> {
  return new Set([OPS.paintImageXObject, OPS.paintInlineImageXObject, OPS.paintImageMaskXObject])
}

export async function paintPage(page: PDFPageProxy): Promise<GreyPicture> {
  const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const painting = paintingOf(OPS)
  const viewport = page.getViewport({ scale: 1 })
  const { fnArray, argsArray } = await page.getOperatorList()
  const base = viewport.transform as unknown as Matrix
  const painted: Painted[] = []
  const kept: Matrix[] = []
  let now = base
  for (const [at, operator] of fnArray.entries()) {
    const given = (argsArray[at] ?? []) as unknown[]
    if (operator === OPS.save) kept.push(now)
    else if (operator === OPS.restore) now = kept.pop() ?? base
    else if (operator === OPS.transform) now = times(now, given as unknown as Matrix)
    else if (operator === OPS.paintFormXObjectBegin) {
      kept.push(now)
      if (Array.isArray(given[0])) now = times(now, given[0] as unknown as Matrix)
    } else if (operator === OPS.paintFormXObjectEnd) now = kept.pop() ?? base
    else if (painting.has(operator)) {
      const image = greyOf(await imageOf(page, given[0]), operator === OPS.paintImageMaskXObject)
      if (image) painted.push({ matrix: now, image })
    }
  }
  return compose(painted, viewport.width, viewport.height)
}

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}

interface Decoded {
  width: number
  height: number
  kind?: number
  data?: Uint8Array | Uint8ClampedArray | string
}

/** Pictures come by name when they are large; then they are asked of the page, or of the document when pages share them. */
async function imageOf(page: PDFPageProxy, given: unknown): Promise<Decoded | null> {
  const held: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, 'data') : null
  const name = typeof given === 'string' ? given : typeof held === 'string' ? held : null
  if (name === null) return given as Decoded | null
  const objects = name.startsWith('g_') ? page.commonObjs : page.objs
  return await new Promise<Decoded | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), wait)
    objects.get(name, (image: unknown) => {
      clearTimeout(timer)
      resolve(image as Decoded | null)
    })
  })
}

function greyOf(image: Decoded | null, isMask: boolean): GreyPicture | null {
  if (!image?.data || typeof image.data === 'string') return null
  const { width, height, data } = image
  const pixels = new Uint8Array(width * height)
  const rowBytes = (width + 7) >> 3
  // pdf.js's ImageKind: 1 one bit a pixel, 2 three bytes, 3 four bytes.
  const kind = isMask || image.kind === undefined ? 1 : image.kind
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      if (kind === 1) pixels[at] = ((data[row * rowBytes + (column >> 3)] ?? 0) & (128 >> (column & 7))) !== 0 ? 255 : 0
      else {
        const from = at * (kind === 2 ? 3 : 4)
        const grey = (data[from] ?? 0) * 0.299 + (data[from + 1] ?? 0) * 0.587 + (data[from + 2] ?? 0) * 0.114
        const cover = kind === 2 ? 1 : (data[from + 3] ?? 255) / 255
        pixels[at] = 255 - (255 - grey) * cover
      }
    }
  }
  return { width, height, pixels }
}

/** Each pixel of the page asks every picture, the last one first, what it has there; the average of four points smooths what is made smaller. */
function compose(painted: readonly Painted[], pageWidth: number, pageHeight: number): GreyPicture {
  let dots = pointsPerInch
  for (const { matrix, image } of painted) dots = Math.max(dots, (image.width / Math.hypot(matrix[0], matrix[1])) * pointsPerInch)
  const scale = Math.min(mostDots / pointsPerInch, dots / pointsPerInch, Math.sqrt(mostPixels / (pageWidth * pageHeight)))
  const width = Math.max(1, Math.round(pageWidth * scale))
  const height = Math.max(1, Math.round(pageHeight * scale))
  const pixels = new Uint8Array(width * height).fill(255)
  for (const { matrix, image } of painted) paint({ width, height, pixels }, image, times([scale, 0, 0, scale, 0, 0], matrix))
  return { width, height, pixels }
}

function paint(page: GreyPicture, image: GreyPicture, [a, b, c, d, e, f]: Matrix): void {
  const determinant = a * d - b * c
  if (Math.abs(determinant) < 1e-6) return
  const xs = [e, e + a, e + c, e + a + c]
  const ys = [f, f + b, f + d, f + b + d]
  const [left, right] = [Math.max(0, Math.floor(Math.min(...xs))), Math.min(page.width, Math.ceil(Math.max(...xs)))]
  const [top, bottom] = [Math.max(0, Math.floor(Math.min(...ys))), Math.min(page.height, Math.ceil(Math.max(...ys)))]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      let sum = 0
      let count = 0
      for (const [dx, dy] of samples) {
        const [px, py] = [x + dx - e, y + dy - f]
        const u = (px * d - py * c) / determinant
        const v = (py * a - px * b) / determinant
        if (u < 0 || u >= 1 || v < 0 || v >= 1) continue
        sum += image.pixels[Math.floor((1 - v) * image.height - 1e-9) * image.width + Math.floor(u * image.width)] ?? 255
        count++
      }
      if (count > 0) page.pixels[y * page.width + x] = sum / count
    }
  }
}

const samples = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const
