/** The documents of a workspace, what becomes of them, and the folders that are watched. */
import { z } from 'zod'
import { Trouble } from './entities.ts'
import { Count, Id, Time } from './id.ts'
import { DocumentFormat, TextBlock } from './text-place.ts'

/**
 * `waiting` for its turn; being `reading` or, by OCR, `recognising`; `embedding`: its words can be searched, its meaning not yet wholly;
 * `ready`; `no_text`: read, and there is none, so it never counts as ready; `failed`: see trouble.
 */
export const DocumentStage = z.enum(['waiting', 'reading', 'recognising', 'embedding', 'ready', 'no_text', 'failed'])
export type DocumentStage = z.infer<typeof DocumentStage>

/** A file of a workspace, or of one conversation. */
export const Document = z.object({
  id: Id,
  name: z.string(),
  /** The watched folder it is in, and the path of its own folder there; null and empty for a file that was added by itself. */
  folderId: Id.nullable(),
  folder: z.string(),
  /** The conversation it is attached to; null when it belongs to the workspace. */
  conversationId: Id.nullable(),
  /** The document that it came in: an e-mail, or another file that holds files. */
  parentId: Id.nullable(),
  format: DocumentFormat.nullable(),
  sizeBytes: Count,
  stage: DocumentStage,
  /** Of the stage, 0 to 1; `done` of `total` in what the stage counts: pages read or recognised, passages embedded. */
  done: Count,
  total: Count.nullable(),
  /** Pages, sheets, slides or chapters; null when the format has none. */
  pages: Count.nullable(),
  pageKind: z.enum(['page', 'sheet', 'slide', 'section']).nullable(),
  passages: Count,
  embedded: Count,
  /** Pages that are pictures and have not been recognised. */
  picturePages: Count,
  /** How sure OCR was of what it recognised, 0 to 1; null when it recognised nothing. */
  confidence: z.number().nullable(),
  /** Most of its text; null when it could not be told. */
  language: z.string().length(2).nullable(),
  /** Why it failed; or, beside text that was read, what of it could not be. */
  trouble: Trouble.nullable(),
  addedAt: Time,
  /** When the file was last changed, as its system says. */
  changedAt: Time,
  /** Another once its text is another, because its file changed or was read anew. */
  reading: Count,
})
export type Document = z.infer<typeof Document>

/** A folder of which every file that can be read is a document, as long as it lies there. */
export const WatchedFolder = z.object({
  id: Id,
  name: z.string(),
  documents: Count,
  /** Those that came today. */
  newToday: Count,
  /** The folder is not there now, or cannot be read; its documents stay. */
  missing: z.boolean(),
})
export type WatchedFolder = z.infer<typeof WatchedFolder>

/** A workspace's documents together. */
export const DocumentsSummary = z.object({
  documents: Count,
  /** Ready, or with words that can be searched. */
  ready: Count,
  /** Without text or failed. */
  needYou: Count,
  /** Still to be read, recognised or embedded. */
  working: Count,
  passages: Count,
  sizeBytes: Count,
  paused: z.boolean(),
  /** Reading waits while an answer is being written. */
  givesWay: z.boolean(),
  /** Why nothing goes on although something is to be done: it is tried again by itself. Null while it goes on. */
  trouble: Trouble.nullable(),
  /** Milliseconds until everything is done, at the pace so far; null when it is too early to say. */
  leftMs: z.number().nullable(),
  folders: z.array(WatchedFolder),
})
export type DocumentsSummary = z.infer<typeof DocumentsSummary>

/** Which rows of the table. */
export const DocumentsQuery = z.object({
  workspaceId: Id,
  /** Attachments of this conversation; null for the workspace's own. */
  conversationId: Id.nullable(),
  filter: z.enum(['all', 'ready', 'need_you']),
  /** Words in the name. */
  name: z.string().max(200),
  sort: z.enum(['newest', 'name', 'size']),
  limit: z.number().int().min(1).max(100_000),
})
export type DocumentsQuery = z.infer<typeof DocumentsQuery>

/** A document's text as it was read, from a block on. */
export const DocumentText = z.object({
  /** Each with where it starts in the document's text. */
  blocks: z.array(z.object({ number: Count, start: Count, block: TextBlock })),
  total: Count,
  /** Another once the document was read anew: numbers and starts of two readings do not go together. */
  reading: Count,
})
export type DocumentText = z.infer<typeof DocumentText>

/** The meaning side of a workspace's index. */
export const IndexState = z.object({
  /** The embedder in use; null when none is installed: then words alone are searched. */
  embedderName: z.string().nullable(),
  rerankerName: z.string().nullable(),
  passages: Count,
  embedded: Count,
  /** A new embedder is at work and the index of the old one still serves. */
  changingFrom: z.string().nullable(),
})
export type IndexState = z.infer<typeof IndexState>
