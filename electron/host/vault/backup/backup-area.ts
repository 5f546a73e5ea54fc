/** Backups while the vault is open: made at will and daily, kept by number, verified, and made to forget what was erased. */
import { mkdir } from 'node:fs/promises'
import { basename } from 'node:path'
import type { BackupSet, BackupState } from '../../../../contract/backup.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Words } from '../../../../contract/words.ts'
import { inBackground } from '../../base/background.ts'
import { Job } from '../../base/job.ts'
import { Mutex } from '../../base/mutex.ts'
import { Throttled } from '../../base/throttled.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import type { VaultFiles } from '../files/vault-files.ts'
import { sealForPage } from '../keys/page-seal.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import { BackupPlan, type Plan } from './backup-plan.ts'
import { sequencesIn, sweepUnfinished, type SetFacts } from './backup-set.ts'
import { listSets } from './listed-sets.ts'
import { newRecoveryCode, readRecoveryCode, recoveryPublicKey } from './recovery-code.ts'
import { forgetInSets, rotate } from './rotation.ts'
import { countedFrom, isOld, nextAt } from './schedule.ts'
import { placeTrouble, requireFolder, SetWriter } from './set-writer.ts'
import type { CheckCopy } from './snapshot.ts'

/** Rings once after the delay, unless the function it returns is called first. */
type Alarm = (delayMs: number, ring: () => void) => () => void

/** A workspace as the list has it. */
export interface ListedWorkspace {
  id: string
  facts: SetFacts
  damaged: boolean
}

export interface BackupAreaOptions {
  main: EncryptedDatabase
  keys: VaultKeys
  files: VaultFiles
  /** Checks each copy. */
  check: CheckCopy
  /** Our own place for sets. */
  ownFolder: string
  /** Those that are there now. */
  workspaces: () => readonly ListedWorkspace[]
  /** Takes what the list says of a workspace out of a copy of the list. */
  forget: (workspaceId: string, list: EncryptedDatabase) => void
  now: () => number
  alarm: Alarm
  onBug: (error: unknown) => void
}

/** After an unlock other things come first. */
const firstLookMs = 5 * 60_000
/** The clock is looked at so often: timers stand still while a machine sleeps. */
const lookMs = 10 * 60_000
/** After a failure it is not tried again by itself for so long. */
const retryMs = 60 * 60_000
/** A share that is gone may answer nothing for minutes: nobody waits for it longer than this once it was told to stop. */
const leaveMs = 2000

/** What a backup is made of. */
interface Wish {
  workspaces: readonly ListedWorkspace[]
  everything: boolean
}

const begun = { stage: 'copying', doneBytes: 0, totalBytes: 0 } as const

export class BackupArea {
  readonly state: Throttled<BackupState>
  readonly #options: BackupAreaOptions
  readonly #plan: BackupPlan
  readonly #mutex = new Mutex()
  readonly #closing = new AbortController()
  readonly #job: Job
  /** Of what one is being made, or was last. */
  #wish: Wish = { workspaces: [], everything: true }
  #progress: NonNullable<BackupState['running']> = begun
  #unreached: string[] = []
  /** Null once it was done, asked for, or planned otherwise since. */
  #failedAt: number | null = null
  #pendingCode: Buffer | null = null
  #disarm: () => void

