/** What a file is, by its bytes; its name speaks only where bytes cannot tell: CSV, Markdown and text. */
import { AppError } from '../../contract/errors.ts'
import { byteText } from './bytes.ts'
import { CompoundFile } from './compound-file.ts'
import type { ReadItem } from './contract.ts'
import { mainPart } from './office-parts.ts'
import { slidesFolder, workbookStream } from './old-office.ts'
import { decodeText, declaredEncoding } from './text-encoding.ts'
import { ZipFile } from './zip-file.ts'

export type Format = Extract<ReadItem, { type: 'begin' }>['format']

/** @throws AppError document_unknown_format, document_broken, document_protected */
export async function recogniseFormat(bytes: Uint8Array, name: string): Promise<Format> {
  const head = byteText(bytes.subarray(0, 1024))
  if (head.startsWith('PK\x03\x04')) return packedFormat(await ZipFile.open(bytes))
  if (CompoundFile.isOne(bytes)) return compoundFormat(CompoundFile.open(bytes))
  if (head.startsWith('{\\rtf')) return 'rtf'
  if (/^(\x89PNG\r\n|\xff\xd8\xff|II\*\0|MM\0\*|BM[^]{4}\0\0\0\0|RIFF[^]{4}WEBPVP8|GIF8[79]a)/.test(head)) return 'image'
  if (head.startsWith('%PDF-') || (head.includes('%PDF-') && endsAsPdf(bytes))) return 'pdf'
  return textFormat(bytes, name)
}

const documentTypes: Record<string, Format> = {
  'application/epub+zip': 'epub',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
}

async function packedFormat(zip: ZipFile): Promise<Format> {
  const type = zip.has('mimetype')
    ? decodeText(zip.read('mimetype'))
        .trim()
        .replace(/-template$/, '')
    : ''
  const known = Object.hasOwn(documentTypes, type) ? documentTypes[type] : (await mainPart(zip))?.format
  if (!known) throw unknown()
  return known
}

/** Microsoft's older files and messages are told by the names of their streams. */
function compoundFormat(file: CompoundFile): Format {
  if (file.has('WordDocument')) return 'doc'
  if (workbookStream(file)) return 'xls'
  if (slidesFolder(file) !== null) return 'ppt'
  if (file.has('__properties_version1.0')) return 'msg'
  throw unknown()
}

function textFormat(bytes: Uint8Array, name: string): Format {
  const text = decodeText(bytes.subarray(0, 65_536), declaredEncoding(bytes))
  const controls = (text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/g) ?? []).length
  if (controls > text.length / 500) throw unknown()
  const start = text.trimStart().slice(0, 4096)
  if (beginsAsHtml(start)) return 'html'
  if (/^BEGIN:VCALENDAR\b/i.test(start)) return 'calendar'
  if (/^BEGIN:VCARD\b/i.test(start)) return 'card'
  if (isMessage(start, name)) return 'eml'
  if (/\.(csv|tsv|tab|psv)$/i.test(name)) return 'csv'
  if (/\.(md|markdown)$/i.test(name)) return 'markdown'
  if (/\.x?html?$/i.test(name) && /<[a-z]+[\s>]/i.test(start)) return 'html'
  if (isXml(start, name)) return 'xml'
  if (isJson(start, name)) return 'json'
  return 'text'
}

/** Some writers put a line of their own before a PDF's first; a text may also speak of one. */
function endsAsPdf(bytes: Uint8Array): boolean {
  return /startxref|%%EOF/.test(new TextDecoder('latin1').decode(bytes.subarray(-2048)))
}

/** Past an XML declaration and comments. In steps: one expression for all would try every way to part the comments. */
function beginsAsHtml(start: string): boolean {
  let rest = start.replace(/^<\?xml[^>]*>/, '').trimStart()
  while (rest.startsWith('<!--')) {
    const end = rest.indexOf('-->', 4)
    if (end < 0) return false
    rest = rest.slice(end + 3).trimStart()
  }
  return /^<(!doctype html|html|head|body)\b/i.test(rest)
}

function isXml(start: string, name: string): boolean {
  return start.startsWith('<?xml') || (/\.xml$/i.test(name) && /^<[\p{L}_!?]/u.test(start))
}

/** By its name; else where it begins with a named value, or a list of such. Whether it is one to its end is seen when it is read. */
function isJson(start: string, name: string): boolean {
  if (/\.(?:json|jsonl|ndjson|geojson)$/i.test(name)) return true
  return /^(?:\[\s*)?\{\s*"(?:[^"\\]|\\.){0,200}"\s*:/.test(start)
}

/** A mail begins with header lines; two of those that every mail has, or its name, tell it from a text about mail. */
function isMessage(start: string, name: string): boolean {
  // A box of mails has a line of its own before each.
  const [headers = ''] = start.replace(/^From [^\n]*\n/, '').split(/\r?\n\r?\n/)
  if (
    !/^[!-9;-~]+:[^]*$/.test(headers) ||
    !/^(from|received|return-path|date|subject|mime-version|message-id|to)\b/im.test(headers)
  )
    return false
  const sure = (headers.match(/^(received|return-path|message-id|mime-version|dkim-signature):/gim) ?? []).length
  return sure >= 2 || (/\.(eml|mht|mhtml)$/i.test(name) && /^[!-9;-~]+:/.test(headers))
}

function unknown(): AppError {
  return new AppError('document_unknown_format', 'No format that is read')
}
