/**
 * Who must leave memory so that a student can come in: arithmetic over what is held, what is free and what is wished. It
 * decides; the loading is done elsewhere.
 */
import { AppError } from '../../../contract/errors.ts'

/** A student whose context is in memory, on a model that may carry others too. */
export interface HeldStudent {
  studentId: string
  baseId: string
  /** The model that drafts for it. */
  draftId: string | null
  /** Of its contexts and its adapter. */
  bytes: number
  lastUsedAt: number
}

/** What the engine holds now. */
export interface Held {
  /** Bytes of the weights, by model. */
  models: ReadonlyMap<string, number>
  students: readonly HeldStudent[]
}

/** A student that wants to come in. */
export interface MemoryWish {
  studentId: string
  baseId: string
  weightsBytes: number
  draftId: string | null
  /** Of the drafting model. */
  draftBytes: number
  /** Bytes of its context of so many tokens, with adapter and draft. */
  contextBytes: (contextTokens: number) => number
  /** Context sizes that would do, in tokens, the best first. */
  contexts: readonly number[]
}

export interface MemoryPlan {
  contextTokens: number
  contextBytes: number
  /** Of all that has to be brought in. */
  neededBytes: number
  /** Students to close and models to unload first, in this order. */
  close: string[]
  unload: string[]
}

/** Kept free beside what a model needs, in bytes: the page, the host and the system want to live too. */
export const marginBytes = 256 * 1024 * 1024
/** Contexts that are tried when the wished one does not fit, in tokens. */
const smallerContexts = [16384, 8192, 4096, 2048]
/** Others stay warm only while this part of all memory stays free: a warm student is a comfort, not a need. */
const comfortPart = 0.15

/** The contexts that would do for a model, in tokens: the wished one as far as it was trained for it, and smaller ones. */
export function contextsFor(wishedTokens: number, trainedTokens: number): number[] {
  const wished = Math.min(wishedTokens, trainedTokens)
  return [wished, ...smallerContexts.filter((tokens) => tokens < wished)]
}

/**
 * The largest context that fits, and the oldest students that must go for it. One already held by the wished student counts as
 * free: it is opened anew.
 * @param insist the smallest context is taken even where it does not fit
 * @throws AppError out_of_memory {neededBytes, freeBytes}
 */
export function planMemory(
  wish: MemoryWish,
  held: Held,
  memory: { totalBytes: number; freeBytes: number },
  insist = false,
): MemoryPlan {
  const draftBytes = wish.draftId === null || held.models.has(wish.draftId) ? 0 : wish.draftBytes
  const weightsBytes = (held.models.has(wish.baseId) ? 0 : wish.weightsBytes) + draftBytes
  const own = held.students.find(({ studentId }) => studentId === wish.studentId)
  const oldestFirst = held.students.filter((student) => student !== own).sort((one, other) => one.lastUsedAt - other.lastUsedAt)
  const uses = (user: { baseId: string; draftId: string | null }, id: string): boolean =>
    user.baseId === id || user.draftId === id
  const isNeeded = (id: string, by: readonly HeldStudent[]): boolean => uses(wish, id) || by.some((user) => uses(user, id))
  const idleModels = [...held.models.keys()].filter((id) => !isNeeded(id, oldestFirst))
  const steps = [
    ...idleModels.map((id) => ({ unload: id, bytes: held.models.get(id) ?? 0 })),
    ...oldestFirst.flatMap(({ studentId, baseId, draftId, bytes }, index) => {
      const left = [baseId, draftId].filter(
        (id) => id !== null && held.models.has(id) && !isNeeded(id, oldestFirst.slice(index + 1)),
      )
      const unloads = left.map((id) => ({ unload: id ?? '', bytes: held.models.get(id ?? '') ?? 0 }))
      return [{ close: studentId, bytes }, ...unloads]
    }),
  ]
  const comfortBytes = Math.max(marginBytes, memory.totalBytes * comfortPart)
  for (const contextTokens of wish.contexts) {
    const contextBytes = wish.contextBytes(contextTokens)
    const neededBytes = weightsBytes + contextBytes
    let freeBytes = memory.freeBytes + (own?.bytes ?? 0)
    const plan: MemoryPlan = { contextTokens, contextBytes, neededBytes, close: [], unload: [] }
    for (const step of steps) {
      if (neededBytes + comfortBytes <= freeBytes) break
      if ('close' in step) plan.close.push(step.close)
      else plan.unload.push(step.unload)
      freeBytes += step.bytes
    }
    if (neededBytes + marginBytes <= freeBytes || (insist && contextTokens === wish.contexts.at(-1))) return plan
  }
  const heldBytes = steps.reduce((sum, { bytes }) => sum + bytes, own?.bytes ?? 0)
  throw new AppError('out_of_memory', 'The model does not fit into free memory', {
    neededBytes: weightsBytes + wish.contextBytes(wish.contexts.at(-1) ?? 0) + marginBytes,
    freeBytes: memory.freeBytes + heldBytes,
  })
}
