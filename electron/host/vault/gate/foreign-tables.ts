/**
 * The allow-list: which tables and columns of a workspace come in from elsewhere, since which step of ours they are there, and what each value
 * must be. What is not here does not exist: kept states, runs that are under way, words of the index. What belongs to a machine (watched
 * folders, what was left out of them, marks of files, what is typed and not sent) comes in from a machine's own backup alone.
 */
import { z } from 'zod'
import { Comparison, Letter, Vote } from '../../../../contract/comparison.ts'
import { AnswerFacts, MessageState } from '../../../../contract/conversation.ts'
import { Trouble } from '../../../../contract/entities.ts'
import { QuestionResult, TestQuestion, TestRun } from '../../../../contract/question.ts'
import { AnswerSources, Scope, SearchReport } from '../../../../contract/sources.ts'
import { DocumentFormat, TextBlock } from '../../../../contract/text-place.ts'
import {
  besides,
  bytes,
  count,
  flag,
  folderWords,
  foreignId,
  foreignReference,
  json,
  moment,
  shownName,
  text,
} from './foreign-columns.ts'
import { table } from './foreign-table.ts'

/** Bytes of a file's part; only the last of a file is shorter. */
export const partBytes = 1024 * 1024
/** Pages, sheets, cells: far above any file. */
const mostPages = 10_000_000
/** Bytes of a file. */
const mostBytes = 2 ** 46
/** SQLite's largest row number is beyond what JavaScript counts exactly. */
const number = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
const language = z.string().regex(/^[a-z]{2}$/)
/** The data of an error's sentence: some words and numbers. */
const trouble = besides(Trouble, 20_000)

export const conversations = table({
  ...{ name: 'conversations', since: 1, order: ['number'], mostRows: 1_000_000 },
  columns: {
    id: foreignId,
    title: shownName('…'),
    pinned: flag,
    preset_id: foreignReference,
    model_id: foreignReference.nullable(),
    leaf_id: foreignId.nullable(),
    created_at: moment,
    updated_at: moment,
    scope: besides(Scope),
  },
  later: { scope: 4 },
})

export const messages = table({
  ...{ name: 'messages', since: 1, order: ['number'], mostRows: 10_000_000 },
  columns: {
    id: foreignId,
    conversation_id: foreignId,
    parent_id: foreignId.nullable(),
    role: z.enum(['user', 'assistant']),
    text,
    thought: text,
    state: MessageState,
    trouble,
    facts: besides(AnswerFacts),
    created_at: moment,
    // A fence that a stranger has chosen could stand in a stranger's document.
    sources: besides(AnswerSources.omit({ frame: true })),
    found: besides(SearchReport),
    edited_from: foreignId.nullable(),
  },
  later: { sources: 4, found: 4, edited_from: 11 },
})

export const drafts = table({
  ...{ name: 'drafts', since: 10, order: ['conversation_id', 'message_id'], mostRows: 1_000_000 },
  columns: { conversation_id: foreignId.or(z.literal('')), message_id: foreignId.or(z.literal('')), text },
})

export const comparisons = table({
  ...{ name: 'comparisons', since: 3, order: ['number'], mostRows: 1_000_000 },
  columns: {
    id: foreignId,
    question: text,
    settings: json(Comparison.pick({ presetId: true, presetName: true, systemPrompt: true, sampling: true })),
    blind: flag,
    revealed: flag,
    vote: Vote.nullable(),
    voted_blind: flag,
    created_at: moment,
  },
})

export const comparedAnswers = table({
  ...{ name: 'compared_answers', since: 3, order: ['number'], mostRows: 3_000_000 },
  columns: {
    id: foreignId,
    comparison_id: foreignId,
    letter: Letter,
    model_id: foreignReference,
    model_name: shownName('…'),
    text,
    thought: text,
    state: MessageState,
    trouble,
    facts: besides(AnswerFacts),
  },
})

export const watchedFolders = table({
  ...{ name: 'watched_folders', since: 4, order: ['number'], mostRows: 10_000 },
  columns: {
    id: foreignId,
    path: z.string().min(1).max(4096),
    name: shownName('…'),
    added_at: moment,
    identity: z.string().max(4096).nullable(),
  },
  later: { identity: 7 },
})

