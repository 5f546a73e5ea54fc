/** The languages of text in pictures, in English. */
import type { Format } from './format.ts'

export function recognitionInEnglish(format: Format) {
  return {
    title: 'Text in pictures',
    lead: 'Scans and photographs are read as text on this machine (OCR). These languages are looked for, unless you choose others for a document. The fewer, the quicker and the surer.',
    shipped: 'Came with Alambic',
    added: (code: string, size: string, day: string) => `${code}, ${size}, added ${day}`,
    missing: 'Its file is gone. Add it again, or remove it.',
    most: 'Four at most.',
    last: 'One at least.',
    add: 'Add a language…',
    addNote:
      'A file of tesseract’s, such as deu.traineddata for German, from its collections “fast” or “best”. It is tried before it is kept.',
    sending: (fraction: number) => `Handing the file over: ${format.percent(fraction)}`,
    trying: 'Trying it…',
    didAdd: (name: string) => `${name} was added.`,
    remove: (name: string) => `Remove ${name}`,
    removeTitle: (name: string) => `Remove ${name}?`,
    removeWhat: 'Text that was recognised stays. New pictures in this language can be read once its file is added again.',
    removeDo: 'Remove',
  }
}
