/**
 * What the host may ask of the engine, the process around llama.cpp. Spoken over the same link as the page's contract.
 * A model's weights are in memory once; students – the model alone or with an adapter – each have a context of their own
 * on it. Who is in memory, and who waits for whom, is the host's business.
 */
import { z } from 'zod'
import { Sampling } from '../../contract/conversation.ts'
import { Backend, Thinking } from '../../contract/entities.ts'
import { FileIdentity } from '../../contract/file-identity.ts'
import { call, stream, type ClientOf, type HandlersOf } from '../../contract/link.ts'

/** One turn as it goes into the prompt. `thought` is the reasoning of an earlier answer, for templates that want it. */
export const PromptMessage = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
  thought: z.string().optional(),
})
export type PromptMessage = z.infer<typeof PromptMessage>

export type { Backend, Thinking }

declare const checked: unique symbol
/** A path that the host's gate has let through: nothing else makes one, so nothing else can be loaded. */
export type CheckedPath = string & { readonly [checked]: true }
const CheckedPath = z.custom<CheckedPath>((value) => typeof value === 'string')

const Prompt = z.object({
  studentId: z.string(),
  messages: z.array(PromptMessage),
  /** Tokens to keep free for the answer. */
  reserveTokens: z.number(),
  /** Oldest messages that the last answer of this conversation left out: left out again if anything must be. */
  leftOutBefore: z.number(),
  /** What the model is told of thinking before it answers, where its template knows of it. */
  thinking: Thinking.optional(),
})

/** What a backend found and computed. Bytes are of its devices together; `logits` are of the whole vocabulary. */
const ProbeReport = z.object({
  devices: z.array(z.string()),
  totalBytes: z.number(),
  freeBytes: z.number(),
  instructionSets: z.array(z.string()),
  logits: z.array(z.number()),
  file: FileIdentity,
})
export type ProbeReport = z.infer<typeof ProbeReport>

/** How many threads read a prompt, and how many write an answer. */
const ThreadCounts = z.object({ reading: z.number(), writing: z.number() })

/** A state on disk, the 64 hexadecimal digits of its key, and what it is of. */
const Kept = z.object({ studentId: z.string(), path: z.string(), key: z.string(), label: z.string() })

const LoadItem = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), fraction: z.number() }),
  z.object({
    type: z.literal('loaded'),
    /** `plain`: the model has no template of its own that renders; templateReason says why. */
    template: z.enum(['own', 'plain']),
    templateReason: z.string().nullable(),
    /** What the model can be told of thinking. */
    thinking: z.array(Thinking),
    /** By how much the process has grown, in bytes, with what it takes of a graphics card's own memory. */
    grownBytes: z.number(),
    /** Which file was read: whoever had it checked compares. */
    file: FileIdentity,
    /** Which llama.cpp it is, and what it computes on: a state that was kept is good for the same alone. */
    build: z.string(),
  }),
])

const AnswerItem = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('prompt'),
    promptTokens: z.number(),
    /** Tokens that have to be evaluated; the rest was kept from the turn before. */
    evaluateTokens: z.number(),
    leftOut: z.number(),
    contextTokens: z.number(),
    /** What it was told of thinking; null for nothing. */
    thinking: Thinking.nullable(),
  }),
  z.object({ type: z.literal('reading'), fraction: z.number() }),
  /** Append both. `turned`: all that was said before this item was a thought, whose opening was missing. */
  z.object({ type: z.literal('text'), text: z.string(), thought: z.string(), turned: z.literal(true).optional() }),
  z.object({
    type: z.literal('end'),
    reason: z.enum(['finished', 'length', 'stopped']),
    answerTokens: z.number(),
    firstTokenMs: z.number(),
    tokensPerSecond: z.number(),
    thoughtMs: z.number(),
    /** What the engine takes now, in bytes. */
    processBytes: z.number(),
    /** What a draft did; null when none was there. `accepted` of the `proposed` tokens were taken. */
    draft: z.object({ proposed: z.number(), accepted: z.number(), gain: z.number().nullable() }).nullable(),
  }),
])
export type AnswerItem = z.infer<typeof AnswerItem>

