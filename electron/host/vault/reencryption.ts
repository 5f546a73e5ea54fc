/**
 * Encrypts every file of the open vault anew, one after the other, while people work. The heavy part is done by the vault's own process on a
 * copy; here a copy takes its file's place in a moment, if nothing was written since it was made. What is not done is named by the key
 * record, so that a kill at any point costs one copy.
 */
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../../contract/errors.ts'
import type { Reencryption as Progress, ReencryptionEstimate } from '../../../contract/vault-keys.ts'
import { Job } from '../base/job.ts'
import { refuseToFill, freeBytes } from '../base/received-file.ts'
import type { Backups } from './files/backups.ts'
import type { EncryptedDatabase } from './files/encrypted-database.ts'
import type { OpenDatabases } from './files/open-databases.ts'
import { openUnderEither } from './files/open-under-either.ts'
import { copyUnderKey } from './files/rekeyed-copy.ts'
import type { VaultFiles } from './files/vault-files.ts'
import type { Derivation } from './keys/derivation.ts'
import type { CopyStep } from './keys/key-work.ts'
import type { VaultKeys } from './keys/vault-keys.ts'

/** Bytes of a second, copied, encrypted anew and read through: 126 MB took 4.0 s on two busy cores and an SSD. */
const bytesPerSecond = 30_000_000

/** A file this small is encrypted anew in this process, a tenth of a second long, when others write to it all the time. */
const smallBytes = 4_000_000

/** The copy, and what SQLite keeps of it to undo while it is encrypted anew. */
const copiesAtOnce = 2

/** How much of a file's time is behind after each step. */
const stepShare: Record<CopyStep, number> = { copied: 0.3, rekeyed: 0.9, verified: 1 }

interface ReencryptionOptions {
  keys: VaultKeys
  databases: OpenDatabases
  files: VaultFiles
  backups: Backups
  derivation: Pick<Derivation, 'copy'>
  /** Told of every step; null when all is done. */
  say: (progress: Progress | null) => void
  onBug: (error: unknown) => void
  /** Milliseconds without a write after which a file that was written to is copied again. */
  quietMs?: number
}

export class Reencryption {
  readonly #options: ReencryptionOptions
  readonly #quietMs: number
  readonly #job: Job

