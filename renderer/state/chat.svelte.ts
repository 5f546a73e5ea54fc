/** Conversations as the screen sees them: the one that is open, what is typed and chosen for it; and the parts that have classes of their own. */
import type { Client } from '../../contract/contract.ts'
import type { Message, Place, Preset, SearchHit } from '../../contract/conversation.ts'
import { AppError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/sources.ts'
import type { Thinking } from '../../contract/entities.ts'
import type { Area, Life } from './area.ts'
import { BudgetState } from './budget.svelte.ts'
import { ChatSearch } from './chat-search.svelte.ts'
import { ChosenForNext } from './chosen-for-next.svelte.ts'
import { ConversationList } from './conversation-list.svelte.ts'
import { DraftsState, type DraftPlace } from './drafts.svelte.ts'
import { PresetsState } from './presets.svelte.ts'
import { Task } from './task.svelte.ts'
import { Thread } from './thread.svelte.ts'

/** Who knows which workspace is chosen; null until the host has said which there are. */
export interface ChosenWorkspace {
  readonly chosenId: string | null
  readonly chosen?: { documents: number; strict: boolean } | null
}

export class ChatState implements Area {
  readonly #client: Client
  readonly #workspaces: ChosenWorkspace
  #workspaceId = $state<string | null>(null)
  #life: AbortSignal | null = null
  #thread = $state.raw<Thread | null>(null)
  readonly #next = new ChosenForNext()
  #begun: string | null = null
  #reveals = $state(0)
  /** Sending, and how it last failed. */
  readonly sending = new Task()
  /** Renaming, pinning, deleting and keeping presets. */
  readonly tidying = new Task()
  readonly list: ConversationList
  readonly search: ChatSearch
  readonly presets: PresetsState
  readonly drafts: DraftsState
  readonly budget: BudgetState

  constructor(client: Client, workspaces: ChosenWorkspace) {
    this.#client = client
    this.#workspaces = workspaces
    this.list = new ConversationList(client, this.tidying)
    this.search = new ChatSearch(client)
    this.presets = new PresetsState(client, this.tidying)
    this.drafts = new DraftsState(client)
    this.budget = new BudgetState(client, () =>
      this.#workspaceId === null
        ? null
        : {
            workspaceId: this.#workspaceId,
            conversationId: this.#conversationId,
            draft: this.draft,
            ...this.#next.for(this.#conversationId),
          },
    )
  }

  /** The open conversation; null for a new one. */
  get thread(): Thread | null {
    return this.#thread
  }

  get draft(): string {
    return this.drafts.of(this.#draftPlace(this.#conversationId)) ?? ''
  }

  get presetId(): string {
    return this.#thread?.conversation?.presetId ?? this.#next.presetId
  }

  /** The preset in use; undefined until the list of presets has come. */
  get preset(): Preset | undefined {
    return this.presets.byId(this.presetId)
  }

  /** The workspace that is open; null until the host has said. */
  get workspaceId(): string | null {
    return this.#workspaceId
  }

  /** The model chosen for this conversation; null for the usual one. */
  get modelId(): string | null {
    return this.#thread ? (this.#thread.conversation?.modelId ?? null) : this.#next.modelId
  }

  /** What the next question looks into. A new conversation begins with its workspace's documents, where it has some. */
  get scope(): Scope {
    const workspace = this.#workspaces.chosen
    const usual = { documents: (workspace?.documents ?? 0) > 0, strict: workspace?.strict ?? false, documentIds: null }
    return this.#thread?.conversation?.scope ?? this.#next.scope ?? usual
  }

  /** Begins to follow, once the vault is open. */
  onUnlock({ signal }: Life): void {
    this.#life = signal
    this.presets.open(signal)
    this.onWorkspace()
  }

  /** Goes into the workspace that is chosen now: its conversations are listed, its students and presets answer. */
  onWorkspace(): void {
    const { chosenId } = this.#workspaces
    if (!this.#life || chosenId === this.#workspaceId) return
    this.#workspaceId = chosenId
    this.budget.forget()
    this.#next.leaveWorkspace()
    this.#listen()
  }

  keep(): Promise<void> {
    return this.drafts.flush()
  }

  /** Forgets everything: the vault is locked. Drafts go as well, for they are a person's words. */
  forget(): void {
    this.#life = null
    this.#thread?.leave()
    this.#thread = null
    this.#workspaceId = null
    for (const part of [this.list, this.search, this.presets, this.drafts, this.budget, this.#next]) part.forget()
    this.sending.forget()
    this.tidying.forget()
  }

  /** Shows a conversation, or a new one when the id is empty. */
  show(conversationId: string): void {
    this.onWorkspace()
    const workspaceId = this.#workspaceId
    const place = this.#thread?.place
    const isThere = (place?.conversationId ?? '') === conversationId
    if (isThere && (!place || place.workspaceId === workspaceId)) return
    if (conversationId !== '' && workspaceId === null) return
    this.#thread?.leave()
    this.#thread =
      conversationId === '' || workspaceId === null ? null : new Thread(this.#client, { workspaceId, conversationId })
    this.#next.onceModelId = null
    this.sending.forget()
    this.tidying.forget()
    this.budget.forget()
    this.budget.countSoon()
  }

  /** Whether conversations can be opened yet. */
  get ready(): boolean {
    return this.#workspaces.chosenId !== null
  }

  write(draft: string): void {
    this.drafts.write(this.#draftPlace(this.#conversationId), draft === '' ? null : draft)
    this.budget.countSoon()
  }

  /**
   * Asks what is in the draft, or the given text. The draft stays until the host has taken it.
   * @param edited the earlier question that it stands beside, when that is edited
   * @returns the conversation's id, or null when it failed: see {@link sending}
   */
  async send(text: string, edited?: Pick<Message, 'id' | 'parentId'>): Promise<string | null> {
    const workspaceId = this.#workspaceId
    if (workspaceId === null) return null
    const conversationId = this.#conversationId
    let taken: string | null = null
    await this.sending.once(async () => {
      const place = await this.#client.chat.send({
        workspaceId,
        conversationId,
        text,
        ...(edited ? { parentId: edited.parentId, editedId: edited.id } : {}),
        ...this.#next.for(conversationId),
      })
      this.#next.onceModelId = null
      if (conversationId === null) this.#next.scope = null
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
    await this.sending.once(async () => {
      const place = await this.#client.chat.begin({ workspaceId })
      await this.#client.chat.configure({ ...place, ...this.#next.begun })
      const draft = this.drafts.of(this.#draftPlace(null))
      if (draft !== undefined) this.drafts.write(this.#draftPlace(place.conversationId), draft)
      this.drafts.write(this.#draftPlace(null), null)
      this.#next.scope = null
      begun = place
    })
    return begun
  }

  /** The student that answers the next question alone; null when the conversation's own does. */
  get onceModelId(): string | null {
    return this.#next.onceModelId
  }

  chooseOnce(modelId: string | null): void {
    this.#next.onceModelId = modelId
    this.budget.countSoon()
  }

  /** What the model is told of thinking, from the next question on; null for what its preset says. */
  get thinking(): Thinking | null {
    return this.#next.thinking
  }

  chooseThinking(thinking: Thinking | null): void {
    this.#next.thinking = thinking
    this.budget.countSoon()
  }

  /** Chooses the preset, the model or the documents of the open conversation, or of the one to come. */
  async configure(change: { presetId?: string; modelId?: string; scope?: Scope }): Promise<void> {
    if (this.#thread) await this.#thread.configure(change)
    else this.#next.choose(change)
    this.budget.countSoon()
  }

  /** What stands in a message of this conversation that is being edited; undefined while it is not. */
  edit(messageId: string): string | undefined {
    const conversationId = this.#conversationId
    return conversationId === null ? undefined : this.drafts.of(this.#draftPlace(conversationId, messageId))
  }

  /** Keeps an answer of this conversation as it was edited; says whether the host has taken it. What was typed meanwhile stays. */
  async saveAnswer(messageId: string, text: string): Promise<boolean> {
    const thread = this.#thread
    if (!thread || !(await thread.edit(messageId, text))) return false
    const draftOf = { ...thread.place, messageId }
    if (this.drafts.of(draftOf)?.trim() === text.trim()) this.drafts.write(draftOf, null)
    return true
  }

  /** A person begins to edit a message of this conversation. */
  beginEdit({ id, text }: Message): void {
    this.#begun = id
    this.writeEdit(id, this.edit(id) ?? text)
  }

  /** Whether a person has just begun to edit this message, and looks for the field; said once. */
  isBegun(messageId: string): boolean {
    const isBegun = this.#begun === messageId
    if (isBegun) this.#begun = null
    return isBegun
  }

  /** Edits a message of this conversation, or goes on; null ends it. Like any draft it is kept. */
  writeEdit(messageId: string, text: string | null): void {
    const conversationId = this.#conversationId
    if (conversationId !== null) this.drafts.write(this.#draftPlace(conversationId, messageId), text)
  }

  /** Counts how often somebody went to a message that was found: also again to the one that the address names already. */
  get reveals(): number {
    return this.#reveals
  }

  /** Goes to a message that was found: shows its branch. The address says which one. */
  async reveal(hit: SearchHit): Promise<void> {
    if (hit.messageId === null) return
    this.#reveals++
    // What is shown needs no other branch, and may be looked at while an answer is written.
    if (this.#thread?.messages.some(({ id }) => id === hit.messageId)) return
    await this.tidying.run(() =>
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
      const conversationId = this.#conversationId
      await this.#client.chat.prepare({
        ...{ workspaceId, conversationId },
        ...(conversationId === null ? { presetId: this.#next.presetId } : {}),
      })
    } catch (error) {
      // Asking tells what is wrong.
      if (!(error instanceof AppError)) throw error
    }
  }

  /** Of the open conversation; null for a new one. */
  get #conversationId(): string | null {
    return this.#thread?.place.conversationId ?? null
  }

  #draftPlace(conversationId: string | null, messageId: string | null = null): DraftPlace {
    return { workspaceId: this.#workspaceId ?? '', conversationId, messageId }
  }

  #listen(): void {
    const [workspaceId, life] = [this.#workspaceId, this.#life]
    if (workspaceId === null || !life) this.list.forget()
    else {
      this.list.show(workspaceId, life)
      this.drafts.follow(workspaceId, life)
    }
  }
}
