/**
 * The test that a workspace has of its own: its questions are asked again when the embedder, the splitting or the student changed, or
 * when somebody wants to know. Runs are kept, so that what got worse is seen.
 */
import { randomUUID } from 'node:crypto'
import type { QuestionsState, TestQuestion, TestRun } from '../../../contract/question.ts'
import { AppError } from '../../../contract/errors.ts'
import { Watchable } from '../base/watchable.ts'
import type { Workspaces } from '../workspaces/workspaces.ts'
import { scoreQuestion, summarise, worseIn, type Asked } from './question-scores.ts'
import { QuestionStore } from './question-store.ts'

/** What is in force while questions are asked. */
export type TestConditions = Pick<TestRun, 'embedderName' | 'modelName' | 'splitting'>

export interface QuestionsOptions {
  workspaces: Workspaces
  /** Asks as a conversation would: searches, and with `answers` lets the workspace's student answer. @throws AppError no_model, cancelled, engine_* */
  ask: (workspaceId: string, question: string, answers: boolean, signal: AbortSignal) => Promise<Asked>
  /** What is in force in a workspace now; null while it changes, for example while a new embedder is at work. */
  conditions: (workspaceId: string) => TestConditions | null
  now: () => number
  onBug: (error: unknown) => string
  /** How often it is looked for changes, in milliseconds. */
  lookEveryMs?: number
}

/** A new embedder is at work for minutes: nobody waits for this. */
const lookEveryMs = 30_000

interface Room {
  store: QuestionStore
  state: Watchable<QuestionsState>
  running: AbortController | null
  done: Promise<void>
}

export class Questions {
  readonly #options: QuestionsOptions
  readonly #rooms = new Map<string, Room>()
  readonly #timer: ReturnType<typeof setInterval>

  constructor(options: QuestionsOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.rerunChanged(), options.lookEveryMs ?? lookEveryMs)
    this.#timer.unref()
    options.workspaces.admit({
      isBusy: (workspaceId) => this.#rooms.get(workspaceId)?.running != null,
      leave: (workspaceId) => this.#leave(workspaceId, new AppError('workspace_archived', 'This workspace is closed')),
    })
  }

  /** Whether questions are being asked anywhere. */
  get running(): boolean {
    return [...this.#rooms.values()].some(({ running }) => running !== null)
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

  /** Begins a run. @throws AppError busy while one is going on, invalid_input without questions */
  run(workspaceId: string, answers: boolean): void {
    this.#begin(workspaceId, 'asked', answers)
  }

  stop(workspaceId: string): void {
    this.#rooms.get(workspaceId)?.running?.abort()
  }

  /** Runs again what was run under other conditions. */
  rerunChanged(): void {
    for (const { id } of this.#options.workspaces.all) {
      const room = this.#room(id)
      const last = room.store.runs().at(-1)
      const conditions = this.#options.conditions(id)
      if (!last || !conditions || room.running) continue
      const reason = changeBetween(last, conditions)
      if (reason !== null && room.store.questions().length > 0) this.#begin(id, reason, last.answer !== null)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const id of [...this.#rooms.keys()]) await this.#leave(id, new AppError('locked', 'The vault is locked'))
  }

  #begin(workspaceId: string, reason: TestRun['reason'], answers: boolean): void {
    const room = this.#room(workspaceId)
    if (room.running) throw new AppError('busy', 'The questions are being asked')
    const questions = room.store.questions()
    if (questions.length === 0) throw new AppError('invalid_input', 'There are no questions')
    const running = new AbortController()
    room.running = running
    room.state.set({ ...room.state.value, running: { done: 0, total: questions.length, answers }, trouble: null })
    room.done = this.#ask(workspaceId, room, { questions, reason, answers }, running.signal)
      .then(
        () => null,
        (error: unknown) => (running.signal.aborted ? null : this.#troubleOf(error)),
      )
      .then((trouble) => {
        room.running = null
        this.#show(room, trouble)
      })
  }

  async #ask(
    workspaceId: string,
    room: Room,
    { questions, reason, answers }: { questions: TestQuestion[]; reason: TestRun['reason']; answers: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const { ask, conditions, now } = this.#options
    const under = conditions(workspaceId) ?? { embedderName: null, modelName: null, splitting: 0 }
    const results: TestRun['results'] = []
    for (const question of questions) {
      results.push(scoreQuestion(question, await ask(workspaceId, question.text, answers, signal)))
      signal.throwIfAborted()
      room.state.set({ ...room.state.value, running: { done: results.length, total: questions.length, answers } })
    }
    const modelName = answers ? under.modelName : null
    room.store.add({ id: randomUUID(), at: now(), reason, ...under, modelName, ...summarise(results), results })
  }

  #troubleOf(error: unknown): QuestionsState['trouble'] {
    if (error instanceof AppError) return error.toTrouble()
    return { code: 'internal', data: { reference: this.#options.onBug(error) } }
  }

  #room(workspaceId: string): Room {
    const known = this.#rooms.get(workspaceId)
    if (known) return known
    const store = new QuestionStore(this.#options.workspaces.database(workspaceId))
    const state = new Watchable<QuestionsState>({ ...shown(store), running: null, trouble: null })
    const room: Room = { store, state, running: null, done: Promise.resolve() }
    this.#rooms.set(workspaceId, room)
    return room
  }

  #show(room: Room, trouble: QuestionsState['trouble'] = null): void {
    const { running } = room.state.value
    room.state.set({ ...shown(room.store), running: room.running ? running : null, trouble })
  }

  async #leave(workspaceId: string, reason: AppError): Promise<void> {
    const room = this.#rooms.get(workspaceId)
    if (!room) return
    room.running?.abort()
    await room.done
    room.state.end(reason)
    this.#rooms.delete(workspaceId)
  }
}

function shown(store: QuestionStore): Pick<QuestionsState, 'questions' | 'runs' | 'worse'> {
  const runs = store.runs()
  return { questions: store.questions(), runs, worse: worseIn(runs) }
}

/** What is not as it was in the last run; null when nothing is. A student counts only where it answered. */
function changeBetween(last: TestRun, now: TestConditions): TestRun['reason'] | null {
  if (last.splitting !== now.splitting) return 'splitting'
  if (last.embedderName !== now.embedderName) return 'embedder'
  return last.modelName !== null && last.modelName !== now.modelName ? 'model' : null
}
