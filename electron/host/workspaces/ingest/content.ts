/** What a content is, and how far it can have come. */
import { z } from 'zod'
import type { DocumentFormat } from '../../../../contract/text-place.ts'

/**
 * `incoming`: its bytes are arriving, no document has it yet. `splitting`: read, and its passages are being made. `indexed`: its words
 * can be searched; whether its meaning can, `done` of `passages` says. `leaving`: no document has it any more, its text and its bytes are
 * being removed. `emptying`: a newer reading took its place, its text is being removed; then, as `bytes`, it keeps the bytes for that one.
 */
export type ContentStage =
  | 'incoming'
  | 'waiting'
  | 'reading'
  | 'splitting'
  | 'recognising'
  | 'indexed'
  | 'no_text'
  | 'failed'
  | 'leaving'
  | 'emptying'
  | 'bytes'

/** A content as it stands. */
export interface Content {
  number: number
  sizeBytes: number
  stage: ContentStage
  format: DocumentFormat | null
  /** Numbers of the pages that are pictures, recognised or not. */
  picturePages: number[]
  /** The languages that its pictures are to be recognised in. */
  recognise: string[] | null
  password: string | null
  /** How many of its passages have a vector, once its words can be searched. */
  done: number
  passages: number
  splitting: number
  /** The content whose place this newer reading of it will take; null for what documents have. */
  replaces: number | null
}

/** By which versions of the reader and of the splitting contents are to be made. */
export interface ContentVersions {
  splittingVersion: number
  readingVersion: number
}

/** As its row has it. */
export interface ContentRow {
  number: number
  size_bytes: number
  stage: ContentStage
  format: DocumentFormat | null
  picture_pages: string
  recognise: string | null
  password: string | null
  done: number
  passages: number
  splitting: number
  replaces: number | null
}

const Numbers = z.array(z.number())

/** A row as the rest of the program knows it. */
export function contentOf(row: ContentRow): Content {
  return {
    number: row.number,
    sizeBytes: row.size_bytes,
    stage: row.stage,
    format: row.format,
    picturePages: Numbers.parse(JSON.parse(row.picture_pages)),
    recognise: row.recognise === null ? null : z.array(z.string()).parse(JSON.parse(row.recognise)),
    password: row.password,
    done: row.done,
    passages: row.passages,
    splitting: row.splitting,
    replaces: row.replaces,
  }
}
