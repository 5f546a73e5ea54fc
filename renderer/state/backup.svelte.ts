/** Backups as the page knows them: the plan, the code that is shown once, and a set that is being restored from. */
import type { BackupContents, BackupKey, BackupSet, BackupState as BackupFacts } from '../../contract/backup.ts'
import type { Client } from '../../contract/contract.ts'
import type { Protection } from '../../contract/entities.ts'
import type { Area, Life } from './area.ts'
import { Task } from './task.svelte.ts'

/** A folder that the host has named. */
interface Folder {
  reference: string
  name: string
}

export class BackupState implements Area {
  #facts = $state.raw<BackupFacts | null>(null)
  #code = $state<string | null>(null)
  #sets = $state.raw<BackupSet[] | null>(null)
  #contents = $state.raw<BackupContents | null>(null)
  #folders = $state.raw<Folder[]>([])
  #restored = $state<number | null>(null)
  #reference: string | null = null
  readonly #client: Client
  /** A whole vault is to be restored, before one is open; anything may ask for it. */
  wholeShown = $state(false)
  readonly changing = new Task()
  readonly restoring = new Task()

  constructor(client: Client) {
    this.#client = client
  }

  /** Null until the host has said. */
  get facts(): BackupFacts | null {
    return this.#facts
  }

  /** A recovery code that was just made, until it was written down. */
  get code(): string | null {
    return this.#code
  }

  /** The sets in the folder that was chosen; null before. */
  get sets(): BackupSet[] | null {
    return this.#sets
  }

  /** What is in the set that was opened; null before. */
  get contents(): BackupContents | null {
    return this.#contents
  }

  /** Folders that Alambic was started with, where the system has no dialog. */
  get folders(): Folder[] {
    return this.#folders
  }

  /** How many workspaces came back; null before. */
  get restored(): number | null {
    return this.#restored
  }

  begin(): Promise<boolean> {
    return this.changing.once(() => this.#client.backup.begin({ workspaceIds: null }))
  }

  stop(): Promise<boolean> {
    return this.changing.run(() => this.#client.backup.stop({}))
  }

  configure(change: { reference?: string | null; daily?: boolean; kept?: number }): Promise<boolean> {
    return this.changing.run(() => this.#client.backup.configure(change))
  }

  /** Lets a folder be picked for the sets. */
  choosePlace(): Promise<boolean> {
    return this.changing.once(async () => {
      const picked = await this.#client.desktop.pickFolder({})
      if (picked) await this.#client.backup.configure({ reference: picked.reference })
    })
  }

  mentioned(): Promise<boolean> {
    return this.changing.run(() => this.#client.backup.mentioned({}))
  }

  newCode(): Promise<boolean> {
    return this.changing.once(async () => {
      const { code } = await this.#client.backup.newCode({})
      // The page's client has opened it.
      this.#code = typeof code === 'string' ? code : null
    })
  }

  /** It was written down, or not: it is not shown again. */
  async putCodeAway(written: boolean): Promise<void> {
    if (written && !(await this.changing.run(() => this.#client.backup.confirmCode({})))) return
    this.#code = null
  }

  /** Begins a restore anew. */
  async prepare(): Promise<void> {
    this.#sets = null
    this.#contents = null
    this.#restored = null
    this.#reference = null
    this.restoring.forget()
    await this.restoring.once(async () => {
      this.#folders = await this.#client.desktop.folders({})
      if (this.#facts) this.#sets = await this.#client.backup.sets({ reference: null })
    })
  }

  /** Looks for sets in a folder, or in one that is picked now. */
  look(reference: string | null): Promise<boolean> {
    return this.restoring.run(async () => {
      const folder = reference ?? (await this.#client.desktop.pickFolder({}))?.reference
      if (folder === undefined) return
      this.#reference = folder
      this.#contents = null
      this.#sets = await this.#client.vault.backupSets({ reference: folder })
      if (this.#facts) this.#sets = await this.#client.backup.sets({ reference: folder })
    })
  }

  /** Opens a set; returns the ids of its workspaces, none when it failed. */
  async open(sequence: number, key: BackupKey): Promise<string[]> {
    let ids: string[] = []
    await this.restoring.once(async () => {
      const contents = await this.#client.backup.open({ reference: this.#reference, sequence, key })
      this.#contents = contents
      ids = contents.workspaces.map(({ id }) => id)
    })
    return ids
  }

  restore(sequence: number, key: BackupKey, workspaceIds: string[]): Promise<boolean> {
    return this.restoring.once(async () => {
      const done = await this.#client.backup.restore({ reference: this.#reference, sequence, key, workspaceIds })
      this.#restored = done.workspaceIds.length
    })
  }

  /** Sets of this vault that hold a workspace, in the place of the plan. */
  holding(workspaceId: string): BackupSet[] {
    return (this.#sets ?? []).filter(({ own, workspaceIds }) => own && workspaceIds.includes(workspaceId))
  }

  /** Puts a damaged workspace back from one of them. */
  putBack(sequence: number, workspaceId: string): Promise<boolean> {
    return this.restoring.once(() =>
      this.#client.backup.putBack({ reference: this.#reference, sequence, key: { kind: 'vault' }, workspaceId }),
    )
  }

  /** Makes the whole vault out of a set. */
  restoreWhole(sequence: number, key: BackupKey, protection: Protection): Promise<boolean> {
    return this.restoring.once(async () => {
      if (this.#reference === null) return
      await this.#client.vault.restoreBackup({ reference: this.#reference, sequence, key, protection })
      this.wholeShown = false
    })
  }

  onUnlock({ follow }: Life): void {
    follow(this.#client.backup.state, (facts) => this.apply(facts))
  }

  apply(facts: BackupFacts): void {
    this.#facts = facts
  }

  forget(): void {
    this.#facts = null
    this.#code = null
    this.#sets = null
    this.#contents = null
    this.#reference = null
    for (const task of [this.changing, this.restoring]) task.forget()
  }
}
