/** Conversations: asking, answering, and everything a page can watch of it. */
import type { Scope, SearchReport } from '../../../contract/sources.ts'
import type { Thinking } from '../../../contract/entities.ts'
import type {
  Budget,
  ChatUpdate,
  ConversationHead,
  ConversationRow,
  Message,
  Place,
  SearchHit,
} from '../../../contract/conversation.ts'
import { AppError } from '../../../contract/errors.ts'
import type { Caller } from '../../../contract/link.ts'
import type { ListUpdate } from '../../../contract/list-update.ts'
import { listUpdates } from '../base/list-updates.ts'
import { Watchable } from '../base/watchable.ts'
import type { Documents } from '../workspaces/documents/documents.ts'
import type { Retrieval } from '../workspaces/index/retrieval.ts'
import type { Models } from '../models/models.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { SettingsArea } from '../settings/settings-area.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { AnswerWriter } from './answers/answer-writer.ts'
import type { AnswerWish, AskedQuestion, TypedQuestion } from './answers/asked-question.ts'
import type { Asking } from './answers/asking.ts'
import { ChatBudget, type ChatBudgetOptions } from './answers/chat-budget.ts'
import type { ConversationStates } from './conversations/conversation-states.ts'
import type { Drafts } from './conversations/drafts.ts'
import { Followers } from './conversations/followers.ts'
import { ConversationStore, type Settlement } from './conversations/conversation-store.ts'
import { initialPresetId, type Presets } from './conversations/presets.ts'
import { leftOutOf, promptMessages, withoutDeclined } from './conversations/prompt-messages.ts'
import type { SentenceEmbedder } from './support/likeness.ts'
import { ConversationWords } from './conversations/conversation-words.ts'
import { searchOpen } from './conversations/search.ts'
import { SourcedAnswers } from './sources/sourced-answers.ts'
import { usualScope } from './sources/usual-scope.ts'
import { LeftAnswers, leftTrouble } from './answers/left-answers.ts'
import { Preparing, type AskingPlace, type PreparingOptions } from './answers/preparing.ts'
import { shownMessages } from './answers/shown-messages.ts'
import { StudentChoice } from './answers/student-choice.ts'
import { titleOf } from './conversations/title.ts'

interface Room {
  store: ConversationStore
  words: ConversationWords
  /** Counts changes of the list. */
  changes: Watchable<number>
}

export interface ChatOptions {
  asking: Asking
  workspaces: Workspaces
  models: Models
  runtime: Runtime
  settings: SettingsArea
  presets: Presets
  states: ConversationStates
  drafts: Pick<Drafts, 'sent' | 'removed'>
  documents: Pick<Documents, 'all' | 'wholeText' | 'places' | 'forgetConversation'> & PreparingOptions['documents']
  retrieval: Pick<Retrieval, 'search'>
  embedder: SentenceEmbedder & PreparingOptions['embedder']
  speeds: ChatBudgetOptions['speeds']
  /** Battery or mains as it is now; null without a battery. */
  power: PreparingOptions['power']
  now: () => number
  onBug: (error: unknown, where: string) => string
}

export class Chat {
  readonly #options: ChatOptions
  readonly #students: StudentChoice
  readonly #budget: ChatBudget
  readonly #preparing: Preparing
  readonly #sourced: SourcedAnswers
  readonly #rooms = new Map<string, Room>()
  readonly #followers = new Followers()
  readonly #writers = new Map<string, { workspaceId: string; writer: AnswerWriter; done: Promise<void> }>()
  readonly #left: LeftAnswers
  readonly #closing = new AbortController()

