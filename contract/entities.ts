/** The nouns, as schemas. Every type is inferred from its schema; times are epoch milliseconds, sizes are bytes. */
import { z } from 'zod'
import { errorCodes } from './errors.ts'
import { Count, Id, Time } from './id.ts'
import { AnswerSources, Scope } from './sources.ts'
import { isOneLine, mostNameCharacters } from './one-line.ts'
import { Walls } from './walls.ts'

// ---- vault

/** Why the system's keychain cannot keep our key. */
export const KeychainTrouble = z.enum(['no_library', 'no_service', 'locked', 'timeout', 'refused'])
export type KeychainTrouble = z.infer<typeof KeychainTrouble>

/** What stands between the vault and being opened. */
export const VaultDamage = z.enum([
  'record_unreadable',
  'record_missing',
  'database_missing',
  'database_empty',
  'database_corrupt',
  /** There is something, and the system does not let it be opened: rights, a folder in its place. */
  'database_unreadable',
  'disk_error',
  'key_missing',
  'from_future',
])
export type VaultDamage = z.infer<typeof VaultDamage>

/** A copy that was made before a migration, and can be restored. */
export const VaultBackup = z.object({ id: Id, madeAt: Time, sizeBytes: Count })
export type VaultBackup = z.infer<typeof VaultBackup>

/** The vault as the page sees it. */
export const VaultState = z.discriminatedUnion('phase', [
  /** No vault yet: the welcome screens make one. */
  z.object({ phase: z.literal('new'), keychainTrouble: KeychainTrouble.nullable() }),
  z.object({
    phase: z.literal('locked'),
    protection: z.enum(['keychain', 'passphrase']),
    keychainTrouble: KeychainTrouble.nullable(),
    /** Wrong passphrases that may still be given before the next pause. */
    triesLeft: Count,
    /** No try is accepted before this time; null when one is. */
    retryAt: Time.nullable(),
    idleLocked: z.boolean(),
  }),
  z.object({ phase: z.literal('damaged'), damage: VaultDamage, file: z.string().nullable(), backups: z.array(VaultBackup) }),
  z.object({
    phase: z.literal('open'),
    protection: z.enum(['keychain', 'passphrase']),
    keychainTrouble: KeychainTrouble.nullable(),
  }),
])
export type VaultState = z.infer<typeof VaultState>

/** How the vault's key is to be kept. A passphrase has at least 8 characters. */
export const Protection = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('keychain') }),
  z.object({ kind: z.literal('passphrase'), passphrase: z.string().max(1024) }),
])
export type Protection = z.infer<typeof Protection>

// ---- workspaces

/**
 * Why a workspace cannot be used although the vault is open. A wrong key cannot be told from a corrupt file. `disk_error` and `disk_full` may
 * pass; the others stay until it is restored or removed.
 */
export const WorkspaceDamage = z.enum([
  'database_missing',
  'database_empty',
  'database_corrupt',
  'database_unreadable',
  'key_missing',
  'from_future',
  'migration_failed',
  'disk_error',
  'disk_full',
])
export type WorkspaceDamage = z.infer<typeof WorkspaceDamage>

/** What was made of a damaged one: what is in it, and how many rows could not be read, as far as that can be told. */
export const RescuedWorkspace = z.object({ workspaceId: Id, conversations: Count, documents: Count, lost: Count })
export type RescuedWorkspace = z.infer<typeof RescuedWorkspace>

/** One matter: its own encrypted file, its own key. */
export const Workspace = z.object({
  id: Id,
  name: z.string(),
  personal: z.boolean(),
  createdAt: Time,
  /** The student that answers here unless a conversation has its own; null for the usual one. */
  modelId: Id.nullable(),
  /** What it says to every student before the first question; may be empty. */
  instructions: z.string(),
  /** Whether new conversations answer from the documents alone. */
  strict: z.boolean(),
  /** An archived one is closed: its conversations are not listed, searched or answered until it is opened again. */
  archived: z.boolean(),
  /** What happened to its file, and copies that can be put in its place; null while nothing has. */
  damage: z.object({ what: WorkspaceDamage, copies: z.array(VaultBackup) }).nullable(),
  documents: Count,
  /** On the disk. */
  sizeBytes: Count,
  lastUsedAt: Time.nullable(),
})
export type Workspace = z.infer<typeof Workspace>

// ---- models

/** What only a LoRA adapter has: the model it stands on, and its size. */
export const AdapterFacts = z.object({
  baseId: Id,
  /** The model it was trained on, in its own words. */
  baseName: z.string().nullable(),
  rank: Count,
  /** Its strength is alpha ÷ rank. */
  alpha: z.number(),
})
export type AdapterFacts = z.infer<typeof AdapterFacts>

