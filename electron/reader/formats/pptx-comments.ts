/** Comments on slides, of both kinds that PowerPoint writes, with who made them. */
import { readOfficeXml } from '../office-markup.ts'
import type { Relation } from '../office-parts.ts'
import type { ZipFile } from '../zip-file.ts'

/** Names by the number that comments give. */
export type Authors = ReadonlyMap<string, string>

/** Comments on one slide. */
const mostComments = 20_000

export async function authorsOf(zip: ZipFile, relations: readonly Relation[]): Promise<Authors> {
  const authors = new Map<string, string>()
  for (const { type, part } of relations) {
    if (!/^(commentAuthors|authors)$/.test(type) || !zip.has(part)) continue
    await readOfficeXml(zip.pieces(part), {
      open: (name, { id = '', name: who = '' }) => {
        if (/:(cmAuthor|author)$/.test(name)) authors.set(id, who)
      },
    })
  }
  return authors
}

export async function readSlideComments(zip: ZipFile, part: string, authors: Authors): Promise<string[]> {
  const lines: string[] = []
  let who = ''
  let text = ''
  let inText = false
  const end = (): void => {
    if (text.trim() !== '') lines.push(who === '' ? text : `${who}: ${text}`)
    text = ''
  }
  await readOfficeXml(zip.pieces(part), {
    open: (name, attributes) => {
      if (/:(cm|reply)$/.test(name)) {
        end()
        who = authors.get(attributes['authorId'] ?? '') ?? ''
      } else if (name === 'p:text' || name === 'a:t') inText = true
    },
    close: (name) => {
      if (name === 'p:text' || name === 'a:t') inText = false
      else if (name === 'a:p') text += ' '
      else if (/:(txBody|cm|reply)$/.test(name)) end()
    },
    text: (piece) => {
      if (inText) text += piece
    },
    get done() {
      return lines.length > mostComments
    },
  })
  return lines
}
