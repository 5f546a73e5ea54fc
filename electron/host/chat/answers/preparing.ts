/**
 * Makes ready what a question in the visible workspace will need, while nobody waits: its student and its embedder are loaded where there is
 * room, and documents that go in whole are read ahead, now and whenever they have changed. One place at a time, the newest.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ConversationHead } from '../../../../contract/conversation.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { HardwareState } from '../../../../contract/entities.ts'
import { inBackground } from '../../base/background.ts'
import { givingWay } from '../../runtime/giving-way.ts'
import type { Embedder } from '../../runtime/embedder.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { Documents } from '../../workspaces/documents/documents.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'
import { usualScope } from '../sources/usual-scope.ts'
import { ReadAhead, type ReadAheadOptions } from './read-ahead.ts'
import type { StudentChoice } from './student-choice.ts'

/** Documents that change are left alone for so long before they are read ahead, in milliseconds. */
const settleMs = 1500
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
export interface VisiblePlace {
  workspaceId: string
  /** Of the open conversation; null for a new one. */
  head: ConversationHead | null
}

export class Preparing {
  readonly #options: PreparingOptions
  readonly #readAhead: ReadAhead
  #present = new AbortController()
  #done: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: PreparingOptions) {
    this.#options = options
    this.#readAhead = new ReadAhead(options)
  }

  /** Begins, and returns at once; what was prepared elsewhere ends. Nobody hears of what fails: a question tells. */
  prepare(place: VisiblePlace): void {
    if (this.#isClosed) return
    this.#present.abort()
    const { signal } = (this.#present = new AbortController())
    const before = this.#done
    this.#done = before
      .then(() => this.#run(place, signal))
      .catch((error: unknown) => {
        // Full memory, a model that is gone, a workspace that was closed: asking says it.
        if (!signal.aborted && !(error instanceof AppError)) this.#options.onBug(error, 'chat.prepare')
      })
    inBackground(this.#done, (error) => this.#options.onBug(error, 'chat.prepare'))
  }

  /** Whether what new conversations of a workspace begin with was read ahead by this student. */
  hasReadAhead(workspaceId: string, modelId: string): boolean {
    return this.#readAhead.hasRead(workspaceId, modelId)
  }

  /** A place that is left is not prepared any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#present.abort()
    await this.#done
  }

  async #run({ workspaceId, head }: VisiblePlace, signal: AbortSignal): Promise<void> {
    const { documents, embedder, runtime, settings, states, students, sourced, workspaces } = this.#options
    // Whoever wants nothing read ahead wants nothing of it kept.
    if (settings.values.warmUp === 'never') states.beginningsChanged(workspaceId, null)
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
        this.#readAhead.run({ workspaceId, modelId, scope }, untilAsked),
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
