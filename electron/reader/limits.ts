/** How much of one file is read. What goes beyond is left out and said (`cut`), or the file is refused (document_too_big). */
import { AppError } from '../../contract/errors.ts'

const mebibyte = 1024 * 1024

/** Bytes of a file. The whole of it is in memory while it is read. */
export const fileBytes = 256 * mebibyte
/** Bytes that one part of a packed file may unpack to, and all of them together. Word files of 872 pages have parts of 4 MB. */
export const partBytes = 192 * mebibyte
export const unpackedBytes = 512 * mebibyte
/** Parts in a packed file: a presentation has some twenty a slide. */
export const packedParts = 50_000
/** UTF-16 units of text: about 10,000 pages. */
export const textCharacters = 30_000_000
/** Blocks of text: 30 a page. Each takes memory beside its text, and a file of some 100 kB can unpack to millions. */
export const textBlocks = 300_000
/** Pages of a PDF or of a picture that has several; sheets, slides and chapters. */
export const pages = 10_000
/** Cells with something in them, of all sheets together; and cells looked at, empty ones too. */
export const filledCells = 500_000
export const scannedCells = 5_000_000
/** Elements inside one another. Browsers stop at 512; anything deeper was made to break a parser. */
export const nesting = 2_000
/** Files inside a message, and bytes of each. */
export const attachments = 200
export const attachmentBytes = 64 * mebibyte
/** Pixels of a picture before it is recognised: A4 at 600 dots an inch has 35 million. */
export const picturePixels = 100_000_000

/** @throws AppError document_too_big, always: the file unpacks to more than is read */
export function refuseUnpacked(): never {
  throw new AppError('document_too_big', 'The file unpacks to more than is read')
}
