// What a person is told before and after a student runs: the largest context, the speed that was measured, a faster file, the memory that
// was really taken. The bugs it would catch: a speed of two tokens, a correction by nonsense, a measurement of another machine.
import { describe, expect, test } from 'vitest'
import type { CatalogueStudent } from '../../../contract/entities.ts'
import { fasterOf, largestContext } from '../../../electron/host/runtime/fits.ts'
import { forkEngine } from '../../../electron/host/runtime/fork-engine.ts'
import { Measurements } from '../../../electron/host/runtime/measurements.ts'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { openEncryptedDatabase } from '../../../electron/host/vault/encrypted-database.ts'
import { migrate } from '../../../electron/host/vault/migrate.ts'
import { mainMigrations } from '../../../electron/host/vault/migrations/main/main-migrations.ts'
import {
  importModel,
  personal,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  untilSettled,
} from '../../fixtures/test-host.ts'

describe('the largest context', () => {
  const needed = (tokens: number): number => 2e9 + tokens * 100_000

  test('is the last that leaves a margin', () => {
    const most = largestContext(needed, 4e9, 131_072)
    expect(most % 256).toBe(0)
    expect(needed(most) + 256 * 1024 * 1024).toBeLessThanOrEqual(4e9)
    expect(needed(most + 256) + 256 * 1024 * 1024).toBeGreaterThan(4e9)
  })

  test('is never more than the model was trained for, and none when the weights alone are too much', () => {
    expect(largestContext(needed, 64e9, 8192)).toBe(8192)
    expect(largestContext(needed, 2e9, 8192)).toBe(0)
  })
})

describe('a faster file', () => {
  const student = (quantisation: string, sha256: string | null = 'a'.repeat(64), name = 'Llama 3.2 1B Instruct') =>
    ({ id: quantisation, name, quantisation, file: { sha256 } }) as CatalogueStudent
  const slow = { name: 'Llama-3.2-1B-Instruct', quantisation: 'Q4_K_M' }

  test('is the same model as Q4_0, or with half the bits', () => {
    expect(fasterOf(slow, 6, [student('Q8_0'), student('Q4_0')])).toBe('Q4_0')
    expect(fasterOf({ ...slow, quantisation: 'Q8_0' }, 6, [student('F16'), student('Q4_K_M')])).toBe('Q4_K_M')
  })

  test.each([
    ['no speed is known', slow, null, [student('Q4_0')]],
    ['it is fast enough', slow, 30, [student('Q4_0')]],
    ['it is that already', { ...slow, quantisation: 'Q4_0' }, 3, [student('Q4_0'), student('Q4_K_M')]],
    ['nobody knows its hash', slow, 3, [student('Q4_0', null)]],
    ['it is another model', slow, 3, [student('Q4_0', 'b'.repeat(64), 'Llama 3.2 3B Instruct')]],
    ['it is heavier', slow, 3, [student('Q8_0')]],
  ] as const)('is not spoken of when %s', (_why, model, speed, students) => {
    expect(fasterOf(model, speed, students)).toBeNull()
  })
})

describe('measurements', () => {
  const database = openEncryptedDatabase(join(temporaryFolder(), 'main.db'), randomBytes(32), { create: true })
  migrate(database, mainMigrations, { backup: () => undefined })
  const here = new Measurements({ database, machine: 'here', now: () => 1 })
  const answer = { evaluatedTokens: 100, firstTokenMs: 500, answerTokens: 50, tokensPerSecond: 20 }

  test('keep the first speed that says something, on this machine, until it is forgotten', () => {
    here.answered('a', { ...answer, evaluatedTokens: 5, answerTokens: 3 })
    expect(here.get('a')).toEqual({})
    here.answered('a', answer)
    here.answered('a', { ...answer, tokensPerSecond: 99 })
    expect(here.get('a')).toEqual({ promptTokensPerSecond: 200, tokensPerSecond: 20 })
    expect(new Measurements({ database, machine: 'there', now: () => 1 }).get('a')).toEqual({})
    here.forget('a')
    expect(here.get('a')).toEqual({})
  })

  test('of a draft switch it off when it does not pay, and it alone, until it is measured again', () => {
    here.drafted('d', 'small', { proposed: 100, accepted: 26, gain: 0.2 })
    expect(here.get('d').draft).toEqual({ draftId: 'small', acceptance: 0.26, gain: 0.2 })
    expect([here.isDraftRefuted('d', 'small'), here.isDraftRefuted('d', 'other')]).toEqual([true, false])
    here.drafted('d', 'small', { proposed: 3, accepted: 3, gain: null })
    expect(here.isDraftRefuted('d', 'small')).toBe(true)
    here.forget('d')
    here.drafted('d', 'small', { proposed: 100, accepted: 90, gain: 1.6 })
    expect(here.isDraftRefuted('d', 'small')).toBe(false)
  })

  test('of memory are believed within reason alone', () => {
    here.loaded('m', 1e9, 1.2e9)
    here.loaded('m', 1e9, 9e9)
    here.opened('m', 1e8, 0.8e8)
    here.opened('m', 1e8, -5)
    here.opened('n', 1e7, 0.9e7)
    expect(here.get('m')).toEqual({ weightsBytes: 1.2e9, contextFactor: 0.8 })
    expect(here.get('n')).toEqual({})
  })
})

test('a first answer through the real engine leaves its speed and its memory, and asks to be measured again when told', async () => {
  const room = await startTestHost({
    launchEngine: () => forkEngine(join(import.meta.dirname, '../../../electron/engine/engine.ts')),
  })
  await room.client.vault.create({ kind: 'passphrase', passphrase: 'tests have no secrets' })
  await room.client.settings.set({ threads: 1, contextTokens: 4096 })
  const modelId = await importModel(room, testModels().long.path)
  const workspaceId = await personal(room.client)
  await room.client.chat.savePreset({
    id: 'short',
    name: 'Short',
    systemPrompt: 'A system prompt that is long enough to be measured at all.',
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, repeatPenalty: 1, seed: 1, maxTokens: 40 },
  })
  const before = await until(room.client.runtime.fits({}), (fits) => modelId in fits)
  expect(before[modelId]).toMatchObject({
    tokensPerSecond: null,
    corrected: false,
    contextTokens: 4096,
    largestContextTokens: 8192,
  })
  const place = await room.client.chat.send({ workspaceId, conversationId: null, text: 'Count', presetId: 'short' })
  await untilSettled(room.client, place)
  const { [modelId]: fit } = await until(room.client.runtime.fits({}), (fits) => fits[modelId]?.tokensPerSecond !== null)
  expect(fit?.promptTokensPerSecond).toBeGreaterThan(1)
  await room.client.runtime.measureAgain({ modelId })
  await until(room.client.runtime.fits({}), (fits) => fits[modelId]?.tokensPerSecond === null)
  await room.close()
})
