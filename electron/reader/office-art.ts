/** Shapes of Office's older drawings ([MS-ODRAW]): what is said of a shape beside its text. */
import { viewOf, wideText } from './bytes.ts'
import type { OfficeRecord } from './office-records.ts'

/** Types of records in drawings. */
export const artTypes = {
  group: 0xf003,
  shape: 0xf004,
  shapeHead: 0xf00a,
  properties: 0xf00b,
  textBox: 0xf00d,
  childAnchor: 0xf00f,
  clientAnchor: 0xf010,
  clientData: 0xf011,
  furtherProperties: 0xf122,
} as const

const propertyNumbers = { artText: 0x00c0, table: 0x039f, groupFlags: 0x03bf } as const
const mostProperties = 1000
/** Bytes of letters that are drawn as a picture. */
const mostArtText = 10_000

/** What one table of properties says. */
export interface ArtProperties {
  isHidden: boolean
  /** Whether the group is a table, and its shapes the cells. */
  isTable: boolean
  /** Letters drawn as a picture (WordArt), '' for none. */
  artText: string
}

export function artProperties({ instance, body }: OfficeRecord): ArtProperties {
  const found = { isHidden: false, isTable: false, artText: '' }
  const count = Math.min(instance, mostProperties, Math.floor(body.length / 6))
  const view = viewOf(body)
  // Values that do not fit into four bytes lie behind the table, in its order.
  let behind = count * 6
  for (let at = 0; at < count; at++) {
    const head = view.getUint16(at * 6, true)
    const value = view.getUint32(at * 6 + 2, true)
    const number = head & 0x3fff
    if (number === propertyNumbers.groupFlags) found.isHidden = (value & 0x0002_0002) === 0x0002_0002
    else if (number === propertyNumbers.table) found.isTable = (value & 1) === 1
    else if (number === propertyNumbers.artText)
      found.artText = wideText(body.subarray(behind, behind + Math.min(value, mostArtText))).replace(/\0.*$/s, '')
    if (head >= 0x8000) behind += value
  }
  return found
}

/** Whether the shape was deleted, and stays in the file for its number alone. */
export function isDeleted({ body }: OfficeRecord): boolean {
  return body.length >= 8 && (viewOf(body).getUint32(4, true) & 8) !== 0
}
