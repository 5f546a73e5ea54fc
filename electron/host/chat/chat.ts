/** Conversations: asking, answering, and everything a page can watch of it. */
import { randomInt } from 'node:crypto'
import type {
  Budget,
  ChatUpdate,
  Conversation,
  ConversationRow,
  Message,
  Model,
  Place,
  SearchHit,
} from '../../../contract/entities.ts'
import { AppError } from '../../../contract/errors.ts'
import { Broadcast } from '../base/broadcast.ts'
import { Watchable } from '../base/watchable.ts'
import type { Models } from '../models/models.ts'
import type { Question, Runtime } from '../runtime/runtime.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { AnswerWriter } from './answer-writer.ts'
import type { ConversationStates } from './conversation-states.ts'
import { ConversationStore, type Settlement } from './conversation-store.ts'
import { initialPresetId, type Presets } from './presets.ts'
import { promptMessages, usualReserveTokens } from './prompt-messages.ts'
import { matchOf, searchWorkspace } from './search.ts'
import { titleOf } from './title.ts'

/** Rough tokens of a text when no model is loaded to count them: four characters each. */
const charactersPerToken = 4

interface Room {
  store: ConversationStore
  /** Counts changes of the list. */
  changes: Watchable<number>
}

export interface ChatOptions {
  workspaces: Workspaces
  models: Models
  runtime: Runtime
  settings: SettingsArea
  presets: Presets
  states: ConversationStates
  now: () => number
  onBug: (error: unknown, where: string) => string
}

export class Chat {
  readonly #options: ChatOptions
  readonly #rooms = new Map<string, Room>()
  readonly #threads = new Map<string, Broadcast<ChatUpdate>>()
  readonly #writers = new Map<string, { writer: AnswerWriter; done: Promise<void> }>()
  #closed = false

  constructor(options: ChatOptions) {
    this.#options = options
    for (const { id } of options.workspaces.all) this.#room(id).store.markInterrupted()
  }

  /** Ends all writing, keeps what was written, and tells every watcher that the vault is locked. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { writer } of this.#writers.values()) writer.stop('interrupted')
    await Promise.all([...this.#writers.values()].map(({ done }) => done))
    const locked = new AppError('locked', 'The vault is locked')
    for (const thread of this.#threads.values()) thread.end(locked)
    for (const { changes } of this.#rooms.values()) changes.end(locked)
    this.#options.presets.state.end(locked)
  }

  async *list(
    workspaceId: string,
    limit: number,
    signal: AbortSignal,
  ): AsyncGenerator<{ rows: ConversationRow[]; total: number }> {
    const { store, changes } = this.#room(workspaceId)
    for await (const _change of changes.watch(signal)) {
      const rows = store.list(limit).map((row) => ({ ...row, writing: this.#writers.has(row.id) }))
      yield { rows, total: store.count() }
    }
  }

  /** @throws AppError not_found */
  follow({ workspaceId, conversationId }: Place, signal: AbortSignal): AsyncGenerator<ChatUpdate> {
    const present = (): ChatUpdate => this.#present({ workspaceId, conversationId })
    present()
    return this.#thread(conversationId).listen(present, signal)
  }

  /** @throws AppError no_model, model_missing, busy, not_found */
  send(input: {
    workspaceId: string
    conversationId: string | null
    text: string
    parentId?: string | null | undefined
    presetId?: string | undefined
    modelId?: string | undefined
    onceModelId?: string | undefined
  }): Place & { messageId: string } {
    const { workspaceId, text } = input
    const { store } = this.#room(workspaceId)
    if (input.conversationId !== null) this.#refuseBusy(input.conversationId)
    const before = input.conversationId === null ? null : store.read(input.conversationId)
    const modelId = this.#modelFor(workspaceId, input.onceModelId ?? input.modelId ?? before?.modelId ?? null)
    // Where nobody chose, the student used last answers, and that must not become the one for this question alone.
    const isChosen = input.onceModelId === undefined || this.#chosenModel(workspaceId, null) !== null
    const stays = isChosen ? null : this.#findModel(workspaceId, null)
    const { conversationId, questionId, answerId } = store.together(() => {
      const conversationId =
        before?.id ??
        store.create({ title: titleOf(text), presetId: input.presetId ?? initialPresetId, modelId: input.modelId ?? stays })
      if (before?.modelId === null && stays !== null) store.configure(conversationId, { modelId: stays })
      const parentId = input.parentId === undefined ? store.leafOf(conversationId) : input.parentId
      if (parentId !== null) store.message(conversationId, parentId)
      const questionId = store.add(conversationId, { parentId, role: 'user', text, state: 'finished' })
      const answerId = store.add(conversationId, { parentId: questionId, role: 'assistant', text: '', state: 'writing' })
      return { conversationId, questionId, answerId }
    })
    const place = { workspaceId, conversationId }
    this.#write(place, answerId, questionId, modelId, null)
    return { ...place, messageId: answerId }
  }

