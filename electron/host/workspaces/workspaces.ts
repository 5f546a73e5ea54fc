/** The list of workspaces and their encrypted files: made, named, archived, erased, taken out and in. There is always one called Personal. */
import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RescuedWorkspace, Workspace } from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import type { Words } from '../../../contract/words.ts'
import { localDay } from '../base/local-day.ts'
import { Mutex } from '../base/mutex.ts'
import { Watchable } from '../base/watchable.ts'
import type { References } from '../desktop.ts'
import { unlessFull } from '../vault/files/disk-full.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'
import type { OpenedSet } from '../vault/backup/restoring.ts'
import type { WorkspaceFacts } from '../../porter/contract.ts'
import type { Arrival } from '../vault/gate/gate.ts'
import type { Vault } from '../vault/vault.ts'
import { freeExportName, unwritable } from './export-name.ts'
import { Stops } from './stops.ts'
import { isDamage, WorkspaceList } from './workspace-list.ts'
import { tidyForTravel } from './workspace-travel.ts'

/** What works in the files of workspaces, and must let go of one before it is closed. */
export interface Tenant {
  /** Whether it is doing something in this workspace that must not be cut off. */
  isBusy(workspaceId: string): boolean
  /**
   * Ends its work there and forgets the file; what was acknowledged is kept. Nobody else can get at `database` any more; null where the file
   * cannot be read any more.
   */
  leave(workspaceId: string, database: EncryptedDatabase | null): Promise<void> | void
}

export interface WorkspacesOptions {
  vault: Vault
  references: References
  now: () => number
  /** The embedder in use: vectors of another one are not taken in. Null while there is none, and then anybody's are. */
  embedderId?: () => string | null
  /** Told of each workspace whose key was destroyed, also when that was begun before the vault was opened. Its row is still there. */
  onErased?: (workspaceId: string) => void
}

export class Workspaces {
  /** All of them, Personal first, the archived ones too. */
  readonly state: Watchable<Workspace[]>
  readonly #vault: Vault
  readonly #list: WorkspaceList
  readonly #references: References
  readonly #now: () => number
  readonly #embedderId: () => string | null
  readonly #onErased: (workspaceId: string) => void
  readonly #tenants: Tenant[] = []
  readonly #moving = new Mutex()
  readonly #closing = new AbortController()
  readonly #exports = new Stops()
  readonly #imports = new Stops()
  #moves = 0
  /** Being closed or erased: nobody comes in any more. */
  readonly #leaving = new Set<string>()
  /** Damaged ones that nobody works in any more. */
  readonly #left = new Set<string>()

