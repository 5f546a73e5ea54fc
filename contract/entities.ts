/** The nouns, as schemas. Every type is inferred from its schema; times are epoch milliseconds, sizes are bytes. */
import { z } from 'zod'
import { errorCodes } from './errors.ts'
import { Count, Id, Time } from './id.ts'
import { Words } from './words.ts'

/** What a model is told of thinking before it answers: not to, to, or with how little or how much effort, where a template knows levels. Which of these a model can be told, its own template says. */
export const Thinking = z.enum(['off', 'on', 'brief', 'thorough'])
export type Thinking = z.infer<typeof Thinking>

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
  z.object({ kind: z.literal('passphrase'), passphrase: Words }),
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
  /** What it can be told of thinking; empty where its template knows nothing of it, and until it was loaded once. */
  thinking: z.array(Thinking),
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
/** How many tokens a second a model read and wrote with so many threads when that was tried. */
export const ThreadSpeed = z.object({ threads: Count, reading: z.number(), writing: z.number() })
export type ThreadSpeed = z.infer<typeof ThreadSpeed>

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
  /** With how many threads it reads and writes fastest here, as was tried; null until then, and where a person has chosen a number. */
  threads: z.object({ reading: Count, writing: Count, tried: z.array(ThreadSpeed) }).nullable(),
})
export type Fit = z.infer<typeof Fit>

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

// ---- desktop

/** What this skin can do for the page. */
export const DesktopState = z.object({
  version: z.string(),
  platform: z.string(),
  /** `dialog`: the host opens the system's file dialog. `upload`: the page sends the file itself. */
  pickFiles: z.enum(['dialog', 'upload']),
  /** `dialog`: the host opens the system's dialog for folders. `named`: there are those that Alambic was started with, if any. */
  pickFolders: z.enum(['dialog', 'named']),
  /** Who says something through the system while no window is in front: the skin, or the page through its browser. */
  notices: z.enum(['skin', 'browser']),
  /** What is inside, for About. */
  components: z.array(z.object({ name: z.string(), version: z.string(), licence: z.string() })),
})
export type DesktopState = z.infer<typeof DesktopState>
