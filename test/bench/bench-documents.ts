/** Documents that measurements read: made ones, the same at every run, and real ones where they lie beside this checkout. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDocx } from '../fixtures/documents/packed-documents.ts'
import { writePdf } from '../fixtures/documents/pdf-writer.ts'

const corpus = process.env['ALAMBIC_DOCUMENTS'] ?? join(import.meta.dirname, '../../../shared/corpora/documents')

/** Those of these real documents that are here. */
export function realDocuments(...names: string[]): string[] {
  return names.map((name) => join(corpus, name)).filter((path) => existsSync(path))
}

const words = (
  'the tenant may give notice of this lease in writing three months before the landlord repairs a roof and each payment is due on ' +
  'first day month rent deposit court judge clause agreement damage winter contract heating cellar garden window insurance neighbour'
).split(' ')

/** Sentences of ordinary words, each unlike all others; the same seed says the same. */
export function* sentences(seed: number): Generator<string, never> {
  let state = seed
  const random = (below: number): number => {
    // Numerical Recipes' generator: what it draws need only vary.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let number = 1; ; number++) {
    const said = Array.from({ length: 10 + random(9) }, () => words[random(words.length)])
    yield `Under ${seed}.${number} ${said.join(' ')}.`
  }
}

/** Writes a PDF of so many full pages into a folder. */
export function writeBenchPdf(folder: string, pages: number, seed: number): string {
  const from = sentences(seed)
  const page = () => Array.from({ length: 42 }, (_, line) => ({ text: from.next().value, x: 50, y: 750 - line * 16, size: 9 }))
  const path = join(folder, `made-${seed}.pdf`)
  writeFileSync(path, writePdf(Array.from({ length: pages }, page)))
  return path
}

/** Writes a Word file of so many paragraphs of six sentences into a folder, with a heading now and then. */
export function writeBenchDocx(folder: string, paragraphs: number, seed: number): string {
  const from = sentences(seed)
  const paragraph = (style: string, count: number): string =>
    `<w:p>${style}<w:r><w:t>${Array.from({ length: count }, () => from.next().value).join(' ')}</w:t></w:r></w:p>`
  const body = Array.from({ length: paragraphs }, (_, at) =>
    at % 8 === 0 ? paragraph('<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>', 1) : paragraph('', 6),
  )
  const path = join(folder, `made-${seed}.docx`)
  writeFileSync(path, makeDocx(body.join('')))
  return path
}
