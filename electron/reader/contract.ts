/**
 * What the host may ask of the reader, which parses other people's files in a process or a window of its own. It gets a file's bytes over
 * the line and opens nothing itself: no keys, no network, no file. What its parsers need beside their code it asks of whoever started it.
 */
import { z } from 'zod'
import { DocumentFormat, TextBlock } from '../../contract/text-place.ts'
import { call, stream, type HandlersOf } from '../../contract/link.ts'

/**
 * Version of what a reading yields. Raise it by one with every release in which the reader yields something else for any file: other words,
 * another order, other places, pictures, attachments or names of what was cut. Documents that were read by an earlier one are then read
 * anew when nothing else is to be done. A reader that only became faster, or fails in other words, raises nothing.
 */
export const readingVersion = 2

/** What a reading says, in order: `begin` once, then blocks, progress and attachments as they come, `end` once. */
export const ReadItem = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('begin'),
    format: DocumentFormat,
    /** Pages, sheets, slides or chapters, where the format counts them. */
    pages: z.number().nullable(),
    pageKind: z.enum(['page', 'sheet', 'slide', 'section']).nullable(),
    title: z.string().nullable(),
  }),
  z.object({ type: z.literal('blocks'), blocks: z.array(TextBlock) }),
  z.object({ type: z.literal('progress'), done: z.number(), total: z.number() }),
  /** A file inside: what came with a message. `base64` are its bytes. */
  z.object({ type: z.literal('attachment'), name: z.string(), base64: z.string() }),
  z.object({
    type: z.literal('end'),
    /** Pages that are pictures and were not recognised, by number from 1. */
    picturePages: z.array(z.number()),
    /** What was left out because a limit was reached (`pages`, `cells`, `text`, `attachments`) or cannot be had; empty when nothing was. */
    cut: z.array(
      z.enum([
        'pages',
        'cells',
        'text',
        'attachments',
        // Of a PDF whose font does not say which characters its letters are.
        'letters',
        // Of a PDF whose pages are made by the program that shows them (XFA).
        'forms',
        // Of a workbook that no program has calculated.
        'formulas',
        // Of a mail whose message only its receiver's key opens.
        'encrypted',
      ]),
    ),
  }),
])
export type ReadItem = z.infer<typeof ReadItem>

/** Languages that text in pictures is recognised in whose data come with the application, as tesseract names them. */
export const shippedRecognition: readonly string[] = ['eng', 'fra']

/** Bytes of a file with the data of another, packed or not; the largest known have some 100 million. */
export const recognitionFileBytes = 128 * 1024 * 1024

/**
 * How text in pictures is recognised: languages of tesseract (`eng`, `fra`), of which the data of some were taken as files before; null
 * reads no pictures.
 */
const Recognition = z
  .object({
    languages: z.array(z.string()),
    added: z.array(z.object({ code: z.string(), fileId: z.string() })),
    pages: z.array(z.number()).nullable(),
  })
  .nullable()

export const readerContract = {
  reader: {
    /** Beats twice a second while the event loop is alive, with what the process takes of memory, 0 where it cannot know. */
    pulse: stream(z.object({}), z.object({ at: z.number(), residentBytes: z.number() })),
    /** Takes a part of the file that comes next, at most 1 MiB of bytes. */
    take: call(z.object({ fileId: z.string(), base64: z.string() }), z.void()),
    /**
     * Reads what was taken. Fails with document_encrypted, document_wrong_password, document_protected, document_broken, document_empty, document_unknown_format,
     * document_too_big {limit}, recognition_language_missing, recognition_data_wrong. The bytes are forgotten afterwards.
     */
    read: stream(
      z.object({
        fileId: z.string(),
        name: z.string(),
        password: z.string().nullable(),
        recognition: Recognition,
      }),
      ReadItem,
    ),
    /** Tries the data of a language, which were taken as a file. Fails with recognition_data_wrong {reason}. */
    tryLanguage: call(z.object({ code: z.string(), fileId: z.string() }), z.void()),
    /** Stops between two pages while `held`: answering comes first. */
    hold: call(z.object({ held: z.boolean() }), z.void()),
  },
} as const

/** Files that come with the parsers, by what they are: letters of PDFs, decoders of pictures, the recogniser and its languages. */
export const ReaderData = z.object({
  kind: z.enum(['cmap', 'font', 'decoder', 'recogniser', 'language']),
  /** As its maker calls it, without a folder: it becomes part of a path. */
  name: z.string().regex(/^[\w-]{1,80}(\.[a-z]{1,8})?$/),
})
export type ReaderData = z.infer<typeof ReaderData>

/** What the reader may ask of whoever started it, over the same line in the other direction. */
export const readerDataContract = {
  data: {
    /** A file in parts of at most 1 MiB, each once in the life of a reader. Fails with not_found. */
    give: stream(ReaderData, z.object({ base64: z.string() })),
  },
} as const

export type ReaderHandlers = HandlersOf<typeof readerContract>
