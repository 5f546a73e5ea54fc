/** Documents inside a Word file, which templates put in as they are (`w:altChunk`): Word shows them as a part of its text. */
import type { TextBlock } from '../blocks.ts'
import { HtmlBlocks } from '../html-blocks.ts'
import { readHtml } from '../markup.ts'
import type { FormatReader, Reading } from '../reading.ts'
import { recogniseFormat, type Format } from '../recognise-format.ts'
import { decodeText, declaredEncoding } from '../text-encoding.ts'
import { ZipFile } from '../zip-file.ts'
import type { WordPiece } from './docx-table.ts'

/** Documents inside one another. */
const deepest = 3

/** Reads a Word file. @param depth of the document inside others */
type ReadWord = (zip: ZipFile, reading: Reading, depth: number) => Promise<WordPiece[]>

/** What a document inside shows. @param part its name in the file @param readWord how one that is a Word file itself is read */
export async function readChunk(
  bytes: Uint8Array,
  part: string,
  reading: Reading,
  depth: number,
  readWord: ReadWord,
): Promise<WordPiece[]> {
  if (depth >= deepest) {
    reading.leaveOut('text')
    return []
  }
  const name = part.slice(part.lastIndexOf('/') + 1)
  const format = await recogniseFormat(bytes, /\.mht$/i.test(name) ? `${name}ml` : name)
  if (format === 'docx') return readWord(await ZipFile.open(bytes), reading, depth + 1)
  if (format === 'html') {
    const blocks = new HtmlBlocks((paragraph) => ({ kind: 'paragraph', paragraph }))
    await readHtml(decodeText(bytes, declaredEncoding(bytes)), blocks)
    return blocks.finish(reading).map(pieceOf)
  }
  const read = await readerOf(format)
  const pieces: WordPiece[] = []
  if (!read) {
    reading.leaveOut('text')
    return pieces
  }
  for await (const item of read({ name, bytes, password: null, recognition: null }, reading))
    if (item.type === 'blocks') pieces.push(...item.blocks.map(pieceOf))
  return pieces
}

async function readerOf(format: Format): Promise<FormatReader | null> {
  if (format === 'rtf') return (await import('./rtf.ts')).readRtf
  if (format === 'eml') return (await import('./eml.ts')).readEml
  return format === 'text' ? (await import('./text.ts')).readText : null
}

function pieceOf({ kind, level, text, hasHeader }: TextBlock): WordPiece {
  if (kind === 'table') return { is: 'table', rows: text.split('\n').map((row) => row.split('\t')), hasHeader }
  return { is: 'text', kind: kind === 'code' ? 'paragraph' : kind, level, text }
}
