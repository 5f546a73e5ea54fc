/** The workspaces: which there are, which one is asked, and what a person does with a whole one. Personal is always there. */
import { SvelteMap } from 'svelte/reactivity'
import type { Client } from '../../contract/contract.ts'
import type { RescuedWorkspace, Workspace } from '../../contract/entities.ts'
import type { Area } from './area.ts'
import type { SendFile } from './models.svelte.ts'
import type { Route } from './route.svelte.ts'
import { Task } from './task.svelte.ts'

/** What may be changed of one. Personal keeps its name. */
type Change = Omit<Parameters<Client['workspaces']['configure']>[0], 'workspaceId'>

/** Characters of instructions that the host takes. */
export const mostInstructions = 20_000

export class WorkspacesState implements Area {
  #all = $state.raw<Workspace[]>([])
  #known = $state(false)
  readonly #client: Client
  readonly #route: Pick<Route, 'workspace'>
  readonly #sendFile: SendFile
  #sentFraction = $state<number | null>(null)
  /** The last export: the name and size in bytes of its file. */
  #exported = $state.raw<{ name: string; sizeBytes: number } | null>(null)
  /** What was made of damaged ones, by their ids. */
  #rescued = $state.raw<Readonly<Record<string, RescuedWorkspace & { name: string }>>>({})
  /** Instructions that are typed and not kept yet, by workspace. */
  readonly #typed = new SvelteMap<string, string>()
  /** Ends the journey that is under way. */
  #stop: (() => void) | null = null
  /** A name for a new one is being typed; anything may ask for it. */
  naming = $state(false)
  /** An exported one is being taken in: likewise. */
  importing = $state(false)
  readonly changing = new Task()
  readonly making = new Task()
  readonly erasing = new Task()
  readonly travelling = new Task()
  readonly mending = new Task()

  constructor(client: Client, route: Pick<Route, 'workspace'>, sendFile: SendFile) {
    this.#client = client
    this.#route = route
    this.#sendFile = sendFile
  }

  get all(): Workspace[] {
    return this.#all
  }

  /** Whether the host has said which there are. */
  get known(): boolean {
    return this.#known
  }

  /** Those that can be asked. */
  get open(): Workspace[] {
    return this.#all.filter(({ archived, damage }) => !archived && !damage)
  }

  /** Those that a person should see at once: open, or in need of her. */
  get listed(): Workspace[] {
    return this.#all.filter(({ archived, damage }) => !archived || damage)
  }

  get archived(): Workspace[] {
    return this.#all.filter(({ archived, damage }) => archived && !damage)
  }

  /** The one that is always there; null until the host has said. */
  get personal(): Workspace | null {
    return this.#all.find((workspace) => workspace.personal) ?? null
  }

