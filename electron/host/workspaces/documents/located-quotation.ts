/** Finds a quotation in a document as its text is now, in small steps: a long document has millions of words. */
import { Pace } from '../../base/pace.ts'
import type { DocumentRoom } from '../ingest/document-room.ts'
import { QuotedPlace, type Stretch } from '../text/quoted-place.ts'

/** So many blocks are taken out of the file at once: some milliseconds. */
const blocksTogether = 200

/** Where it stands; null where it does not. @throws AppError document_gone */
export async function locateIn(
  { documents, contents }: DocumentRoom,
  { documentId, text, near }: { documentId: string; text: string; near: number },
): Promise<Stretch | null> {
  const pace = new Pace()
  const rest = (): Promise<void> => pace.rest()
  for (;;) {
    const { contentNumber } = documents.get(documentId)
    if (contentNumber === null) return null
    const place = new QuotedPlace(text)
    for (let from = 0, isWhole = false; !isWhole; from += blocksTogether) {
      const blocks = contents.blocksFrom(contentNumber, from, blocksTogether)
      for (const { block, start } of blocks) await place.read(block.text, start, rest)
      isWhole = blocks.length < blocksTogether
      await rest()
    }
    const found = await place.find(near, rest)
    // A newer reading may have taken the place of the one that was looked through.
    if (documents.get(documentId).contentNumber === contentNumber) return found
  }
}