  /** Makes a conversation of a question that was answered elsewhere. */
  adopt(
    workspaceId: string,
    { question, answer, presetId, modelId }: { question: string; answer: Settlement; presetId: string; modelId: string },
  ): Place {
    const { store, changes } = this.#room(workspaceId)
    const conversationId = store.together(() => {
      const id = store.create({ title: titleOf(question), presetId, modelId })
      const questionId = store.add(id, { parentId: null, role: 'user', text: question, state: 'finished' })
      store.settle(store.add(id, { parentId: questionId, role: 'assistant', text: '', state: 'writing' }), answer)
      return id
    })
    changes.set(changes.value + 1)
    return { workspaceId, conversationId }
  }

  stop({ conversationId }: Place): void {
    this.#writers.get(conversationId)?.writer.stop()
  }

  retry(place: Place & { messageId: string; modelId?: string | undefined }): void {
    const { store } = this.#room(place.workspaceId)
    this.#refuseBusy(place.conversationId)
    const message = store.message(place.conversationId, place.messageId)
    const questionId = message.role === 'user' ? message.id : message.parentId
    if (questionId === null) throw new AppError('invalid_input', 'There is no question before this answer')
    const modelId = this.#modelFor(place.workspaceId, place.modelId ?? store.read(place.conversationId).modelId)
    const answerId = store.together(() =>
      store.add(place.conversationId, { parentId: questionId, role: 'assistant', text: '', state: 'writing' }),
    )
    this.#write(place, answerId, questionId, modelId, null)
  }

  /** @throws AppError invalid_input when it is no answer, or turns follow it */
  continue(place: Place & { messageId: string }): void {
    const { store } = this.#room(place.workspaceId)
    this.#refuseBusy(place.conversationId)
    const message = store.message(place.conversationId, place.messageId)
    if (message.role !== 'assistant' || message.parentId === null || store.hasChildren(message.id)) {
      throw new AppError('invalid_input', 'Only the last answer can be continued')
    }
    const modelId = this.#modelFor(place.workspaceId, message.facts?.modelId ?? store.read(place.conversationId).modelId)
    store.saveWriting(message.id, message.text, message.thought)
    this.#write(place, message.id, message.parentId, modelId, message)
  }

  choose(place: Place & { messageId: string }): void {
    this.#refuseBusy(place.conversationId)
    this.#change(place, (store) => store.choose(place.conversationId, place.messageId))
  }

  rename(place: Place & { title: string }): void {
    this.#change(place, (store) => store.rename(place.conversationId, place.title))
  }

  pin(place: Place & { pinned: boolean }): void {
    this.#change(place, (store) => store.pin(place.conversationId, place.pinned))
  }

  configure(place: Place & { presetId?: string | undefined; modelId?: string | undefined }): void {
    this.#change(place, (store) => store.configure(place.conversationId, place))
  }

  async remove(place: Place): Promise<void> {
    const writing = this.#writers.get(place.conversationId)
    writing?.writer.stop()
    await writing?.done
    const { store, changes } = this.#room(place.workspaceId)
    store.remove(place.conversationId)
    this.#options.states.removed(place)
    this.#threads.get(place.conversationId)?.say({ type: 'gone' })
    this.#threads.get(place.conversationId)?.end()
    this.#threads.delete(place.conversationId)
    changes.set(changes.value + 1)
  }

