/** Where a piece of text stands in its file, and the formats that are read. Spoken by the reader, the host and the page. */
import { z } from 'zod'

/** What a file was read as; its bytes decide, its name only where they do not (CSV, Markdown and text). */
export const DocumentFormat = z.enum([
  ...['pdf', 'docx', 'doc', 'pptx', 'ppt', 'xlsx', 'xls', 'csv', 'odt', 'odp', 'ods', 'rtf'],
  ...['epub', 'html', 'markdown', 'text', 'eml', 'msg', 'image'],
  ...['calendar', 'card', 'json', 'xml'],
] as const)
export type DocumentFormat = z.infer<typeof DocumentFormat>

/** A rectangle on a page, each number a fraction of the page's width or height from its upper left corner, 0 to 1. */
export const Box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
export type Box = z.infer<typeof Box>

/** Numbers count from 1. */
export const TextPlace = z.discriminatedUnion('kind', [
  /** Of a PDF or a picture. */
  z.object({ kind: z.literal('page'), page: z.number().int().positive(), boxes: z.array(Box) }),
  z.object({ kind: z.literal('paragraph'), paragraph: z.number().int().positive() }),
  /** `cells` as a spreadsheet writes them: `B2:D9`. */
  z.object({ kind: z.literal('sheet'), sheet: z.string(), cells: z.string() }),
  z.object({ kind: z.literal('slide'), slide: z.number().int().positive() }),
  /** A chapter of a book, or a part of a message such as its head. `title` may be empty. */
  z.object({ kind: z.literal('section'), section: z.number().int().positive(), title: z.string() }),
])
export type TextPlace = z.infer<typeof TextPlace>

/** Where the parts of a text stand, in order: each from its `start` in the text to the next. Pages without boxes. */
export const PartPlace = z.object({ start: z.number().int().nonnegative(), place: TextPlace })
export type PartPlace = z.infer<typeof PartPlace>
/** Parts of one text whose places are kept. */
export const mostPartPlaces = 10_000

/**
 * A piece of a document in reading order. The document's text is its blocks joined by two line breaks; offsets are UTF-16
 * units in it. A table's text has a line a row, cells parted by tabs; its first line is the header when `hasHeader`.
 */
export const TextBlock = z.object({
  kind: z.enum(['heading', 'paragraph', 'list_item', 'table', 'code']),
  /** 1 to 6 for a heading, 0 otherwise. */
  level: z.number().int().min(0).max(6),
  text: z.string().min(1),
  hasHeader: z.boolean(),
  /** Where its parts stand, in order: from each `start` (within this block) to the next. The first starts at 0. */
  places: z.array(z.object({ start: z.number().int().nonnegative(), place: TextPlace })).min(1),
  /** 0 to 1 for recognised text (OCR); null for text that was in the file. */
  confidence: z.number().min(0).max(1).nullable(),
})
export type TextBlock = z.infer<typeof TextBlock>

/** What parts two blocks in a document's text. */
export const blockGap = '\n\n'
