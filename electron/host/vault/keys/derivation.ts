/**
 * The vault's work in a process of its own. A passphrase's derivation fills memory with what must not stay: here that memory goes back to
 * the system with the process, and the host is not held up meanwhile.
 */
import { connect, type ClientOf } from '../../../../contract/link.ts'
import { keyWorkContract, type CopyStep, type FileKind, type KeyWorker } from './key-work.ts'
import type { Argon2Cost } from '../../../../contract/argon2-cost.ts'
import { AppError } from '../../../../contract/errors.ts'
import { SealedLine } from '../../../worker/sealed-line.ts'

type Client = ClientOf<typeof keyWorkContract>

export interface CopyWish {
  source: string
  target: string
  keys: readonly [present: Buffer, next?: Buffer]
  tidy?: string | null
  signal: AbortSignal
}

/** A process that was killed and is in the middle of a system call may never be gone; nobody waits longer, in milliseconds. */
const longestEndMs = 2_000

/** One process each time; it is gone when the answer is there. */
export class Derivation {
  readonly #launch: () => KeyWorker

  constructor(launch: () => KeyWorker) {
    this.#launch = launch
  }

  /** A 32-byte key of a passphrase as UTF-8. Wipe both after use. @throws AppError disconnected when the process dies; the signal's reason */
  derive(passphrase: Buffer, salt: Buffer, cost: Argon2Cost, signal?: AbortSignal): Promise<Buffer> {
    return this.#ask(async (client, line, theirs) => {
      const box = line.seal(passphrase, theirs, 'to-worker')
      const answer = await client.key.derive({ publicKey: line.publicKey, box, salt: salt.toString('base64'), cost })
      return line.open(answer.box, theirs, 'to-host')
    }, signal)
  }

  /**
   * How many characters it has, and, where `context` says what others know of this person, its score: 0 to 4, as zxcvbn counts.
   * @param passphrase as UTF-8; for the caller to wipe @throws AppError disconnected when the process dies; the signal's reason
   */
  judge(
    passphrase: Buffer,
    context: readonly string[] | null,
    signal?: AbortSignal,
  ): Promise<{ characters: number; score: number | null }> {
    return this.#ask((client, line, theirs) => {
      const box = line.seal(passphrase, theirs, 'to-worker')
      return client.key.judge({ publicKey: line.publicKey, box, context: context && [...context] })
    }, signal)
  }

  /**
   * Writes a copy of a database: whole and on the disk when this returns, and read through where it is under another key. What lies at the target after a
   * failure is nothing, and nobody writes there any more.
   * @param tidy SQL that is run in the copy
   * @param keys the present one and, for a copy under another, the one to come; both are wiped by the caller
   * @throws AppError vault_damaged {damage, file}, disk_full, disconnected; the signal's reason
   */
  copy(
    { source, target, keys, tidy = null, signal }: CopyWish,
    onStep: (step: CopyStep) => void = () => undefined,
  ): Promise<void> {
    const both = Buffer.concat(keys.filter((key) => key !== undefined))
    return this.#ask(async (client, line, theirs) => {
      const box = line.seal(both, theirs, 'to-worker')
      both.fill(0)
      for await (const step of client.key.copy({ publicKey: line.publicKey, box, source, target, tidy })) onStep(step)
    }, signal).finally(() => both.fill(0))
  }

  /** Checks every page and row of a copy. @throws AppError backup_unverified, disconnected when the process dies; the signal's reason */
  async check(
    { path, key }: { path: string; key: Buffer },
    facts: { sizeBytes: number; counts: Record<string, number> },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#ask(async (client, line, theirs) => {
      const box = line.seal(key, theirs, 'to-worker')
      await client.key.check({ publicKey: line.publicKey, box, path, ...facts })
    }, signal)
  }

  /**
   * Takes the steps that a file has before it, up to the number `last`, each whole or not at all.
   * @throws AppError vault_damaged {damage, file}, vault_from_future, disk_full, disconnected when the process dies; the signal's reason
   */
  async migrate(
    { path, key }: { path: string; key: Buffer },
    { kind, last }: { kind: FileKind; last: number },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#ask(async (client, line, theirs) => {
      const box = line.seal(key, theirs, 'to-worker')
      await client.key.migrate({ publicKey: line.publicKey, box, path, kind, last })
    }, signal)
  }

  async #ask<T>(work: (client: Client, line: SealedLine, theirs: string) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    const worker = this.#launch()
    const gone = new Promise<void>((resolve) => worker.onExit(() => resolve()))
    const stop = (): void => worker.kill()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const client = connect(worker.port, keyWorkContract)
      const { publicKey } = await client.key.greet({})
      return await work(client, new SealedLine(), publicKey)
    } catch (error) {
      signal?.throwIfAborted()
      // What failed over there for no reason of ours is a fault of this program's, here as well: the log keeps it.
      if (error instanceof AppError && error.code === 'internal')
        throw new Error(`The vault's own process failed: ${String(error.data?.['reference'])}`, { cause: error })
      throw error
    } finally {
      signal?.removeEventListener('abort', stop)
      worker.kill()
      // What it was writing to is removed next.
      if (signal?.aborted) await untilGone(gone)
    }
  }
}

async function untilGone(gone: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([gone, new Promise<void>((resolve) => (timer = setTimeout(resolve, longestEndMs)))])
  clearTimeout(timer)
}
