// Going back to a long conversation evaluates only what is new: over other conversations, other students, a restart. And what was kept
// goes with the conversation, with the model, with the wish to keep nothing.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openKey } from '../../../electron/host/vault/keys/key-box.ts'
import { readKeyRecord } from '../../../electron/host/vault/keys/key-record.ts'
import { clearPages } from '../../fixtures/vault/clear-pages.ts'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import {
  importModel,
  lastOf,
  personal,
  present,
  startTestHost,
  testAdapters,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

const models = testModels()
const entry = join(import.meta.dirname, '../../../electron/engine/engine.ts')
const launchEngine = () => forkTestEngine(entry)
const long = (about: string): string => `Here is a long letter about ${about}. `.repeat(12)
let room: TestHost
let modelId: string
let workspaceId: string

beforeEach(async () => {
  room = await startTestHost({ launchEngine })
  await room.client.vault.create({ kind: 'keychain' })
  await room.client.settings.set({ threads: 1, contextTokens: 4096 })
  modelId = await importModel(room, models.phrases.path)
  workspaceId = await personal(room.client)
})
afterEach(() => room.close())

/** The key of a workspace's file, as whoever has the keychain can have it. */
function workspaceKey({ dataFolder, keychain }: Pick<TestHost, 'dataFolder' | 'keychain'>, id: string): Buffer {
  const record = readKeyRecord(join(dataFolder, 'vault.json'))
  const wrap = record?.wraps.find(({ kind }) => kind === 'keychain')
  if (!record || wrap?.kind !== 'keychain') throw new Error('It is not in the keychain')
  const { vaultId } = record
  const wrapping = Buffer.from(keychain.secrets.get(vaultId) ?? '', 'base64')
  const vaultKey = openKey(wrap.box, wrapping, { purpose: 'vault-key', vaultId, id: 'keychain' })
  const key = vaultKey && openKey(record.keys[id] ?? '', vaultKey, { purpose: 'data-key', vaultId, id })
  if (!key) throw new Error('No key')
  return key
}

const states = (): string[] => readdirSync(join(room.dataFolder, 'states'))
async function ask(conversationId: string | null, text: string, student = modelId) {
  const place = await room.client.chat.send({ workspaceId, conversationId, text, onceModelId: student })
  const { conversation } = await untilSettled(room.client, place)
  const { facts, state } = lastOf(conversation)
  if (!facts) throw new Error(`The answer has no facts: ${state}`)
  return { id: place.conversationId, evaluated: facts.evaluatedTokens, prompt: facts.promptTokens }
}
async function again(options: { keychain: TestHost['keychain']; dataFolder: string }): Promise<void> {
  room = await startTestHost({ launchEngine, ...options })
  await room.client.vault.unlock({})
}

describe('a conversation that was left', () => {
  test('goes on after another one without being read again', async () => {
    const first = await ask(null, long('a lease'))
    await ask(null, long('a will'))
    expect(states()).toHaveLength(1)
    const second = await ask(first.id, 'And then?')
    expect(second.prompt).toBeGreaterThan(first.prompt)
    expect(second.evaluated).toBeLessThan(40)
  })

  test('goes on after a restart of the application', async () => {
    const first = await ask(null, long('a lease'))
    const { dataFolder, keychain } = room
    await room.close()
    expect(states()).toHaveLength(1)
    await again({ dataFolder, keychain })
    expect((await ask(first.id, 'And then?')).evaluated).toBeLessThan(40)
  })

  test('goes on after a restart, also when it came after another one in the same context', async () => {
    for (let round = 0; round < 3; round++) {
      const first = await ask(null, long(`a lease of round ${round}`))
      const { dataFolder, keychain } = room
      await room.close()
      await again({ dataFolder, keychain })
      expect((await ask(first.id, 'And then?')).evaluated).toBeLessThan(40)
    }
  })

  test('is kept by itself after a moment, for the case of a kill', async () => {
    await ask(null, long('a lease'))
    await expect.poll(states).toHaveLength(1)
  })

  test('is read again, and answers as ever, when its file is damaged or gone', async () => {
    const first = await ask(null, long('a lease'))
    await ask(null, long('a will'))
    const path = join(room.dataFolder, 'states', states()[0] ?? '')
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(9000) ^ 1, 9000)
    writeFileSync(path, bytes)
    const second = await ask(first.id, 'And then?')
    expect(second.evaluated).toBe(second.prompt)
    expect(existsSync(path)).toBe(false)
  })

  test('is kept for each student by itself', async () => {
    const baseId = await importModel(room, models.trades.path)
    const adapterId = await importModel(room, testAdapters().tenancy.path)
    const first = await ask(null, long('a lease'), baseId)
    await ask(first.id, 'And for tenants?', adapterId)
    await ask(null, long('a will'), baseId)
    await ask(null, long('a debt'), adapterId)
    expect(states()).toHaveLength(2)
    expect((await ask(first.id, 'Now once more', baseId)).evaluated).toBeLessThan(200)
    expect((await ask(first.id, 'And for tenants again?', adapterId)).evaluated).toBeLessThan(200)
  })

  test('does not take a short conversation to the disk', async () => {
    const first = await ask(null, 'Hello')
    await ask(null, long('a will'))
    expect(states()).toEqual([])
    await ask(first.id, 'And then?')
  })
})