  constructor({ vault, references, now, embedderId = () => null, onErased = () => undefined }: WorkspacesOptions) {
    this.#onErased = onErased
    this.#vault = vault
    this.#list = new WorkspaceList(vault, now)
    this.#references = references
    this.#now = now
    this.#embedderId = embedderId
    for (const { id } of this.#list.records().filter(({ erasing }) => erasing === 1)) this.#giveUp(id)
    this.#listUnknown()
    for (const { id } of this.#list.records().filter(({ archived }) => archived === 1)) vault.setWorkspaceOpen(id, false)
    this.state = new Watchable(this.#list.whole())
    if (!this.state.value.some(({ personal }) => personal)) {
      this.#make('Personal', true)
      this.refresh()
    }
    // The vault is being locked.
    this.#followDamage().catch(() => undefined)
  }

  /** Those that can be worked in, Personal first. */
  get all(): Workspace[] {
    return this.state.value.filter(({ id, archived, damage }) => !archived && !damage && !this.#leaving.has(id))
  }

  /** Does something in each that can be worked in; one whose file fails meanwhile keeps the others from nothing. */
  each(work: (workspaceId: string) => void): void {
    for (const { id } of this.all) {
      try {
        work(id)
      } catch (error) {
        if (!isDamage(error)) throw error
      }
    }
  }

  /** Registers who works in the files. The last to come leaves first. */
  admit(tenant: Tenant): void {
    this.#tenants.unshift(tenant)
  }

  /** @throws AppError not_found */
  get(workspaceId: string): Workspace {
    const found = this.state.value.find(({ id }) => id === workspaceId)
    if (!found) throw new AppError('not_found', 'No such workspace')
    return found
  }

  /** @throws AppError not_found, workspace_archived, workspace_damaged {damage} */
  database(workspaceId: string): EncryptedDatabase {
    if (this.get(workspaceId).archived || this.#leaving.has(workspaceId))
      throw new AppError('workspace_archived', 'This workspace is closed')
    return this.#vault.workspace(workspaceId)
  }

  /** @throws AppError disk_full */
  make(name: string): { workspaceId: string } {
    const workspaceId = this.#make(name, false)
    this.refresh()
    return { workspaceId }
  }

  /** What is absent stays. @throws AppError not_found, invalid_input for another name of Personal */
  configure({
    workspaceId,
    name,
    modelId,
    instructions,
    strict,
  }: {
    workspaceId: string
    name?: string | undefined
    modelId?: string | null | undefined
    instructions?: string | undefined
    strict?: boolean | undefined
  }): void {
    const before = this.get(workspaceId)
    if (before.personal && name !== undefined && name !== before.name)
      throw new AppError('invalid_input', 'Personal keeps its name')
    this.#vault.main
      .prepare('UPDATE workspaces SET name = ?, model_id = ?, instructions = ?, strict = ? WHERE id = ?')
      .run(
        name ?? before.name,
        modelId === undefined ? before.modelId : modelId,
        instructions ?? before.instructions,
        (strict ?? before.strict) ? 1 : 0,
        workspaceId,
      )
    this.refresh()
  }

  /** Keeps that somebody worked here. */
  used(workspaceId: string): void {
    // It is for the order of a list alone, and comes when a question is on the disk already: a full disk must not fail that.
    unlessFull(() => {
      this.#vault.main.prepare('UPDATE workspaces SET last_used_at = ? WHERE id = ?').run(this.#now(), workspaceId)
    })
    this.refresh()
  }

  /** Closes it, or opens it again. @throws AppError not_found, busy, invalid_input for Personal */
  archive(workspaceId: string, archived: boolean): Promise<void> {
    return this.#move(async () => {
      const workspace = this.get(workspaceId)
      if (workspace.personal) throw new AppError('invalid_input', 'Personal stays open')
      if (workspace.archived === archived) return
      if (archived && workspace.damage)
        throw new AppError('workspace_damaged', 'It is damaged', { damage: workspace.damage.what })
      const keep = (): void => {
        this.#vault.main
          .prepare('UPDATE workspaces SET archived = ?, documents = ? WHERE id = ?')
          .run(archived ? 1 : 0, this.get(workspaceId).documents, workspaceId)
      }
      if (!archived) {
        this.#vault.setWorkspaceOpen(workspaceId, true)
        keep()
        this.refresh()
        return
      }
      if (this.#tenants.some((tenant) => tenant.isBusy(workspaceId))) throw new AppError('busy', 'Work is going on there')
      await this.#whenLeft(workspaceId, keep)
      this.#vault.setWorkspaceOpen(workspaceId, false)
    })
  }

  /** Tries to open a damaged one again. @throws AppError not_found, workspace_damaged {damage} */
  reopen(workspaceId: string): Promise<void> {
    return this.#move(async () => {
      const { damage, archived } = this.get(workspaceId)
      if (!damage) return
      await this.#leaveDamaged(workspaceId)
      await this.#vault.takeSteps(workspaceId, this.#closing.signal)
      this.#mend(workspaceId, archived, () => this.#vault.setWorkspaceOpen(workspaceId, true))
    })
  }

  /** Puts a copy in the place of a damaged one's file. @throws AppError not_found, workspace_damaged {damage}, disk_full */
  putBack(workspaceId: string, copyId: string): Promise<void> {
    return this.#move(async () => {
      const { damage, archived } = this.get(workspaceId)
      if (!damage) throw new AppError('not_found', 'Nothing is damaged')
      await this.#leaveDamaged(workspaceId)
      await this.#vault.putBack(workspaceId, copyId, this.#closing.signal)
      this.#mend(workspaceId, archived, () => undefined)
    })
  }

