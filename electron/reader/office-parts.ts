/** What the parts of an Office file (OOXML) say of one another. */
import { readXml } from './markup.ts'
import type { ZipFile } from './zip-file.ts'

export interface Relation {
  id: string
  /** The last word of its type: `slide`, `worksheet`, `notesSlide`. */
  type: string
  /** Name of the part it leads to. */
  part: string
}

/** Where a part leads. Links out of the file are left away. */
export async function relationsOf(zip: ZipFile, part: string): Promise<Relation[]> {
  const slash = part.lastIndexOf('/') + 1
  const name = `${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`
  const found: Relation[] = []
  if (!zip.has(name)) return found
  await readXml(zip.pieces(name), {
    open: (element, { Id = '', Type = '', Target = '', TargetMode }) => {
      if (!element.endsWith('Relationship') || TargetMode === 'External') return
      found.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), part: resolvePart(part, Target) })
    },
  })
  return found
}

/** @param target as it is written in `from`: from the root when it begins with a slash, else from the folder */
export function resolvePart(from: string, target: string): string {
  const folder = target.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const step of target.split('/')) {
    if (step === '..') folder.pop()
    else if (step !== '.' && step !== '') folder.push(step)
  }
  return folder.join('/')
}