/** What a model is for: to talk to, to find passages by meaning, or to reorder what was found. */
export const ModelPurpose = z.enum(['chat', 'embedder', 'reranker'])
export type ModelPurpose = z.infer<typeof ModelPurpose>

/** A student that is here: a verified model file, or a LoRA adapter on one. Its id is its file's SHA-256. */
export const Model = z.object({
  id: Id,
  name: z.string(),
  fileName: z.string(),
  /** The file belongs to another program, which may change or delete it; it is only read. */
  inPlace: z.boolean(),
  sizeBytes: Count,
  purpose: ModelPurpose,
  /** It came with the application, which brings it again when it is gone. */
  shipped: z.boolean(),
  architecture: z.string(),
  parameters: Count,
  quantisation: z.string(),
  /** Tokens of context the model was trained for. */
  trainedContextTokens: Count,
  licence: z.string().nullable(),
  /** `own` when its own prompt template renders; `plain` when a stated fallback is in use. */
  template: z.enum(['own', 'plain']),
  /** Null for a model that stands alone. */
  adapter: AdapterFacts.nullable(),
  /** The smaller model that drafts for it; null for none. */
  draftId: Id.nullable(),
  /** The student of the catalogue that it was fetched as; null when it came in another way. */
  catalogueId: Id.nullable(),
  /**
   * `ready`: the file is the one that was checked. `checking`: size or time changed, so it is being hashed again. `no_base`: the
   * adapter is in order, and the model that it stands on is not here.
   */
  state: z.enum(['ready', 'checking', 'changed', 'missing', 'no_base']),
  addedAt: Time,
  verifiedAt: Time,
  lastUsedAt: Time.nullable(),
  /** The starter is small and for trying out; the page says so. */
  starter: z.boolean(),
})
export type Model = z.infer<typeof Model>

/** A file that could be made a model here: handed out by the host, named by reference and never by path. */
export const ModelOffer = z.object({
  reference: Id,
  name: z.string(),
  sizeBytes: Count,
  licence: z.string().nullable(),
  starter: z.boolean(),
})
export type ModelOffer = z.infer<typeof ModelOffer>

/** Programs that keep models where we know to look. */
export const NeighbourProgram = z.enum(['LM Studio', 'Jan', 'Ollama', 'GPT4All', 'Hugging Face'])
export type NeighbourProgram = z.infer<typeof NeighbourProgram>

/** A model that another program has downloaded to this machine. */
export const Neighbour = z.object({
  reference: Id,
  program: NeighbourProgram,
  name: z.string(),
  sizeBytes: Count,
  architecture: z.string(),
  quantisation: z.string(),
  /** One that is in several files cannot be used where it is: they are joined into one. */
  files: Count.min(1),
})
export type Neighbour = z.infer<typeof Neighbour>

/** An import at work: the file is copied and hashed at once. */
export const ModelImport = z.object({ id: Id, name: z.string(), doneBytes: Count, totalBytes: Count })
export type ModelImport = z.infer<typeof ModelImport>

export const ModelsState = z.object({ models: z.array(Model), offers: z.array(ModelOffer), imports: z.array(ModelImport) })
export type ModelsState = z.infer<typeof ModelsState>

/** Whether a model would run on this machine, by arithmetic over weights, context cache and working memory. */
export const Fit = z.object({
  /**
   * As it would be loaded: `tight` leaves less than a fifth of what is free, or fits with a smaller context than was wished; `too_big` is
   * refused unless somebody insists.
   */
  verdict: z.enum(['fits', 'tight', 'too_big']),
  neededBytes: Count,
  /** Free now, and after what is in memory is unloaded. */
  freeBytes: Count,
  /** The context that it would be loaded with, and the largest that would fit; 0 when not even the weights do. */
  contextTokens: Count,
  largestContextTokens: Count,
  /** Whether the arithmetic was corrected by what was measured here. */
  corrected: z.boolean(),
  /** How fast it was here at its first use; null until then. */
  promptTokensPerSecond: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  /** How long bringing it into memory would take now, in milliseconds, as it took here before; null when it never came, or is there. */
  switchMs: z.number().nullable(),
  /** A student of the catalogue: the same model, quantised in a way that answers faster here; null when there is none or no need. */
  fasterId: Id.nullable(),
  /** What drafting for it was worth when it was tried: the part of proposed tokens that were taken, and the gain in speed; null when it was not. */
  draft: z.object({ acceptance: z.number(), gain: z.number() }).nullable(),
})
export type Fit = z.infer<typeof Fit>

