/** PDF, by pdf.js, page by page: what a page held is let go before the next. Pages without text are listed, or recognised. */
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist'
import { AppError } from '../../../contract/errors.ts'
import { inLine, type TextBlock } from '../blocks.ts'
import { pages as mostPages } from '../limits.ts'
import { PageLayout } from '../page-layout.ts'
import { piecesOf } from '../pdf-pieces.ts'
import { inItems, type FileToRead, type FormatReader, type Reading } from '../reading.ts'
import type { TextRecogniser } from '../text-recogniser.ts'

/** A page with fewer characters is a picture with at most a stamp or a number on it (facts: a scan gave one). */
const pictureCharacters = 20

export const readPdf: FormatReader = async function* (file, reading) {
  const document = await openPdf(file, reading)
  try {
    const total = Math.min(document.numPages, mostPages)
    if (total < document.numPages) reading.leaveOut('pages')
    yield { type: 'begin', format: 'pdf', pages: document.numPages, pageKind: 'page', title: await titleOf(document) }
    const pageReader = new PageReader(file, reading)
    for (let number = 1; number <= total; number++) {
      await reading.turn()
      const blocks = await pageReader.read(document, number)
      yield* inItems(blocks)
      yield { type: 'progress', done: number, total }
    }
  } finally {
    await document.loadingTask.destroy()
  }
}

class PageReader {
  readonly #file: FileToRead
  readonly #reading: Reading
  readonly #layout = new PageLayout()
  #recogniser: TextRecogniser | null = null

  constructor(file: FileToRead, reading: Reading) {
    this.#file = file
    this.#reading = reading
  }

  async read(document: PDFDocumentProxy, number: number): Promise<TextBlock[]> {
    let page: PDFPageProxy
    try {
      page = await document.getPage(number)
    } catch {
      // One page that is damaged leaves the others readable.
      this.#reading.leaveOut('pages')
      return []
    }
    try {
      const pieces = await piecesOf(page, null)
      const characters = pieces.reduce((sum, { text }) => sum + text.trim().length, 0)
      if (characters < pictureCharacters) {
        const recognised = await this.#picture(page, number)
        if (recognised) return recognised
      }
      return this.#layout.blocks(pieces, number, page.getViewport({ scale: 1 }))
    } finally {
      page.cleanup()
    }
  }

  /** Null when it is no picture, or is not to be recognised. */
  async #picture(page: PDFPageProxy, number: number): Promise<TextBlock[] | null> {
    const { hasPicture, paintPage } = await import('../page-picture.ts')
    if (!(await hasPicture(page))) return null
    const { recognition } = this.#file
    if (recognition && (recognition.pages?.includes(number) ?? true)) {
      const { TextRecogniser } = await import('../text-recogniser.ts')
      this.#recogniser ??= await TextRecogniser.open(recognition, this.#reading.data)
      return this.#recogniser.recognise(await paintPage(page), number)
    }
    this.#reading.picturePages.push(number)
    return null
  }
}

/** What pdf.js calls the files that come with it. */
const dataKinds = { cMapUrl: 'cmap', standardFontDataUrl: 'font', wasmUrl: 'decoder' } as const

async function openPdf({ bytes, password }: FileToRead, { data }: Reading): Promise<PDFDocumentProxy> {
  quietImport()
  const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs')
  // In this thread: the reader is the worker, and may start no threads.
  const worker: unknown = await import('pdfjs-dist/legacy/build/pdf.worker.mjs')
  Reflect.set(globalThis, 'pdfjsWorker', worker)
  const task = pdfjs.getDocument({
    data: Uint8Array.from(bytes),
    ...(password === null ? {} : { password }),
    isEvalSupported: false,
    useSystemFonts: false,
    disableFontFace: true,
    useWorkerFetch: false,
    stopAtErrors: false,
    enableXfa: false,
    // Decoders and letters of the surroundings would make a window read otherwise than a process.
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    cMapPacked: true,
    BinaryDataFactory: class {
      fetch({ kind, filename }: { kind: keyof typeof dataKinds; filename: string }): Promise<Uint8Array> {
        return data(dataKinds[kind], filename)
      }
    },
    maxImageSize: 100_000_000,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  } as Parameters<typeof pdfjs.getDocument>[0])
  try {
    return await task.promise
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new AppError(password === null ? 'document_encrypted' : 'document_wrong_password', 'The PDF wants its password')
    }
    throw new AppError('document_broken', 'No PDF that can be read')
  }
}

/** pdf.js looks for a canvas, which a reader has not and needs not, and would warn of it at each start. */
function quietImport(): void {
  if (Reflect.has(globalThis, 'DOMMatrix')) return
  for (const name of ['DOMMatrix', 'Path2D']) Reflect.set(globalThis, name, function () {})
  console.warn = console.log = () => undefined
}

async function titleOf(document: PDFDocumentProxy): Promise<string | null> {
  try {
    const { info } = await document.getMetadata()
    const title: unknown = Reflect.get(info, 'Title')
    return typeof title === 'string' ? inLine(title) || null : null
  } catch {
    return null
  }
}
