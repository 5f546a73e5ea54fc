/**
 * The test that a workspace has of its own: its questions are asked again when the embedder, the reranker, the splitting or the student
 * changed, or when somebody wants to know. Runs are kept, so that what got worse is seen. One that is cut off by a lock goes on afterwards.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Document } from '../../../../contract/document.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { QuestionsState, RunReason, TestConditions, TestQuestion } from '../../../../contract/question.ts'
import { inBackground, tellFailure } from '../../base/background.ts'
import { Job, type JobStanding } from '../../base/job.ts'
import { Watchable } from '../../base/watchable.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'
import type { TestAsking } from './question-asker.ts'
import { asksTheSame, scoreQuestion, summarise, worseIn, type Asked } from './question-scores.ts'
import { QuestionStore, type BegunRun, type KeptRun } from './question-store.ts'

export interface QuestionsOptions {
  workspaces: Pick<Workspaces, 'admit' | 'each' | 'database' | 'state'>
  /** Asks as a conversation would. @throws AppError no_model, cancelled, engine_* */
  ask: (question: string, asking: TestAsking) => Promise<Asked>
  /** What is in force in a workspace now; not settled while its documents are being read or embedded. */
  conditions: (workspaceId: string, usualId: string | null) => { now: TestConditions; isSettled: boolean }
  /** A document as it is now; null when it is gone. */
  documentOf: (workspaceId: string, documentId: string) => Document | null
  /** An item whenever documents or conditions of a workspace may have changed, and one at the beginning. */
  changes: (workspaceId: string, signal: AbortSignal) => AsyncIterable<unknown>
  now: () => number
  onBug: (error: unknown) => string
  /** Between two looks at what has changed, in milliseconds. */
  pauseMs?: number
}

/** While documents come in there are many changes a second. */
const pauseMs = 500

interface Room {
  workspaceId: string
  store: QuestionStore
  /** Oldest first. */
  runs: KeptRun[]
  state: Watchable<QuestionsState>
  /** Fires when the workspace is closed. */
  left: AbortController
  job: Job
  /** The question that is being asked; null before the first. */
  running: QuestionsState['running']
  /** Under these conditions a run failed: it is not tried again by itself before they change, or before the next unlock. */
  failedUnder: TestConditions | null
}

export class Questions {
  readonly #options: QuestionsOptions
  readonly #rooms = new Map<string, Room>()
  readonly #closing = new AbortController()
  readonly #following: Promise<void>

  constructor(options: QuestionsOptions) {
    this.#options = options
    options.workspaces.admit({
      // What is cut off goes on when the workspace is opened again.
      isBusy: () => false,
      leave: (workspaceId) => this.#leave(workspaceId, new AppError('workspace_archived', 'This workspace is closed')),
    })
    this.#following = this.#followWorkspaces()
  }

  watch(workspaceId: string, signal: AbortSignal): AsyncGenerator<QuestionsState> {
    return this.#room(workspaceId).state.watch(signal)
  }

  /** @throws AppError invalid_input when there are 50 already */
  save(workspaceId: string, question: TestQuestion): void {
    const room = this.#room(workspaceId)
    room.store.save(question)
    this.#show(room)
  }

  remove(workspaceId: string, questionId: string): void {
    const room = this.#room(workspaceId)
    room.store.remove(questionId)
    this.#show(room)
  }

  /** Begins a run. @throws AppError busy while one is going on, no_model, invalid_input without questions */
  run(workspaceId: string, answers: boolean): void {
    const room = this.#room(workspaceId)
    if (room.job.isActive) throw new AppError('busy', 'The questions are being asked')
    if (room.store.questions().length === 0) throw new AppError('invalid_input', 'There are no questions')
    const { now } = this.#conditions(room)
    if (answers && !now.model) throw new AppError('no_model', 'There is no model here')
    this.#begin(room, { reason: 'asked', under: { ...now, model: answers ? now.model : null }, results: [], isStopped: false })
  }

