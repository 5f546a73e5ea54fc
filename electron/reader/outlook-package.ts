/** What Outlook packs into `winmail.dat` ([MS-OXTNEF]): the files that came with the mail. */
import { joined, viewOf } from './bytes.ts'
import { attachments as mostAttachments } from './limits.ts'
import { decodeText } from './text-encoding.ts'

const signature = 0x223e9f78
const title = 0x8010
const data = 0x800f
const beginning = 0x9002

/** Whether it begins as one does, whatever its name is. */
export function isOutlookPackage(bytes: Uint8Array): boolean {
  return bytes.length > 6 && viewOf(bytes).getUint32(0, true) === signature
}

/** Its files, as far as it is whole. */
export function filesOfOutlook(bytes: Uint8Array): { name: string; bytes: Uint8Array }[] {
  const files: { name: string; parts: Uint8Array[] }[] = []
  const view = viewOf(bytes)
  for (let at = 6; at + 9 <= bytes.length;) {
    const attribute = view.getUint16(at + 1, true)
    const length = view.getUint32(at + 5, true)
    const from = at + 9
    if (from + length > bytes.length) break
    const value = bytes.subarray(from, from + length)
    const file = files.at(-1)
    if (attribute === beginning) {
      if (files.length > mostAttachments) break
      files.push({ name: '', parts: [] })
    } else if (attribute === title && file) file.name = decodeText(value).replace(/\0.*$/s, '')
    else if (attribute === data && file) file.parts.push(value)
    // Behind each value stands a sum of its bytes.
    at = from + length + 2
  }
  return files.filter(({ parts }) => parts.length > 0).map(({ name, parts }) => ({ name, bytes: joined(parts) }))
}
