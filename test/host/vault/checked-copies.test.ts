// The check of a backup's copies by the vault's own process: what it finds, that it is left at once, and that it holds nobody up.
import { statSync, truncateSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyCopy, type CheckCopy, type CopyFacts } from '../../../electron/host/vault/backup/snapshot.ts'
import { openEncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { Derivation } from '../../../electron/host/vault/keys/derivation.ts'
import type { KeyWorker } from '../../../electron/host/vault/keys/key-work.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'
import { launchKeyWorker } from '../../fixtures/vault/key-worker.ts'
import { failure } from '../../fixtures/vault/vault-room.ts'

const key = Buffer.alloc(32, 7)
const megabytes = Number(process.env['ALAMBIC_CHECK_MB'] ?? 5)
let path: string
let facts: CopyFacts
let workers: KeyWorker[]
const inProcess: CheckCopy = (...asked) =>
  new Derivation(() => {
    const worker = launchKeyWorker()
    workers.push(worker)
    return worker
  }).check(...asked)
const never = new AbortController().signal

beforeEach(() => {
  workers = []
  path = join(temporaryFolder(), 'copy.db')
  const made = openEncryptedDatabase(path, key, { create: true })
  made.exec('CREATE TABLE messages (text TEXT) STRICT')
  for (let row = 0; row < megabytes * 10; row++) made.prepare('INSERT INTO messages VALUES (hex(randomblob(50000)))').run()
  made.rekey(key)
  made.close()
  facts = { sizeBytes: statSync(path).size, counts: { messages: megabytes * 10 } }
})
afterEach(() => {
  for (const worker of workers) worker.kill()
})

test('a copy that is whole is found so, in a process of its own', async () => {
  for (const [how, check] of [
    ['in a process of its own', inProcess],
    ['in slices here', verifyCopy],
  ] as const) {
    const stalls = monitorEventLoopDelay({ resolution: 5 })
    stalls.enable()
    await new Promise((resolve) => setTimeout(resolve, 20))
    await check({ path, key }, facts, never)
    await new Promise((resolve) => setTimeout(resolve, 10))
    stalls.disable()
    console.info(`checked ${megabytes} MB ${how}: longest stall ${(stalls.max / 1e6).toFixed(0)} ms`)
  }
  expect(workers).toHaveLength(1)
})

test.each<[string, () => Promise<void> | void]>([
  ['cut short', () => truncateSync(path, facts.sizeBytes - 4096)],
  [
    'changed in one byte',
    async () => {
      const file = await open(path, 'r+')
      await file.write(Buffer.from([1]), 0, 1, 20_000)
      await file.close()
    },
  ],
  ['of fewer rows', () => void (facts.counts['messages'] = 1 + megabytes * 10)],
  ['nothing of ours', () => writeFileSync(path, Buffer.alloc(facts.sizeBytes, 1))],
])('one that is %s is refused', async (_what, spoil) => {
  await spoil()
  expect(await failure(() => inProcess({ path, key }, facts, never))).toMatchObject({ code: 'backup_unverified' })
})

test('whoever stops it leaves at once, and its process is gone', async () => {
  const stop = new AbortController()
  const checking = inProcess({ path, key }, facts, stop.signal)
  const gone = new Promise<void>((resolve) => workers[0]?.onExit(() => resolve()))
  const reason = new Error('Stopped')
  stop.abort(reason)
  await expect(checking).rejects.toBe(reason)
  await gone
})
