/** The test of the workspace that is shown: its questions, how they fared, and what the last run misses. */
import type { Client } from '../../contract/contract.ts'
import type {
  Fared,
  QuestionResult,
  QuestionRow,
  QuestionsState as QuestionsFacts,
  TestQuestion,
  TestRun,
} from '../../contract/question.ts'
import type { Area } from './area.ts'
import { ShownWorkspace } from './shown-workspace.svelte.ts'
import { Task } from './task.svelte.ts'

/** With fewer a figure says little; the host takes no more. */
export const fewestQuestions = 10
export const mostQuestions = 50

/** A question with how it fared last. */
export interface FaredQuestion {
  question: QuestionRow
  now: QuestionResult
}

export class QuestionsState implements Area {
  readonly #client: Client
  readonly #shown: ShownWorkspace<QuestionsFacts>
  readonly saving = new Task()
  readonly running = new Task()

  constructor(client: Client) {
    this.#client = client
    this.#shown = new ShownWorkspace(
      (workspaceId, signal) => client.questions.state({ workspaceId }, { signal }),
      () => [this.saving, this.running].forEach((task) => task.forget()),
    )
  }

  /** Null until the host has said. */
  get facts(): QuestionsFacts | null {
    return this.#shown.facts
  }

  get all(): QuestionRow[] {
    return this.facts?.questions ?? []
  }

  get isFull(): boolean {
    return this.all.length >= mostQuestions
  }

  get lastRun(): TestRun | null {
    return this.facts?.runs.at(-1) ?? null
  }

  /** Whose right passage the last run did not send. */
  get missed(): FaredQuestion[] {
    return this.#fared.filter(({ now }) => !now.sent)
  }

  /** What fared worse in the last run, with how it was before. */
  get worse(): (FaredQuestion & { before: Fared })[] {
    return this.#fared.flatMap((fared) => {
      const found = this.facts?.worse.find(({ questionId }) => questionId === fared.question.id)
      return found ? [{ ...fared, before: found.before }] : []
    })
  }

  byId(questionId: string): QuestionRow | null {
    return this.all.find(({ id }) => id === questionId) ?? null
  }

  /** How a question fared last; null when it was not asked yet, or not as it is now. */
  result({ id, text, documentId, words }: QuestionRow): QuestionResult | null {
    const found = this.facts?.results.find(({ questionId }) => questionId === id)
    const isSame = found?.text === text && found.documentId === documentId && found.words.join('\n') === words.join('\n')
    return found && isSame ? found : null
  }

  get #fared(): FaredQuestion[] {
    return this.all.flatMap((question) => {
      const now = this.result(question)
      return now ? [{ question, now }] : []
    })
  }

  show(workspaceId: string | null): void {
    this.#shown.show(workspaceId)
  }

  save(question: TestQuestion): Promise<boolean> {
    return this.#act(this.saving, (workspaceId) => this.#client.questions.save({ workspaceId, question }))
  }

  remove(questionId: string): Promise<boolean> {
    return this.#act(this.saving, (workspaceId) => this.#client.questions.remove({ workspaceId, questionId }))
  }

  /** Runs all questions as they were run last. */
  runAgain(): Promise<boolean> {
    return this.run((this.lastRun?.under.model ?? null) !== null)
  }

  /** Runs all questions. @param answers whether the workspace's student answers each as well */
  run(answers: boolean): Promise<boolean> {
    return this.running.once(() => this.#here((workspaceId) => this.#client.questions.run({ workspaceId, answers })))
  }

  stop(): Promise<boolean> {
    return this.#act(this.running, (workspaceId) => this.#client.questions.stop({ workspaceId }))
  }

  forget(): void {
    this.#shown.leave()
  }

  #act(task: Task, work: (workspaceId: string) => Promise<unknown>): Promise<boolean> {
    return task.run(() => this.#here(work))
  }

  /** Of the workspace that is shown; nothing where none is. */
  async #here(work: (workspaceId: string) => Promise<unknown>): Promise<void> {
    if (this.#shown.id !== null) await work(this.#shown.id)
  }
}