  constructor(options: ChatOptions) {
    this.#options = options
    this.#left = new LeftAnswers(
      (workspaceId) => this.#failLeft(workspaceId),
      (error) => options.onBug(error, 'chat.left'),
    )
    this.#students = new StudentChoice(options)
    this.#sourced = new SourcedAnswers(options)
    this.#preparing = new Preparing({ ...options, students: this.#students, sourced: this.#sourced })
    this.#budget = new ChatBudget({ ...options, sourced: this.#sourced, preparing: this.#preparing })
    options.workspaces.each((id) => void this.#room(id))
    options.workspaces.admit({
      isBusy: (workspaceId) => [...this.#writers.values()].some((writing) => writing.workspaceId === workspaceId),
      leave: (workspaceId) => this.#leave(workspaceId),
    })
  }

  /** Ends all writing, keeps what was written, and tells every watcher that the vault is locked. */
  async close(): Promise<void> {
    this.#closing.abort()
    this.#left.stop()
    for (const { writer } of this.#writers.values()) writer.stop('interrupted')
    await Promise.all([this.#preparing.close(), ...[...this.#writers.values()].map(({ done }) => done)])
    await Promise.all([...this.#rooms.values()].map(({ words }) => words.stop()))
    const locked = new AppError('locked', 'The vault is locked')
    this.#followers.end(locked)
    for (const { changes } of this.#rooms.values()) changes.end(locked)
    this.#options.presets.state.end(locked)
  }

  list(workspaceId: string, limit: number, signal: AbortSignal): AsyncGenerator<ListUpdate<ConversationRow>> {
    const { store, changes } = this.#room(workspaceId)
    return listUpdates(changes.watch(signal), () => {
      const rows = store.list(limit).map((row) => ({ ...row, writing: this.#writers.has(row.id) }))
      return { rows, total: store.count() }
    })
  }

  /** @throws AppError not_found */
  follow(place: Place, signal: AbortSignal): AsyncGenerator<ChatUpdate> {
    this.#room(place.workspaceId).store.head(place.conversationId)
    return this.#followers.of(place).listen(() => this.#present(place), signal)
  }

  /** @throws AppError no_model, model_missing, busy, not_found */
  send(input: AskedQuestion): Place & { messageId: string } {
    const { workspaceId, text } = input
    const { store } = this.#room(workspaceId)
    if (input.conversationId !== null) this.#refuseBusy(input.conversationId)
    const before = input.conversationId === null ? null : store.head(input.conversationId)
    const modelId = this.#students.need(workspaceId, input.onceModelId ?? input.modelId ?? before?.modelId ?? null)
    // Where nobody chose, the student used last answers, and that must not become the one for this question alone.
    const isChosen = input.onceModelId === undefined || this.#students.chosen(workspaceId, null) !== null
    const stays = isChosen ? null : this.#students.find(workspaceId, null)
    const { conversationId, parentId, questionId, answerId } = store.together(() => {
      const conversationId =
        before?.id ??
        store.create({
          ...{ title: titleOf(text), presetId: input.presetId ?? initialPresetId, modelId: input.modelId ?? stays },
          scope: input.scope ?? usualScope(this.#options.workspaces.get(workspaceId)),
        })
      // One that was begun for its attachments becomes what was wished for now.
      if (before && store.leafOf(conversationId) === null) {
        store.rename(conversationId, titleOf(text))
        store.configure(conversationId, input)
      }
      if (before?.modelId === null && stays !== null) store.configure(conversationId, { modelId: stays })
      const parentId = input.parentId === undefined ? store.leafOf(conversationId) : input.parentId
      if (parentId !== null) store.message(conversationId, parentId)
      const questionId = store.add(conversationId, { parentId, role: 'user', text, state: 'finished' })
      const answerId = store.add(conversationId, { parentId: questionId, role: 'assistant', text: '', state: 'writing' })
      const draft = { conversationId: input.conversationId, messageId: input.editedId ?? null }
      this.#options.drafts.sent(workspaceId, draft, text)
      return { conversationId, parentId, questionId, answerId }
    })
    const place = { workspaceId, conversationId }
    this.#options.workspaces.used(workspaceId)
    if (before) this.#tellHead(place, before)
    this.#write({ place, answerId, questionId, modelId, thinking: input.thinking, afterId: parentId, continued: null })
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

  /** Makes an empty conversation, for attachments that come before the first question. It is in the list once something is in it. */
  begin(workspaceId: string): Place {
    const { store } = this.#room(workspaceId)
    const scope = usualScope(this.#options.workspaces.get(workspaceId))
    return { workspaceId, conversationId: store.create({ title: '', presetId: initialPresetId, modelId: null, scope }) }
  }

  /** What was found for an answer, and what of it was sent. @throws AppError not_found for one without documents */
  inspect({ workspaceId, conversationId, messageId }: Place & { messageId: string }): SearchReport {
    return this.#room(workspaceId).store.found(conversationId, messageId)
  }

  stop({ conversationId }: Place): void {
    this.#writers.get(conversationId)?.writer.stop()
  }

  retry(place: Place & { messageId: string; modelId?: string | undefined; thinking?: Thinking | undefined }): void {
    const { store } = this.#room(place.workspaceId)
    this.#refuseBusy(place.conversationId)
    const message = store.message(place.conversationId, place.messageId)
    const questionId = message.role === 'user' ? message.id : message.parentId
    if (questionId === null) throw new AppError('invalid_input', 'There is no question before this answer')
    const modelId = this.#students.need(place.workspaceId, place.modelId ?? store.head(place.conversationId).modelId)
    const answerId = store.together(() =>
      store.add(place.conversationId, { parentId: questionId, role: 'assistant', text: '', state: 'writing' }),
    )
    this.#write({ place, answerId, questionId, modelId, thinking: place.thinking, afterId: questionId, continued: null })
  }

  /** @throws AppError invalid_input when it is no answer, or turns follow it */
  continue(place: Place & { messageId: string }): void {
    const { store } = this.#room(place.workspaceId)
    this.#refuseBusy(place.conversationId)
    const message = store.message(place.conversationId, place.messageId)
    if (message.role !== 'assistant' || message.parentId === null || store.hasChildren(message.id)) {
      throw new AppError('invalid_input', 'Only the last answer can be continued')
    }
    if (message.state === 'edited') throw new AppError('invalid_input', 'A person’s own words are not continued')
    const modelId = this.#students.need(place.workspaceId, message.facts?.modelId ?? store.head(place.conversationId).modelId)
    store.saveWriting(message.id, message.text, message.thought)
    const questionId = message.parentId
    const thinking = message.facts?.thinking
    this.#write({ place, answerId: message.id, questionId, modelId, thinking, afterId: questionId, continued: message })
  }

  /** @throws AppError invalid_input when it is no answer, busy, not_found, locked */
  async edit({ messageId, text, ...place }: Place & { messageId: string; text: string }): Promise<void> {
    const original = this.#editable(place, messageId)
    const { parentId } = original
    const branch = parentId === null ? [] : this.#room(place.workspaceId).store.branch(parentId)
    const sources = await this.#sourced.edited(original, text, branch, this.#closing.signal)
    // While it was checked an answer may have begun, and the vault, the workspace or the conversation may have gone.
    this.#editable(place, messageId)
    const { store, words, changes } = this.#room(place.workspaceId)
    const editedId = store.together(() => {
      this.#options.drafts.sent(place.workspaceId, { conversationId: place.conversationId, messageId }, text)
      return store.addEdited(place.conversationId, original, { text, sources })
    })
    words.start()
    this.#tellTurns(place, parentId, editedId)
    changes.set(changes.value + 1)
  }

  choose(place: Place & { messageId: string }): void {
    this.#refuseBusy(place.conversationId)
    const { store, changes } = this.#room(place.workspaceId)
    store.choose(place.conversationId, place.messageId)
    this.#followers.of(place).say(this.#present(place))
    changes.set(changes.value + 1)
  }

  rename(place: Place & { title: string }): void {
    this.#changeHead(place, (store) => store.rename(place.conversationId, place.title))
  }

  pin(place: Place & { pinned: boolean }): void {
    this.#changeHead(place, (store) => store.pin(place.conversationId, place.pinned))
  }

  configure(place: Place & { presetId?: string | undefined; modelId?: string | undefined; scope?: Scope | undefined }): void {
    this.#changeHead(place, (store) => store.configure(place.conversationId, place))
  }

  async remove(place: Place): Promise<void> {
    const writing = this.#writers.get(place.conversationId)
    writing?.writer.stop()
    await writing?.done
    const { store, changes } = this.#room(place.workspaceId)
    // What only makes it quicker goes first: a kill in between leaves the conversation, not the key of its words.
    this.#options.states.removed(place)
    this.#options.documents.forgetConversation(place.workspaceId, place.conversationId)
    store.remove(place.conversationId)
    this.#options.drafts.removed(place.workspaceId, place.conversationId)
    this.#followers.gone(place.conversationId)
    changes.set(changes.value + 1)
  }

  /** What a question there will need is made ready; what cannot be is left. @throws AppError not_found */
  prepare(look: AskingPlace, caller: Caller): void {
    const head = look.conversationId === null ? null : this.#room(look.workspaceId).store.head(look.conversationId)
    this.#preparing.prepare({ ...look, head }, caller)
  }

  budget(input: TypedQuestion & { draft: string }): Promise<Budget> {
    const conversation = input.conversationId === null ? null : this.#room(input.workspaceId).store.read(input.conversationId)
    return this.#budget.of({
      ...{ workspaceId: input.workspaceId, conversation },
      scope: conversation?.scope ?? input.scope ?? usualScope(this.#options.workspaces.get(input.workspaceId)),
      presetId: conversation?.presetId ?? input.presetId ?? initialPresetId,
      modelId: this.#students.find(input.workspaceId, input.onceModelId ?? conversation?.modelId ?? input.modelId ?? null),
      draft: input.draft,
    })
  }

  /** Whether any answer is being written. */
  get writing(): boolean {
    return this.#writers.size > 0
  }

  /** What was written a moment ago is found too; of many older messages that are still being looked at, those that have been. */
  search(query: string, limit: number): Promise<SearchHit[]> {
    return searchOpen(this.#options.workspaces, (workspaceId) => this.#room(workspaceId).words, query, limit)
  }

  /** Has an answer written. */
  #write({ place, answerId, questionId, modelId, thinking, afterId, continued }: AnswerWish): void {
    const { asking, runtime, states, now, onBug } = this.#options
    const { store, changes } = this.#room(place.workspaceId)
    const conversation = store.head(place.conversationId)
    const usual = asking.seeded(asking.style(place.workspaceId, conversation.presetId))
    // One that goes on has before it what it had.
    const style = { ...usual, thinking: thinking ?? (continued?.facts ? undefined : usual.thinking) }
    const branch = store.branch(questionId)
    const { maker, question } = asking.prepare(modelId, style, {
      opening: continued && { text: continued.text, thought: continued.thought },
      leftOutBefore: leftOutOf(continued ? [...branch, continued] : branch),
      memory: states.of(place),
    })
    const kept = continued?.sources ?? null
    const isSourced = continued ? kept !== null : this.#sourced.asks(place, conversation.scope)
    const sourced = isSourced
      ? this.#sourced.begin({
          place,
          answerId,
          scope: conversation.scope,
          systemPrompt: style.systemPrompt,
          branch,
          question,
          kept,
          frame: store.sourceFrame(place.conversationId),
        })
      : null
    const writer = new AnswerWriter({
      messageId: answerId,
      store,
      maker,
      opening: { text: continued?.text ?? '', thought: continued?.thought ?? '', facts: continued?.facts ?? null },
      ...(sourced && {
        sourced: {
          strict: sourced.strict,
          check: (written, signal) => sourced.check(written, signal),
          keep: (sources, found) => {
            store.saveSources(answerId, sources, found)
            this.#tellTurns(place, questionId, answerId)
          },
        },
      }),
      now,
      say: (update) => this.#followers.of(place).say(update),
      retell: () => this.#tellTurns(place, questionId, answerId),
      onBug: (error) => onBug(error, 'chat.answer'),
    })
    const prompt = { ...question.prompt, messages: promptMessages(style.systemPrompt, withoutDeclined(branch)) }
    const done = writer
      .run((signal) => sourced?.ask(signal) ?? runtime.answer({ ...question, prompt }, answerId, signal))
      .finally(() => {
        this.#writers.delete(place.conversationId)
        if (writer.isLeft) this.#left.add(place.workspaceId)
        if (this.#closing.signal.aborted) return
        this.#rooms.get(place.workspaceId)?.words.start()
        this.#tellTurns(place, questionId, answerId)
        changes.set(changes.value + 1)
      })
      // Whoever waits for it waits for its end, not for how it went.
      .catch((error: unknown) => void onBug(error, 'chat.answer'))
    this.#writers.set(place.conversationId, { workspaceId: place.workspaceId, writer, done })
    this.#tellTurns(place, afterId, answerId)
    changes.set(changes.value + 1)
  }

  /** Changes what is said of a conversation and none of its messages, which need not be read and sent again. */
  #changeHead(place: Place, work: (store: ConversationStore) => void): void {
    const { store, changes } = this.#room(place.workspaceId)
    const before = store.head(place.conversationId)
    work(store)
    this.#tellHead(place, before)
    changes.set(changes.value + 1)
  }

  #tellHead(place: Place, before: ConversationHead): void {
    const head = this.#room(place.workspaceId).store.head(place.conversationId)
    if (JSON.stringify(head) !== JSON.stringify(before)) this.#followers.of(place).say({ type: 'head', head })
  }

  /** From the message after this one to the answer the branch is another: that part alone is read and sent, however long the rest is. */
  #tellTurns(place: Place, afterId: string | null, answerId: string): void {
    const messages = this.#room(place.workspaceId).store.branch(answerId, afterId)
    this.#followers.of(place).say({ type: 'turns', afterId, ...this.#shown(place, messages) })
  }

  /** The whole conversation as it is now. */
  #present(place: Place): ChatUpdate {
    const { messages: stored, ...head } = this.#room(place.workspaceId).store.read(place.conversationId)
    const { messages, writing } = this.#shown(place, stored)
    return { type: 'conversation', conversation: { ...head, messages }, writing }
  }

  /** The messages with the answer being written as far as it is in memory; one that nobody writes has failed. */
  #shown(place: Place, stored: readonly Message[]): { messages: Message[]; writing: AnswerWriter['writing'] | null } {
    const writer = this.#writers.get(place.conversationId)?.writer
    return { messages: shownMessages(stored, writer), writing: writer?.writing ?? null }
  }

  #room(workspaceId: string): Room {
    const existing = this.#rooms.get(workspaceId)
    if (existing) return existing
    const database = this.#options.workspaces.database(workspaceId)
    const store = new ConversationStore({ database, now: this.#options.now })
    // Nobody has written here since it was opened: what is still being written was cut off, in a copy that was put back as well.
    this.#left.orLater(workspaceId, () => {
      store.markInterrupted()
      store.removeEmpty()
    })
    const words = new ConversationWords({ database, onBug: (error) => void this.#options.onBug(error, 'chat.words') })
    const room = { store, words, changes: new Watchable(0) }
    this.#rooms.set(workspaceId, room)
    words.start()
    return room
  }

  /** Closes what could not be closed when it ended. */
  #failLeft(workspaceId: string): void {
    const { store, changes } = this.#room(workspaceId)
    const written = [...this.#writers.values()].map(({ writer }) => writer.messageId)
    store.failLeft(written, leftTrouble)
    changes.set(changes.value + 1)
  }

  /** Ends what is being written in a workspace that is closed or erased, and tells its watchers. */
  async #leave(workspaceId: string): Promise<void> {
    const writing = [...this.#writers.values()].filter((each) => each.workspaceId === workspaceId)
    for (const { writer } of writing) writer.stop('interrupted')
    await Promise.all(writing.map(({ done }) => done))
    await this.#rooms.get(workspaceId)?.words.stop()
    const closed = new AppError('workspace_archived', 'This workspace is closed')
    this.#followers.leave(workspaceId, closed)
    this.#rooms.get(workspaceId)?.changes.end(closed)
    this.#rooms.delete(workspaceId)
  }

  /** An answer that may be edited now. */
  #editable(place: Place, messageId: string): Message {
    this.#refuseBusy(place.conversationId)
    const message = this.#room(place.workspaceId).store.message(place.conversationId, messageId)
    if (message.role !== 'assistant') throw new AppError('invalid_input', 'Only an answer can be edited so')
    return message
  }

  #refuseBusy(conversationId: string): void {
    if (this.#closing.signal.aborted) throw new AppError('locked', 'The vault is locked')
    if (this.#writers.has(conversationId)) throw new AppError('busy', 'An answer is already being written here')
  }
}
