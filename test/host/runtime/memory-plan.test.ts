// Who leaves memory for whom. The bugs it would catch: a warm student that pushes the machine into swap, a base unloaded under a
// student that is about to use it, a context cut while old students sit in memory, a refusal that counts wrongly.
import { describe, expect, test } from 'vitest'
import { planMemory, type Held, type MemoryWish } from '../../../electron/host/runtime/memory-plan.ts'
import { AppError } from '../../../contract/errors.ts'

const gigabyte = 1e9
const nothing: Held = { models: new Map(), students: [] }
const memory = (freeGigabytes: number) => ({ totalBytes: 16 * gigabyte, freeBytes: freeGigabytes * gigabyte })
/** 2 GB of weights; 1 GB for 8,192 tokens, 0.25 GB for 2,048. */
const wish = (change: Partial<MemoryWish> = {}): MemoryWish => ({
  studentId: 'law',
  baseId: 'llama',
  weightsBytes: 2 * gigabyte,
  draftId: null,
  draftBytes: 0,
  contextBytes: (tokens) => (tokens / 8192) * gigabyte,
  contexts: [8192, 4096, 2048],
  ...change,
})
const student = (studentId: string, baseId: string, lastUsedAt: number) => ({
  studentId,
  baseId,
  draftId: null,
  bytes: gigabyte,
  lastUsedAt,
})
const full: Held = {
  models: new Map([
    ['llama', 2 * gigabyte],
    ['qwen', 3 * gigabyte],
  ]),
  students: [student('tax', 'llama', 3), student('qwen', 'qwen', 2), student('health', 'llama', 1)],
}

describe('with room for everybody', () => {
  test('nobody leaves', () => {
    expect(planMemory(wish(), nothing, memory(10))).toEqual({
      contextTokens: 8192,
      contextBytes: gigabyte,
      neededBytes: 3 * gigabyte,
      close: [],
      unload: [],
    })
  })

  test('a student of a base that is here needs only its context', () => {
    expect(planMemory(wish(), full, memory(8))).toMatchObject({ neededBytes: gigabyte, close: [], unload: [] })
  })
})

describe('when memory is short', () => {
  test('the oldest leaves first, and the base that is wished stays', () => {
    expect(planMemory(wish(), full, memory(3))).toMatchObject({ contextTokens: 8192, close: ['health'], unload: [] })
  })

  test('a model leaves with its last student', () => {
    expect(planMemory(wish(), full, memory(1.5))).toMatchObject({ close: ['health', 'qwen'], unload: [] })
    expect(planMemory(wish(), full, memory(0))).toMatchObject({ close: ['health', 'qwen'], unload: ['qwen'] })
  })

  test('a model that nobody speaks through leaves before any student', () => {
    const idle: Held = { models: new Map([...full.models, ['old', gigabyte]]), students: full.students }
    expect(planMemory(wish(), idle, memory(2.5))).toMatchObject({ unload: ['old'], close: [] })
  })

  test('all others leave before the context is cut, and it is cut no more than needed', () => {
    const plan = planMemory(wish({ baseId: 'new', weightsBytes: 4 * gigabyte }), full, { totalBytes: 16e9, freeBytes: -3.4e9 })
    expect(plan).toMatchObject({ contextTokens: 2048, close: ['health', 'qwen', 'tax'], unload: ['qwen', 'llama'] })
  })

  test('the context that the student has already counts as free', () => {
    const own: Held = { models: new Map([['llama', 2 * gigabyte]]), students: [student('law', 'llama', 1)] }
    expect(planMemory(wish(), own, memory(0.3))).toMatchObject({ contextTokens: 8192, close: [], unload: [] })
  })
})

describe('what does not fit', () => {
  const tooBig = wish({ weightsBytes: 40 * gigabyte })

  test('is refused with what it needs at least and what could be free', () => {
    let refusal: unknown
    try {
      planMemory({ ...tooBig, baseId: 'giant' }, full, memory(1))
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(AppError)
    expect(refusal).toMatchObject({
      code: 'out_of_memory',
      data: { neededBytes: 40.25 * gigabyte + 256 * 1024 * 1024, freeBytes: 9 * gigabyte },
    })
  })

  test('is taken with the smallest context when somebody insists', () => {
    expect(planMemory({ ...tooBig, baseId: 'giant' }, full, memory(1), true)).toMatchObject({
      contextTokens: 2048,
      unload: ['qwen', 'llama'],
    })
  })
})
