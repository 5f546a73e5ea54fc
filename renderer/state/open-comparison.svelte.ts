/** The open comparison as the screen sees it: its columns, what is being written in them, the vote. */
import type { Comparison, ComparisonPlace, ComparisonUpdate, ComparedAnswer, Letter, Vote } from '../../contract/comparison.ts'
import type { Client } from '../../contract/contract.ts'
import type { AppError } from '../../contract/errors.ts'
import { follow } from './follow.ts'
import { Task } from './task.svelte.ts'

export class OpenComparison {
  readonly place: ComparisonPlace
  /** The last thing that was asked of the host here, and how it failed. */
  readonly task = new Task()
  readonly #client: Client
  readonly #life = new AbortController()
  #comparison = $state.raw<Comparison | null>(null)
  #gone = $state(false)
  #trouble = $state.raw<AppError | null>(null)
  #ended = $state.raw<Letter | null>(null)

  constructor(client: Client, place: ComparisonPlace) {
    this.#client = client
    this.place = place
    void follow(
      (signal) => client.compare.follow(place, { signal }),
      (update) => this.#apply(update),
      this.#life.signal,
      (error) => (this.#trouble = error),
    )
  }

  /** Null until the host has told. What is being written carries what has come so far. */
  get comparison(): Comparison | null {
    return this.#comparison
  }

  /** Whether any column is at work. */
  get writing(): boolean {
    return this.#comparison?.answers.some(({ writing }) => writing !== null) ?? false
  }

  /** Removed, here or in another window. */
  get gone(): boolean {
    return this.#gone
  }

  /** Why it cannot be shown; null while all is well. */
  get trouble(): AppError | null {
    return this.#trouble
  }

  /** The column that ended last while one watched: for a polite announcement. */
  get ended(): Letter | null {
    return this.#ended
  }

  /** Whether this vote can be given now. */
  canVote(vote: Vote): boolean {
    const comparison = this.#comparison
    if (!comparison?.canVote) return false
    return vote === 'tie' || vote === 'none' || comparison.answers.some(({ letter, stands }) => letter === vote && stands)
  }

  leave(): void {
    this.#life.abort()
  }

  /** Stops one answer, or all. */
  stop(letter?: Letter): Promise<boolean> {
    return this.task.run(() => this.#client.compare.stop({ ...this.place, ...(letter ? { letter } : {}) }))
  }

  retry(letter: Letter): Promise<boolean> {
    return this.task.run(() => this.#client.compare.retry({ ...this.place, letter }))
  }

  async vote(vote: Vote): Promise<void> {
    if (this.canVote(vote)) await this.task.run(() => this.#client.compare.vote({ ...this.place, vote }))
  }

  reveal(): Promise<boolean> {
    return this.task.run(() => this.#client.compare.reveal(this.place))
  }

  remove(): Promise<boolean> {
    return this.task.run(() => this.#client.compare.remove(this.place))
  }

  /** Makes a conversation of the question and one answer. @returns its id, or null when it failed: see {@link task} */
  async continue(letter: Letter): Promise<string | null> {
    let conversationId: string | null = null
    await this.task.once(async () => {
      conversationId = (await this.#client.compare.continue({ ...this.place, letter })).conversationId
    })
    return conversationId
  }

  #apply(update: ComparisonUpdate): void {
    this.#trouble = null
    switch (update.type) {
      case 'comparison':
        this.#ended =
          update.comparison.answers.find(({ letter, writing }) => writing === null && this.#isWriting(letter))?.letter ??
          this.#ended
        this.#comparison = update.comparison
        return
      case 'text':
        this.#change(update.letter, ({ text, thought }) => ({ text: text + update.text, thought: thought + update.thought }))
        return
      case 'stage':
        this.#change(update.letter, () => ({ writing: update.progress }))
        return
      case 'gone':
        this.#gone = true
    }
  }

  #isWriting(letter: Letter): boolean {
    return this.#comparison?.answers.some((answer) => answer.letter === letter && answer.writing !== null) ?? false
  }

  #change(letter: Letter, change: (answer: ComparedAnswer) => Partial<ComparedAnswer>): void {
    if (!this.#comparison) return
    const answers = this.#comparison.answers.map((answer) =>
      answer.letter === letter ? { ...answer, ...change(answer) } : answer,
    )
    this.#comparison = { ...this.#comparison, answers }
  }
}
