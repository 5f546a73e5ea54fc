/**
 * Who is in the engine's memory: models, and the students whose contexts stay warm on them. Brings a student in when it is
 * asked for, and lets the oldest go when memory is short.
 */
import type { AnswerStage } from '../../../contract/conversation.ts'
import type { Backend } from '../../../contract/entities.ts'
import type { StudentFiles } from '../models/library/runnable-files.ts'
import { loadModel, openStudent } from './checked-loading.ts'
import type { EngineKeeper } from './engine-worker.ts'
import { contextsOf, weightsOf, type Measurements } from './measurements.ts'
import { contextsFor, planMemory, type HeldStudent, type MemoryPlan } from './memory-plan.ts'
import type { MemoryReading } from './memory.ts'
import type { TemplateFacts } from '../models/library/model-records.ts'

/** A student with its checked files, and how it is to run. */
export interface RunnableStudent extends StudentFiles {
  studentId: string
  wishedTokens: number
}

/** A student in memory. */
export interface WarmStudent extends HeldStudent {
  contextTokens: number
  wishedTokens: number
  /** What the engine took before this context was opened, in bytes, until its first answer has filled it. */
  unmeasuredFrom: number | null
  /** Which model, llama.cpp and processor its states are good for. */
  label: string
}

/** What happens on the way; `loaded` says whether the model's own template renders. */
export type LoadingItem =
  { type: 'stage'; stage: AnswerStage; fraction: number } | ({ type: 'loaded'; modelId: string } & TemplateFacts)

export interface WarmStudentsOptions {
  keeper: EngineKeeper
  measurements: Measurements
  readMemory: () => MemoryReading
  now: () => number
  /** Told before a student leaves, while its context is still there. */
  onLeave: (student: WarmStudent) => Promise<void>
}

export class WarmStudents {
  readonly #options: WarmStudentsOptions
  readonly #models = new Map<string, { bytes: number; build: string }>()
  readonly #students = new Map<string, WarmStudent>()

  constructor(options: WarmStudentsOptions) {
    this.#options = options
  }

