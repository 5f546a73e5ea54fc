/** What is typed and not sent yet, of every conversation. It is kept in the encrypted file a moment after each change, and every window shows the same. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { Client } from '../../contract/contract.ts'
import type { DraftsUpdate } from '../../contract/conversation.ts'
import { follow } from './follow.ts'
import { Task } from './task.svelte.ts'

/** Whose draft it is: of a conversation (null: the one to come), and there the next question (null) or one that is edited. */
export interface DraftPlace {
  workspaceId: string
  conversationId: string | null
  messageId: string | null
}

/** What is typed waits so long at most, in milliseconds, and what could not be kept until it is tried again. */
const keepMs = 250
const againMs = 5_000

export class DraftsState {
  /** Keeping them, and how that last failed. */
  readonly keeping = new Task()
  readonly #client: Client
  readonly #texts = new SvelteMap<string, string>()
  /** Those that are another here than in the file: what the host says of them is older. */
  readonly #unkept = new SvelteMap<string, DraftPlace>()
  #timer: ReturnType<typeof setTimeout> | null = null
  #following: AbortController | null = null

  constructor(client: Client) {
    this.#client = client
  }

  /** Follows the drafts of a workspace, until `life` ends or another one is followed. */
  follow(workspaceId: string, life: AbortSignal): void {
    this.#following?.abort()
    const following = new AbortController()
    this.#following = following
    life.addEventListener('abort', () => following.abort(), { once: true })
    void follow(
      (signal) => this.#client.chat.drafts({ workspaceId }, { signal }),
      (update) => this.#apply(workspaceId, update),
      following.signal,
      () => undefined,
    )
  }

  /** Undefined where there is none; a question can be edited to nothing. */
  of(place: DraftPlace): string | undefined {
    return this.#texts.get(keyOf(place))
  }

  /** @param text null removes it */
  write(place: DraftPlace, text: string | null): void {
    const key = keyOf(place)
    if ((this.#texts.get(key) ?? null) === text) return
    if (text === null) this.#texts.delete(key)
    else this.#texts.set(key, text)
    this.#unkept.set(key, { ...place })
    this.#timer ??= setTimeout(() => void this.flush(), keepMs)
  }

  /** Keeps now what is not kept yet: the page is about to go, or to be locked. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    await this.keeping.run(async () => {
      try {
        for (const [key, place] of [...this.#unkept]) await this.#keep(key, place)
      } finally {
        if (this.#unkept.size > 0) this.#timer ??= setTimeout(() => void this.flush(), againMs)
      }
    })
  }

  /** They are a person's words, and go with the lock. */
  forget(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#following?.abort()
    this.#unkept.clear()
    this.#texts.clear()
    this.keeping.forget()
  }

  async #keep(key: string, place: DraftPlace): Promise<void> {
    const text = this.#texts.get(key) ?? null
    await this.#client.chat.keepDraft({ ...place, text })
    // What was typed meanwhile is still to be kept.
    if ((this.#texts.get(key) ?? null) === text) this.#unkept.delete(key)
  }

  #apply(workspaceId: string, { whole, drafts }: DraftsUpdate): void {
    const told = new SvelteSet(drafts.map((draft) => keyOf({ workspaceId, ...draft })))
    if (whole)
      for (const key of [...this.#texts.keys()]) if (key.startsWith(`${workspaceId}/`) && !told.has(key)) this.#take(key, null)
    for (const draft of drafts) this.#take(keyOf({ workspaceId, ...draft }), draft.text)
  }

  #take(key: string, text: string | null): void {
    if (this.#unkept.has(key)) return
    if (text === null) this.#texts.delete(key)
    else this.#texts.set(key, text)
  }
}

function keyOf({ workspaceId, conversationId, messageId }: DraftPlace): string {
  return [workspaceId, conversationId ?? '', messageId ?? ''].join('/')
}