  constructor(options: ReencryptionOptions) {
    this.#options = options
    this.#quietMs = options.quietMs ?? 2_000
    this.#job = new Job({
      work: (signal) => this.#run(signal),
      // What is not done is named by the key record.
      row: { read: () => ({ state: this.isUnfinished ? 'running' : 'idle', trouble: null }), write: () => undefined },
      onChange: () => this.#changed(),
      onBug: options.onBug,
    })
  }

  /** Whether some file has its turn before it. */
  get isUnfinished(): boolean {
    return this.#options.keys.waiting.length > 0
  }

  get isRunning(): boolean {
    return this.#job.isActive
  }

  /** What it would take, all of it. */
  async estimate(): Promise<ReencryptionEstimate> {
    const { keys, files } = this.#options
    const names = Object.keys(keys.record.keys)
    const totalBytes = names.reduce((sum, name) => sum + this.#bytesOf(name), 0)
    return {
      totalBytes,
      files: names.length,
      neededBytes: copiesAtOnce * Math.max(...names.map((name) => files.size(name))),
      freeBytes: await freeBytes(dirname(files.record)),
      seconds: Math.ceil(totalBytes / bytesPerSecond),
    }
  }

  /** @throws AppError disk_full {neededBytes, freeBytes} */
  async requireRoom(): Promise<void> {
    await refuseToFill(dirname(this.#options.files.record), (await this.estimate()).neededBytes)
  }

  /** Begins, or goes on. Nothing happens while it runs, and when nothing is to be done. */
  start(): void {
    if (this.isUnfinished) this.#job.start()
  }

  /** Stops within a moment, whatever is being copied. */
  async stop(): Promise<void> {
    await this.#job.stop()
  }

  async #run(signal: AbortSignal): Promise<void> {
    let damaged: AppError | null = null
    for (const name of this.#inOrder()) {
      try {
        await this.#turn(name, signal)
      } catch (error) {
        // A damaged file is its own trouble; with a full disk the others have none to hope for either.
        if (signal.aborted || !(error instanceof AppError && error.code === 'vault_damaged')) throw error
        damaged = error
      }
    }
    if (damaged) throw damaged
  }

  #changed(): void {
    if (this.#job.isActive) return
    if (this.isUnfinished) this.#show('stopped', 0, this.#job.standing.trouble?.code ?? null)
    else this.#options.say(null)
  }

  /** The list first, since it is small; then the small files, so that most is done soon. */
  #inOrder(): string[] {
    const rank = (name: string): number => (name === 'main' ? -1 : this.#bytesOf(name))
    return this.#options.keys.waiting.sort((one, other) => rank(one) - rank(other))
  }

  /** The backups first: when the file has its new key, the one before is forgotten. */
  async #turn(name: string, signal: AbortSignal): Promise<void> {
    const { backups, files } = this.#options
    this.#show('working', 0)
    for (const { id } of backups.list(name)) {
      const path = backups.find(name, id)
      if (this.#isBehind(name, path)) continue
      const copy = await this.#copy(name, path, signal)
      try {
        files.putRekeyed(copy, path)
      } finally {
        files.removeRekeyed(copy)
      }
    }
    for (;;) {
      if (!this.#isWaiting(name)) return
      const watcher = this.#watch(name)
      if (!watcher) return
      if (await this.#replace(name, watcher, signal)) return
      if (files.size(name) <= smallBytes && this.#replaceAtOnce(name)) return
      await this.#quiet(name, signal)
    }
  }

  /** Copies the file and puts the copy in its place; false when somebody wrote to it meanwhile. */
  async #replace(name: string, watcher: EncryptedDatabase, signal: AbortSignal): Promise<boolean> {
    const { databases, files } = this.#options
    const copies: string[] = []
    try {
      const before = watcher.dataVersion
      const copy = await this.#copy(name, files.database(name), signal)
      copies.push(copy)
      if (!this.#isWaiting(name)) return true
      // From here to the end of `replace` nothing else runs, so nothing can be written in between.
      const isUnchanged = watcher.dataVersion === before
      watcher.leave()
      if (!isUnchanged) return false
      databases.replace(name, copy)
      return true
    } catch (error) {
      if (error instanceof AppError && error.code === 'busy') return false
      throw error
    } finally {
      watcher.leave()
      for (const copy of copies) files.removeRekeyed(copy)
    }
  }

  /** Does all of it while nobody else can do anything; false when even that is not possible now. */
  #replaceAtOnce(name: string): boolean {
    const { keys, files, databases } = this.#options
    const path = files.database(name)
    const copy = files.rekeyed(path)
    try {
      keys.use(name, (present) => keys.useNext(name, (next) => [...copyUnderKey(path, copy, { present, next })]))
      databases.replace(name, copy)
      return true
    } catch (error) {
      if (error instanceof AppError && error.code === 'busy') return false
      throw error
    } finally {
      files.removeRekeyed(copy)
    }
  }

  /** Waits until nothing has been written to the file for a while. */
  async #quiet(name: string, signal: AbortSignal): Promise<void> {
    this.#show('waiting', 0)
    for (;;) {
      if (!this.#isWaiting(name)) return
      const watcher = this.#watch(name)
      if (!watcher) return
      try {
        const before = watcher.dataVersion
        await pause(this.#quietMs, undefined, { signal })
        if (watcher.dataVersion === before) break
      } finally {
        watcher.leave()
      }
    }
    this.#show('working', 0)
  }

  /** A connection that sees whether others write; null when the file turns out to have had its turn. */
  #watch(name: string): EncryptedDatabase | null {
    const { keys, files } = this.#options
    const { database, isNext } = openUnderEither(keys, name, files.database(name), { create: false })
    if (!isNext) return database
    database.leave()
    keys.settle(name)
    return null
  }

  async #copy(name: string, source: string, signal: AbortSignal): Promise<string> {
    const { keys, files, derivation } = this.#options
    await refuseToFill(dirname(source), copiesAtOnce * files.sizeOf(source))
    const target = files.rekeyed(source)
    try {
      // The keys are wiped when `use` returns, which is before the copy is there: it takes its own, sealed at once.
      const present = keys.use(name, (key) => Buffer.from(key))
      const next = keys.useNext(name, (key) => Buffer.from(key))
      await derivation
        .copy({ source, target, keys: [present, next], signal }, (step) =>
          this.#show('working', stepShare[step] * this.#bytesOf(name)),
        )
        .finally(() => {
          present.fill(0)
          next.fill(0)
        })
      return target
    } catch (error) {
      files.removeRekeyed(target)
      throw error
    }
  }

  /** Whether a backup lies under the key to come already; one that opens with neither key stays as it is. */
  #isBehind(name: string, path: string): boolean {
    try {
      const { database, isNext } = openUnderEither(this.#options.keys, name, path, { create: false, readOnly: true })
      database.leave()
      return isNext
    } catch (error) {
      if (error instanceof AppError && error.code === 'vault_damaged') return true
      throw error
    }
  }

  /** False when the file was erased, or had its turn. */
  #isWaiting(name: string): boolean {
    return this.#options.keys.waiting.includes(name)
  }

  #bytesOf(name: string): number {
    const { files, backups } = this.#options
    return files.size(name) + backups.list(name).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }

  #show(state: Progress['state'], bytesOfThis: number, trouble: Progress['trouble'] = null): void {
    const { keys, say } = this.#options
    const names = Object.keys(keys.record.keys)
    const { waiting } = keys
    const bytes = (of: readonly string[]): number => of.reduce((sum, name) => sum + this.#bytesOf(name), 0)
    const totalBytes = bytes(names)
    say({
      state,
      doneBytes: Math.min(totalBytes, Math.round(totalBytes - bytes(waiting) + bytesOfThis)),
      totalBytes,
      doneFiles: names.length - waiting.length,
      totalFiles: names.length,
      trouble,
    })
  }
}