  /** Ends the run that is going on for good. */
  async stop(workspaceId: string): Promise<void> {
    const room = this.#room(workspaceId)
    await room.job.stop()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const id of [...this.#rooms.keys()]) await this.#leave(id, new AppError('locked', 'The vault is locked'))
    await this.#following
  }

  // ---- rooms

  #room(workspaceId: string): Room {
    if (this.#closing.signal.aborted) throw new AppError('locked', 'The vault is locked')
    const database = this.#options.workspaces.database(workspaceId)
    const known = this.#rooms.get(workspaceId)
    if (known) return known
    const store = new QuestionStore(database)
    const room: Room = {
      ...{ workspaceId, store, runs: store.runs(), left: new AbortController(), running: null, failedUnder: null },
      job: this.#jobOf(() => room),
      state: new Watchable<QuestionsState>({ questions: [], runs: [], results: [], worse: [], running: null, trouble: null }),
    }
    this.#show(room)
    this.#rooms.set(workspaceId, room)
    inBackground(this.#followChanges(room), this.#options.onBug)
    return room
  }

  async #leave(workspaceId: string, reason: AppError): Promise<void> {
    const room = this.#rooms.get(workspaceId)
    if (!room) return
    room.left.abort()
    await room.job.close()
    this.#rooms.delete(workspaceId)
    room.state.end(reason)
  }

  async #followWorkspaces(): Promise<void> {
    const { workspaces, onBug } = this.#options
    try {
      for await (const _list of workspaces.state.watch(this.#closing.signal)) {
        workspaces.each((id) => void this.#room(id))
      }
    } catch (error) {
      if (!(error instanceof AppError)) onBug(error)
    }
  }

  async #followChanges(room: Room): Promise<void> {
    const { signal } = room.left
    for await (const _change of this.#options.changes(room.workspaceId, signal)) {
      try {
        if (room.store.questions().some(({ documentId }) => documentId !== null)) this.#show(room)
        this.#look(room)
      } catch (error) {
        // A full disk, say: the next change is looked at again.
        if (signal.aborted) return
        tellFailure(error, this.#options.onBug)
      }
      await delay(this.#options.pauseMs ?? pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Goes on with what was begun, or runs again what was run under other conditions. */
  #look(room: Room): void {
    const { runs } = room
    const begun = room.store.begun()
    const last = runs.at(-1)
    if (room.job.isActive || !(begun ?? last) || room.store.questions().length === 0) return
    const { now, isSettled } = this.#conditions(room)
    if (!isSettled || (room.failedUnder && !changeBetween(room.failedUnder, now))) return
    if (begun && !begun.isStopped) return this.#begin(room, begun)
    const answered = runs.findLast(({ under }) => under.model !== null)?.under.model ?? null
    const reason = last && changeBetween({ ...last.under, model: answered }, now)
    if (!reason || (begun && !changeBetween(begun.under, now))) return
    this.#begin(room, { reason, under: { ...now, model: answered && now.model }, results: [], isStopped: false })
  }

  // ---- runs

  #begin(room: Room, begun: BegunRun): void {
    room.store.keepBegun(begun)
    room.job.start()
  }

  #jobOf(room: () => Room): Job {
    return new Job({
      work: (signal) => this.#ask(room(), signal),
      row: {
        // Whether what was begun goes on depends on the conditions, which are looked at when they are settled.
        read: () => ({ state: 'idle', trouble: null }),
        write: (standing) => this.#write(room(), standing),
      },
      onChange: () => this.#changed(room()),
      onBug: this.#options.onBug,
    })
  }

  #write(room: Room, { state }: JobStanding): void {
    room.failedUnder = state === 'failed' ? this.#conditions(room).now : null
    const begun = state === 'stopped' ? room.store.begun() : null
    if (begun) room.store.keepBegun({ ...begun, under: this.#conditions(room).now, isStopped: true })
  }

  #changed(room: Room): void {
    const { isActive, standing } = room.job
    if (!isActive) room.running = null
    this.#show(room)
    if (!isActive && standing.state !== 'stopped') this.#look(room)
  }

  /** Asks what has no result yet. Where conditions change under way everything is asked anew; a question that was changed is asked again. */
  async #ask(room: Room, signal: AbortSignal): Promise<void> {
    const { workspaceId, store } = room
    const begun = store.begun()
    if (!begun) return
    let { under, results } = begun
    for (;;) {
      const { now } = this.#options.conditions(workspaceId, under.model?.id ?? null)
      if (changeBetween(under, now)) {
        under = { ...now, model: under.model && now.model }
        results = []
      }
      const questions = store.questions()
      results = questions.flatMap((question) => results.find((result) => asksTheSame(result, question)) ?? [])
      const next = questions.find((question) => !results.some((result) => asksTheSame(result, question)))
      store.keepBegun({ reason: begun.reason, under, results, isStopped: false })
      if (!next) break
      const shown = { done: results.length, total: questions.length, answers: under.model !== null }
      const show = (waits: boolean): void => {
        room.running = { ...shown, waits }
        this.#show(room)
      }
      show(false)
      const asked = await this.#options.ask(next.text, {
        ...{ workspaceId, signal, onWait: show },
        modelId: under.model?.id ?? null,
      })
      // The row says already that it was stopped.
      if (signal.aborted) return
      results = [...results, scoreQuestion(next, asked)]
    }
    if (results.length === 0) return store.dropBegun()
    const { now } = this.#options
    const { reason } = begun
    store.add({ id: randomUUID(), at: now(), reason, under, ...summarise(results), results })
    room.runs = store.runs()
  }

  /** The student that answered last stays the usual one. */
  #conditions({ workspaceId, runs, store }: Room): { now: TestConditions; isSettled: boolean } {
    const answered = runs.findLast(({ under }) => under.model !== null)
    const usual = store.begun()?.under.model ?? answered?.under.model
    return this.#options.conditions(workspaceId, usual?.id ?? null)
  }

  #show(room: Room): void {
    const { workspaceId, store, state, running, job } = room
    const { trouble } = job.standing
    const questions = store.questions().map((question) => ({
      ...question,
      document: question.documentId === null ? null : this.#options.documentOf(workspaceId, question.documentId),
    }))
    const runs = room.runs.map(({ results: _results, ...run }) => run)
    const results = room.runs.at(-1)?.results ?? []
    const next = { questions, runs, results, worse: worseIn(room.runs), running, trouble }
    if (JSON.stringify(next) !== JSON.stringify(state.value)) state.set(next)
  }
}

/** What is not as it was; null when nothing is. A student counts only where one answered, and where there is one. */
function changeBetween(before: TestConditions, now: TestConditions): RunReason | null {
  if (before.splitting !== now.splitting) return 'splitting'
  if (before.embedder?.id !== now.embedder?.id) return 'embedder'
  if (before.reranker?.id !== now.reranker?.id) return 'reranker'
  return before.model && now.model && before.model.id !== now.model.id ? 'model' : null
}
