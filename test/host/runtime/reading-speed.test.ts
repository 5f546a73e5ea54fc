/** How fast a model is taken to read: the surest that is known. */
import { expect, test } from 'vitest'
import type { Model } from '../../../contract/entities.ts'
import type { GgufHeader } from '../../../electron/host/models/gguf/gguf-header.ts'
import type { Measured } from '../../../electron/host/runtime/measurements.ts'
import { ReadingSpeed, type ReadingSpeedOptions } from '../../../electron/host/runtime/reading-speed.ts'
import { Watchable } from '../../../electron/host/base/watchable.ts'

const tried = [
  { threads: 1, reading: 52, writing: 18 },
  { threads: 2, reading: 86, writing: 25 },
]
const threads = { build: 'b', reading: 2, writing: 2, tried }

function speedOf(known: Record<string, Measured>, other: Partial<ReadingSpeedOptions> = {}) {
  const models = [
    { id: 'base', adapter: null },
    { id: 'student', adapter: { baseId: 'base' } },
  ] as unknown as Model[]
  let headers = 0
  const speed = new ReadingSpeed({
    models: {
      state: new Watchable({ models } as ReadingSpeedOptions['models']['state']['value']),
      headerOf: (id) => {
        headers++
        return Promise.resolve(id === 'base' ? ({ parameters: 500e6 } as GgufHeader) : null)
      },
    },
    measurements: { get: (id) => known[id] ?? {} },
    ...{ backend: () => 'cpu', fixedThreads: () => 0, cores: { logical: 4, physical: 4 } },
    ...other,
  })
  return { of: (id: string) => speed.of(id), measured: (id: string) => speed.measured(id), headersRead: () => headers }
}

test('what answers have shown comes first, then what was tried, with the threads that are in force', async () => {
  expect(await speedOf({ student: { promptTokensPerSecond: 40 }, base: { threads } }).of('student')).toBe(40)
  expect(await speedOf({ base: { threads } }).of('student')).toBe(86)
  expect(await speedOf({ base: { threads } }, { fixedThreads: () => 1 }).of('base')).toBe(52)
})

test('a model that never answered is reckoned by its size and the threads (bug: the very first question had no limit)', async () => {
  const { of, measured, headersRead } = speedOf({})
  expect(measured('base')).toBeUndefined()
  expect(await of('base')).toBe(90)
  expect(await of('student')).toBe(90)
  expect(headersRead()).toBe(1)
  expect(await speedOf({}, { fixedThreads: () => 1 }).of('base')).toBe(30)
})

test('nobody reckons a graphics card, nor a file that is not there', async () => {
  expect(await speedOf({}, { backend: () => 'cuda' }).of('base')).toBeUndefined()
  expect(await speedOf({}).of('gone')).toBeUndefined()
})
