/** Files that come with the parsers, asked of whoever started the reader and kept: a reader gets each once. */
import { connect, type Port } from '../../contract/link.ts'
import { bytesOfBase64, joined } from './bytes.ts'
import { readerDataContract, type ReaderData } from './contract.ts'

/** @throws AppError not_found, disconnected */
export type GiveData = (kind: ReaderData['kind'], name: string) => Promise<Uint8Array<ArrayBuffer>>

/** @param port the line on which the host is answered as well */
export function givenData(port: Port): GiveData {
  const host = connect(port, readerDataContract)
  const kept = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  const ask = async (data: ReaderData): Promise<Uint8Array<ArrayBuffer>> => {
    const parts: Uint8Array[] = []
    for await (const { base64 } of host.data.give(data)) parts.push(bytesOfBase64(base64))
    return joined(parts)
  }
  return (kind, name) => {
    const key = `${kind}/${name}`
    const given = kept.get(key) ?? ask({ kind, name })
    kept.set(key, given)
    return given
  }
}