describe('what was kept goes', () => {
  beforeEach(async () => {
    const first = await ask(null, long('a lease'))
    await ask(null, long('a will'))
    await expect.poll(states).toHaveLength(2)
    await room.client.chat.remove({ workspaceId, conversationId: first.id })
  })

  test('with its conversation', () => {
    expect(states()).toHaveLength(1)
  })

  test('with its conversation, and no key of it stays in pages that nothing uses (bug: whoever had a copy of the file could read on)', async () => {
    const { dataFolder, keychain } = room
    const keysOnDisk = async (): Promise<string[]> => {
      await room.close()
      const clear = clearPages(
        readFileSync(join(dataFolder, 'workspaces', `${workspaceId}.db`)),
        workspaceKey({ dataFolder, keychain }, workspaceId),
      )
      return [...new Set(clear.toString('latin1').match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g))]
    }
    expect(await keysOnDisk()).toHaveLength(1)
    await again({ dataFolder, keychain })
    const { rows } = await present(room.client.chat.list({ workspaceId, limit: 5 }))
    for (const { id } of rows) await room.client.chat.remove({ workspaceId, conversationId: id })
    expect(await keysOnDisk()).toEqual([])
    await again({ dataFolder, keychain })
  })

  test('with the model that read it, and not with another (bug: gigabytes that nobody can use)', async () => {
    const other = await importModel(room, models.english.path)
    await room.client.models.remove({ modelId: other })
    expect(states()).toHaveLength(1)
    await room.client.models.remove({ modelId })
    expect(states()).toEqual([])
  })

  test('when nothing is to be kept any more', async () => {
    await room.client.settings.set({ keptGigabytes: 0 })
    await expect.poll(states).toEqual([])
    await ask(null, long('a debt'))
    await ask(null, long('a gift'))
    expect(states()).toEqual([])
  })

  test('when no row knows it: after a kill between the two', async () => {
    const { dataFolder, keychain } = room
    await room.close()
    const stray = join(dataFolder, 'states', 'stray.state')
    writeFileSync(stray, 'noise')
    await again({ dataFolder, keychain })
    expect(existsSync(stray)).toBe(false)
    expect(states()).toHaveLength(1)
  })
})

describe('memory', () => {
  test('is freed after the time that was set, and not before', async () => {
    await room.close()
    let now = Date.now()
    room = await startTestHost({ launchEngine, now: () => now, idleCheckMs: 50 })
    await room.client.vault.create({ kind: 'keychain' })
    await room.client.settings.set({ threads: 1, contextTokens: 4096, unloadMinutes: 5, idleLockMinutes: 0 })
    modelId = await importModel(room, models.english.path)
    workspaceId = await personal(room.client)
    await ask(null, 'Hello')
    now += 4 * 60_000
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await present(room.client.runtime.state({}))).warm).toHaveLength(1)
    now += 2 * 60_000
    const { heldBytes } = await until(room.client.runtime.state({}), ({ warm }) => warm.length === 0)
    expect(heldBytes).toBe(0)
    await ask(null, 'Hello again')
  })
})
