/**
 * Comparisons: one question to two or three students side by side. All are asked at once and take their turns in the runtime's
 * queue. While a comparison is blind nothing that leaves this file says who is who.
 */
import { randomInt } from 'node:crypto'
import type {
  ComparedAnswer,
  Comparison,
  ComparisonPlace,
  ComparisonRow,
  ComparisonUpdate,
  Letter,
  Score,
  Vote,
} from '../../../../contract/comparison.ts'
import type { Place } from '../../../../contract/conversation.ts'
import type { RuntimeState } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import type { ListUpdate } from '../../../../contract/list-update.ts'
import { Broadcast } from '../../base/broadcast.ts'
import { listUpdates } from '../../base/list-updates.ts'
import { Watchable } from '../../base/watchable.ts'
import type { Models } from '../../models/models.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'
import { AnswerWriter } from '../answers/answer-writer.ts'
import { LeftAnswers, leftTrouble } from '../answers/left-answers.ts'
import type { Asking } from '../answers/asking.ts'
import type { Chat } from '../chat.ts'
import { ComparisonStore, stands, type KeptAnswer, type KeptComparison } from './comparison-store.ts'
import { promptMessages } from '../conversations/prompt-messages.ts'
import { scoresOf } from './scores.ts'

import { nameless, veilRuntime } from './veil.ts'

interface Room {
  store: ComparisonStore
  /** Counts changes of the list and of the votes. */
  changes: Watchable<number>
}

/** A column at work. */
interface ColumnWriter {
  place: ComparisonPlace
  letter: Letter
  writer: AnswerWriter
  done: Promise<void>
}

export interface ComparisonsOptions {
  asking: Asking
  workspaces: Workspaces
  models: Models
  runtime: Runtime
  chat: Chat
  now: () => number
  onBug: (error: unknown, where: string) => string
}

export class Comparisons {
  readonly #options: ComparisonsOptions
  readonly #rooms = new Map<string, Room>()
  readonly #threads = new Map<string, { place: ComparisonPlace; updates: Broadcast<ComparisonUpdate> }>()
  /** By answer's id. */
  readonly #writers = new Map<string, ColumnWriter>()
  /** Comparisons asked since the vault was opened whose names are kept back, by id: their students, and when they were asked last. */
  readonly #blind = new Map<string, { modelIds: string[]; askedAt: number }>()
  readonly #left: LeftAnswers
  #closed = false