export const engineContract = {
  engine: {
    /** Beats once a second while the event loop is alive. */
    pulse: stream(z.object({}), z.object({ at: z.number() })),
    /** Loads a model's checked file. `threads` compute with it, unless an answer says otherwise. Fails with engine_failed {detail}, model_changed. */
    load: stream(z.object({ modelId: z.string(), path: CheckedPath, threads: z.number(), backend: Backend }), LoadItem),
    /** Tries a backend in this process, which then is good for nothing else. Fails with backend_failed {reason, detail}. */
    probe: call(z.object({ backend: Backend, path: CheckedPath }), ProbeReport),
    /** Unloads a model, and every student on it. */
    unload: call(z.object({ modelId: z.string() }), z.void()),
    /** Gives a student a context on a loaded model. Fails with no_model, engine_failed {detail}, model_changed. */
    open: call(
      z.object({
        studentId: z.string(),
        modelId: z.string(),
        /** A checked LoRA adapter; null for the model itself. llama.cpp keeps adapters by path until the model is unloaded. */
        adapterPath: CheckedPath.nullable(),
        contextTokens: z.number(),
        /** A loaded model of the same vocabulary that drafts; null for none. */
        draftId: z.string().nullable(),
      }),
      /** `processBytes`: what the engine took before. `adapterFile`: which file was read as the adapter. */
      z.object({ contextTokens: z.number(), processBytes: z.number(), adapterFile: FileIdentity.nullable() }),
    ),
    /** Takes a student's context away again. */
    close: call(z.object({ studentId: z.string() }), z.void()),
    /** Keeps what a student has in its context, encrypted. Fails with state_not_kept. */
    keep: call(Kept, z.object({ tokens: z.number(), bytes: z.number() })),
    /** Takes it up again; when it fails with state_not_kept the context is empty. */
    recall: call(Kept, z.object({ tokens: z.number() })),
    /** What a prompt would cost. Fails with no_model. */
    count: call(Prompt, z.object({ promptTokens: z.number(), leftOut: z.number(), contextTokens: z.number() })),
    /** Answers. Leaving this stream does not stop it; `stop` does. `opening` is the beginning of an answer to go on with. */
    answer: stream(
      Prompt.extend({
        answerId: z.string(),
        opening: z.object({ text: z.string(), thought: z.string() }).nullable(),
        sampling: Sampling.extend({ seed: z.number() }),
        threads: ThreadCounts.optional(),
      }),
      AnswerItem,
    ),
    /**
     * Reads what all questions share that begin with these messages, the last of them being the beginning of one. Leaving this stream does
     * not stop it; `stop` does, and what was read stays. Reads nothing that does not fit. Fails with no_model.
     */
    read: stream(
      Prompt.pick({ studentId: true, messages: true, thinking: true }).extend({
        answerId: z.string(),
        threads: z.number().optional(),
      }),
      /** Tokens that are in the context by now, of all. */
      z.object({ read: z.number(), tokens: z.number() }),
    ),
    /** Stops an answer, what is read ahead, or a trial. */
    stop: call(z.object({ answerId: z.string() }), z.void()),
    /**
     * Tries how many tokens a second a loaded model reads and writes with so many threads, in a context of its own. `stop` ends it after
     * the batch that is under way. Fails with no_model, cancelled, engine_failed {detail}.
     */
    tryThreads: call(z.object({ trialId: z.string(), modelId: z.string(), threads: z.number() }), ThreadCounts),
    /** Makes a loaded model ready to embed, or to rank, until it is unloaded. Fails with no_model, engine_failed {detail}. */
    openEmbedder: call(
      z.object({ modelId: z.string(), purpose: z.enum(['embedder', 'reranker']) }),
      /** `mostTokens`: of one text, with the special ones; what is longer is cut. */
      z.object({ dimensions: z.number(), mostTokens: z.number() }),
    ),
    /** A vector of length 1 for each text in turn: float32, little-endian, in base64. Leaving it stops it. */
    embed: stream(
      z.object({ modelId: z.string(), kind: z.enum(['query', 'passage']), texts: z.array(z.string()) }),
      z.object({ vector: z.string() }),
    ),
    /** How well each text in turn answers the query, from 0 to 1. Leaving it stops it. */
    rank: stream(
      z.object({ modelId: z.string(), query: z.string(), texts: z.array(z.string()) }),
      z.object({ score: z.number() }),
    ),
  },
} as const

export type EngineClient = ClientOf<typeof engineContract>
export type EngineHandlers = HandlersOf<typeof engineContract>
/** A question to the engine, as its contract takes it. */
export type EngineQuestion = Parameters<EngineClient['engine']['answer']>[0]
/** As much of it as says what its prompt costs. */
export type CountedPrompt = Omit<z.infer<typeof Prompt>, 'studentId'>