/** A name in a catalogue, which anybody may have written. */
const Named = z.string().min(1).max(mostNameCharacters).refine(isOneLine)
const Line = z.string().min(1).max(2000).refine(isOneLine)
/** A sentence in both languages. */
const Sentence = z.object({ en: Line, fr: Line })

/** What a licence asks of whoever uses or passes on the model. */
export const Duty = z.enum(['built_with_llama', 'llama_prefix', 'notice', 'acceptable_use', 'no_commercial'])
export type Duty = z.infer<typeof Duty>

/** A file at the hub, as far as it is known. */
const CatalogueFile = z.object({
  name: z.string().regex(/^[\w.-]+\.gguf$/),
  sizeBytes: Count.nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
})

/** Bytes of the largest catalogue: far above any real one, ours takes 25 kB. */
export const mostCatalogueBytes = 4 * 1024 * 1024

/** The catalogue as it is published. A student without a file, or whose file has no known hash, is shown and cannot be fetched. */
export const Catalogue = z.object({
  version: z.number().int().positive(),
  publisher: Named,
  signedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  families: z.array(
    z.object({
      id: Id,
      teacher: z.object({ name: Named, organisation: Named, released: Named.nullable(), about: Sentence }).nullable(),
      students: z.array(
        z.object({
          id: Id,
          name: Named,
          organisation: Named,
          parameters: Count,
          quantisation: Named,
          contextTokens: Count.nullable(),
          languages: z.array(z.string().length(2)),
          reasons: z.boolean(),
          /** Left out for one to talk to. */
          purpose: ModelPurpose.optional(),
          goodAt: Sentence,
          licence: Named,
          duties: z.array(Duty),
          file: CatalogueFile.extend({
            repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
            /** What a model in several files is fetched as, in order; the file itself is then what they are joined into. */
            pieces: z.array(CatalogueFile).min(2).max(512).optional(),
          }).nullable(),
        }),
      ),
    }),
  ),
})
export type Catalogue = z.infer<typeof Catalogue>
export type CatalogueFamily = Catalogue['families'][number]
export type CatalogueStudent = CatalogueFamily['students'][number]

/** Whose catalogue is in force. `built_in` is part of the program; `publisher` a newer one of ours. */
export const CatalogueSource = z.object({
  kind: z.enum(['built_in', 'publisher', 'organisation']),
  publisher: z.string(),
  version: Count,
  signedAt: Time,
  expiresAt: Time,
  expired: z.boolean(),
  /** The name of the key that vouches for it; null for what is part of the program. */
  signer: z.string().nullable(),
})
export type CatalogueSource = z.infer<typeof CatalogueSource>

/** The catalogue, whose it is, and where its files come from. */
export const CatalogueState = z.object({
  catalogue: Catalogue,
  /** Size by student id: the file's own where it is known, else reckoned from parameters and quantisation. */
  sizes: z.record(Id, z.object({ bytes: Count, exact: z.boolean() })),
  /** The address that downloads come from. */
  hub: z.string(),
  sources: z.array(CatalogueSource),
  /** Why the last one that came was not taken; null when it was. */
  refused: z.lazy(() => Trouble).nullable(),
  /** The organisation's address is being asked. */
  checking: z.boolean(),
})
export type CatalogueState = z.infer<typeof CatalogueState>

/** A download. `waiting`: the network is away, and it is tried again at `retryAt`. `checking`: all is here and is being verified. */
export const Download = z.object({
  id: Id,
  studentId: Id,
  name: z.string(),
  host: z.string(),
  state: z.enum(['running', 'waiting', 'checking', 'paused', 'failed']),
  doneBytes: Count,
  /** Null until the server has said. */
  totalBytes: Count.nullable(),
  /** Over the last seconds; null when it is too early to say. */
  bytesPerSecond: z.number().nullable(),
  retryAt: Time.nullable(),
  /** Why it waits or failed. */
  trouble: z.lazy(() => Trouble).nullable(),
})
export type Download = z.infer<typeof Download>

// ---- runtime

/** A failure as it is kept beside an answer or a state: its code and the data of its sentence. */
export const Trouble = z.object({ code: z.enum(errorCodes), data: z.record(z.string(), z.unknown()).optional() })
export type Trouble = z.infer<typeof Trouble>

/** What llama.cpp can compute on. */
export const Backend = z.enum(['cpu', 'cuda', 'vulkan', 'metal'])
export type Backend = z.infer<typeof Backend>

