/** Pictures: without recognition they are known to be pictures, with it their text is read. A TIFF file may have many pages, a GIF file is its first picture. */
import { AppError } from '../../../contract/errors.ts'
import { viewOf } from '../bytes.ts'
import { firstPicture, isGif } from '../gif.ts'
import { greyFile } from '../grey-file.ts'
import { pages as mostPages, picturePixels, refuseUnpacked } from '../limits.ts'
import { pictureSize } from '../picture-size.ts'
import { inItems, type FormatReader } from '../reading.ts'
import { isTiff, tiffPages } from '../tiff.ts'

/** A page as it lies in its file. */
interface PicturePage {
  readonly size: [width: number, height: number]
  /** As a file that can be decoded. */
  file(): Promise<Uint8Array>
}

export const readImage: FormatReader = async function* ({ bytes, recognition }, reading) {
  const starts: PicturePage[] = isTiff(bytes)
    ? tiffPages(bytes)
    : [isGif(bytes) ? new MovingPicture(bytes) : new WholePicture(bytes)]
  const total = Math.min(starts.length, mostPages)
  if (total < starts.length) reading.leaveOut('pages')
  yield { type: 'begin', format: 'image', pages: starts.length, pageKind: 'page', title: null }
  const recogniser = recognition && (await (await import('../text-recogniser.ts')).TextRecogniser.open(recognition, reading.data))
  const failures: unknown[] = []
  let read = 0
  for (const [at, start] of starts.slice(0, total).entries()) {
    await reading.turn()
    const page = at + 1
    if (recogniser && (recognition.pages?.includes(page) ?? true)) {
      try {
        refuseHuge(start.size)
        yield* inItems(await recogniser.recogniseFile(await start.file(), page, () => reading.turn()))
        read++
      } catch (error) {
        // One page that is damaged leaves the others readable.
        if (error instanceof AppError && error.code === 'cancelled') throw error
        failures.push(error)
      }
    } else reading.picturePages.push(page)
    yield { type: 'progress', done: page, total }
  }
  if (failures.length > 0 && read === 0) throw failures[0]
  if (failures.length > 0) reading.leaveOut('pages')
}

/** A picture that is a file of its own. */
class WholePicture implements PicturePage {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get size(): [width: number, height: number] {
    return pictureSize(viewOf(this.#bytes))
  }

  file(): Promise<Uint8Array> {
    return Promise.resolve(this.#bytes)
  }
}

/** A GIF file, which tesseract's core does not know: its first picture. */
class MovingPicture implements PicturePage {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get size(): [width: number, height: number] {
    return pictureSize(viewOf(this.#bytes))
  }

  file(): Promise<Uint8Array> {
    return Promise.resolve(greyFile(firstPicture(this.#bytes)))
  }
}

function refuseHuge([width, height]: [width: number, height: number]): void {
  if (width * height > picturePixels) refuseUnpacked()
}
