/**
 * Draws PDF pages with pdf.js, in its own worker, under the page's policy: no eval, no WebAssembly, no fetch. Bytes come from the
 * host in parts; fonts and character maps are modules of our own bundle. Only pictures of pages are made: scripts, links and forms
 * of a document have nothing to run in.
 */
import { AnnotationMode, getDocument, PDFDataRangeTransport, PDFWorker, VerbosityLevel } from 'pdfjs-dist'
import workerAddress from 'pdfjs-dist/build/pdf.worker.mjs?worker&url'
import { PdfData } from './pdf-data.ts'
import { mostBytes, type PageFile, type ReadBytes } from './page-file.ts'

interface ScriptPolicy {
  createScriptURL(address: string): unknown
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (address: string) => string }): ScriptPolicy
}

/** One for the window: a Trusted Types policy can be made only once. It lets one address through, that of our own worker. */
let policy: ScriptPolicy | null = null
function trustedWorkerAddress(): string {
  const factory = (window as unknown as { trustedTypes?: PolicyFactory }).trustedTypes
  if (!factory) return workerAddress
  policy ??= factory.createPolicy('alambic-worker', { createScriptURL: () => workerAddress })
  return policy.createScriptURL(workerAddress) as string
}

/** Pictures that are larger than this many pixels are left out of a page: they would take gigabytes. */
const mostPicturePixels = 64 * 1024 * 1024

/** @throws Error for a file that pdf.js cannot open. */
export async function openPdf(first: Uint8Array, sizeBytes: number, read: ReadBytes): Promise<PageFile> {
  const port = new Worker(trustedWorkerAddress(), { type: 'module' })
  const worker = PDFWorker.create({ port, verbosity: VerbosityLevel.ERRORS })
  const bytes = new HostBytes(first, sizeBytes, read)
  const task = getDocument({
    range: bytes,
    worker,
    verbosity: VerbosityLevel.ERRORS,
    disableAutoFetch: true,
    disableStream: true,
    rangeChunkSize: 256 * 1024,
    BinaryDataFactory: PdfData,
    cMapUrl: 'cmaps/',
    standardFontDataUrl: 'fonts/',
    // Decoders in plain JavaScript stand beside the page, since its policy allows no WebAssembly.
    wasmUrl: new URL('/pdf/', location.href).href,
    useWasm: false,
    // Ours have the widths that the document reckons with; those of the system may not.
    useSystemFonts: false,
    useWorkerFetch: false,
    disableWorkerRendering: true,
    enableXfa: false,
    maxImageSize: mostPicturePixels,
  })
  const close = (): void => {
    void task.destroy().finally(() => port.terminate())
  }
  // What waits for bytes that never come would wait for ever.
  bytes.onFailure = close
  try {
    const document = await task.promise
    return {
      pages: document.numPages,
      ratio: async (number) => {
        const { width, height } = (await document.getPage(number)).getViewport({ scale: 1 })
        return width / height
      },
      draw: async (number, canvas, widthPixels, signal) => {
        const page = await document.getPage(number)
        if (signal.aborted) return
        const viewport = page.getViewport({ scale: widthPixels / page.getViewport({ scale: 1 }).width })
        canvas.width = Math.round(viewport.width)
        canvas.height = Math.round(viewport.height)
        const drawing = page.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE })
        const stop = (): void => drawing.cancel()
        signal.addEventListener('abort', stop, { once: true })
        try {
          await drawing.promise
        } catch (error) {
          if (!signal.aborted) throw error
        } finally {
          signal.removeEventListener('abort', stop)
        }
      },
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

/** Hands pdf.js the parts of the file that it asks for. */
class HostBytes extends PDFDataRangeTransport {
  readonly #read: ReadBytes
  readonly #sizeBytes: number
  onFailure: () => void = () => undefined

  constructor(first: Uint8Array, sizeBytes: number, read: ReadBytes) {
    super(sizeBytes, first)
    this.#read = read
    this.#sizeBytes = sizeBytes
  }

  override requestDataRange(begin: number, end: number): void {
    void this.#fetch(begin, Math.min(end, this.#sizeBytes)).then(
      (bytes) => this.onDataRange(begin, bytes),
      () => this.onFailure(),
    )
  }

  async #fetch(begin: number, end: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - begin)
    for (let at = begin; at < end; at += mostBytes) {
      bytes.set((await this.#read(at, Math.min(mostBytes, end - at))).bytes, at - begin)
    }
    return bytes
  }
}
