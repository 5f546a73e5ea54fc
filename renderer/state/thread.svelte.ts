/** The open conversation as the screen sees it: its branch, the answer being written, and what can be done with it. */
import type { Client } from '../../contract/contract.ts'
import { withUpdate } from '../../contract/chat-update.ts'
import type { AnswerStage, ChatUpdate, Conversation, Message, Place } from '../../contract/conversation.ts'
import type { AppError } from '../../contract/errors.ts'
import type { Scope } from '../../contract/sources.ts'
import type { Thinking } from '../../contract/entities.ts'
import { withEarlierSources } from './earlier-sources.ts'
import { follow } from './follow.ts'
import { Task } from './task.svelte.ts'

/** Where the answer is. Times are epoch milliseconds. */
export interface Writing {
  messageId: string
  stage: AnswerStage
  fraction: number
  since: number
}

/** The words of an answer as far as they have come. */
export interface LiveText {
  messageId: string
  text: string
  thought: string
}

const none: Message[] = []

export class Thread {
  readonly place: Place
  /** The last thing that was asked of the host here, and how it failed. */
  readonly task = new Task()
  /** Stopping the answer, and how that last failed. */
  readonly stopping = new Task()
  readonly #client: Client
  readonly #life = new AbortController()
  #following = new AbortController()
  #conversation = $state.raw<Conversation | null>(null)
  #writing = $state.raw<Writing | null>(null)
  #live = $state.raw<LiveText | null>(null)
  #gone = $state(false)
  #trouble = $state.raw<AppError | null>(null)
  #finished = $state(0)

  constructor(client: Client, place: Place) {
    this.#client = client
    this.place = place
    this.#life.signal.addEventListener('abort', () => this.#following.abort())
    this.#follow()
  }

  /** Null until the host has told. */
  get conversation(): Conversation | null {
    return this.#conversation
  }

  /** The messages of the branch. They stay the same objects while an answer is written: what has come of that is in {@link live}. */
  get messages(): Message[] {
    return this.#conversation?.messages ?? none
  }

  /** What has come so far of the answer that is being written; another one with each item, so that only its answer may look at it. */
  get live(): LiveText | null {
    return this.#live
  }

  get writing(): Writing | null {
    return this.#writing
  }

  /** Deleted, here or in another window. */
  get gone(): boolean {
    return this.#gone
  }

  /** Why it cannot be shown; null while all is well. */
  get trouble(): AppError | null {
    return this.#trouble
  }

  /** Counts answers that ended while one watched: for a polite announcement. */
  get finished(): number {
    return this.#finished
  }

  leave(): void {
    this.#life.abort()
  }

  stop(): Promise<boolean> {
    // Whatever else is under way here must not keep it from being stopped.
    return this.stopping.once(() => this.#client.chat.stop(this.place))
  }

  /** @param wish who answers, by default the conversation's model, and what it is told of thinking, by default what the preset says */
  retry(
    messageId: string,
    { modelId, thinking }: { modelId?: string | undefined; thinking?: Thinking | null } = {},
  ): Promise<boolean> {
    const wish = { ...(modelId ? { modelId } : {}), ...(thinking ? { thinking } : {}) }
    return this.task.run(() => this.#client.chat.retry({ ...this.place, messageId, ...wish }))
  }

  /** Keeps an answer as a person has edited it. */
  edit(messageId: string, text: string): Promise<boolean> {
    return this.task.run(() => this.#client.chat.edit({ ...this.place, messageId, text }))
  }

  continue(messageId: string): Promise<boolean> {
    return this.task.run(() => this.#client.chat.continue({ ...this.place, messageId }))
  }

  choose(messageId: string): Promise<boolean> {
    return this.task.run(() => this.#client.chat.choose({ ...this.place, messageId }))
  }

  configure(change: { presetId?: string; modelId?: string; scope?: Scope }): Promise<boolean> {
    return this.task.run(() => this.#client.chat.configure({ ...this.place, ...change }))
  }

  /** Follows it from its present on; what was followed before is left. */
  #follow(): void {
    this.#following.abort()
    const following = new AbortController()
    this.#following = following
    void follow(
      (signal) => this.#client.chat.follow(this.place, { signal }),
      (update) => this.#apply(update),
      following.signal,
      (error) => (this.#trouble = error),
    )
  }

  #apply(update: ChatUpdate): void {
    this.#trouble = null
    switch (update.type) {
      case 'conversation':
      case 'turns': {
        const conversation =
          update.type === 'turns' ? this.#conversation && withUpdate(this.#conversation, update) : update.conversation
        // It goes on from something that is not here: only the whole helps.
        if (!conversation) return this.#follow()
        if (this.#writing && !update.writing) this.#finished++
        this.#conversation = { ...conversation, messages: withEarlierSources(conversation.messages) }
        this.#writing = update.writing
        const message = conversation.messages.find(({ id }) => id === update.writing?.messageId)
        this.#live = message ? { messageId: message.id, text: message.text, thought: message.thought } : null
        return
      }
      case 'head':
        this.#conversation &&= withUpdate(this.#conversation, update)
        return
      case 'text':
        if (this.#live?.messageId === update.messageId) {
          const { messageId, text, thought } = this.#live
          this.#live = { messageId, text: text + update.text, thought: thought + update.thought }
        }
        return
      case 'stage':
        this.#writing = { messageId: update.messageId, stage: update.stage, fraction: update.fraction, since: update.since }
        return
      case 'gone':
        this.#gone = true
    }
  }
}
