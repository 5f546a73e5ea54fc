/** Word files of before 2007, by word-extractor: text and notes, tables as lines with tabs. */
import { AppError } from '../../../contract/errors.ts'
import { textBlock } from '../blocks.ts'
import { CompoundFile } from '../compound-file.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'

export const readDoc: FormatReader = async function* ({ bytes }, reading) {
  refuseEncrypted(CompoundFile.open(bytes))
  const { default: WordExtractor } = await import('word-extractor')
  const document = await new WordExtractor().extract(Buffer.from(bytes))
  await reading.turn()
  const parts = [
    document.getBody(),
    document.getTextboxes({ includeHeadersAndFooters: false }),
    document.getFootnotes(),
    document.getEndnotes(),
  ]
  yield beginning('doc')
  let paragraph = 0
  yield* inItems(
    parts
      .join('\n')
      .split(/\n+/)
      .map((line) => textBlock('paragraph', line, { kind: 'paragraph', paragraph: ++paragraph })),
  )
}

/** The head of the stream of text has a bit that says so ([MS-DOC] 2.5.2, fEncrypted). */
function refuseEncrypted(file: CompoundFile): void {
  const head = file.read('WordDocument')
  if (head.length < 12) throw new AppError('document_broken', 'A Word file without its text')
  if ((head.readUInt16LE(10) & 0x0100) !== 0) throw new AppError('document_protected', 'An encrypted Word file')
}
