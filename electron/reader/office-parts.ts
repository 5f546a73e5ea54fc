/** What the parts of an Office file (OOXML) say of one another. */
import { readXml } from './markup.ts'
import { readOfficeXml } from './office-markup.ts'
import type { ZipFile } from './zip-file.ts'

export interface Relation {
  id: string
  /** The last word of its type: `slide`, `worksheet`, `notesSlide`. */
  type: string
  /** Name of the part it leads to. */
  part: string
}

export type OfficeFormat = 'docx' | 'xlsx' | 'pptx'

const formats: Readonly<Record<string, OfficeFormat>> = { 'w:document': 'docx', workbook: 'xlsx', 'p:presentation': 'pptx' }
/** Where the main part is in files that do not say it. */
const usualParts: readonly [part: RegExp, format: OfficeFormat][] = [
  [/^word\/document\d*\.xml$/i, 'docx'],
  [/^ppt\/presentation\d*\.xml$/i, 'pptx'],
  [/^xl\/workbook\d*\.xml$/i, 'xlsx'],
]

/**
 * The part that holds the document, which the file names itself; writers call it differently (`word/document2.xml`). Null when it is no Office
 * file.
 */
export async function mainPart(zip: ZipFile): Promise<{ part: string; format: OfficeFormat } | null> {
  for (const { type, part } of await relationsOf(zip, '')) {
    if (type !== 'officeDocument' || !zip.has(part)) continue
    const format = formats[await rootName(zip, part)]
    if (format) return { part, format }
  }
  for (const [pattern, format] of usualParts) {
    const part = zip.names.find((name) => pattern.test(name))
    if (part !== undefined) return { part, format }
  }
  return null
}

async function rootName(zip: ZipFile, part: string): Promise<string> {
  let root = ''
  await readOfficeXml(zip.pieces(part), {
    open: (name) => (root ||= name),
    get done() {
      return root !== ''
    },
  })
  return root
}

/** Where a part leads; '' for the file itself. Links out of the file are left away. */
export async function relationsOf(zip: ZipFile, part: string): Promise<Relation[]> {
  const slash = part.lastIndexOf('/') + 1
  const name = `${part.slice(0, slash)}_rels/${part.slice(slash)}.rels`
  const found: Relation[] = []
  if (!zip.has(name)) return found
  await readXml(zip.pieces(name), {
    open: (element, { Id = '', Type = '', Target = '', TargetMode }) => {
      if (!element.endsWith('Relationship') || TargetMode === 'External') return
      found.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), part: partAt(zip, resolvePart(part, Target)) })
    },
  })
  return found
}

/** @param target as it is written in `from`: from the root when it begins with a slash, else from the folder */
export function resolvePart(from: string, target: string): string {
  const steps = target.replaceAll('\\', '/')
  const folder = steps.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const step of steps.split('/')) {
    if (step === '..') folder.pop()
    else if (step !== '.' && step !== '') folder.push(step)
  }
  return folder.join('/')
}

/** Targets are written as on the web (`%20`), names in the file often are not. */
function partAt(zip: ZipFile, part: string): string {
  if (zip.has(part) || !part.includes('%')) return part
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