  async budget(input: {
    workspaceId: string
    conversationId: string | null
    presetId?: string | undefined
    draft: string
  }): Promise<Budget> {
    const conversation = input.conversationId === null ? null : this.#room(input.workspaceId).store.read(input.conversationId)
    const preset = this.#options.presets.get(conversation?.presetId ?? input.presetId ?? initialPresetId)
    const draft = input.draft.trim() === '' ? [] : [{ role: 'user' as const, text: input.draft, thought: '' }]
    const messages = promptMessages(preset.systemPrompt, [...(conversation?.messages ?? []), ...draft])
    const reserveTokens = preset.sampling.maxTokens ?? usualReserveTokens
    const leftOutBefore = leftOutOf(conversation)
    const modelId = this.#findModel(input.workspaceId, conversation?.modelId ?? null)
    const counted =
      messages.length === 0 ? null : await this.#options.runtime.count(modelId, { messages, reserveTokens, leftOutBefore })
    const warm = this.#options.runtime.state.value.warm.find((student) => student.modelId === modelId)
    const size = counted?.contextTokens ?? warm?.contextTokens ?? this.#options.settings.values.contextTokens
    const reserved = Math.min(reserveTokens, Math.floor(size / 4))
    if (counted) return { used: counted.promptTokens, size, reserved, wouldLeaveOut: counted.leftOut, exact: true }
    const used = Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / charactersPerToken)
    return { used, size, reserved, wouldLeaveOut: 0, exact: messages.length === 0 }
  }

  /** Whether any answer is being written. */
  get writing(): boolean {
    return this.#writers.size > 0
  }

  search(query: string, limit: number): SearchHit[] {
    const match = matchOf(query)
    if (match === null) return []
    const { workspaces } = this.#options
    return workspaces.all.flatMap(({ id }) => searchWorkspace(workspaces.database(id), id, match, limit)).slice(0, limit)
  }

  #write(place: Place, answerId: string, questionId: string, modelId: string, continued: Message | null): void {
    const { runtime, models, presets, states, now, onBug } = this.#options
    const { store, changes } = this.#room(place.workspaceId)
    const conversation = store.read(place.conversationId)
    const preset = presets.get(conversation.presetId)
    const sampling = { ...preset.sampling, seed: preset.sampling.seed ?? randomInt(2 ** 32 - 1) }
    const writer = new AnswerWriter({
      messageId: answerId,
      store,
      maker: {
        ...models.identity(modelId),
        presetId: preset.id,
        presetName: preset.name,
        sampling,
        systemPrompt: preset.systemPrompt,
      },
      opening: { text: continued?.text ?? '', thought: continued?.thought ?? '', facts: continued?.facts ?? null },
      now,
      say: (update) => this.#thread(place.conversationId).say(update),
      onBug: (error) => onBug(error, 'chat.answer'),
    })
    const prompt: Question['prompt'] = {
      messages: promptMessages(preset.systemPrompt, store.branch(questionId)),
      opening: continued && { text: continued.text, thought: continued.thought },
      sampling,
      reserveTokens: preset.sampling.maxTokens ?? usualReserveTokens,
      leftOutBefore: leftOutOf(conversation),
    }
    const memory = states.of(place)
    const done = writer
      .run((signal) => runtime.answer({ modelId, prompt, memory }, answerId, signal))
      .finally(() => {
        this.#writers.delete(place.conversationId)
        if (!this.#closed) this.#tell(place, changes)
      })
    this.#writers.set(place.conversationId, { writer, done })
    this.#tell(place, changes)
  }

  #change(place: Place, work: (store: ConversationStore) => void): void {
    const { store, changes } = this.#room(place.workspaceId)
    work(store)
    this.#tell(place, changes)
  }

  /** The shape of a conversation changed: its followers and the list hear of it. */
  #tell(place: Place, changes: Watchable<number>): void {
    this.#thread(place.conversationId).say(this.#present(place))
    changes.set(changes.value + 1)
  }

  /** The conversation as it is now, with the answer being written as far as it is in memory. */
  #present({ workspaceId, conversationId }: Place): ChatUpdate {
    const stored = this.#room(workspaceId).store.read(conversationId)
    const writer = this.#writers.get(conversationId)?.writer
    if (!writer) return { type: 'conversation', conversation: stored, writing: null }
    const messages = stored.messages.map((message) =>
      message.id === writer.messageId ? { ...message, text: writer.text, thought: writer.thought } : message,
    )
    return { type: 'conversation', conversation: { ...stored, messages }, writing: writer.writing }
  }

  #room(workspaceId: string): Room {
    const existing = this.#rooms.get(workspaceId)
    if (existing) return existing
    const store = new ConversationStore({ database: this.#options.workspaces.database(workspaceId), now: this.#options.now })
    const room = { store, changes: new Watchable(0) }
    this.#rooms.set(workspaceId, room)
    return room
  }

  #thread(conversationId: string): Broadcast<ChatUpdate> {
    const existing = this.#threads.get(conversationId)
    if (existing) return existing
    const thread = new Broadcast<ChatUpdate>(mergeText)
    this.#threads.set(conversationId, thread)
    return thread
  }

  #refuseBusy(conversationId: string): void {
    if (this.#closed) throw new AppError('locked', 'The vault is locked')
    if (this.#writers.has(conversationId)) throw new AppError('busy', 'An answer is already being written here')
  }

  /** @throws AppError no_model */
  #modelFor(workspaceId: string, wished: string | null): string {
    const found = this.#findModel(workspaceId, wished)
    if (found === null) throw new AppError('no_model', 'There is no model here')
    return found
  }

  /** The wished student if it is here, else the workspace's, else the person's default, else the one used last, else any. */
  #findModel(workspaceId: string, wished: string | null): string | null {
    const chosen = this.#chosenModel(workspaceId, wished)
    return chosen ?? [...this.#usable].sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))[0]?.id ?? null
  }

  #chosenModel(workspaceId: string, wished: string | null): string | null {
    const { settings, workspaces } = this.#options
    const named = [wished, workspaces.get(workspaceId).modelId, settings.values.modelId]
    return named.find((id) => this.#usable.some((model) => model.id === id)) ?? null
  }

  get #usable(): Model[] {
    return this.#options.models.state.value.models.filter(({ state }) => state === 'ready' || state === 'checking')
  }
}

/** What the last answer of this branch left out. */
function leftOutOf(conversation: Conversation | null): number {
  return conversation?.messages.findLast((message) => message.facts !== null)?.facts?.leftOut ?? 0
}

function mergeText(last: ChatUpdate, next: ChatUpdate): ChatUpdate | null {
  if (last.type === 'text' && next.type === 'text' && last.messageId === next.messageId) {
    return { ...next, text: last.text + next.text, thought: last.thought + next.thought }
  }
  if (last.type === 'stage' && next.type === 'stage') return next
  return null
}
