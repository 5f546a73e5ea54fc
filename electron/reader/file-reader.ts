/** The reader's side of its contract: takes a file in parts, finds out what it is, and reads it to the end or to a limit. */
import { AppError } from '../../contract/errors.ts'
import { bytesOfBase64, joined } from './bytes.ts'
import { CompoundFile } from './compound-file.ts'
import type { ReaderHandlers, ReadItem } from './contract.ts'
import type { GiveData } from './given-data.ts'
import { fileBytes, textBlocks, textCharacters } from './limits.ts'
import { recogniseFormat, type Format } from './recognise-format.ts'
import type { Surroundings } from './surroundings.ts'
import { Reading, type FileToRead, type FormatReader } from './reading.ts'

/** Milliseconds between two beats. */
const beatMs = 500

export class FileReader {
  readonly #taken = new Map<string, Uint8Array[]>()
  readonly #surroundings: Surroundings
  readonly #data: GiveData
  #held: { promise: Promise<void>; resolve: () => void } | null = null

  constructor(surroundings: Surroundings, data: GiveData) {
    this.#surroundings = surroundings
    this.#data = data
  }

  readonly handlers: ReaderHandlers = {
    reader: {
      pulse: (_input, { signal }) => this.#pulse(signal),
      take: ({ fileId, base64 }) => this.#take(fileId, bytesOfBase64(base64)),
      read: ({ fileId, recognition, ...file }, { signal }) => {
        const given = recognition && { ...recognition, added: this.#giveLanguages(recognition.added) }
        return this.#read(this.#give(fileId), { ...file, recognition: given }, signal)
      },
      tryLanguage: async ({ code, fileId }) => {
        const added = this.#giveLanguages([{ code, fileId }])
        await (await import('./recognition-trial.ts')).tryRecognition(code, added, this.#data)
      },
      hold: ({ held }) => {
        if (held) this.#held ??= Promise.withResolvers<void>()
        else {
          this.#held?.resolve()
          this.#held = null
        }
      },
    },
  }

  async *#pulse(signal: AbortSignal): AsyncGenerator<{ at: number; residentBytes: number }> {
    while (!signal.aborted) {
      yield { at: Date.now(), residentBytes: this.#surroundings.residentBytes() }
      await new Promise((resolve) => setTimeout(resolve, beatMs))
    }
  }

  #take(fileId: string, part: Uint8Array): void {
    const parts = this.#taken.get(fileId) ?? []
    parts.push(part)
    if (parts.reduce((sum, { length }) => sum + length, 0) > fileBytes) {
      this.#taken.delete(fileId)
      throw new AppError('document_too_big', 'The file is larger than is read', { limit: fileBytes })
    }
    this.#taken.set(fileId, parts)
  }

  #give(fileId: string): Uint8Array {
    const bytes = joined(this.#taken.get(fileId) ?? [])
    this.#taken.delete(fileId)
    return bytes
  }

  #giveLanguages(added: readonly { code: string; fileId: string }[]): Map<string, Uint8Array> {
    return new Map(added.map(({ code, fileId }) => [code, this.#give(fileId)]))
  }

  async #turn(): Promise<void> {
    await this.#surroundings.turn()
    await this.#held?.promise
  }

  async *#read(bytes: Uint8Array, file: Omit<FileToRead, 'bytes'>, signal: AbortSignal): AsyncGenerator<ReadItem> {
    if (bytes.length === 0) throw new AppError('document_empty', 'The file has no bytes')
    const reading = new Reading(signal, () => this.#turn(), this.#data)
    try {
      const plain = await unlocked(bytes, file.password)
      const read = await readerOf(await recogniseFormat(plain, file.name))
      yield* withinTextLimit(read({ ...file, bytes: plain }, reading), reading)
    } catch (error) {
      // What a parser says of a file it cannot read may quote it; and every reason means the same to a person.
      throw error instanceof AppError ? error : new AppError('document_broken', 'A parser gave up')
    }
    yield reading.end()
  }
}

/** What is inside an Office file with a password; every other file as it is. */
async function unlocked(bytes: Uint8Array, password: string | null): Promise<Uint8Array> {
  if (!CompoundFile.isOne(bytes)) return bytes
  const file = CompoundFile.open(bytes)
  if (!file.has('EncryptedPackage')) return bytes
  return (await import('./office-encryption.ts')).decryptOffice(file, password)
}

async function* withinTextLimit(items: AsyncIterable<ReadItem>, reading: Reading): AsyncGenerator<ReadItem> {
  let characters = 0
  let count = 0
  for await (const item of items) {
    if (item.type === 'blocks') {
      const blocks = item.blocks.filter(({ text }) => (characters += text.length) <= textCharacters && ++count <= textBlocks)
      if (blocks.length > 0) yield { ...item, blocks }
      if (characters > textCharacters || count > textBlocks) return reading.leaveOut('text')
    } else yield item
  }
}

/** Parsers are loaded when they are first needed, and never before the doors are closed. */
async function readerOf(format: Format): Promise<FormatReader> {
  switch (format) {
    case 'pdf':
      return (await import('./formats/pdf.ts')).readPdf
    case 'docx':
      return (await import('./formats/docx.ts')).readDocx
    case 'doc':
      return (await import('./formats/doc.ts')).readDoc
    case 'pptx':
      return (await import('./formats/pptx.ts')).readPptx
    case 'ppt':
      return (await import('./formats/ppt.ts')).readPpt
    case 'xlsx':
      return (await import('./formats/xlsx.ts')).readXlsx
    case 'xls':
      return (await import('./formats/xls.ts')).readXls
    case 'csv':
      return (await import('./formats/csv.ts')).readCsv
    case 'odt':
    case 'odp':
    case 'ods':
      return (await import('./formats/open-document.ts')).openDocumentReader(format)
    case 'rtf':
      return (await import('./formats/rtf.ts')).readRtf
    case 'epub':
      return (await import('./formats/epub.ts')).readEpub
    case 'html':
      return (await import('./formats/html.ts')).readHtmlPage
    case 'markdown':
      return (await import('./formats/markdown.ts')).readMarkdown
    case 'text':
      return (await import('./formats/text.ts')).readText
    case 'calendar':
      return (await import('./formats/calendar.ts')).readCalendar
    case 'card':
      return (await import('./formats/card.ts')).readCard
    case 'json':
      return (await import('./formats/json.ts')).readJson
    case 'xml':
      return (await import('./formats/xml.ts')).readXmlDocument
    case 'eml':
      return (await import('./formats/eml.ts')).readEml
    case 'msg':
      return (await import('./formats/msg.ts')).readMsg
    case 'image':
      return (await import('./formats/image.ts')).readImage
  }
}
