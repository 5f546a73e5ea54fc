/**
 * What the host may ask of the porter, the process that opens databases which came from elsewhere. It opens one file, reads tables that it is
 * told by name, and hands over plain values. It knows nothing of what they mean: what comes in is decided by the host, row by row.
 */
import { z } from 'zod'
import { Argon2Cost } from '../../contract/argon2-cost.ts'
import { call, stream, type ClientOf, type HandlersOf } from '../../contract/link.ts'

/** Bytes of values in one batch at most, before base64; a single row may be larger and then stands alone. */
export const batchBytes = 1024 * 1024
/** Rows of one batch at most. */
export const batchRows = 2_000
/** Bytes of a single row at most; the largest of ours are a mebibyte of a file, and an answer with all that was found for it. */
export const mostRowBytes = 8 * 1024 * 1024
/** Characters of the trailer that an exported workspace ends with. Instructions of 20,000 characters, in base64 twice, need a fifth of this. */
export const mostTrailerCharacters = 1024 * 1024

/** A value as SQLite has it; blobs as base64. */
export const ForeignValue = z.union([z.string(), z.number(), z.null(), z.strictObject({ base64: z.string() })])
export type ForeignValue = z.infer<typeof ForeignValue>

/** Names are ours and never the file's. */
const Name = z.string().regex(/^[a-z_][a-z0-9_]{0,63}$/)
const Natural = z.number().int().nonnegative()

/** What the list of the sender said of a workspace. */
export const WorkspaceFacts = z.object({
  name: z.string().min(1).max(100),
  instructions: z.string().max(20_000),
  strict: z.boolean(),
})
export type WorkspaceFacts = z.infer<typeof WorkspaceFacts>

/** The end of every exported workspace: a trailer as JSON, its length in four bytes, and this. It is authenticated with the box as well. */
export const trailerMagic = 'alambic-workspace'

/** The version of a trailer, whatever else it has. */
export const AnyTrailer = z.object({ version: z.number().int() })

/** What stands behind the database in an exported workspace. */
export const WorkspaceTrailer = z.object({
  version: z.literal(1),
  algorithm: z.literal('argon2id'),
  cost: Argon2Cost,
  salt: z.base64().length(24),
  /** Nonce, cipher text and tag of the {@link TrailerContents}: AES-256-GCM. */
  box: z.base64().min(40).max(mostTrailerCharacters),
})
export type WorkspaceTrailer = z.infer<typeof WorkspaceTrailer>

/** What the passphrase opens. */
export const TrailerContents = z.object({
  facts: WorkspaceFacts,
  /** The key of the database, 32 bytes. */
  key: z.base64().length(44),
  databaseBytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type TrailerContents = z.infer<typeof TrailerContents>

/** Something secret, sealed for this process alone ({@link electron/worker/sealed-line.ts}): what queues keep of it is noise. */
const Sealed = z.object({ publicKey: z.base64().max(100), box: z.base64().max(8192) })
export type Sealed = z.infer<typeof Sealed>

export const porterContract = {
  porter: {
    /** The process's public key, made at its start. */
    greet: call(z.object({}), z.object({ publicKey: z.base64().max(100) })),
    /** Beats twice a second while the event loop is alive, with what the process takes of memory. */
    pulse: stream(z.object({}), z.object({ at: z.number(), residentBytes: z.number() })),
    /**
     * Opens the trailer of an exported workspace with its passphrase, which the box holds as UTF-8, and keeps the key of its database, which never leaves this process. Fails
     * with workspace_file_malformed, workspace_file_newer, wrong_passphrase.
     */
    unseal: call(
      z.object({ trailer: z.string().max(mostTrailerCharacters), sealed: Sealed }),
      z.object({ facts: WorkspaceFacts, databaseBytes: Natural.min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    ),
    /**
     * Opens a database read-only, with the key of the trailer or a sealed one of 32 bytes, and says its version. Fails with
     * workspace_file_malformed.
     */
    open: call(z.object({ path: z.string().max(4096), sealed: Sealed.nullable() }), z.object({ version: Natural })),
    /**
     * From now on {@link porterContract.porter.next} gives the rows of this table in the order of these columns. It must be a table and none
     * of its columns computed. Fails with workspace_file_malformed.
     */
    read: call(z.object({ table: Name, columns: z.array(Name).min(1).max(64), order: z.array(Name).min(1).max(4) }), z.void()),
    /**
     * The same for a table of which pages may be broken: what can be read of it is, in the order of its first column, which is a whole number.
     * Fails with workspace_file_malformed when nothing of it can be found.
     */
    salvage: call(z.object({ table: Name, columns: z.array(Name).min(1).max(64), order: z.array(Name).min(1).max(4) }), z.void()),
    /** The same for the vectors of one set: the hash of each text, its vector and its signs. */
    readVectors: call(z.object({ set: Natural.max(2 ** 20) }), z.void()),
    /**
     * The next rows; at most {@link batchRows} and about {@link batchBytes}. `done`: there are no more, and `lost` says how many could not be
     * read, as far as that can be told; 0 but for a salvage. Fails with workspace_file_malformed.
     */
    next: call(z.object({}), z.object({ rows: z.array(z.array(ForeignValue)), done: z.boolean(), lost: Natural })),
  },
} as const

export type PorterClient = ClientOf<typeof porterContract>
export type PorterHandlers = HandlersOf<typeof porterContract>