  /** The one that the chat asks: as the address says, or Personal, or the first that is not damaged. */
  get chosen(): Workspace | null {
    return this.open.find(({ id }) => id === this.#route.workspace) ?? this.open[0] ?? this.personal
  }

  get chosenId(): string | null {
    return this.chosen?.id ?? null
  }

  byId(id: string | null): Workspace | null {
    return this.#all.find((workspace) => workspace.id === id) ?? null
  }

  /** How the address names it: Personal by no name at all. */
  inAddress(id: string): string {
    return id === this.personal?.id ? '' : id
  }

  /** @returns the id of the new one, or null when it failed: see {@link making} */
  async make(name: string): Promise<string | null> {
    let made: string | null = null
    await this.making.once(async () => (made = (await this.#client.workspaces.make({ name })).workspaceId))
    return made
  }

  /** The instructions as they stand in their field: what is typed and not kept yet stays, wherever one goes and however keeping it fails. */
  instructionsOf({ id, instructions }: Workspace): string {
    return this.#typed.get(id) ?? instructions
  }

  typeInstructions(workspaceId: string, instructions: string): void {
    this.#typed.set(workspaceId, instructions)
  }

  /** Keeps the instructions of every workspace, as far as they are typed and the host takes them. */
  async keepInstructions(): Promise<boolean> {
    const keep = async ([id, instructions]: [string, string]): Promise<boolean> =>
      instructions.length > mostInstructions ||
      this.byId(id)?.instructions === instructions ||
      (await this.configure(id, { instructions }))
    return (await Promise.all([...this.#typed].map(keep))).every(Boolean)
  }

  keep(): Promise<boolean> {
    return this.keepInstructions()
  }

  configure(workspaceId: string, change: Change): Promise<boolean> {
    return this.changing.run(() => this.#client.workspaces.configure({ workspaceId, ...change }))
  }

  archive(workspaceId: string, archived: boolean): Promise<boolean> {
    return this.changing.run(() => this.#client.workspaces.archive({ workspaceId, archived }))
  }

  /** Tries to open a damaged one again. */
  reopen(workspaceId: string): Promise<boolean> {
    return this.mending.once(() => this.#client.workspaces.reopen({ workspaceId }))
  }

  /** Puts a copy in the place of a damaged one's file. */
  putBack(workspaceId: string, copyId: string): Promise<boolean> {
    return this.mending.run(() => this.#client.workspaces.putBack({ workspaceId, copyId }))
  }

  /** What was rescued of damaged ones, by their ids, until the vault locks. */
  rescuedOf(workspaceId: string): (RescuedWorkspace & { name: string }) | null {
    return this.#rescued[workspaceId] ?? null
  }

  /** Makes a workspace of this name of what can be read of a damaged one. */
  rescue(workspaceId: string, name: string): Promise<boolean> {
    return this.mending.once(async () => {
      const rescued = await this.#client.workspaces.rescue({ workspaceId, name })
      this.#rescued = { ...this.#rescued, [workspaceId]: { ...rescued, name } }
    })
  }

  /** Destroys its key: nothing brings it back. */
  erase(workspaceId: string): Promise<boolean> {
    return this.erasing.run(() => this.#client.workspaces.erase({ workspaceId }))
  }

  /** What the last export wrote; null before. */
  get exported(): { name: string; sizeBytes: number } | null {
    return this.#exported
  }

  /** Forgets how the last journey went. */
  prepareTravel(): void {
    this.#exported = null
    this.travelling.forget()
  }

  /** Writes it into a folder, or into the one that is picked now, as a file that its passphrase opens. */
  export(workspaceId: string, reference: string | null, passphrase: string): Promise<boolean> {
    return this.travelling.once(async () => {
      const folder = reference ?? (await this.#client.desktop.pickFolder({}))?.reference
      if (folder === undefined) return
      const { workspaces } = this.#client
      this.#exported = await this.#untilStopped(
        (signal) => workspaces.export({ workspaceId, reference: folder, passphrase }, { signal }),
        () => workspaces.stopExport({ workspaceId }),
      )
    })
  }

  /** Asks the system's dialog for an exported workspace; null when it was closed or failed. */
  async pick(): Promise<{ reference: string; name: string } | null> {
    let picked: { reference: string; name: string } | null = null
    await this.travelling.once(async () => (picked = await this.#client.desktop.pickWorkspace({})))
    return picked
  }

  /** The part of an exported workspace that was handed over, 0 to 1; null when none is on its way. */
  get sentFraction(): number | null {
    return this.#sentFraction
  }

  /** Takes an exported workspace in. @returns the id of the new one, or null when it failed: see {@link travelling} */
  async import(from: { reference: string } | File, passphrase: string): Promise<string | null> {
    let made: string | null = null
    await this.travelling.once(async () => {
      const { workspaces } = this.#client
      const reference = from instanceof File ? await this.#untilStopped((signal) => this.#send(from, signal)) : from.reference
      const arrived = await this.#untilStopped(
        (signal) => workspaces.import({ reference, passphrase }, { signal }),
        () => workspaces.stopImport({ reference }),
      )
      made = arrived.workspaceId
    })
    return made
  }

  /** Stops the export or the import that is under way. Nothing of it is left. */
  stopTravel(): void {
    this.#stop?.()
  }

  apply(all: Workspace[]): void {
    this.#all = all
    this.#known = true
    for (const { id, instructions } of all) if (this.#typed.get(id) === instructions) this.#typed.delete(id)
  }

  forget(): void {
    this.#all = []
    this.#known = false
    this.#rescued = {}
    this.#typed.clear()
    this.naming = false
    this.importing = false
    this.stopTravel()
    this.prepareTravel()
    for (const task of [this.changing, this.making, this.erasing, this.mending]) task.forget()
  }

  /** Leaves what a person stops at once. @param stop has the host stop it: leaving alone does not */
  async #untilStopped<T>(work: (signal: AbortSignal) => Promise<T>, stop?: () => Promise<unknown>): Promise<T> {
    const leave = new AbortController()
    const mine = (): void => {
      leave.abort()
      // Where nobody hears it any more the host has stopped by itself.
      stop?.().catch(() => undefined)
    }
    this.#stop = mine
    try {
      return await work(leave.signal)
    } finally {
      if (this.#stop === mine) this.#stop = null
    }
  }

  async #send(file: File, signal: AbortSignal): Promise<string> {
    this.#sentFraction = 0
    try {
      return (await this.#sendFile(file, (fraction) => (this.#sentFraction = fraction), signal)).reference
    } finally {
      this.#sentFraction = null
    }
  }
}
