/** Gives a reader the files that come with its parsers, over its own line: it opens none itself, and gets none but these. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../../../contract/errors.ts'
import { serve, type Port } from '../../../../contract/link.ts'
import { readerDataContract, type ReaderData } from '../../../reader/contract.ts'

/** Where the files of each kind lie. */
export type ReaderDataFolders = Record<ReaderData['kind'], string>

/** Bytes that are read and sent at a time. */
const partBytes = 1024 * 1024

/** Each file is given once: a reader that was taken over must not keep this process reading. */
export function giveReaderData(port: Port, folders: ReaderDataFolders): void {
  const given = new Set<string>()
  const give = async function* (data: ReaderData): AsyncGenerator<{ base64: string }> {
    const path = pathOf(folders, data)
    if (given.has(path)) throw new AppError('not_found', 'This file was given already')
    given.add(path)
    try {
      for await (const part of createReadStream(path, { highWaterMark: partBytes }) as AsyncIterable<Buffer>)
        yield { base64: part.toString('base64') }
    } catch (error) {
      throw new AppError('not_found', 'A file that comes with the reader is not here', {}, { cause: error })
    }
  }
  serve(port, readerDataContract, { data: { give } }, (_error, method) => method)
}

/** A name is a word with an ending, by its schema: it leads nowhere but into its folder. */
function pathOf(folders: ReaderDataFolders, { kind, name }: ReaderData): string {
  return kind === 'language'
    ? join(folders.language, name, '4.0.0_best_int', `${name}.traineddata.gz`)
    : join(folders[kind], name)
}