/**
 * How a backend was found. `works`: it starts and computes what it should. `wrong`: it starts and computes something else.
 * `crashed` and `hung` are not tried again until the driver or this program changes, or somebody asks.
 */
export const BackendOutcome = z.enum(['works', 'not_installed', 'no_device', 'failed', 'wrong', 'crashed', 'hung'])
export type BackendOutcome = z.infer<typeof BackendOutcome>

export const BackendReport = z.object({
  backend: Backend,
  outcome: BackendOutcome,
  devices: z.array(z.string()),
  /** Its devices' own memory; 0 for the processor and for others that share the machine's. */
  totalBytes: Count,
  freeBytes: Count,
  /** The driver that it was tried with; empty when there is none. */
  driver: z.string(),
  /** In the words of llama.cpp, for whoever repairs it. */
  detail: z.string(),
  triedAt: Time,
})
export type BackendReport = z.infer<typeof BackendReport>

export const HardwareState = z.object({
  processor: z.object({
    name: z.string(),
    cores: Count,
    /** As llama.cpp sees them: AVX2, NEON … Empty until the processor was tried. */
    instructionSets: z.array(z.string()),
  }),
  /** Null where the system does not say. */
  swap: z.object({ totalBytes: Count, freeBytes: Count }).nullable(),
  power: z.object({ onMains: z.boolean(), percent: Count.nullable() }).nullable(),
  backends: z.array(BackendReport),
  chosen: Backend,
  /** Being tried now. */
  trying: Backend.nullable(),
})
export type HardwareState = z.infer<typeof HardwareState>

export const RuntimeState = z.object({
  engine: z.enum(['stopped', 'starting', 'ready', 'restarting']),
  loading: z.object({ modelId: Id, fraction: z.number().min(0).max(1) }).nullable(),
  /** The student used last, while it is in memory; `memoryBytes` with its model's weights. */
  loaded: z.object({ modelId: Id, contextTokens: Count, threads: Count, memoryBytes: Count }).nullable(),
  /** Every student in memory, the one used last first. Those of one base share its weights, which are not in `memoryBytes`. */
  warm: z.array(z.object({ modelId: Id, baseId: Id, contextTokens: Count, memoryBytes: Count, lastUsedAt: Time })),
  /** All that the engine holds: weights, contexts and adapters. */
  heldBytes: Count,
  /** The machine's, with a graphics card's own where one is used: what does not fit there goes to the machine's. */
  memory: z.object({ totalBytes: Count, freeBytes: Count, cardBytes: Count }),
  /** Why the engine last died, hung or refused a model, until the next success. */
  trouble: Trouble.nullable(),
})
export type RuntimeState = z.infer<typeof RuntimeState>

// ---- chat

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
})
export type Preset = z.infer<typeof Preset>

/** Where a conversation is. */
export const Place = z.object({ workspaceId: Id, conversationId: Id })
export type Place = z.infer<typeof Place>

/** A line of the list. */
export const ConversationRow = z.object({ id: Id, title: z.string(), pinned: z.boolean(), updatedAt: Time, writing: z.boolean() })
export type ConversationRow = z.infer<typeof ConversationRow>

/**
 * How an answer ended. `finished`: the model said so. `length`: no room was left, or the preset's limit was reached. `stopped`: the person.
 * `failed`: see trouble. `interrupted`: the application went away while it was being written.
 */
export const MessageState = z.enum(['writing', 'finished', 'length', 'stopped', 'failed', 'interrupted'])
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

/** What happens in a conversation. The first item is always `conversation`; the same comes again when its shape changes. */
export const ChatUpdate = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('conversation'),
    conversation: Conversation,
    writing: z.object({ messageId: Id, stage: AnswerStage, fraction: z.number(), since: Time }).nullable(),
  }),
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
})
export type Budget = z.infer<typeof Budget>

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

// ---- desktop

/** What this skin can do for the page. */
export const DesktopState = z.object({
  version: z.string(),
  platform: z.string(),
  /** `dialog`: the host opens the system's file dialog. `upload`: the page sends the file itself. */
  pickFiles: z.enum(['dialog', 'upload']),
  /** `dialog`: the host opens the system's dialog for folders. `named`: there are those that Alambic was started with, if any. */
  pickFolders: z.enum(['dialog', 'named']),
  /** What is inside, for About. */
  components: z.array(z.object({ name: z.string(), version: z.string(), licence: z.string() })),
})
export type DesktopState = z.infer<typeof DesktopState>
