/**
 * What the host may ask of the vault's own short-lived process: deriving a key from a passphrase, judging a new one, writing a copy of a
 * database, under another key or the same, checking one, and bringing a database to a newer shape. Whatever is secret travels sealed for the one process that asked ({@link SealedLine}): what both sides'
 * message queues keep after it is noise.
 */
import { z } from 'zod'
import { call, stream, type HandlersOf } from '../../../../contract/link.ts'
import type { Port } from '../../../../contract/link.ts'
import { Argon2Cost } from '../../../../contract/argon2-cost.ts'

/** A public key of X25519, as base64. */
const PublicKey = z.string().max(100)
/** The asking side's public key and a box for the other. */
const Sealed = z.object({ publicKey: PublicKey, box: z.base64().max(16_384) })

/** How good a passphrase is: 0 to 4, as zxcvbn counts. */
export const Score = z.number().int().min(0).max(4)

/** What is behind a copy: its pages are written, tidied and encrypted anew, read through and on the disk. */
export const CopyStep = z.enum(['copied', 'rekeyed', 'verified'])
export type CopyStep = z.infer<typeof CopyStep>

/** Which steps a file takes: those of the list, or those of a workspace. */
export const FileKind = z.enum(['main', 'workspace'])
export type FileKind = z.infer<typeof FileKind>

export const keyWorkContract = {
  key: {
    /** The process's public key, made at its start. */
    greet: call(z.object({}), z.object({ publicKey: PublicKey })),
    /** The box holds the passphrase's bytes; the answer's holds the key. */
    derive: call(Sealed.extend({ salt: z.base64().max(64), cost: Argon2Cost }), z.object({ box: z.string() })),
    /** The box holds the passphrase's bytes. It is scored where `context` says what others know of this person. */
    judge: call(
      Sealed.extend({ context: z.array(z.string().max(200)).max(20).nullable() }),
      z.object({ characters: z.number().int().nonnegative(), score: Score.nullable() }),
    ),
    /** The box holds the present key, and the one to come where the copy is to have another; `tidy` is SQL that is run in the copy. Fails with vault_damaged, disk_full, place_unwritable. */
    copy: stream(Sealed.extend({ source: z.string(), target: z.string(), tidy: z.string().max(20_000).nullable() }), CopyStep),
    /** The box holds the key. Checks every page and row of a copy. Fails with backup_unverified. */
    check: call(
      Sealed.extend({
        path: z.string(),
        sizeBytes: z.number().int().nonnegative(),
        counts: z.record(z.string(), z.number().int().nonnegative()),
      }),
      z.void(),
    ),
    /** The box holds the key. Takes the steps that a file has before it, up to the number `last`. Fails with vault_damaged, vault_from_future, disk_full. */
    migrate: call(Sealed.extend({ path: z.string(), kind: FileKind, last: z.number().int().nonnegative() }), z.void()),
  },
}
export type KeyWorkHandlers = HandlersOf<typeof keyWorkContract>

/** A running process of the vault's. */
export interface KeyWorker {
  readonly port: Port
  /** Ends it at once. */
  kill(): void
  onExit(listener: () => void): void
}

/** Nothing of the person's shell but what Node needs on Windows. */
export function keyWorkerEnvironment(environment: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    ['SystemRoot', 'SystemDrive', 'windir'].flatMap((name) => {
      const value = environment[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