export const leftOutFiles = table({
  ...{ name: 'left_out_files', since: 4, order: ['folder_id', 'folder', 'name'], mostRows: 1_000_000 },
  columns: { folder_id: foreignId, folder: z.string().max(4096), name: z.string().max(4096) },
})

export const contents = table({
  ...{ name: 'contents', since: 4, order: ['number'], mostRows: 1_000_000 },
  columns: {
    number,
    hash: z.string().max(64),
    size_bytes: count(mostBytes),
    stage: z.enum([
      ...['incoming', 'waiting', 'reading', 'splitting', 'recognising', 'indexed', 'no_text', 'failed'],
      ...['leaving', 'emptying', 'bytes'],
    ] as const),
    format: DocumentFormat.nullable(),
    pages: count(mostPages).nullable(),
    page_kind: z.enum(['page', 'sheet', 'slide', 'section']).nullable(),
    title: shownName('…').nullable(),
    language: language.nullable(),
    picture_pages: json(z.array(z.number().int().min(1).max(mostPages)).max(100_000)),
    recognise: besides(z.array(z.string().regex(/^[A-Za-z0-9_]{2,40}$/)).max(20)),
    confidence: z.number().min(0).max(1).nullable(),
    password: z.string().max(1024).nullable(),
    trouble,
    reading: count(Number.MAX_SAFE_INTEGER).nullable(),
    replaces: number.nullable(),
    bytes_number: number.nullable(),
  },
  later: { reading: 8, replaces: 8, bytes_number: 8 },
})

export const contentParts = table({
  ...{ name: 'content_parts', since: 4, order: ['content_number', 'part'], mostRows: 100_000_000 },
  columns: { content_number: number, part: count(mostBytes / partBytes), bytes: bytes({ most: partBytes }) },
})

export const blocks = table({
  ...{ name: 'blocks', since: 4, order: ['content_number', 'position'], mostRows: 100_000_000 },
  columns: { content_number: number, position: count(Number.MAX_SAFE_INTEGER), block: json(TextBlock) },
})

export const recognisedPages = table({
  ...{ name: 'recognised_pages', since: 4, order: ['content_number', 'page'], mostRows: 10_000_000 },
  columns: { content_number: number, page: count(mostPages), blocks: json(z.array(TextBlock)) },
})

export const documents = table({
  ...{ name: 'documents', since: 4, order: ['number'], mostRows: 1_000_000 },
  columns: {
    id: foreignId,
    name: shownName('document', 'end'),
    folder_id: foreignId.nullable(),
    folder: folderWords,
    conversation_id: foreignId.nullable(),
    parent_id: foreignId.nullable(),
    content_number: number.nullable(),
    size_bytes: count(mostBytes),
    trouble,
    added_at: moment,
    changed_at: moment,
    stamp: z.string().max(4096).nullable(),
  },
  later: { stamp: 7 },
})

export const leftOutAttachments = table({
  ...{ name: 'left_out_attachments', since: 8, order: ['parent_id', 'name'], mostRows: 1_000_000 },
  columns: { parent_id: foreignId, name: z.string().max(4096) },
})

export const vectorSets = table({
  ...{ name: 'vector_sets', since: 5, order: ['number'], mostRows: 10_000 },
  // What it claims is looked at when it serves; what does not is of no interest.
  columns: {
    number: z.unknown(),
    embedder_id: z.unknown(),
    dimensions: z.unknown(),
    serving: z.unknown(),
    dropped: z.unknown(),
    centre: z.unknown(),
  },
})

export const questions = table({
  ...{ name: 'questions', since: 6, order: ['number'], mostRows: 50 },
  columns: {
    id: foreignId,
    text: TestQuestion.shape.text,
    document_id: foreignId.nullable(),
    words: json(TestQuestion.shape.words),
  },
})

export const questionRuns = table({
  ...{ name: 'question_runs', since: 6, order: ['number'], mostRows: 50 },
  columns: { id: foreignId, run: besides(TestRun.extend({ results: z.array(QuestionResult).max(50) })) },
})
