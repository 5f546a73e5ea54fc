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

/** An engine's keeper that only counts what it is told, and memories with what was kept under them. */
function counted() {
  const calls: string[] = []
  const client = {
    engine: {
      keep: ({ path }: { path: string }) => (calls.push(`keep ${path}`), Promise.resolve({ tokens: 900, bytes: 5 })),
      recall: ({ path }: { path: string }) => (calls.push(`recall ${path}`), Promise.resolve({ tokens: 900 })),
    },
  }
  const call = (ask: (one: typeof client) => Promise<unknown>): Promise<unknown> => ask(client)
  const memory = (conversationId: string): ConversationMemory => {
    let isKept = false
    return {
      conversationId,
      find: () => (isKept ? { path: conversationId, key: 'k' } : null),
      place: () => ({ path: conversationId, key: 'k' }),
      kept: () => (isKept = true),
      drop: () => (isKept = false),
    }
  }
  return { calls, memory, contexts: new KeptContexts({ call } as unknown as EngineKeeper) }
}

test('a new conversation goes on from the beginning that is in the context, and from the kept one where another is', async () => {
  const { calls, memory, contexts } = counted()
  const [beginning, other] = [memory('beginning 1'), memory('other')]
  contexts.began('s', beginning, { read: 900, tokens: 900 })
  await contexts.turnTo('s', 'label', memory('a'), beginning)
  expect(calls).toEqual(['keep beginning 1'])
  contexts.answered('s', memory('a'), 950, beginning)
  // The one after it finds the beginning where it is.
  await contexts.turnTo('s', 'label', memory('b'), beginning)
  expect(calls.splice(0)).toEqual(['keep beginning 1', 'keep a'])
  contexts.answered('s', memory('b'), 950, beginning)
  await contexts.turnTo('s', 'label', other)
  contexts.answered('s', other, 400)
  await contexts.turnTo('s', 'label', memory('c'), beginning)
  expect(calls).toEqual(['keep b', 'keep other', 'recall beginning 1'])
})

test('half of a beginning is neither kept nor taken for the whole', async () => {
  const { calls, memory, contexts } = counted()
  const beginning = memory('beginning 1')
  contexts.began('s', beginning, { read: 500, tokens: 900 })
  expect(contexts.hasBegun('s', 'label', beginning)).toBe(false)
  expect(contexts.isPending).toBe(false)
  await contexts.turnTo('s', 'label', null, beginning)
  expect(contexts.hasBegun('s', 'label', beginning)).toBe(false)
  contexts.began('s', beginning, { read: 900, tokens: 900 })
  expect(contexts.hasBegun('s', 'label', beginning)).toBe(true)
  await contexts.keep('s', 'label')
  expect(calls).toEqual(['keep beginning 1'])
})
