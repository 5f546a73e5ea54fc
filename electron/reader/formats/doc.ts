/**
 * Word files of before 2007, by word-extractor: text, headers, notes and comments, tables as lines with tabs. It gets the streams that our own look at the file
 * has found: its own way to them needs Node's streams, and follows a chain that bites its tail.
 */
import { AppError } from '../../../contract/errors.ts'
import { textBlock } from '../blocks.ts'
import { viewOf } from '../bytes.ts'
import { CompoundFile } from '../compound-file.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'

export const readDoc: FormatReader = async function* ({ bytes }, reading) {
  const file = CompoundFile.open(bytes)
  const text = file.read('WordDocument')
  refuseEncrypted(text)
  const { Buffer } = await import('buffer/index.js')
  const { default: WordOleExtractor } = await import('word-extractor/lib/word-ole-extractor.js')
  const document = await new WordOleExtractor().extractWordDocument(
    { stream: (name) => toldAtOnce(Buffer.from(file.read(name))) },
    Buffer.from(text),
  )
  await reading.turn()
  const parts = [
    ...onEveryPage(document.getHeaders({ includeFooters: false })),
    document.getBody(),
    document.getTextboxes({ includeHeadersAndFooters: false }),
    document.getFootnotes(),
    document.getEndnotes(),
    document.getAnnotations(),
    ...onEveryPage(document.getFooters()),
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

/** Each line once, whatever sections and pages have it; a page's number by itself is of the page that it was saved on. */
function onEveryPage(text: string): Set<string> {
  return new Set(text.split('\n').filter((line) => !/^[^\p{L}\p{N}]*\p{N}{1,4}[^\p{L}\p{N}]*$/u.test(line)))
}

/** The head of the stream of text has a bit that says so ([MS-DOC] 2.5.2, fEncrypted). */
function refuseEncrypted(head: Uint8Array): void {
  if (head.length < 12) throw new AppError('document_broken', 'A Word file without its text')
  if ((viewOf(head).getUint16(10, true) & 0x0100) !== 0) throw new AppError('document_protected', 'An encrypted Word file')
}

/** A stream that has told everything by the time somebody listens. */
function toldAtOnce<T>(bytes: T): { on(event: string, listener: (bytes: T) => void): void } {
  return {
    on: (event, listener) => {
      if (event === 'data' || event === 'end') listener(bytes)
    },
  }
}
