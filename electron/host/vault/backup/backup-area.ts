/** Backups while the vault is open: made at will and daily, kept by number, verified, and made to forget what was erased. */
import { mkdir } from 'node:fs/promises'
import { basename } from 'node:path'
import type { BackupSet, BackupState } from '../../../../contract/backup.ts'
import { AppError } from '../../../../contract/errors.ts'
import { inBackground } from '../../base/background.ts'
import { Mutex } from '../../base/mutex.ts'
import { Watchable } from '../../base/watchable.ts'
import type { EncryptedDatabase } from '../files/encrypted-database.ts'
import type { VaultFiles } from '../files/vault-files.ts'
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
/** Progress is told four times a second at most. */
const tellMs = 250
/** A share that is gone may answer nothing for minutes: nobody waits for it longer than this once it was told to stop. */
const leaveMs = 2000

export class BackupArea {
  readonly state: Watchable<BackupState>
  readonly #options: BackupAreaOptions
  readonly #plan: BackupPlan
  readonly #mutex = new Mutex()
  readonly #closing = new AbortController()
  #stop: { controller: AbortController; done: Promise<void>; names: Set<string> } | null = null
  #trouble: BackupState['trouble'] = null
  #running: BackupState['running'] = null
  #unreached: string[] = []
  #failedAt: number | null = null
  #toldAt = 0
  #pendingCode: Buffer | null = null
  #disarm: () => void

  constructor(options: BackupAreaOptions) {
    this.#options = options
    this.#plan = new BackupPlan(options.main)
    this.state = new Watchable(this.#read())
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
    if (this.#stop) throw new AppError('busy', 'A backup is being made')
    const all = this.#options.workspaces()
    const chosen = workspaceIds ? all.filter(({ id }) => workspaceIds.includes(id)) : all
    if (workspaceIds && chosen.length < new Set(workspaceIds).size) throw new AppError('not_found', 'No such workspace')
    this.#failedAt = null
    this.#run(chosen, workspaceIds === null)
  }

  /** Ends the one that is being made; nothing of it stays. */
  async stop(): Promise<void> {
    await this.#leave()
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
    this.#trouble = null
    this.#failedAt = null
    this.#show()
    inBackground(this.forgetErased(), this.#options.onBug)
  }

  /** A new recovery code. It is in force when {@link confirmCode} says that it was written down. */
  newCode(): { code: string } {
    const code = newRecoveryCode()
    const read = readRecoveryCode(code)
    if (!('seed' in read)) throw new Error('A new code cannot be read')
    this.#pendingCode = recoveryPublicKey(read.seed)
    read.seed.fill(0)
    return { code }
  }

  /** From now on sets open with the new code, and those that are made no longer with the one before. @throws AppError not_found without a new one */
  confirmCode(): void {
    if (!this.#pendingCode) throw new AppError('not_found', 'There is no new code')
    this.#plan.setRecovery(this.#pendingCode, this.#options.now())
    this.#pendingCode = null
    this.#show()
  }

  /** That the last one is old was seen. */
  mentioned(): void {
    this.#plan.mention()
    this.#show()
  }

  /** Lets go of a workspace's file, which is being closed or erased. */
  async leave(workspaceId: string): Promise<void> {
    if (this.#stop?.names.has(workspaceId)) await this.#leave()
  }

  isBusy(): boolean {
    return false
  }

  /** Tells its watchers again: workspaces, or the time, may have changed. */
  refresh(): void {
    if (!this.#closing.signal.aborted) this.#show()
  }

  async close(): Promise<void> {
    this.#closing.abort(new AppError('locked', 'The vault is locked'))
    this.#disarm()
    await this.#leave()
    await Promise.race([this.#mutex.run(() => undefined), pause(leaveMs)])
    this.state.end(new AppError('locked', 'The vault is locked'))
  }

  async #leave(): Promise<void> {
    const stop = this.#stop
    if (!stop) return
    stop.controller.abort(new AppError('cancelled', 'Stopped'))
    await Promise.race([stop.done, pause(leaveMs)])
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
      if (plan.daily && !this.#stop && !rests && nextAt(from, now) <= now) this.#run(this.#options.workspaces(), true)
      inBackground(this.forgetErased(), this.#options.onBug)
      this.#show()
    } catch (error) {
      this.#options.onBug(error)
    }
  }

  #run(workspaces: readonly ListedWorkspace[], everything: boolean): void {
    const controller = new AbortController()
    const signal = AbortSignal.any([controller.signal, this.#closing.signal])
    const names = new Set(workspaces.map(({ id }) => id))
    this.#trouble = null
    this.#running = { stage: 'copying', doneBytes: 0, totalBytes: 0 }
    const done = this.#mutex
      .run(() => this.#make(workspaces, everything, signal))
      .then(
        () => (this.#failedAt = null),
        (error: unknown) => {
          if (signal.aborted) return
          this.#failedAt = this.#options.now()
          if (!(error instanceof AppError)) this.#options.onBug(error)
          this.#trouble = error instanceof AppError ? error.toTrouble() : { code: 'internal' }
        },
      )
    const stop = {
      ...{ controller, names },
      done: done.then(() => {
        this.#running = null
        if (this.#stop === stop) this.#stop = null
        if (!this.#closing.signal.aborted) this.#show()
      }),
    }
    this.#stop = stop
    this.#show()
  }

  async #make(workspaces: readonly ListedWorkspace[], everything: boolean, signal: AbortSignal): Promise<void> {
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
      progress: (running) => this.#tell(running),
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
        if (!this.#closing.signal.aborted) this.#show()
      })
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#options.onBug(error)
      })
  }

  #tell(running: NonNullable<BackupState['running']>): void {
    this.#running = running
    const at = performance.now()
    if (at - this.#toldAt < tellMs || this.#closing.signal.aborted) return
    this.#toldAt = at
    this.#show()
  }

  #show(): void {
    this.state.set(this.#read())
  }

  #nameOf(folder: string): string {
    return folder === this.#options.ownFolder ? basename(folder) : basename(folder) || folder
  }

  #read(): BackupState {
    const now = this.#options.now()
    const plan: Plan = this.#plan.read()
    const from = countedFrom(plan.countedFrom, now)
    return {
      place: { name: this.#nameOf(plan.folder ?? this.#options.ownFolder), own: plan.folder === null },
      ...{ daily: plan.daily, kept: plan.kept, last: plan.last, running: this.#running, trouble: this.#trouble },
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