  constructor(options: BackupAreaOptions) {
    this.#options = options
    this.#plan = new BackupPlan(options.main)
    this.#job = new Job({
      work: (signal) => this.#make(this.#wish, signal),
      // What is cut off is made anew when the next one is due.
      row: {
        read: () => ({ state: 'idle', trouble: null }),
        write: ({ state }) => {
          if (state === 'failed') this.#failedAt = options.now()
        },
      },
      ...{ queue: this.#mutex, leaveMs, onBug: options.onBug },
      onChange: () => this.state.show(),
    })
    this.state = new Throttled(() => this.#read(), { onBug: options.onBug })
    this.#disarm = options.alarm(firstLookMs, () => this.#look())
    inBackground(this.forgetErased(), this.#options.onBug)
  }

  /** Where the sets of the plan lie. */
  get folder(): string {
    return this.#plan.read().folder ?? this.#options.ownFolder
  }

  /** The sets in the place of the plan, the newest first. @throws AppError backup_folder_gone, backup_folder_refused */
  async sets(): Promise<BackupSet[]> {
    const { ownFolder, keys } = this.#options
    if (this.folder === ownFolder) await mkdir(ownFolder, { recursive: true, mode: 0o700 })
    return listSets(this.folder, keys.record.vaultId)
  }

  /** Begins one now: of everything, or of some workspaces. @throws AppError busy while one is being made, not_found */
  begin(workspaceIds: readonly string[] | null): void {
    if (this.#job.isActive) throw new AppError('busy', 'A backup is being made')
    const all = this.#options.workspaces()
    const chosen = workspaceIds ? all.filter(({ id }) => workspaceIds.includes(id)) : all
    if (workspaceIds && chosen.length < new Set(workspaceIds).size) throw new AppError('not_found', 'No such workspace')
    this.#failedAt = null
    this.#run(chosen, workspaceIds === null)
  }

  /** Ends the one that is being made; nothing of it stays. */
  async stop(): Promise<void> {
    await this.#job.stop()
  }

  /** What is absent stays. @param folder null for our own */
  async configure({
    folder,
    daily,
    kept,
  }: {
    folder?: string | null | undefined
    daily?: boolean | undefined
    kept?: number | undefined
  }): Promise<void> {
    if (typeof folder === 'string') await requireFolder(folder)
    const before = this.#plan.read()
    this.#plan.configure({
      folder: folder === undefined ? before.folder : folder,
      daily: daily ?? before.daily,
      kept: kept ?? before.kept,
    })
    this.#failedAt = null
    this.state.show()
    inBackground(this.forgetErased(), this.#options.onBug)
  }

  /**
   * A new recovery code. It is in force when {@link confirmCode} says that it was written down.
   * @param publicKey of the page that it is sealed for; without one it is text, copies of which stay in memory
   */
  newCode(publicKey?: string): { code: Words } {
    const code = newRecoveryCode()
    try {
      const read = readRecoveryCode(code)
      if (!('seed' in read)) throw new Error('A new code cannot be read')
      this.#pendingCode = recoveryPublicKey(read.seed)
      read.seed.fill(0)
      return { code: publicKey === undefined ? code.toString() : sealForPage(code, publicKey) }
    } finally {
      code.fill(0)
    }
  }

  /** From now on sets open with the new code, and those that are made no longer with the one before. @throws AppError not_found without a new one */
  confirmCode(): void {
    if (!this.#pendingCode) throw new AppError('not_found', 'There is no new code')
    this.#plan.setRecovery(this.#pendingCode, this.#options.now())
    this.#pendingCode = null
    this.state.show()
  }

  /** That the last one is old was seen. */
  mentioned(): void {
    this.#plan.mention()
    this.state.show()
  }

  /** Lets go of a workspace's file, which is being closed or erased. */
  async leave(workspaceId: string): Promise<void> {
    if (this.#job.isActive && this.#wish.workspaces.some(({ id }) => id === workspaceId)) await this.#job.stop()
  }

  isBusy(): boolean {
    return false
  }

  /** Tells its watchers again: workspaces, or the time, may have changed. */
  refresh(): void {
    if (!this.#closing.signal.aborted) this.state.show()
  }

  async close(): Promise<void> {
    this.#closing.abort(new AppError('locked', 'The vault is locked'))
    this.#disarm()
    await this.#job.close()
    await Promise.race([this.#mutex.run(() => undefined), pause(leaveMs)])
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  #look(): void {
    if (this.#closing.signal.aborted) return
    this.#disarm = this.#options.alarm(lookMs, () => this.#look())
    try {
      const now = this.#options.now()
      const plan = this.#plan.read()
      const from = countedFrom(plan.countedFrom, now)
      if (from !== null && from !== plan.countedFrom) this.#plan.countFrom(from)
      // A clock that went back since the last failure says nothing of how long ago that was.
      const rests = this.#failedAt !== null && now >= this.#failedAt && now - this.#failedAt < retryMs
      if (plan.daily && !this.#job.isActive && !rests && nextAt(from, now) <= now) this.#run(this.#options.workspaces(), true)
      inBackground(this.forgetErased(), this.#options.onBug)
      this.state.show()
    } catch (error) {
      this.#options.onBug(error)
    }
  }

  #run(workspaces: readonly ListedWorkspace[], everything: boolean): void {
    this.#wish = { workspaces, everything }
    this.#progress = begun
    this.#job.start()
  }

  async #make({ workspaces, everything }: Wish, signal: AbortSignal): Promise<void> {
    const { keys, files, check, ownFolder, now } = this.#options
    const { folder: chosen, kept, recovery, sequence: before } = this.#plan.read()
    const folder = chosen ?? ownFolder
    if (chosen === null) await mkdir(ownFolder, { recursive: true, mode: 0o700 })
    else await requireFolder(chosen)
    signal.throwIfAborted()
    const there = await sequencesIn(folder).catch((error: unknown) => {
      throw placeTrouble(error)
    })
    const sequence = Math.max(before, 0, ...there) + 1
    this.#plan.begin(folder, sequence)
    const healthy = workspaces.filter(({ damaged }) => !damaged)
    const madeAt = now()
    const written = await new SetWriter({ keys, files, check }).write({
      ...{ folder, sequence, madeAt, signal, recoveryKey: recovery?.key ?? null },
      files: [...(everything ? [{ name: 'main', facts: null }] : []), ...healthy.map(({ id, facts }) => ({ name: id, facts }))],
      progress: (progress) => {
        this.#progress = progress
        this.state.tell()
      },
    })
    const nameOf = (id: string): string => workspaces.find((workspace) => workspace.id === id)?.facts.name ?? ''
    const damaged = workspaces.filter((workspace) => workspace.damaged).map(({ id }) => id)
    if (everything)
      this.#plan.finish({
        ...{ sequence, madeAt, sizeBytes: written.sizeBytes },
        workspaces: written.names.filter((name) => name !== 'main').length,
        leftOut: [...damaged, ...written.leftOut].map(nameOf),
      })
    await rotate(folder, keys.record.vaultId, kept).catch(this.#options.onBug)
    await sweepUnfinished(folder).catch(this.#options.onBug)
    this.#failedAt = null
  }

  /** Takes copies of what was erased out of every place that can be reached; the others are told, and tried again. */
  async forgetErased(): Promise<void> {
    await this.#mutex
      .run(async () => {
        const { keys, forget } = this.#options
        const unreached = new Set<string>()
        for (const { workspaceId, folder } of this.#plan.erased) {
          if (this.#closing.signal.aborted) return
          try {
            await requireFolder(folder)
            const vault = { vaultId: keys.record.vaultId, vaultKey: keys.vaultKey, workspaceId }
            await forgetInSets(folder, vault, (list) => forget(workspaceId, list))
            if (!this.#closing.signal.aborted) this.#plan.forgotten(workspaceId, folder)
          } catch {
            unreached.add(folder)
          }
        }
        this.#unreached = [...unreached].map((folder) => this.#nameOf(folder))
        if (!this.#closing.signal.aborted) this.state.show()
      })
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#options.onBug(error)
      })
  }

  #nameOf(folder: string): string {
    return folder === this.#options.ownFolder ? basename(folder) : basename(folder) || folder
  }

  #read(): BackupState {
    const now = this.#options.now()
    const plan: Plan = this.#plan.read()
    const from = countedFrom(plan.countedFrom, now)
    const running = this.#job.isActive ? this.#progress : null
    const trouble = this.#failedAt === null ? null : this.#job.standing.trouble
    return {
      place: { name: this.#nameOf(plan.folder ?? this.#options.ownFolder), own: plan.folder === null },
      ...{ daily: plan.daily, kept: plan.kept, last: plan.last, running, trouble },
      recoveryMadeAt: plan.recovery?.madeAt ?? null,
      nextAt: plan.daily ? Math.max(nextAt(from, now), now) : null,
      isOld: !plan.mentioned && isOld(plan.last ? from : null, this.#madeAt(), now),
      unreached: this.#unreached,
    }
  }

  /** When the vault was made, as its oldest workspace has it. */
  #madeAt(): number {
    const oldest = this.#options.main.prepare<{ at: number | null }>('SELECT min(created_at) AS at FROM workspaces').get()?.at
    return oldest ?? this.#options.now()
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
