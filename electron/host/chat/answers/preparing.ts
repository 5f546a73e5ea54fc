/**
 * Makes ready what a question in the visible workspace will need, while nobody waits: its student and its embedder are loaded where there is
 * room, and documents that go in whole are read ahead, now and whenever they have changed. One place for each window, the newest.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ConversationHead } from '../../../../contract/conversation.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { Caller } from '../../../../contract/link.ts'
import type { HardwareState } from '../../../../contract/entities.ts'
import { inBackground } from '../../base/background.ts'
import { givingWay } from '../../runtime/giving-way.ts'
import type { Embedder } from '../../runtime/embedder.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { Documents } from '../../workspaces/documents/documents.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'
import { initialPresetId } from '../conversations/presets.ts'
import { usualScope } from '../sources/usual-scope.ts'
import { ReadAhead, type ReadAheadOptions } from './read-ahead.ts'
import type { StudentChoice } from './student-choice.ts'

/** Documents that change are left alone for so long before they are read ahead, in milliseconds. */
const settleMs = 1500
/** Windows that are remembered. A call does not say when its window is closed, so the one that looked longest ago is forgotten. */
const mostWindows = 4
/** What an embedder is loaded for where nothing is asked yet. */
const anyWord = 'a'

export interface PreparingOptions extends ReadAheadOptions {
  documents: Pick<Documents, 'changes' | 'standing'>
  embedder: Pick<Embedder, 'state' | 'embedQuery'>
  runtime: Pick<Runtime, 'load' | 'state' | 'answering' | 'readAhead' | 'hasRead'>
  settings: Pick<SettingsArea, 'values'>
  students: Pick<StudentChoice, 'find'>
  workspaces: Pick<Workspaces, 'get'>
  /** Battery or mains as it is now; null without a battery. */
  power: () => Promise<HardwareState['power']>
  onBug: (error: unknown, where: string) => void
  settleMs?: number
}

/** Where a question would be asked. */
export interface AskingPlace {
  workspaceId: string
  /** Null for a new conversation. */
  conversationId: string | null
  /** How a new conversation would be answered; as usual when it does not say. */
  presetId?: string | undefined
}

/** The same with what is known of the conversation. */
type VisiblePlace = AskingPlace & { head: ConversationHead | null }

export class Preparing {
  readonly #options: PreparingOptions
  readonly #readAhead: ReadAhead
  /** What is being prepared, by who looks there, the newest last. */
  readonly #looks = new Map<string, { left: AbortController; done: Promise<void> }>()
  /** All that has not ended yet. */
  readonly #running = new Set<Promise<void>>()
  #isClosed = false

  constructor(options: PreparingOptions) {
    this.#options = options
    this.#readAhead = new ReadAhead(options)
  }

  /**
   * Begins, and returns at once; what was prepared for the same window before ends. Nobody hears of what fails: a question tells.
   */
  prepare(place: VisiblePlace, { kind, id }: Caller): void {
    if (this.#isClosed) return
    const who = `${kind} ${id}`
    const before = this.#looks.get(who)
    before?.left.abort()
    this.#looks.delete(who)
    for (const [window, { left }] of [...this.#looks].slice(0, Math.max(0, this.#looks.size + 1 - mostWindows))) {
      left.abort()
      this.#looks.delete(window)
    }
    const left = new AbortController()
    const { signal } = left
    const done = Promise.resolve(before?.done)
      .then(() => (signal.aborted ? undefined : this.#run(place, signal)))
      .catch((error: unknown) => {
        // Full memory, a model that is gone, a workspace that was closed: asking says it.
        if (!signal.aborted && !(error instanceof AppError)) this.#options.onBug(error, 'chat.prepare')
      })
    this.#looks.set(who, { left, done })
    this.#running.add(done)
    inBackground(
      done.finally(() => this.#running.delete(done)),
      (error) => this.#options.onBug(error, 'chat.prepare'),
    )
  }

  /** Whether what new conversations of a workspace begin with was read ahead by this student. */
  hasReadAhead(workspaceId: string, modelId: string, presetId: string): boolean {
    return this.#readAhead.hasRead(workspaceId, modelId, presetId)
  }

  /** A place that is left is not prepared any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { left } of this.#looks.values()) left.abort()
    await Promise.all(this.#running)
  }

  async #run({ workspaceId, head, presetId = initialPresetId }: VisiblePlace, signal: AbortSignal): Promise<void> {
    const { documents, embedder, runtime, students, sourced, workspaces } = this.#options
    const scope = usualScope(workspaces.get(workspaceId))
    const modelId = students.find(workspaceId, head?.modelId ?? null)
    if (modelId === null || !(await this.#isWished()) || signal.aborted) return
    const asks = sourced.asks({ workspaceId, conversationId: head?.id ?? null }, { ...(head?.scope ?? scope), strict: false })
    const { warm } = runtime.state.value
    // Nobody who is in memory leaves it for what may be asked.
    if (warm.length === 0) await runtime.load(modelId, { signal })
    if (asks && embedder.state.value) await embedder.embedQuery(anyWord, signal)
    for await (const _change of documents.changes(workspaceId).watch(signal)) {
      await delay(this.#options.settleMs ?? settleMs, undefined, { signal })
      if (!documents.standing(workspaceId).isSettled || !(await this.#isWished())) continue
      await givingWay(runtime.answering, { signal, onWait: () => undefined }, (untilAsked) =>
        this.#readAhead.run({ workspaceId, modelId, scope, presetId }, untilAsked),
      )
    }
  }

  async #isWished(): Promise<boolean> {
    const { settings, power } = this.#options
    const { warmUp } = settings.values
    if (warmUp !== 'plugged') return warmUp === 'always'
    return (await power())?.onMains ?? true
  }
}
