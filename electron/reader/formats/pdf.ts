/** PDF, by pdf.js, page by page: what a page held is let go before the next. Pages without text are listed, or recognised. */
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist'
import { AppError } from '../../../contract/errors.ts'
import { inLine, type TextBlock } from '../blocks.ts'
import { base64Of } from '../bytes.ts'
import { attachmentBytes, attachments as mostAttachments, pages as mostPages } from '../limits.ts'
import { PageLayout } from '../page-layout.ts'
import { addedTo, AnnotatedPages, nothingAdded, type FileInside } from '../pdf-annotations.ts'
import { layersOf, shownText } from '../pdf-layers.ts'
import { PdfLine } from '../pdf-line.ts'
import { piecesOf } from '../pdf-pieces.ts'
import type { ReadItem } from '../contract.ts'
import { inItems, type FileToRead, type FormatReader, type Reading } from '../reading.ts'
import type { TextRecogniser } from '../text-recogniser.ts'

/** A page with fewer characters is a picture with at most a stamp or a number on it (facts: a scan gave one). */
const pictureCharacters = 20
/** Letters without a character on a page, and their share of all, from which on words are missing rather than an ornament. */
const lostLetters = 5
const lostShare = 0.02

export const readPdf: FormatReader = async function* (file, reading) {
  const document = await openPdf(file, reading)
  try {
    const total = Math.min(document.numPages, mostPages)
    if (total < document.numPages) reading.leaveOut('pages')
    const { title, isMadeWhenShown } = await describe(document)
    if (isMadeWhenShown) reading.leaveOut('forms')
    yield { type: 'begin', format: 'pdf', pages: document.numPages, pageKind: 'page', title }
    const pageReader = new PageReader(file, reading, await layersOf(document), new AnnotatedPages(document))
    for (let number = 1; number <= total; number++) {
      await reading.turn()
      const blocks = await pageReader.read(document, number)
      yield* inItems(blocks)
      yield { type: 'progress', done: number, total }
    }
    yield* filesInside(document, pageReader.files, reading)
  } finally {
    await document.loadingTask.destroy()
  }
}

/** What pdf.js gives for a letter of which the file does not say which it is. */
const unreadable = /[\u0000\ufffd]/g

class PageReader {
  readonly #file: FileToRead
  readonly #reading: Reading
  readonly #layout = new PageLayout()
  readonly #layers: Awaited<ReturnType<typeof layersOf>>
  readonly #annotated: AnnotatedPages
  /** Those that were pinned to a page. */
  readonly files: FileInside[] = []
  #recogniser: TextRecogniser | null = null

  constructor(file: FileToRead, reading: Reading, layers: Awaited<ReturnType<typeof layersOf>>, annotated: AnnotatedPages) {
    this.#file = file
    this.#reading = reading
    this.#layers = layers
    this.#annotated = annotated
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
      const pieces = await piecesOf(page, this.#layers && (await shownText(page, this.#layers)))
      const added = (await this.#annotated.has(number)) ? await addedTo(page) : nothingAdded
      this.files.push(...added.files)
      const blocks = this.#layout.blocks([...pieces, ...added.pieces], number, page.getViewport({ scale: 1 })).concat(added.notes)
      const characters = pieces.reduce((sum, { text }) => sum + text.trim().length, 0)
      const lost = pieces.reduce((sum, { text }) => sum + (text.match(unreadable)?.length ?? 0), 0)
      if (lost >= lostLetters && lost > characters * lostShare) this.#reading.leaveOut('letters')
      const recognised = characters < pictureCharacters ? await this.#picture(page, number) : null
      // What stands on a picture in letters is sure, and is kept with what was recognised in it.
      return recognised ? [...recognised, ...blocks.map((block) => ({ ...block, confidence: 1 }))] : blocks
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
      return await this.#recogniser.recognise(await paintPage(page), number, () => this.#reading.turn())
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
  const { WorkerMessageHandler } = await import('pdfjs-dist/legacy/build/pdf.worker.mjs')
  const line = new PdfLine()
  const worker = pdfjs.PDFWorker.create({ port: line })
  WorkerMessageHandler.initializeFromPort(line)
  const task = pdfjs.getDocument({
    worker,
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

/** Files that lie in a PDF, by themselves or pinned to a page. */
async function* filesInside(
  document: PDFDocumentProxy,
  pinned: readonly FileInside[],
  reading: Reading,
): AsyncGenerator<ReadItem> {
  const names = await document.getAttachments().catch(() => null)
  const files = [...(names ?? [])].map(([id, { filename: name }]) => ({ id, name }))
  const given = new Set<string>()
  for (const { id, name } of [...files, ...pinned]) {
    await reading.turn()
    const content = await document.getAttachmentContent(id).catch(() => null)
    if (!content || content.length === 0 || given.has(`${content.length} ${name}`)) continue
    if (given.size >= mostAttachments || content.length > attachmentBytes) reading.leaveOut('attachments')
    else {
      given.add(`${content.length} ${name}`)
      yield { type: 'attachment', name, base64: base64Of(Uint8Array.from(content)) }
    }
  }
}

interface Description {
  title: string | null
  /** A form (XFA) of which the pages in the file only say that another program is wanted. */
  isMadeWhenShown: boolean
}

async function describe(document: PDFDocumentProxy): Promise<Description> {
  try {
    const { info } = await document.getMetadata()
    const title: unknown = Reflect.get(info, 'Title')
    return {
      title: typeof title === 'string' ? inLine(title) || null : null,
      isMadeWhenShown: Reflect.get(info, 'IsXFAPresent') === true && Reflect.get(info, 'IsAcroFormPresent') !== true,
    }
  } catch {
    return { title: null, isMadeWhenShown: false }
  }
}
