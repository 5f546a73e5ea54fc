/** Where Excel and PowerPoint of before 2007 put what they write, and the title that a person gave such a file. */
import { inLine } from './blocks.ts'
import { viewOf, wideText } from './bytes.ts'
import type { CompoundFile } from './compound-file.ts'
import { decodePage } from './rtf-encodings.ts'

/** The stream of a workbook: files for two versions have both, and the newer one says more. Null when it is none. */
export function workbookStream(file: CompoundFile): string | null {
  return ['Workbook', 'WORKBOOK', 'Book', 'BOOK'].find((name) => file.has(name)) ?? null
}

/** The folder with the stream of slides; '' is the root, and null says that there are none. Files for two versions have the newer one in a folder. */
export function slidesFolder(file: CompoundFile): string | null {
  return ['PP97_DUALSTORAGE/', ''].find((folder) => file.has(`${folder}PowerPoint Document`)) ?? null
}

const mostProperties = 1000
const titleNumber = 2
const codePageNumber = 1

/** The title in the properties of the file ([MS-OLEPS]); null when it has none, or none that can be read. */
export function summaryTitle(file: CompoundFile): string | null {
  const name = '\u0005SummaryInformation'
  if (!file.has(name)) return null
  try {
    return titleOf(file.read(name))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function titleOf(bytes: Uint8Array): string | null {
  const view = viewOf(bytes)
  const section = view.getUint32(44, true)
  const places = new Map<number, number>()
  for (let at = 0; at < Math.min(mostProperties, view.getUint32(section + 4, true)); at++) {
    const entry = section + 8 + at * 8
    places.set(view.getUint32(entry, true), section + view.getUint32(entry + 4, true))
  }
  const place = places.get(titleNumber)
  if (place === undefined) return null
  const pagePlace = places.get(codePageNumber)
  const page = pagePlace === undefined ? 1252 : view.getUint16(pagePlace + 4, true)
  const isWide = view.getUint16(place, true) === 31
  const length = view.getUint32(place + 4, true) * (isWide ? 2 : 1)
  const text = bytes.subarray(place + 8, place + 8 + length)
  const title = isWide || page === 1200 ? wideText(text) : decodePage(page)(text)
  return inLine(title.replace(/\0.*$/s, '')) || null
}