  /** Destroys it for good; Personal begins anew. @throws AppError not_found */
  erase(workspaceId: string): Promise<void> {
    return this.#move(async () => {
      const { personal } = this.get(workspaceId)
      await this.#whenLeft(workspaceId, () => {
        const next = personal ? this.#make('Personal', true) : null
        try {
          this.#list.setErasing(workspaceId, true)
          this.#destroy(workspaceId)
        } catch (error) {
          this.#list.setErasing(workspaceId, false)
          if (next !== null) this.#giveUp(next)
          throw error
        }
      })
    })
  }

  /**
   * Writes it into a folder as one encrypted file. @throws AppError not_found, workspace_archived, weak_passphrase, place_unwritable, disk_full;
   * cancelled when it is stopped
   */
  export(workspaceId: string, folder: string, passphrase: Words): Promise<{ name: string; sizeBytes: number }> {
    return this.#travel(this.#exports, workspaceId, async (signal) => {
      const { name, instructions, strict } = this.get(workspaceId)
      this.database(workspaceId)
      const path = join(this.#references.resolve(folder), freeExportName(this.#references.resolve(folder), this.#now()))
      const how = { facts: { name, instructions, strict }, passphrase, tidy: tidyForTravel, signal }
      await this.#vault.journeys.export(workspaceId, path, how).catch(unwritable)
      return { name: path.slice(this.#references.resolve(folder).length + 1), sizeBytes: (await stat(path)).size }
    })
  }

  /** Stops taking it out; nothing of the file is left. */
  stopExport(workspaceId: string): void {
    this.#exports.stop(workspaceId)
  }

  /**
   * Takes an exported one in. @throws AppError workspace_file_malformed, workspace_file_newer, wrong_passphrase, file_unreadable, porter_died,
   * disk_full; cancelled when it is stopped
   */
  import(reference: string, passphrase: Words): Promise<{ workspaceId: string }> {
    return this.#travel(this.#imports, reference, async (signal) => {
      const file = { path: this.#references.resolve(reference), passphrase }
      return { workspaceId: await this.#takeOne((arrival) => this.#vault.journeys.import(file, arrival), signal) }
    })
  }

  /** Stops taking this one in; nothing of it is left. */
  stopImport(reference: string): void {
    this.#imports.stop(reference)
  }

  /**
   * Takes workspaces of a backup set in beside what is there, each under a new id; returns them.
   * @throws AppError not_found, backup_unverified, backup_newer, porter_died, disk_full
   */
  takeBack(set: OpenedSet, names: readonly string[]): Promise<{ workspaceIds: string[] }> {
    return this.#move(async () => {
      const workspaceIds: string[] = []
      for (const name of names) {
        workspaceIds.push(await this.#takeOne((arrival) => this.#vault.backups.take(set, name, arrival)))
      }
      return { workspaceIds }
    })
  }

  /**
   * Puts a workspace of one of this vault's own sets in the place of its damaged file.
   * @throws AppError not_found, backup_unverified, backup_newer, porter_died, workspace_damaged {damage}, disk_full
   */
  putBackFromSet(set: OpenedSet, workspaceId: string): Promise<void> {
    return this.#move(async () => {
      const { damage, archived } = this.get(workspaceId)
      if (!damage || !set.own) throw new AppError('not_found', 'Nothing is damaged')
      await this.#leaveDamaged(workspaceId)
      await this.#vault.backups.putBack(set, workspaceId, this.#closing.signal)
      this.#mend(workspaceId, archived, () => undefined)
    })
  }

  /**
   * Makes one beside a damaged one, of what can be read of its file.
   * @throws AppError not_found, nothing_rescued, workspace_file_newer, file_unreadable, porter_died, disk_full
   */
  rescue(damagedId: string, name: string): Promise<RescuedWorkspace> {
    return this.#move(async () => {
      const { instructions, strict } = this.get(damagedId)
      await this.#leaveDamaged(damagedId)
      let rebuilt = { conversations: 0, documents: 0, lost: 0 }
      const workspaceId = await this.#takeOne(async (arrival) => {
        rebuilt = await this.#vault.journeys.rescue(damagedId, arrival)
        return { name, instructions, strict }
      })
      return { workspaceId, ...rebuilt }
    })
  }

  /** Brings one in under a new id, whole or not at all: what comes through the gate is ours by then. */
  async #takeOne(bring: (arrival: Arrival) => Promise<WorkspaceFacts>, signal = this.#closing.signal): Promise<string> {
    const workspaceId = randomUUID()
    this.#list.begin(workspaceId, '', false)
    try {
      const arrival = { workspaceId, embedderId: this.#embedderId(), signal }
      const { name, instructions, strict } = await bring(arrival)
      this.#vault.main
        .prepare('UPDATE workspaces SET name = ?, instructions = ?, strict = ?, erasing = 0 WHERE id = ?')
        .run(name, instructions, strict ? 1 : 0, workspaceId)
    } catch (error) {
      this.#giveUp(workspaceId)
      throw error
    }
    this.refresh()
    return workspaceId
  }

  /** Tells the list's watchers what has changed in the files. */
  refresh(): void {
    this.state.set(this.#list.whole())
  }

  /** Whether one is being closed, erased, taken out or in. */
  get moving(): boolean {
    return this.#moves > 0
  }

  /** Gives up what travels; what is being closed or erased is so when this resolves. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.state.end(new AppError('locked', 'The vault is locked'))
    await this.#moving.run(() => undefined)
  }

  /** What can be stopped while it goes on, and while it waits. */
  #travel<T>(stops: Stops, what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return stops.during(what, this.#closing.signal, (signal) =>
      this.#move(() => {
        signal.throwIfAborted()
        return work(signal)
      }),
    )
  }

  /** One at a time. @throws AppError locked when the vault is being locked meanwhile */
  #move<T>(work: () => Promise<T>): Promise<T> {
    return this.#moving.run(async () => {
      this.#moves++
      try {
        this.#closing.signal.throwIfAborted()
        return await work()
      } catch (error) {
        throw this.#closing.signal.aborted ? new AppError('locked', 'The vault is locked', undefined, { cause: error }) : error
      } finally {
        this.#moves--
      }
    })
  }

  /** Whoever works in one that fails leaves it. The others go on. */
  async #followDamage(): Promise<void> {
    for await (const damaged of this.#vault.damaged.watch(this.#closing.signal)) {
      this.refresh()
      for (const id of damaged.keys()) await this.#moving.run(() => this.#leaveDamaged(id))
    }
  }

  /** What is left of it is let go of, whatever that says. */
  async #leaveDamaged(workspaceId: string): Promise<void> {
    if (!this.#vault.damaged.value.has(workspaceId) || this.#left.has(workspaceId)) return
    this.#left.add(workspaceId)
    for (const tenant of this.#tenants) {
      try {
        await tenant.leave(workspaceId, null)
      } catch {
        // It could not write down where it stopped, which is lost with the file.
      }
    }
    try {
      this.#vault.setWorkspaceOpen(workspaceId, false)
    } catch {
      // It is given up in any case.
    }
  }

  /** Opens one that was damaged, and archives it again where it was. */
  #mend(workspaceId: string, archived: boolean, open: () => void): void {
    try {
      open()
      this.#left.delete(workspaceId)
      if (archived) this.#vault.setWorkspaceOpen(workspaceId, false)
    } finally {
      this.refresh()
    }
  }

  /** Acts on one that nobody works in, nor can come into meanwhile. When that fails it is open as it was. */
  async #whenLeft(workspaceId: string, act: () => void): Promise<void> {
    this.#leaving.add(workspaceId)
    try {
      await this.#leaveDamaged(workspaceId)
      const { archived, damage } = this.get(workspaceId)
      if (!archived && !damage) {
        const database = this.#vault.workspace(workspaceId)
        for (const tenant of this.#tenants) await tenant.leave(workspaceId, database)
      }
      act()
    } finally {
      this.#leaving.delete(workspaceId)
      this.refresh()
    }
  }

  /** Of one that counts as being erased: ends with no key and no row. Nothing has happened when it fails. */
  #destroy(workspaceId: string): void {
    const forget = (list: EncryptedDatabase): void => {
      list.prepare('DELETE FROM workspaces WHERE id = ?').run(workspaceId)
    }
    // Files that could not be removed are noise by now; it is tried again at the next opening.
    const isGone = this.#vault.eraseWorkspace(workspaceId, forget)
    this.#onErased(workspaceId)
    if (isGone) forget(this.#vault.main)
  }

  #make(name: string, personal: boolean): string {
    const id = randomUUID()
    this.#list.begin(id, name, personal)
    try {
      this.#vault.createWorkspace(id)
      this.#list.setErasing(id, false)
    } catch (error) {
      this.#giveUp(id)
      throw error
    }
    return id
  }

  /** Those with a key and no row, which were made after the backup that the list is from. Their names are lost: they are called after today. */
  #listUnknown(): void {
    const listed = new Set(this.#list.records().map(({ id }) => id))
    const today = localDay(this.#now())
    for (const id of this.#vault.workspaceIds.filter((id) => !listed.has(id))) {
      this.#list.begin(id, today, false)
      this.#list.setErasing(id, false)
    }
  }

  /** One that did not become whole, or did not go wholly, and is shown to nobody. What cannot be removed now is removed at the next opening. */
  #giveUp(id: string): void {
    try {
      this.#list.setErasing(id, true)
      this.#destroy(id)
    } catch {
      // What made it fail is what has to be said, and keeps nothing closed.
    }
  }
}
