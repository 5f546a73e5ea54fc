// A download that is paused, resumed and cancelled while its work has not left, or while the disk refuses to write that down.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DownloadRoom, studentFor } from '../../fixtures/download-room.ts'
import { HubServer } from '../../fixtures/hub-server.ts'
import { makeCertificates } from '../../fixtures/test-certificates.ts'
import { testModels } from '../../fixtures/test-host.ts'

const { authority, identity } = makeCertificates()
const partBytes = 1024 * 1024
/** 2.5 MB. */
const bytes = readFileSync(testModels().long.path)
const sha256 = createHash('sha256').update(bytes).digest('hex')
const student = studentFor({ sizeBytes: bytes.length, sha256 })
/** Two parts and something. */
const cutAt = 2_300_000

let hub: HubServer
let room: DownloadRoom
beforeEach(async () => {
  hub = await HubServer.start(bytes, identity)
  room = await new DownloadRoom({ hub: hub.address, certificates: authority, partBytes }).open()
})
afterEach(async () => {
  await room.close()
  await hub.close()
})

/** Sends the beginning and then nothing, until the test goes on. */
const hold = (response: ServerResponse): void => {
  response.writeHead(200, { 'Content-Length': bytes.length, ETag: '"one"' }).write(bytes.subarray(0, cutAt))
}
const expectModel = (): void => {
  expect(room.models.state.value.models.map(({ id, state }) => ({ id, state }))).toEqual([{ id: sha256, state: 'ready' }])
  expect(room.files).toEqual(['counter.gguf'])
  expect(readFileSync(join(room.folder, 'models', 'counter.gguf')).equals(bytes)).toBe(true)
}

test('a pause that the disk refuses stops it all the same, and the next one keeps that (bug: it went on, and no pause stopped it)', async () => {
  let isGone = false
  hub.lies.push((_request, response) => hold(response.once('close', () => (isGone = true))))
  await room.downloads.begin(student)
  const [running] = await room.until(([download]) => (download?.doneBytes ?? 0) >= cutAt)
  const id = running?.id ?? ''
  room.database.exec(`CREATE TRIGGER nothing_goes BEFORE UPDATE ON downloads BEGIN SELECT RAISE(ABORT, 'nothing goes'); END`)
  await expect(room.downloads.pause(id)).rejects.toThrow('nothing goes')
  await expect.poll(() => isGone).toBe(true)
  expect(room.downloads.state.value).toMatchObject([{ state: 'paused', trouble: null }])
  await expect(room.downloads.pause(id)).rejects.toThrow('nothing goes')
  room.database.exec('DROP TRIGGER nothing_goes')
  await room.downloads.pause(id)
  await room.close()
  await room.open()
  expect(room.downloads.state.value).toMatchObject([{ state: 'paused', doneBytes: cutAt }])
  await room.downloads.resume(id)
  await room.untilDone()
  expectModel()
})

test('Resume during a pause that has not ended waits for it (bug: two works wrote one file)', async () => {
  await room.close()
  let looking = 0
  let most = 0
  let looks = 0
  let letGo: () => void = () => undefined
  const held = new Promise<void>((resolve) => (letGo = resolve))
  room.options.freeBytes = async () => {
    looks++
    most = Math.max(most, ++looking)
    await held
    looking--
    return 1e12
  }
  await room.open()
  await room.downloads.begin(student)
  await expect.poll(() => looks).toBe(1)
  const id = room.downloads.state.value[0]?.id ?? ''
  const paused = room.downloads.pause(id)
  await room.downloads.resume(id)
  // Whoever does not wait for the first work looks for room within this time.
  await delay(100)
  letGo()
  await paused
  await room.untilDone()
  expect(most).toBe(1)
  expect(looks).toBeGreaterThan(1)
  expectModel()
})

test('a cancel that the disk refuses leaves a download that goes on when it is resumed, and that can be cancelled', async () => {
  hub.lies.push((_request, response) => hold(response))
  await room.downloads.begin(student)
  const [running] = await room.until(([download]) => (download?.doneBytes ?? 0) >= cutAt)
  const id = running?.id ?? ''
  await room.downloads.pause(id)
  room.database.exec(`CREATE TRIGGER nothing_goes BEFORE DELETE ON downloads BEGIN SELECT RAISE(ABORT, 'nothing goes'); END`)
  await expect(room.downloads.cancel(id)).rejects.toThrow('nothing goes')
  expect(room.downloads.state.value).toMatchObject([{ state: 'paused' }])
  room.database.exec('DROP TRIGGER nothing_goes')
  await room.downloads.resume(id)
  await room.untilDone()
  expectModel()
})
