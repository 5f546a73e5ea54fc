/** Opens the stream of an Excel file of before 2007 that is encrypted: what records hold is, their heads are not ([MS-XLS] 2.2.10). */
import { AppError } from '../../../contract/errors.ts'
import { viewOf } from '../bytes.ts'
import { excelsOwnPassword, rc4Blocks } from '../office-rc4.ts'
import { XlsStream, xlsTypes } from './xls-records.ts'

/** Bytes that one key is for. */
const blockBytes = 1024
/** Records whose content is never encrypted, beside where a sheet begins. */
const plainTypes = new Set<number>([xlsTypes.begin, xlsTypes.encryption, 0x00e1, 0x0138, 0x0194, 0x0195, 0x0196])

/** @throws AppError document_encrypted, document_wrong_password, document_protected */
export function unlockedWorkbook(stream: Uint8Array, password: string | null): Uint8Array {
  const info = encryptionOf(stream)
  if (!info) return stream
  if (info.length < 2 || viewOf(info).getUint16(0, true) !== 1)
    throw new AppError('document_protected', 'An older way to encrypt')
  const cipher = rc4Blocks(info.subarray(2), [excelsOwnPassword, ...(password === null ? [] : [password])])
  if (!cipher)
    throw password === null
      ? new AppError('document_encrypted', 'An encrypted workbook')
      : new AppError('document_wrong_password', 'Not the password of the workbook')
  const open = stream.slice()
  let keys = cipher(0)
  for (let at = 0; at < open.length; at++) {
    if (at > 0 && at % blockBytes === 0) keys = cipher(at / blockBytes)
    open[at] = (open[at] ?? 0) ^ keys.next()
  }
  const view = viewOf(stream)
  for (let at = 0; at + 4 <= stream.length; at += 4 + view.getUint16(at + 2, true)) {
    const type = view.getUint16(at, true)
    const plain = plainTypes.has(type) ? 4 + view.getUint16(at + 2, true) : type === xlsTypes.sheet ? 8 : 4
    open.set(stream.subarray(at, at + plain), at)
  }
  return open
}

/** What stands near the beginning of a stream that is encrypted; null when it is not. */
function encryptionOf(stream: Uint8Array): Uint8Array | null {
  let looked = 0
  for (const { type, body } of new XlsStream(stream).records(0)) {
    if (type === xlsTypes.encryption) return body
    if (type === xlsTypes.end || ++looked > 20) return null
  }
  return null
}
