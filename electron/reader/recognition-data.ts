/** The data of a language that somebody added: unpacked within limits, and looked at before tesseract gets them. */
import { AppError } from '../../contract/errors.ts'
import { joined } from './bytes.ts'
import { recognitionFileBytes } from './contract.ts'

/** What tesseract needs of a file for its newer engine, the only one here: the network, its letters, and how they are written down. */
const neededParts = [17, 21, 22]
/** Tesseract knows 24 kinds of parts; a later one may know some more. */
const mostParts = 64
/** Packed bytes that are unpacked at a time; they can become a thousand times as many. */
const stepBytes = 8192

/** @throws AppError recognition_data_wrong {reason} when it is no data of tesseract's, or too large */
export async function unpackedData(bytes: Uint8Array): Promise<Uint8Array> {
  const data = bytes[0] === 0x1f && bytes[1] === 0x8b ? await gunzipped(bytes) : bytes
  refuseMalformed(data)
  return data
}

/** Unpacked a step at a time, and no further than anything is read: a small file can unpack to more than there is memory. */
export async function gunzipped(bytes: Uint8Array): Promise<Uint8Array> {
  const { Gunzip } = await import('fflate/browser')
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  let whole = false
  const unpacking = new Gunzip((part, last) => {
    parts.push(part)
    sizeBytes += part.length
    whole ||= last
  })
  for (let from = 0; from < bytes.length; from += stepBytes) {
    try {
      unpacking.push(bytes.subarray(from, from + stepBytes), from + stepBytes >= bytes.length)
    } catch {
      throw wrong('malformed')
    }
    if (sizeBytes > recognitionFileBytes) throw wrong('too_big')
  }
  if (!whole) throw wrong('malformed')
  return joined(parts)
}

/** It begins with the number of its parts and where each starts, -1 for one that is not there (tesseract's TessdataManager). */
function refuseMalformed(data: Uint8Array): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const count = data.length < 4 ? 0 : view.getInt32(0, true)
  if (count < 1 || count > mostParts || data.length < 4 + count * 8) throw wrong('malformed')
  const starts = Array.from({ length: count }, (_, at) => view.getBigInt64(4 + at * 8, true))
  const within = (start: bigint): boolean => start === -1n || (start >= 4 + count * 8 && start < data.length)
  if (!starts.every(within)) throw wrong('malformed')
  // Older files have no network: they are read by an engine that is not here.
  if (neededParts.some((part) => (starts[part] ?? -1n) === -1n)) throw wrong('no_network')
}

function wrong(reason: 'too_big' | 'malformed' | 'no_network'): AppError {
  return new AppError('recognition_data_wrong', 'No data that text can be recognised with', { reason })
}
