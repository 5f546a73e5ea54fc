/** The nouns of the chat: conversations, their messages, what made them, and what a page hears of them. */
import { z } from 'zod'
import { Backend, Thinking, Trouble } from './entities.ts'
import { Count, Id, Time } from './id.ts'
import { isOneLine } from './one-line.ts'
import { AnswerSources, Scope } from './sources.ts'
import { Walls } from './walls.ts'

/** Sampling, with the names and ranges of llama.cpp. */
export const Sampling = z.object({
  /** 0 always takes the likeliest token. */
  temperature: z.number().min(0).max(2),
  /** 0 keeps all. */
  topK: z.number().int().min(0).max(1000),
  topP: z.number().min(0).max(1),
  minP: z.number().min(0).max(1),
  /** 1 is none. */
  repeatPenalty: z.number().min(0.5).max(2),
  /** null draws a new one for each answer. */
  seed: z.number().int().min(0).max(4294967295).nullable(),
  /** Longest answer in tokens; null is as long as the context has room. */
  maxTokens: z.number().int().min(1).max(131072).nullable(),
})
export type Sampling = z.infer<typeof Sampling>

/** A named way of answering. `builtIn` ones have their name in the dictionary and cannot be changed or removed. */
export const Preset = z.object({
  id: Id,
  name: z.string().trim().min(1).max(80).refine(isOneLine),
  builtIn: z.boolean(),
  systemPrompt: z.string().max(20000),
  sampling: Sampling,
  /** What models are told of thinking, those that can be told; absent leaves it to them. */
  thinking: Thinking.optional(),
})
export type Preset = z.infer<typeof Preset>

/** Where a conversation is. */
export const Place = z.object({ workspaceId: Id, conversationId: Id })
export type Place = z.infer<typeof Place>

/** A line of the list. */
export const ConversationRow = z.object({ id: Id, title: z.string(), pinned: z.boolean(), updatedAt: Time, writing: z.boolean() })
export type ConversationRow = z.infer<typeof ConversationRow>

/**
 * How an answer ended. `finished`: the model said so. `edited`: a person wrote it, over what a model had said. `length`: no room was left, or the preset's limit was reached. `stopped`: the person.
 * `failed`: see trouble. `interrupted`: the application went away while it was being written.
 */
export const MessageState = z.enum(['writing', 'finished', 'length', 'stopped', 'failed', 'interrupted', 'edited'])
export type MessageState = z.infer<typeof MessageState>

/** By what an answer was made, beside who was asked and how: enough to make it again, and to say what differs when it comes out otherwise. */
export const AnswerPassport = z.object({
  /** Whose template the prompt was rendered by: the model's own, or a plain transcript. */
  template: z.enum(['own', 'plain']),
  /** llama.cpp's release, what it computed on and with how many threads; null when the engine was gone at the end. */
  engine: z
    .object({
      build: z.string(),
      backend: Backend,
      threads: Count,
      /** The file of the model that drafted, by its SHA-256; null for none. */
      draftId: Id.nullable(),
    })
    .nullable(),
  /** What held the engine, wall by wall; null when it did not say. */
  walls: Walls.nullable(),
  /** SHA-256 of what administrators had fixed then, in hexadecimal; null when nothing was. */
  policiesSha256: z.string().nullable(),
})
export type AnswerPassport = z.infer<typeof AnswerPassport>

/** Who made an answer, and how fast. */
export const AnswerFacts = z.object({
  /** The SHA-256 of the file that answered: a model's, or an adapter's. */
  modelId: Id,
  modelName: z.string(),
  /** The model that an adapter stood on; absent for a model alone. */
  base: z.object({ id: Id, name: z.string() }).optional(),
  presetId: Id,
  presetName: z.string(),
  /** As they were then, with the seed that was really used: a preset may be changed later. */
  sampling: Sampling,
  systemPrompt: z.string(),
  promptTokens: Count,
  /** Of the prompt, the tokens that were really evaluated; the rest was kept from the turn before. */
  evaluatedTokens: Count,
  answerTokens: Count,
  firstTokenMs: z.number(),
  /** Over the whole answer after its first token. */
  tokensPerSecond: z.number(),
  /** Oldest messages that were left out because the context had no room. */
  leftOut: Count,
  contextTokens: Count,
  /** Milliseconds of reasoning before the answer; 0 when there was none. */
  thoughtMs: z.number(),
  /** What the model was told of thinking; absent when nothing. */
  thinking: Thinking.optional(),
  /** What a draft did; absent when none was there. `gain` is the speed with it divided by that without, null when it was too short to tell. */
  draft: z.object({ proposed: Count, accepted: Count, gain: z.number().nullable() }).optional(),
  /** Absent in answers of before version 0.2. */
  passport: AnswerPassport.optional(),
})
export type AnswerFacts = z.infer<typeof AnswerFacts>

