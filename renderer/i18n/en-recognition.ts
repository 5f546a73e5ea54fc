/** The languages of text in pictures, in English. */
import type { Format } from './format.ts'

export function recognitionInEnglish(format: Format) {
  return {
    title: 'Text in pictures',
    lead: 'Scans and photos are turned into text on this computer. Fewer languages are faster and more accurate.',
    shipped: 'Included with Alambic',
    added: (code: string, size: string, day: string) => `${code}, ${size}, added ${day}`,
    missing: 'Its file is missing. Add it again, or remove it.',
    most: 'Four at most.',
    last: 'At least one.',
    add: 'Add a language…',
    addNote:
      'A Tesseract file, such as deu.traineddata for German, from the “fast” or “best” collection. It is tested before it is kept.',
    sending: (fraction: number) => `Copying the file: ${format.percent(fraction)}`,
    trying: 'Testing it…',
    didAdd: (name: string) => `${name} was added.`,
    remove: (name: string) => `Remove ${name}`,
    removeTitle: (name: string) => `Remove ${name}?`,
    removeWhat: 'Text already recognised stays. To read new pictures in this language, add its file again.',
    removeDo: 'Remove',
  }
}
