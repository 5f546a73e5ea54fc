/**
 * Text in pictures, by tesseract's own core in this thread: no threads, no cache, no network; the languages' data come with the
 * application. tesseract.js around it would start a thread and look for files, and a reader may do neither.
 */
import { AppError } from '../../contract/errors.ts'
import { shippedRecognition } from './contract.ts'
import { inLine, type TextBlock } from './blocks.ts'
import { byteText, joined } from './bytes.ts'
import type { GiveData } from './given-data.ts'
import type { Api, Core } from 'tesseract.js-core/tesseract-core-simd-lstm.js'
import type { GreyPicture } from './page-picture.ts'
import type { Recognition } from './reading.ts'
import { unpackedData } from './recognition-data.ts'

/** The engine of tesseract 4 (LSTM), the only one that these data serve. */
const longShortTermMemory = 1
/** A page of any layout, found out without a look at which way it is turned. */
const anyLayout = '3'
/** Lines that tesseract itself believes less are specks and shading. */
const leastConfidence = 0.2

export class TextRecogniser {
  readonly #core: Core
  readonly #api: Api

  private constructor(core: Core, api: Api) {
    this.#core = core
    this.#api = api
  }

  /** @throws AppError recognition_language_missing, recognition_data_wrong */
  static async open({ languages, added }: Pick<Recognition, 'languages' | 'added'>, data: GiveData): Promise<TextRecogniser> {
    const missing = languages.filter((language) => !added.has(language) && !shippedRecognition.includes(language))
    if (missing.length > 0 || languages.length === 0)
      throw new AppError('recognition_language_missing', 'Data of a language are not here', { name: missing.join(', ') })
    const { default: make } = await import('tesseract.js-core/tesseract-core-simd-lstm.js')
    const core: Core = await make({
      wasmBinary: await data('recogniser', 'tesseract-core-simd-lstm.wasm'),
      print: () => undefined,
      printErr: () => undefined,
    })
    for (const language of languages) {
      const known = added.get(language) ?? (await data('language', language))
      core.FS.writeFile(`${language}.traineddata`, await unpackedData(known))
    }
    const api = new core.TessBaseAPI()
    if (api.Init(null, languages.join('+'), longShortTermMemory) !== 0)
      throw new AppError('recognition_data_wrong', 'Tesseract does not start', { reason: 'unusable' })
    api.SetVariable('tessedit_pageseg_mode', anyLayout)
    return new TextRecogniser(core, api)
  }

  /** The text of a page's picture. */
  recognise({ width, height, pixels }: GreyPicture, page: number): TextBlock[] {
    // The plainest picture there is (PGM): a line of text, then the pixels.
    return this.recogniseFile(joined([new TextEncoder().encode(`P5 ${width} ${height} 255\n`), pixels]), page)
  }

  /**
   * The text of a PNG, JPEG, WebP, BMP or PNM file, or of a TIFF in none of the ways of packing that tesseract's core lacks.
   * @throws AppError document_broken when it cannot be decoded
   */
  recogniseFile(bytes: Uint8Array, page: number): TextBlock[] {
    this.#core.FS.writeFile('/input', bytes)
    try {
      if (this.#api.SetImageFile(orientationOf(bytes), 0, false) !== 0)
        throw new AppError('document_broken', 'A picture that cannot be decoded')
      this.#api.Recognize(null)
      return blocksOf(this.#api.GetTSVText(0), page)
    } finally {
      this.#api.Clear()
      this.#core.FS.unlink('/input')
    }
  }
}

/** How a camera was held (EXIF's tag 0x0112, a short), 1 when nobody says. */
function orientationOf(bytes: Uint8Array): number {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return 1
  const head = byteText(bytes.subarray(0, 4096))
  const said = /Exif\0\0[^]*?(?:\x01\x12\0\x03\0\0\0\x01\0([\x01-\x08])|\x12\x01\x03\0\x01\0\0\0([\x01-\x08]))/.exec(head)
  return (said?.[1] ?? said?.[2] ?? '\x01').charCodeAt(0)
}

interface Line {
  words: string[]
  confidence: number
  box: { x: number; y: number; width: number; height: number }
}

/** Tesseract's table has a row for the page, each block, paragraph, line and word, told by their level 1 to 5. */
function blocksOf(table: string, page: number): TextBlock[] {
  let size = [1, 1]
  const paragraphs: Line[][] = []
  for (const row of table.split('\n')) {
    const [level, , , , , , left = 0, top = 0, width = 1, height = 1, confidence = 0] = row.split('\t').map(Number)
    const word = row.split('\t')[11] ?? ''
    if (level === 1) size = [width, height]
    else if (level === 3) paragraphs.push([])
    else if (level === 4) {
      const [pageWidth = 1, pageHeight = 1] = size
      const box = { x: left / pageWidth, y: top / pageHeight, width: width / pageWidth, height: height / pageHeight }
      paragraphs.at(-1)?.push({ words: [], confidence: 0, box })
    } else if (level === 5 && word.trim() !== '') {
      const line = paragraphs.at(-1)?.at(-1)
      line?.words.push(word)
      if (line) line.confidence += confidence / 100
    }
  }
  return paragraphs.map((lines) => blockOf(lines, page)).filter((block) => block !== null)
}

function blockOf(lines: readonly Line[], page: number): TextBlock | null {
  let text = ''
  let sum = 0
  let count = 0
  const places: TextBlock['places'] = []
  for (const { words, confidence, box } of lines) {
    const line = inLine(words.join(' '))
    if (line === '' || confidence / words.length < leastConfidence) continue
    const parted = /\p{L}-$/u.test(text) && /^\p{Ll}/u.test(line)
    text = parted ? text.slice(0, -1) : text === '' ? '' : `${text} `
    places.push({ start: text.length, place: { kind: 'page', page, boxes: [box] } })
    text += line
    sum += confidence
    count += words.length
  }
  if (text === '') return null
  return { kind: 'paragraph', level: 0, text, hasHeader: false, places, confidence: Math.min(1, Math.max(0, sum / count)) }
}