  /** In memory, the one used last first. */
  get all(): WarmStudent[] {
    return [...this.#students.values()].sort((one, other) => other.lastUsedAt - one.lastUsedAt)
  }

  /** All that the engine holds, in bytes. */
  get heldBytes(): number {
    const sum = (bytes: Iterable<number>): number => [...bytes].reduce((total, more) => total + more, 0)
    return sum([...this.#models.values()].map(({ bytes }) => bytes)) + sum([...this.#students.values()].map(({ bytes }) => bytes))
  }

  weightsBytes(baseId: string): number {
    return this.#models.get(baseId)?.bytes ?? 0
  }

  get(studentId: string): WarmStudent | undefined {
    return this.#students.get(studentId)
  }

  isReady({ studentId, wishedTokens, draft }: Pick<RunnableStudent, 'studentId' | 'wishedTokens' | 'draft'>): boolean {
    const warm = this.#students.get(studentId)
    return warm?.wishedTokens === wishedTokens && warm.draftId === (draft?.modelId ?? null)
  }

  used(studentId: string): void {
    const student = this.#students.get(studentId)
    if (student) student.lastUsedAt = this.#options.now()
  }

  /** The engine is gone, and everything in it. */
  forget(): void {
    this.#models.clear()
    this.#students.clear()
  }

  /**
   * Brings a student in, after those that must leave for it.
   * @param signal ends the loading; the engine lets go of what it has read
   * @throws AppError out_of_memory {neededBytes, freeBytes}, cancelled, and what the engine says
   */
  async *bringIn(
    wish: RunnableStudent,
    { threads, backend, signal }: { threads: number; backend: Backend; signal: AbortSignal | null },
    insist: boolean,
  ): AsyncGenerator<LoadingItem> {
    const { keeper, measurements, now } = this.#options
    const { studentId, baseId, adapter, draft } = wish
    const plan = this.#plan(wish, insist)
    if (this.#students.has(studentId)) await this.close(studentId)
    for (const id of plan.close) await this.close(id)
    for (const id of plan.unload) await this.unload(id)
    for (const { modelId, file, header } of [
      { modelId: baseId, file: wish.file, header: wish.header },
      ...(draft ? [{ modelId: draft.modelId, file: draft.file, header: draft.header }] : []),
    ]) {
      if (this.#models.has(modelId)) continue
      yield { type: 'stage', stage: 'loading', fraction: 0 }
      const loadedFrom = now()
      for await (const item of loadModel(keeper, file, { threads, backend, signal })) {
        if (item.type === 'progress') yield { type: 'stage', stage: 'loading', fraction: item.fraction }
        else {
          const bytes = weightsOf(header, measurements.get(modelId))
          this.#models.set(modelId, { bytes, build: item.build })
          measurements.loaded(modelId, bytes, item.grownBytes, now() - loadedFrom)
          yield { type: 'loaded', modelId, template: item.template, thinking: item.thinking }
        }
      }
    }
    const openedFrom = now()
    const { contextTokens, processBytes } = await openStudent(keeper, adapter?.file ?? null, {
      studentId,
      modelId: baseId,
      contextTokens: plan.contextTokens,
      draftId: draft?.modelId ?? null,
    })
    measurements.broughtIn(studentId, now() - openedFrom)
    this.#students.set(studentId, {
      studentId,
      baseId,
      draftId: draft?.modelId ?? null,
      bytes: plan.contextBytes,
      lastUsedAt: now(),
      contextTokens,
      wishedTokens: wish.wishedTokens,
      unmeasuredFrom: processBytes,
      label: `${baseId} ${this.#models.get(baseId)?.build ?? ''}`,
    })
  }

  /** The release and backend that a model was loaded with; null when it is not in memory. */
  buildOf(modelId: string): string | null {
    return this.#models.get(modelId)?.build ?? null
  }

  /** Takes a student out; the model stays. */
  async close(studentId: string): Promise<void> {
    await this.#leave((student) => student.studentId === studentId)
    await this.#options.keeper.call((client) => client.engine.close({ studentId }))
  }

  /** Takes a model out, with every student on it. */
  async unload(baseId: string): Promise<void> {
    await this.#leave((student) => student.baseId === baseId)
    this.#models.delete(baseId)
    await this.#options.keeper.call((client) => client.engine.unload({ modelId: baseId }))
  }

  async #leave(isLeaving: (student: WarmStudent) => boolean): Promise<void> {
    for (const student of this.all.filter(isLeaving)) {
      await this.#options.onLeave(student)
      this.#students.delete(student.studentId)
    }
  }

  async unloadAll(): Promise<void> {
    for (const baseId of [...this.#models.keys()]) await this.unload(baseId)
  }

  /** An answer was given: what the context really took is known now. @param processBytes of the whole engine, after it */
  answered(studentId: string, processBytes: number): void {
    const student = this.#students.get(studentId)
    if (!student || student.unmeasuredFrom === null) return
    this.#options.measurements.opened(studentId, student.bytes, processBytes - student.unmeasuredFrom)
    student.unmeasuredFrom = null
  }

  #plan(student: RunnableStudent, insist: boolean): MemoryPlan {
    const { studentId, baseId, header, draft, wishedTokens } = student
    const { measurements } = this.#options
    const parts = { header, adapterBytes: student.adapter?.bytes ?? 0, draft: draft?.header ?? null }
    const measured = measurements.get(studentId)
    return planMemory(
      {
        studentId,
        baseId,
        weightsBytes: weightsOf(header, measurements.get(baseId)),
        draftId: draft?.modelId ?? null,
        draftBytes: draft ? weightsOf(draft.header, measurements.get(draft.modelId)) : 0,
        contextBytes: (tokens) => contextsOf(parts, tokens, measured),
        contexts: contextsFor(wishedTokens, header.trainedContextTokens),
      },
      { models: new Map([...this.#models].map(([id, { bytes }]) => [id, bytes])), students: [...this.#students.values()] },
      this.#options.readMemory(),
      insist,
    )
  }
}