/** One turn. `position` and `siblings` say ‹ 2/3 › among the versions of this turn; siblings are ids in order. */
export const Message = z.object({
  id: Id,
  parentId: Id.nullable(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  /** The model's reasoning, kept apart; empty when there is none. */
  thought: z.string(),
  state: MessageState,
  trouble: Trouble.nullable(),
  facts: AnswerFacts.nullable(),
  /** What it was made from; null for an answer without documents, and for questions. */
  sources: AnswerSources.nullable(),
  createdAt: Time,
  siblings: z.array(Id),
  /** The answer that a person edited it from, one of its siblings; absent where nobody did, and where that one is lost. */
  editedFrom: Id.optional(),
})
export type Message = z.infer<typeof Message>

/** A conversation with the messages of its chosen branch, oldest first. */
export const Conversation = z.object({
  id: Id,
  title: z.string(),
  pinned: z.boolean(),
  presetId: Id,
  modelId: Id.nullable(),
  scope: Scope,
  createdAt: Time,
  messages: z.array(Message),
})
export type Conversation = z.infer<typeof Conversation>

/** What the answer is waiting for. `searching` the documents; `reading` is the evaluation of the prompt; `checking` its sentences against the sources. */
export const AnswerStage = z.enum(['searching', 'checking', 'queued', 'starting', 'loading', 'reading', 'writing'])
export type AnswerStage = z.infer<typeof AnswerStage>

/** A conversation without its messages. */
export const ConversationHead = Conversation.omit({ messages: true })
export type ConversationHead = z.infer<typeof ConversationHead>

/** The answer that is being written, and where it is; null while none is. */
const Writing = z.object({ messageId: Id, stage: AnswerStage, fraction: z.number(), since: Time }).nullable()

/** What happens in a conversation. The first item is always `conversation`; the same comes again when another branch is shown. */
export const ChatUpdate = z.discriminatedUnion('type', [
  z.object({ type: z.literal('conversation'), conversation: Conversation, writing: Writing }),
  /** An answer began, got its sources or ended: after the message `afterId` (null: from the beginning) the branch is these; what stands before is as it was. */
  z.object({ type: z.literal('turns'), afterId: Id.nullable(), messages: z.array(Message), writing: Writing }),
  /** Its title, pin, style, model or scope changed, and no message did. */
  z.object({ type: z.literal('head'), head: ConversationHead }),
  /** More of the answer; append. About one every 30 ms. */
  z.object({ type: z.literal('text'), messageId: Id, text: z.string(), thought: z.string() }),
  z.object({ type: z.literal('stage'), messageId: Id, stage: AnswerStage, fraction: z.number(), since: Time }),
  /** The conversation was deleted; the stream ends. */
  z.object({ type: z.literal('gone') }),
])
export type ChatUpdate = z.infer<typeof ChatUpdate>

/** The context budget of the next question, in tokens. */
export const Budget = z.object({
  used: Count,
  size: Count,
  /** Kept free for the answer. */
  reserved: Count,
  /** Oldest messages that the next question would leave out. */
  wouldLeaveOut: Count,
  /** False when no model is loaded and the count is an estimate (a token for four characters). */
  exact: z.boolean(),
  /**
   * What it would read of documents, some passages or all documents whole, and for how long, in seconds; both roughly. Missing where nothing is
   * to be read, or where the model's speed is not known.
   */
  reads: z.object({ what: z.enum(['passages', 'documents']), count: Count, seconds: z.number() }).optional(),
})
export type Budget = z.infer<typeof Budget>

/** Characters that a question may have. */
export const mostQuestionCharacters = 200_000

/** Characters that an answer may have which a person has edited: a model's own may be longer than a question. */
export const mostAnswerCharacters = 4 * mostQuestionCharacters

/** What is typed and not sent yet: for a conversation (null: the one to come), and there the next question (null), or a message that is edited. A null text is none. */
export const Draft = z.object({
  conversationId: Id.nullable(),
  messageId: Id.nullable(),
  // A question that is too long is not cut while it is typed: it is told when it is sent.
  text: z
    .string()
    .max(4 * mostQuestionCharacters)
    .nullable(),
})
export type Draft = z.infer<typeof Draft>

/** All drafts of a workspace, or those that changed. */
export const DraftsUpdate = z.object({ whole: z.boolean(), drafts: z.array(Draft) })
export type DraftsUpdate = z.infer<typeof DraftsUpdate>

/** A place where the words were found; `snippet` marks them between U+E000 and U+E001. */
export const SearchHit = z.object({
  workspaceId: Id,
  conversationId: Id,
  messageId: Id.nullable(),
  title: z.string(),
  snippet: z.string(),
  at: Time,
})
export type SearchHit = z.infer<typeof SearchHit>
