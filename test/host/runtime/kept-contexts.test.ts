// A state that is still being written is not kept yet: closing at that moment lost it, and left half a file behind.
import { expect, test } from 'vitest'
import type { EngineKeeper } from '../../../electron/host/runtime/engine-worker.ts'
import { KeptContexts, type ConversationMemory } from '../../../electron/host/runtime/kept-contexts.ts'

test('what is being written counts as pending until it is written, and what failed does not count for ever', async () => {
  let finish: (sizes: { tokens: number; bytes: number }) => void = () => undefined
  let fail: (error: Error) => void = () => undefined
  const call = (): Promise<unknown> => new Promise((resolve, reject) => ([finish, fail] = [resolve, reject]))
  const contexts = new KeptContexts({ call } as unknown as EngineKeeper)
  const kept: string[] = []
  const memory: ConversationMemory = {
    conversationId: 'c',
    find: () => null,
    place: () => ({ path: 'p', key: 'k' }),
    kept: (studentId) => kept.push(studentId),
    drop: () => undefined,
  }
  contexts.answered('s', memory, 1000)
  const keeping = contexts.keep('s', 'label')
  expect(contexts.isPending).toBe(true)
  finish({ tokens: 1000, bytes: 5 })
  await keeping
  expect([contexts.isPending, kept]).toEqual([false, ['s']])
  contexts.answered('s', memory, 1010)
  const again = contexts.keep('s', 'label')
  fail(new Error('The disk is full'))
  await again
  expect(contexts.isPending).toBe(false)
})
