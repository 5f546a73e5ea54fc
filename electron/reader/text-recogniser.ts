/**
 * Text in pictures, by tesseract's own core in this thread: no threads, no cache, no network; the languages' data come with the
 * application. tesseract.js around it would start a thread and look for files, and a reader may do neither.
 */
import { AppError } from '../../contract/errors.ts'
import { shippedRecognition } from './contract.ts'
import type { Box, TextBlock } from './blocks.ts'
import { byteText } from './bytes.ts'
import type { GiveData } from './given-data.ts'
import type { Api, Core } from 'tesseract.js-core/tesseract-core-simd-lstm.js'
import { greyFile } from './grey-file.ts'
import type { GreyPicture } from './page-picture.ts'
import type { Recognition } from './reading.ts'
import { otherTurns, turned, turnedOrientation, type Turn } from './page-turns.ts'
import { recognisedBlocks, recognisedPage, type RecognisedPage } from './recognised-text.ts'
import { unpackedData } from './recognition-data.ts'

/** The engine of tesseract 4 (LSTM), the only one that these data serve. */
const longShortTermMemory = 1
/** A page of any layout, found out without a look at which way it is turned. */
const anyLayout = '3'
/** Below this a page may be on its head: there words come out at 0.3 to 0.5, and on a bad scan at 0.7. */
const poorConfidence = 0.6
/** From here on no other way up is tried. */
const goodConfidence = 0.75
/** How much surer another way up has to be. */
const betterBy = 0.15
/** The part of a page's width and height that is tried at most. */
const triedPart = 0.6

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

  /** The text of a page's picture. @param rest between two looks at it */
  recognise(picture: GreyPicture, page: number, rest: () => Promise<void>): Promise<TextBlock[]> {
    return this.recogniseFile(greyFile(picture), page, rest)
  }

  /**
   * The text of a PNG, JPEG, WebP, BMP or PNM file, or of a TIFF in none of the ways of packing that tesseract's core lacks; of one that
   * lies on its side or its head too.
   * @param rest between two looks at it
   * @throws AppError document_broken when it cannot be decoded
   */
  async recogniseFile(bytes: Uint8Array, page: number, rest: () => Promise<void>): Promise<TextBlock[]> {
    this.#core.FS.writeFile('/input', bytes)
    try {
      const orientation = orientationOf(bytes)
      const upright = this.#look(orientation)
      const turn = await this.#bestTurn(upright, orientation, rest)
      return recognisedBlocks(turn === 0 ? upright : this.#look(turnedOrientation(orientation, turn)), page, turn)
    } finally {
      this.#api.Clear()
      this.#core.FS.unlink('/input')
    }
  }

  /** The way up in which a part of the page is surest; as it lies when that is sure enough, or no other is much surer. */
  async #bestTurn(upright: RecognisedPage, orientation: number, rest: () => Promise<void>): Promise<Turn> {
    const { confidence, mostWords, width, height } = upright
    if (confidence === null || confidence >= poorConfidence) return 0
    let best: { turn: Turn; confidence: number } = { turn: 0, confidence: confidence + betterBy }
    for (const turn of otherTurns) {
      await rest()
      const [wide, high] = turn === 2 ? [width, height] : [height, width]
      const { x, y, width: part, height: partHigh } = turned(middleOf(mostWords), turn)
      const tried = this.#look(turnedOrientation(orientation, turn), [x * wide, y * high, part * wide, partHigh * high])
      if ((tried.confidence ?? 0) > best.confidence) best = { turn, confidence: tried.confidence ?? 0 }
      if (best.turn !== 0 && best.confidence >= goodConfidence) break
    }
    if (best.turn !== 0) await rest()
    return best.turn
  }

  /** @param part of the turned page, in its pixels: left, top, width and height */
  #look(orientation: number, part?: readonly [number, number, number, number]): RecognisedPage {
    if (this.#api.SetImageFile(orientation, 0, false) !== 0)
      throw new AppError('document_broken', 'A picture that cannot be decoded')
    if (part) {
      const [left, top, width, height] = part.map(Math.floor) as [number, number, number, number]
      this.#api.SetRectangle(left, top, width, height)
    }
    this.#api.Recognize(null)
    return recognisedPage(this.#api.GetTSVText(0))
  }
}

/** The middle of a box that is larger than what is tried. */
function middleOf({ x, y, width, height }: Box): Box {
  const [wide, high] = [Math.min(width, triedPart), Math.min(height, triedPart)]
  return { x: x + (width - wide) / 2, y: y + (height - high) / 2, width: wide, height: high }
}

/** How a camera was held (EXIF's tag 0x0112, a short), 1 when nobody says. */
function orientationOf(bytes: Uint8Array): number {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return 1
  const head = byteText(bytes.subarray(0, 4096))
  const said = /Exif\0\0[^]*?(?:\x01\x12\0\x03\0\0\0\x01\0([\x01-\x08])|\x12\x01\x03\0\x01\0\0\0([\x01-\x08]))/.exec(head)
  return (said?.[1] ?? said?.[2] ?? '\x01').charCodeAt(0)
}
