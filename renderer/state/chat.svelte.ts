/** Conversations as the screen sees them: the list, the one that is open, drafts, the budget, search and presets. */
import { SvelteMap } from 'svelte/reactivity'
import type { Client } from '../../contract/contract.ts'
import type { Budget, ConversationRow, Message, Place, Preset, SearchHit } from '../../contract/conversation.ts'
import { AppError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/sources.ts'
import { DraftsState, type DraftPlace } from './drafts.svelte.ts'
import { follow } from './follow.ts'
import { LongList } from './long-list.svelte.ts'
import { Task } from './task.svelte.ts'
import { Thread } from './thread.svelte.ts'

/** Who knows which workspace is chosen; null until the host has said which there are. */
export interface ChosenWorkspace {
  readonly chosenId: string | null
  readonly chosen?: { documents: number; strict: boolean } | null
}

/** The budget is asked for when typing has paused this long, in milliseconds. */
const budgetPauseMs = 300
/** The preset of a conversation that does not exist yet. */
const initialPresetId = 'balanced'

/** A preset as it stands in its fields. */
export interface PresetForm {
  name: string
  systemPrompt: string
  values: Readonly<Record<string, string>>
}

export class ChatState {
  readonly #client: Client
  readonly #workspaces: ChosenWorkspace
  #workspaceId = $state<string | null>(null)
  readonly #list = new LongList<ConversationRow>()
  #life: AbortSignal | null = null
  #thread = $state.raw<Thread | null>(null)
  #presets = $state.raw<Preset[]>([])
  #budget = $state.raw<Budget | null>(null)
  #budgetTimer: ReturnType<typeof setTimeout> | null = null
  #query = $state('')
  #hits = $state.raw<SearchHit[] | null>(null)
  #searching: AbortController | null = null
  #searchTrouble = $state.raw<AppError | null>(null)
  /** What a new conversation will be asked with. */
  #newPresetId = $state(initialPresetId)
  #newModelId = $state<string | null>(null)
  #newScope = $state.raw<Scope | null>(null)
  #onceModelId = $state<string | null>(null)
  readonly drafts: DraftsState
  readonly #presetEdits = new SvelteMap<string, PresetForm>()
  #counted = 0
  #begun: string | null = null
  /** Sending, and how it last failed. */
  readonly sending = new Task()
  /** Renaming, pinning, deleting and keeping presets. */
  readonly tidying = new Task()

  constructor(client: Client, workspaces: ChosenWorkspace) {
    this.#client = client
    this.#workspaces = workspaces
    this.drafts = new DraftsState(client)
  }

  /** The conversations to show, pinned first, then the newest. */
  get rows(): ConversationRow[] {
    return this.#list.rows
  }

  /** How many there are in all. */
  get total(): number {
    return this.#list.total
  }

  /** Whether the list has come. */
  get known(): boolean {
    return this.#list.known
  }

  /** The open conversation; null for a new one. */
  get thread(): Thread | null {
    return this.#thread
  }

  get presets(): Preset[] {
    return this.#presets
  }

  /** What the next question costs; null until it was counted. */
  get budget(): Budget | null {
    return this.#budget
  }

  get query(): string {
    return this.#query
  }

  /** Why nothing can be found; null while all is well. */
  get searchTrouble(): AppError | null {
    return this.#searchTrouble
  }

  /** What was found; null when nothing is looked for. */
  get hits(): SearchHit[] | null {
    return this.#hits
  }

  get draft(): string {
    return this.drafts.of(this.#draftPlace(this.#thread?.place.conversationId ?? null)) ?? ''
  }

  get presetId(): string {
    return this.#thread?.conversation?.presetId ?? this.#newPresetId
  }

  /** The preset in use; undefined until the list of presets has come. */
  get preset(): Preset | undefined {
    return this.#presets.find(({ id }) => id === this.presetId) ?? this.#presets.find(({ id }) => id === initialPresetId)
  }

  /** The workspace that is open; null until the host has said. */
  get workspaceId(): string | null {
    return this.#workspaceId
  }

  /** The model chosen for this conversation; null for the usual one. */
  get modelId(): string | null {
    return this.#thread ? (this.#thread.conversation?.modelId ?? null) : this.#newModelId
  }

  /** What the next question looks into. A new conversation begins with its workspace's documents, where it has some. */
  get scope(): Scope {
    const workspace = this.#workspaces.chosen
    const usual = { documents: (workspace?.documents ?? 0) > 0, strict: workspace?.strict ?? false, documentIds: null }
    return this.#thread?.conversation?.scope ?? this.#newScope ?? usual
  }

  /** Begins to follow, once the vault is open. */
  open(life: AbortSignal): void {
    this.#life = life
    void follow(
      (signal) => this.#client.chat.presets({}, { signal }),
      (presets) => (this.#presets = presets),
      life,
      () => undefined,
    )
    this.enter()
  }

  /** Goes into the workspace that is chosen now: its conversations are listed, its students and presets answer. */
  enter(): void {
    const { chosenId } = this.#workspaces
    if (!this.#life || chosenId === this.#workspaceId) return
    this.#workspaceId = chosenId
    this.#budget = null
    this.#newModelId = null
    this.#newScope = null
    this.#listen()
  }

  /** Forgets everything: the vault is locked. Drafts go as well, for they are a person's words. */
  forget(): void {
    this.#life = null
    this.#thread?.leave()
    this.#thread = null
    this.#workspaceId = null
    this.#list.forget()
    this.#presets = []
    this.#budget = null
    this.drafts.forget()
    this.#presetEdits.clear()
    this.#newPresetId = initialPresetId
    this.#newModelId = null
    this.#newScope = null
    this.#onceModelId = null
    this.sending.forget()
    this.tidying.forget()
    this.search('')
  }

  /** Shows a conversation, or a new one when the id is empty. */
  show(conversationId: string): void {
    this.enter()
    const workspaceId = this.#workspaceId
    const place = this.#thread?.place
    const isThere = (place?.conversationId ?? '') === conversationId
    if (isThere && (!place || place.workspaceId === workspaceId)) return
    if (conversationId !== '' && workspaceId === null) return
    this.#thread?.leave()
    this.#thread =
      conversationId === '' || workspaceId === null ? null : new Thread(this.#client, { workspaceId, conversationId })
    this.#onceModelId = null
    this.sending.forget()
    this.tidying.forget()
    this.#budget = null
    this.countSoon()
  }

  /** Whether conversations can be opened yet. */
  get ready(): boolean {
    return this.#workspaces.chosenId !== null
  }

  /** More of the list, as one scrolls to its end. */
  more(): void {
    this.#list.more()
  }

  write(draft: string): void {
    this.drafts.write(this.#draftPlace(this.#thread?.place.conversationId ?? null), draft === '' ? null : draft)
    this.countSoon()
  }

  /**
   * Asks what is in the draft, or the given text. The draft stays until the host has taken it.
   * @param edited the earlier question that it stands beside, when that is edited
   * @returns the conversation's id, or null when it failed: see {@link sending}
   */
  async send(text: string, edited?: Pick<Message, 'id' | 'parentId'>): Promise<string | null> {
    const workspaceId = this.#workspaceId
    if (workspaceId === null) return null
    const conversationId = this.#thread?.place.conversationId ?? null
    let taken: string | null = null
    await this.sending.run(async () => {
      const place = await this.#client.chat.send({
        workspaceId,
        conversationId,
        text,
        ...(edited ? { parentId: edited.parentId, editedId: edited.id } : {}),
        ...this.#chosenFor(conversationId),
      })
      this.#onceModelId = null
      if (conversationId === null) this.#newScope = null
      taken = place.conversationId
      // What was typed meanwhile, or beside a clicked example, is still to be sent.
      const draftOf = { workspaceId, conversationId, messageId: edited?.id ?? null }
      if (this.drafts.of(draftOf)?.trim() === text.trim()) this.drafts.write(draftOf, null)
    })
    return taken
  }

  /**
   * The conversation that is open; makes an empty one where none is, for attachments that come before the first question. What was
   * typed and chosen for it goes along. @returns null when it failed: see {@link sending}
   */
  async begin(): Promise<Place | null> {
    const workspaceId = this.#workspaceId
    if (this.#thread || workspaceId === null) return this.#thread?.place ?? null
    let begun: Place | null = null
    await this.sending.run(async () => {
      const place = await this.#client.chat.begin({ workspaceId })
      await this.#client.chat.configure({
        ...place,
        presetId: this.#newPresetId,
        ...(this.#newModelId ? { modelId: this.#newModelId } : {}),
        ...(this.#newScope ? { scope: this.#newScope } : {}),
      })
      const draft = this.drafts.of(this.#draftPlace(null))
      if (draft !== undefined) this.drafts.write(this.#draftPlace(place.conversationId), draft)
      this.drafts.write(this.#draftPlace(null), null)
      this.#newScope = null
      begun = place
    })
    return begun
  }

  /** The student that answers the next question alone; null when the conversation's own does. */
  get onceModelId(): string | null {
    return this.#onceModelId
  }

  chooseOnce(modelId: string | null): void {
    this.#onceModelId = modelId
    this.countSoon()
  }

  /** Chooses the preset, the model or the documents of the open conversation, or of the one to come. */
  async configure(change: { presetId?: string; modelId?: string; scope?: Scope }): Promise<void> {
    if (this.#thread) await this.#thread.configure(change)
    else {
      this.#newPresetId = change.presetId ?? this.#newPresetId
      this.#newModelId = change.modelId ?? this.#newModelId
      this.#newScope = change.scope ?? this.#newScope
    }
    this.countSoon()
  }

  rename(conversationId: string, title: string): Promise<boolean> {
    return this.#tidy((workspaceId) => this.#client.chat.rename({ workspaceId, conversationId, title }))
  }

  pin(conversationId: string, pinned: boolean): Promise<boolean> {
    return this.#tidy((workspaceId) => this.#client.chat.pin({ workspaceId, conversationId, pinned }))
  }

  remove(conversationId: string): Promise<boolean> {
    return this.#tidy((workspaceId) => this.#client.chat.remove({ workspaceId, conversationId }))
  }

  /** What is typed into the fields of a preset and not saved; undefined while nothing is. */
  presetEdit(presetId: string): PresetForm | undefined {
    return this.#presetEdits.get(presetId)
  }

  /** @param form null forgets what was typed */
  editPreset(presetId: string, form: PresetForm | null): void {
    if (form === null) this.#presetEdits.delete(presetId)
    else this.#presetEdits.set(presetId, form)
  }

  savePreset(preset: Omit<Preset, 'builtIn'>): Promise<boolean> {
    return this.tidying.also(() => this.#client.chat.savePreset(preset))
  }

  removePreset(presetId: string): Promise<boolean> {
    return this.tidying.also(() => this.#client.chat.removePreset({ presetId }))
  }

  /** Looks for words as they are typed; the search before is given up. */
  search(query: string): void {
    this.#query = query
    this.#searchTrouble = null
    this.#searching?.abort()
    this.#searching = null
    if (query.trim() === '') {
      this.#hits = null
      return
    }
    const searching = new AbortController()
    this.#searching = searching
    this.#client.chat.search({ query, limit: 50 }, { signal: searching.signal }).then(
      (hits) => {
        if (!searching.signal.aborted) this.#hits = hits
      },
      (error: unknown) => {
        if (searching.signal.aborted) return
        if (!(error instanceof AppError)) throw error
        this.#hits = null
        this.#searchTrouble = error
      },
    )
  }

  /** Finds words in titles and messages; null when the search was given up or failed. */
  async find(query: string, signal: AbortSignal, limit = 50): Promise<SearchHit[] | null> {
    try {
      return await this.#client.chat.search({ query, limit }, { signal })
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }

  /** What stands in a question of this conversation that is being edited; undefined while it is not. */
  edit(messageId: string): string | undefined {
    const conversationId = this.#thread?.place.conversationId ?? null
    return conversationId === null ? undefined : this.drafts.of(this.#draftPlace(conversationId, messageId))
  }

  /** A person begins to edit a question of this conversation. */
  beginEdit({ id, text }: Message): void {
    this.#begun = id
    this.writeEdit(id, this.edit(id) ?? text)
  }

  /** Whether a person has just begun to edit this question, and looks for the field; said once. */
  isBegun(messageId: string): boolean {
    const isBegun = this.#begun === messageId
    if (isBegun) this.#begun = null
    return isBegun
  }

  /** Edits a question of this conversation, or goes on; null ends it. Like any draft it is kept. */
  writeEdit(messageId: string, text: string | null): void {
    const conversationId = this.#thread?.place.conversationId ?? null
    if (conversationId !== null) this.drafts.write(this.#draftPlace(conversationId, messageId), text)
  }

  /** Goes to a message that was found: shows its branch. */
  async reveal(hit: SearchHit): Promise<void> {
    if (hit.messageId === null) return
    await this.tidying.also(() =>
      this.#client.chat.choose({
        workspaceId: hit.workspaceId,
        conversationId: hit.conversationId,
        messageId: hit.messageId ?? '',
      }),
    )
  }

  /** What a question here will need is made ready. To be called when somebody looks here or begins to write. */
  async prepare(): Promise<void> {
    const workspaceId = this.#workspaceId
    if (workspaceId === null) return
    try {
      const conversationId = this.#thread?.place.conversationId ?? null
      await this.#client.chat.prepare({
        ...{ workspaceId, conversationId },
        ...(conversationId === null ? { presetId: this.#newPresetId } : {}),
      })
    } catch (error) {
      // Asking tells what is wrong.
      if (!(error instanceof AppError)) throw error
    }
  }

  /** Counts the budget again when typing has paused. */
  countSoon(): void {
    if (this.#budgetTimer) clearTimeout(this.#budgetTimer)
    this.#budgetTimer = setTimeout(() => void this.#count(), budgetPauseMs)
  }

  /** What was chosen for the next question: of a conversation to come, everything; of one that is there, who answers this once. */
  #chosenFor(conversationId: string | null): { presetId?: string; modelId?: string; scope?: Scope; onceModelId?: string } {
    const once = this.#onceModelId ? { onceModelId: this.#onceModelId } : {}
    if (conversationId !== null) return once
    return {
      presetId: this.#newPresetId,
      ...(this.#newModelId ? { modelId: this.#newModelId } : {}),
      ...(this.#newScope ? { scope: this.#newScope } : {}),
      ...once,
    }
  }

  async #count(): Promise<void> {
    const workspaceId = this.#workspaceId
    if (workspaceId === null) return
    const conversationId = this.#thread?.place.conversationId ?? null
    const counted = ++this.#counted
    try {
      const budget = await this.#client.chat.budget({
        workspaceId,
        conversationId,
        draft: this.draft,
        ...this.#chosenFor(conversationId),
      })
      const left = workspaceId !== this.#workspaceId || conversationId !== (this.#thread?.place.conversationId ?? null)
      // An answer that is late says nothing of what stands there now.
      if (!left && counted === this.#counted) this.#budget = budget
    } catch (error) {
      // A count that failed is no news: the meter keeps its last figure, and sending tells what is wrong.
      if (!(error instanceof AppError)) throw error
    }
  }

  #tidy(work: (workspaceId: string) => Promise<void>): Promise<boolean> {
    return this.tidying.also(async () => {
      if (this.#workspaceId !== null) await work(this.#workspaceId)
    })
  }

  #draftPlace(conversationId: string | null, messageId: string | null = null): DraftPlace {
    return { workspaceId: this.#workspaceId ?? '', conversationId, messageId }
  }

  #listen(): void {
    const [workspaceId, life] = [this.#workspaceId, this.#life]
    if (workspaceId === null || !life) this.#list.forget()
    else {
      this.#list.show((limit, signal) => this.#client.chat.list({ workspaceId, limit }, { signal }), life)
      this.drafts.follow(workspaceId, life)
    }
  }
}