  constructor(options: ComparisonsOptions) {
    this.#options = options
    this.#left = new LeftAnswers(
      (workspaceId) => this.#failLeft(workspaceId),
      (error) => options.onBug(error, 'compare.left'),
    )
    options.workspaces.each((id) => void this.#room(id))
    options.workspaces.admit({
      isBusy: (workspaceId) => [...this.#writers.values()].some(({ place }) => place.workspaceId === workspaceId),
      leave: (workspaceId) => this.#leave(workspaceId),
    })
  }

  /** Ends all writing, keeps what was written, and tells every watcher that the vault is locked. */
  async close(): Promise<void> {
    this.#closed = true
    this.#left.stop()
    const writers = [...this.#writers.values()]
    for (const { writer } of writers) writer.stop('interrupted')
    await Promise.all(writers.map(({ done }) => done))
    const locked = new AppError('locked', 'The vault is locked')
    for (const { updates } of this.#threads.values()) updates.end(locked)
    for (const { changes } of this.#rooms.values()) changes.end(locked)
  }

  /** Ends what is being written in a workspace that is closed or erased, and tells its watchers. */
  async #leave(workspaceId: string): Promise<void> {
    const writers = [...this.#writers.values()].filter(({ place }) => place.workspaceId === workspaceId)
    for (const { writer } of writers) writer.stop('interrupted')
    await Promise.all(writers.map(({ done }) => done))
    const closed = new AppError('workspace_archived', 'This workspace is closed')
    for (const [id, { place, updates }] of this.#threads) {
      if (place.workspaceId !== workspaceId) continue
      updates.end(closed)
      this.#threads.delete(id)
    }
    this.#rooms.get(workspaceId)?.changes.end(closed)
    this.#rooms.delete(workspaceId)
  }

  /** Whether any answer is being written. */
  get writing(): boolean {
    return this.#writers.size > 0
  }

  list(workspaceId: string, limit: number, signal: AbortSignal): AsyncGenerator<ListUpdate<ComparisonRow>> {
    const { store, changes } = this.#room(workspaceId)
    return listUpdates(changes.watch(signal), () => {
      const rows = store.list(limit).map((row) => ({ ...row, writing: this.#writersOf(row.id).length > 0 }))
      return { rows, total: store.count() }
    })
  }

  async *scores(workspaceId: string, signal: AbortSignal): AsyncGenerator<Score[]> {
    const { store, changes } = this.#room(workspaceId)
    for await (const _change of changes.watch(signal)) yield scoresOf(store.votes())
  }

  /** @throws AppError not_found */
  follow(place: ComparisonPlace, signal: AbortSignal): AsyncGenerator<ComparisonUpdate> {
    const present = (): ComparisonUpdate => this.#present(place)
    present()
    return this.#thread(place).listen(present, signal)
  }

  /** @throws AppError model_missing */
  ask(input: {
    workspaceId: string
    question: string
    modelIds: readonly string[]
    presetId: string
    blind: boolean
  }): ComparisonPlace {
    const { workspaceId, question, blind } = input
    const { asking, models } = this.#options
    const { store } = this.#room(workspaceId)
    const students = input.modelIds.map((modelId) => ({ modelId, modelName: models.student(modelId).name }))
    // One seed for all: what differs is the student.
    const settings = asking.seeded(asking.style(workspaceId, input.presetId))
    const comparisonId = store.create({ question, settings, blind, students: blind ? this.#shuffled(students) : students })
    const place = { workspaceId, comparisonId }
    const kept = store.read(comparisonId)
    for (const answer of kept.answers) this.#write(place, kept, answer)
    // The vote before this question stands now, and its followers must see that.
    for (const thread of this.#threads.values()) {
      if (thread.place.workspaceId === workspaceId) thread.updates.say(this.#present(thread.place))
    }
    this.#listChanged(place)
    return place
  }

  stop({ comparisonId, letter }: ComparisonPlace & { letter?: Letter | undefined }): void {
    for (const column of this.#writersOf(comparisonId)) {
      if (letter === undefined || column.letter === letter) column.writer.stop()
    }
  }

  /** @throws AppError busy, invalid_input when the answer ended by itself or the vote was given */
  retry(place: ComparisonPlace & { letter: Letter }): void {
    const { store } = this.#room(place.workspaceId)
    const kept = store.read(place.comparisonId)
    const answer = answerOf(kept, place.letter)
    if (this.#closed || this.#writers.has(answer.id)) throw new AppError('busy', 'This answer is being written')
    if (kept.vote !== null || !['failed', 'stopped', 'interrupted'].includes(answer.state)) {
      throw new AppError('invalid_input', 'This answer stands')
    }
    store.saveWriting(answer.id, '', '')
    this.#write(place, kept, answer)
    this.#tell(place)
  }

  /** @throws AppError busy, invalid_input when there are no two answers, the letter has none, or another question was asked since */
  vote({ vote, ...place }: ComparisonPlace & { vote: Vote }): void {
    const { store } = this.#room(place.workspaceId)
    const kept = store.read(place.comparisonId)
    if (this.#writersOf(kept.id).length > 0) throw new AppError('busy', 'An answer is still being written')
    const isStanding = vote === 'tie' || vote === 'none' || stands(answerOf(kept, vote))
    if (!isStanding || !this.#canVote(place, kept)) throw new AppError('invalid_input', 'This vote cannot be given')
    if (vote === kept.vote) return
    store.vote(kept.id, vote, !kept.revealed)
    this.#blind.delete(kept.id)
    this.#tell(place)
  }

  reveal(place: ComparisonPlace): void {
    const { store } = this.#room(place.workspaceId)
    store.read(place.comparisonId)
    store.reveal(place.comparisonId)
    this.#blind.delete(place.comparisonId)
    this.#pinUse()
    this.#tell(place)
  }

  async remove(place: ComparisonPlace): Promise<void> {
    const { store } = this.#room(place.workspaceId)
    store.read(place.comparisonId)
    const writers = this.#writersOf(place.comparisonId)
    for (const { writer } of writers) writer.stop()
    await Promise.all(writers.map(({ done }) => done))
    store.remove(place.comparisonId)
    this.#blind.delete(place.comparisonId)
    this.#threads.get(place.comparisonId)?.updates.say({ type: 'gone' })
    this.#threads.get(place.comparisonId)?.updates.end()
    this.#threads.delete(place.comparisonId)
    // The one before it is the newest again, and its vote can be changed.
    for (const thread of this.#threads.values()) {
      if (thread.place.workspaceId === place.workspaceId) thread.updates.say(this.#present(thread.place))
    }
    this.#listChanged(place)
  }

  /** Makes a conversation of the question and one answer. @throws AppError invalid_input while the student is kept back or writes */
  continue({ workspaceId, comparisonId, letter }: ComparisonPlace & { letter: Letter }): Place {
    const kept = this.#room(workspaceId).store.read(comparisonId)
    const answer = answerOf(kept, letter)
    if (!kept.revealed || answer.text === '' || this.#writers.has(answer.id)) {
      throw new AppError('invalid_input', 'This answer cannot be continued yet')
    }
    const { question, settings } = kept
    return this.#options.chat.adopt(workspaceId, { question, answer, presetId: settings.presetId, modelId: answer.modelId })
  }

  /** The runtime's states as a page may see them. They come every few seconds, so what may be seen again shows by itself. */
  async *veiled(states: AsyncIterable<RuntimeState>): AsyncGenerator<RuntimeState> {
    for await (const state of states) {
      yield veilRuntime(state, new Set([...this.#blind.values()].flatMap(({ modelIds }) => modelIds)))
    }
  }

  /** The students that blind comparisons keep back, and the models that they stand on: what is measured of these tells who is at work. */
  get hidden(): ReadonlySet<string> {
    const ids = [...this.#blind.values()].flatMap(({ modelIds }) => modelIds)
    const here = this.#options.models.state.value.models
    const baseIds = here.flatMap(({ id, adapter }) => (adapter && ids.includes(id) ? [adapter.baseId] : []))
    return new Set([...ids, ...baseIds])
  }

  #write(place: ComparisonPlace, kept: KeptComparison, answer: KeptAnswer): void {
    const { question, settings } = kept
    const { workspaceId, comparisonId } = place
    const { modelId, letter } = answer
    const { asking, runtime, now, onBug } = this.#options
    const { maker, question: open } = asking.prepare(modelId, settings)
    const writer = new AnswerWriter({
      messageId: answer.id,
      store: this.#room(workspaceId).store,
      maker,
      opening: { text: '', thought: '', facts: null },
      now,
      say: (update) => {
        const { updates } = this.#threads.get(comparisonId) ?? {}
        if (update.type === 'text') updates?.say({ type: 'text', letter, text: update.text, thought: update.thought })
        else if (update.type === 'stage') updates?.say({ type: 'stage', letter, progress: progressOf(writer) })
      },
      retell: () => this.#tell({ workspaceId, comparisonId }),
      onBug: (error) => onBug(error, 'compare.answer'),
    })
    const messages = promptMessages(settings.systemPrompt, [{ role: 'user' as const, text: question, thought: '' }])
    const asked = { ...open, prompt: { ...open.prompt, messages } }
    const done = writer
      .run((signal) => runtime.answer(asked, answer.id, signal))
      .finally(() => {
        this.#writers.delete(answer.id)
        if (writer.isLeft) this.#left.add(workspaceId)
        if (!kept.revealed) this.#pinUse()
        if (!this.#closed) this.#tell({ workspaceId, comparisonId })
      })
      // Whoever waits for it waits for its end, not for how it went.
      .catch((error: unknown) => void onBug(error, 'compare.answer'))
    this.#writers.set(answer.id, { place, letter, writer, done })
    if (kept.revealed) return
    const modelIds = kept.answers.map((each) => each.modelId)
    this.#blind.set(comparisonId, { modelIds, askedAt: now() })
    this.#pinUse()
  }

  /** The shape of a comparison changed: its followers and the list hear of it. */
  #tell(place: ComparisonPlace): void {
    this.#threads.get(place.comparisonId)?.updates.say(this.#present(place))
    this.#listChanged(place)
  }

  #listChanged({ workspaceId }: ComparisonPlace): void {
    const { changes } = this.#room(workspaceId)
    changes.set(changes.value + 1)
  }

  /** The comparison as a page may see it now, with the answers being written as far as they are in memory. */
  #present(place: ComparisonPlace): ComparisonUpdate {
    const kept = this.#room(place.workspaceId).store.read(place.comparisonId)
    const { id, question, settings, blind, revealed, vote, votedBlind, createdAt } = kept
    const comparison: Comparison = {
      ...settings,
      id,
      question,
      blind,
      revealed,
      vote,
      votedBlind,
      canVote: this.#canVote(place, kept),
      createdAt,
      answers: kept.answers.map((answer) => this.#column(answer, revealed)),
    }
    return { type: 'comparison', comparison }
  }

  /** Closes what could not be closed when it ended. */
  #failLeft(workspaceId: string): void {
    const { store, changes } = this.#room(workspaceId)
    store.failLeft([...this.#writers.keys()], leftTrouble)
    changes.set(changes.value + 1)
  }

  #column(answer: KeptAnswer, isRevealed: boolean): ComparedAnswer {
    const writer = this.#writers.get(answer.id)?.writer
    const isLeft = !writer && answer.state === 'writing'
    const { letter, modelId, modelName, state, trouble, facts } = isLeft
      ? { ...answer, state: 'failed' as const, trouble: leftTrouble }
      : answer
    return {
      letter,
      student: isRevealed ? { modelId, name: modelName } : null,
      text: writer?.text ?? answer.text,
      thought: writer?.thought ?? answer.thought,
      state: writer ? 'writing' : state,
      trouble: isRevealed ? trouble : nameless(trouble),
      facts: isRevealed ? facts : null,
      writing: writer ? progressOf(writer) : null,
      stands: !writer && stands(answer),
    }
  }

  #canVote({ workspaceId }: ComparisonPlace, { id, vote, answers }: KeptComparison): boolean {
    const isOpen = vote === null || this.#room(workspaceId).store.isNewest(id)
    return isOpen && this.#writersOf(id).length === 0 && answers.filter(stands).length >= 2
  }

  #writersOf(comparisonId: string): ColumnWriter[] {
    return [...this.#writers.values()].filter(({ place }) => place.comparisonId === comparisonId)
  }

  /** While blind answers are written, all their students count as used when they were asked. */
  #pinUse(): void {
    const atWork = [...this.#blind].filter(([id]) => this.#writersOf(id).length > 0)
    const usedAt = atWork.flatMap(([, { modelIds, askedAt }]) => modelIds.map((modelId) => [modelId, askedAt] as const))
    this.#options.models.pinUse(new Map(usedAt))
  }

  /** By Fisher and Yates: every order is equally likely. */
  #shuffled<T>(items: readonly T[]): T[] {
    const left = [...items]
    return items.flatMap(() => left.splice(randomInt(left.length), 1))
  }

  #room(workspaceId: string): Room {
    const existing = this.#rooms.get(workspaceId)
    if (existing) return existing
    const store = new ComparisonStore({ database: this.#options.workspaces.database(workspaceId), now: this.#options.now })
    this.#left.orLater(workspaceId, () => store.markInterrupted())
    const room = { store, changes: new Watchable(0) }
    this.#rooms.set(workspaceId, room)
    return room
  }

  #thread(place: ComparisonPlace): Broadcast<ComparisonUpdate> {
    const existing = this.#threads.get(place.comparisonId)
    if (existing) return existing.updates
    const updates = new Broadcast<ComparisonUpdate>(mergeText)
    this.#threads.set(place.comparisonId, { place, updates })
    return updates
  }
}

/** @throws AppError not_found */
function answerOf({ answers }: KeptComparison, letter: Letter): KeptAnswer {
  const answer = answers.find((candidate) => candidate.letter === letter)
  if (!answer) throw new AppError('not_found', 'No such answer')
  return answer
}

function progressOf({ writing: { stage, fraction, since } }: AnswerWriter): {
  stage: typeof stage
  fraction: number
  since: number
} {
  return { stage, fraction, since }
}

function mergeText(last: ComparisonUpdate, next: ComparisonUpdate): ComparisonUpdate | null {
  if (last.type === 'text' && next.type === 'text' && last.letter === next.letter) {
    return { ...next, text: last.text + next.text, thought: last.thought + next.thought }
  }
  if (last.type === 'stage' && next.type === 'stage' && last.letter === next.letter) return next
  return null
}
