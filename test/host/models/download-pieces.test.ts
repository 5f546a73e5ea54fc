// Models that the hub keeps in several files, and a disk that is or becomes too full.
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CatalogueStudent } from '../../../contract/catalogue.ts'
import { DownloadRoom, studentFor } from '../../fixtures/download-room.ts'
import { cutModel } from '../../fixtures/gguf/cut-model.ts'
import { HubServer } from '../../fixtures/hub-server.ts'
import { makeCertificates } from '../../fixtures/test-certificates.ts'
import { temporaryFolder, testModels } from '../../fixtures/test-host.ts'

const { authority, identity } = makeCertificates()
const { slow, french } = testModels()
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const bytes = readFileSync(slow.path)
const sha256 = hashOf(bytes)

let hub: HubServer
let room: DownloadRoom
beforeEach(async () => {
  hub = await HubServer.start(bytes, identity)
  room = await new DownloadRoom({ hub: hub.address, certificates: authority }).open()
})
afterEach(async () => {
  await room.close()
  await hub.close()
})
async function reopen(options: Partial<DownloadRoom['options']>): Promise<void> {
  await room.close()
  room = await new DownloadRoom({ hub: hub.address, certificates: authority, ...options }).open()
}

/** Cuts a model, puts the pieces on the hub, and says what a catalogue would. */
async function inPieces(path: string, count: number, pinned: string | null = null): Promise<CatalogueStudent> {
  const pieces = await cutModel(path, temporaryFolder(), 'counter', count)
  const known = pieces.map((piece) => {
    const body = readFileSync(piece)
    hub.files.set(basename(piece), body)
    return { name: basename(piece), sizeBytes: body.length, sha256: hashOf(body) }
  })
  return studentFor({ sizeBytes: null, sha256: pinned, pieces: known })
}
const modelsHere = (): { id: string; state: string; catalogueId: string | null }[] =>
  room.models.state.value.models.map(({ id, state, catalogueId }) => ({ id, state, catalogueId }))

test.each([
  ['of a known whole', sha256],
  ['whose pieces alone are known', null],
])('a model in three files %s becomes the one model that was cut', async (_which, pinned) => {
  const student = await inPieces(slow.path, 3, pinned)
  await room.downloads.begin(student)
  const total = student.file?.pieces?.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0)
  const [running] = await room.until(([download]) => (download?.doneBytes ?? 0) > 0)
  expect(running).toMatchObject({ totalBytes: total, name: 'Counter' })
  await room.untilDone()
  expect(modelsHere()).toEqual([{ id: sha256, state: 'ready', catalogueId: 'counter' }])
  expect(room.files).toEqual(['counter.gguf'])
  expect(hub.asked).toHaveLength(3)
})

test('what was here before it was fetched is known as fetched too (bug: the catalogue offered it for ever)', async () => {
  await room.downloads.begin(studentFor({ sizeBytes: bytes.length, sha256 }))
  await room.untilDone()
  const student = { ...(await inPieces(slow.path, 2)), id: 'in-pieces' }
  await room.downloads.begin(student)
  await room.untilDone()
  expect(modelsHere()).toEqual([{ id: sha256, state: 'ready', catalogueId: 'in-pieces' }])
})

test('a wrong piece is fetched again, and the others stay', async () => {
  const student = await inPieces(slow.path, 3)
  const second = student.file?.pieces?.[1]?.name ?? ''
  const right = hub.files.get(second) ?? Buffer.alloc(0)
  const wrong = Buffer.from(right)
  wrong[1000] = (wrong[1000] ?? 0) ^ 1
  hub.files.set(second, wrong)
  await room.downloads.begin(student)
  const failed = await room.untilFailed()
  expect(failed.trouble?.code).toBe('model_wrong_hash')
  expect(failed.doneBytes).toBe(student.file?.pieces?.[0]?.sizeBytes)
  hub.files.set(second, right)
  await room.close()
  await room.open()
  await room.downloads.resume(failed.id)
  await room.untilDone()
  expect(modelsHere()).toMatchObject([{ id: sha256 }])
  // The first once, the second twice, the third once.
  expect(hub.asked).toHaveLength(4)
})

test('pieces that are each what was promised and together no model end in words, and leave nothing', async () => {
  const student = await inPieces(slow.path, 2)
  const other = await inPieces(french.path, 2)
  const pieces = [student.file?.pieces?.[0], other.file?.pieces?.[1]].flatMap((piece) => piece ?? [])
  // Both are called the same: the hub keeps the French ones now.
  hub.files.set(pieces[0]?.name ?? '', readFileSync((await cutModel(slow.path, temporaryFolder(), 'counter', 2))[0] ?? ''))
  await room.downloads.begin(studentFor({ sizeBytes: null, sha256: null, pieces }))
  expect((await room.untilFailed()).trouble?.code).toBe('model_malformed')
  expect(room.files).toEqual([])
  expect(modelsHere()).toEqual([])
})

test('a whole that is not the pinned one is refused', async () => {
  await room.downloads.begin(await inPieces(slow.path, 2, '0'.repeat(64)))
  expect((await room.untilFailed()).trouble?.code).toBe('model_wrong_hash')
  expect(room.files).toEqual([])
})

test('cancelling in the middle removes every piece', async () => {
  const student = await inPieces(slow.path, 3)
  hub.lies.push((_request, response) => response.end(hub.files.get(student.file?.pieces?.[0]?.name ?? '')))
  // Of the promised length: another one is refused before a byte of it is kept.
  const length = student.file?.pieces?.[1]?.sizeBytes ?? 0
  hub.lies.push((_request, response) => void response.writeHead(200, { 'Content-Length': length, ETag: '"one"' }).write('GGUF'))
  await room.downloads.begin(student)
  await room.until(([download]) => (download?.doneBytes ?? 0) > 1000 && room.files.length === 2)
  await room.downloads.cancel(room.downloads.state.value[0]?.id ?? '')
  expect(room.files).toEqual([])
})

test('without room nothing is asked for; with room for one copy of the pieces neither, because they are joined', async () => {
  const needed = bytes.length
  await reopen({ freeBytes: () => Promise.resolve(needed - 1) })
  await room.downloads.begin(studentFor({ sizeBytes: needed, sha256 }))
  expect((await room.untilFailed()).trouble).toEqual({ code: 'disk_full', data: { neededBytes: needed, freeBytes: needed - 1 } })
  expect(hub.asked).toEqual([])

  const student = await inPieces(slow.path, 2)
  const total = student.file?.pieces?.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0) ?? 0
  let freeBytes = 2 * total - 1
  await reopen({ freeBytes: () => Promise.resolve(freeBytes) })
  await room.downloads.begin(student)
  expect((await room.untilFailed()).trouble).toEqual({ code: 'disk_full', data: { neededBytes: 2 * total, freeBytes } })
  expect(hub.asked).toEqual([])
  freeBytes += 1
  await room.downloads.resume(room.downloads.state.value[0]?.id ?? '')
  await room.untilDone()
  expect(modelsHere()).toMatchObject([{ id: sha256 }])
})

test('a disk that fills up on the way stops the download and keeps every byte', async () => {
  const cutAt = statSync(slow.path).size - 1_000_000
  let freeBytes = 1e12
  await reopen({ freeBytes: () => Promise.resolve(freeBytes) })
  let breakOff = (): void => undefined
  hub.lies.push((_request, response) => {
    response.writeHead(200, { 'Content-Length': bytes.length, ETag: '"one"' }).write(bytes.subarray(0, cutAt))
    breakOff = () => response.destroy()
  })
  await room.downloads.begin(studentFor({ sizeBytes: bytes.length, sha256 }))
  await room.until(([download]) => download?.doneBytes === cutAt)
  // Something else takes the rest of the disk.
  freeBytes = 10
  breakOff()
  const failed = await room.untilFailed()
  expect(failed).toMatchObject({
    doneBytes: cutAt,
    trouble: { code: 'disk_full', data: { neededBytes: 1_000_000, freeBytes: 10 } },
  })
  freeBytes = 1_000_000
  await room.downloads.resume(failed.id)
  await room.untilDone()
  expect(modelsHere()).toMatchObject([{ id: sha256 }])
  expect(hub.asked.at(-1)?.range).toBe(`bytes=${cutAt}-${bytes.length - 1}`)
})

test('it is looked at while bytes come, too: a connection that never breaks does not fill the disk', async () => {
  let freeBytes = 1e12
  await reopen({ freeBytes: () => Promise.resolve(freeBytes), roomLookBytes: 1_000_000 })
  const [half, more] = [Math.floor(bytes.length / 2), 2_000_000]
  let goOn = (): void => undefined
  hub.lies.push((_request, response) => {
    response.writeHead(200, { 'Content-Length': bytes.length, ETag: '"one"' }).write(bytes.subarray(0, half))
    goOn = () => response.write(bytes.subarray(half, half + more))
  })
  await room.downloads.begin(studentFor({ sizeBytes: bytes.length, sha256 }))
  await room.until(([download]) => download?.doneBytes === half)
  freeBytes = 10
  goOn()
  const failed = await room.untilFailed()
  expect(failed).toMatchObject({ state: 'failed', trouble: { code: 'disk_full', data: { freeBytes: 10 } } })
  // What had come by then stays, and nothing of it is asked for again.
  expect(failed.doneBytes).toBeGreaterThanOrEqual(half)
  expect(failed.doneBytes).toBeLessThanOrEqual(half + more)
  freeBytes = 1e12
  await room.downloads.resume(failed.id)
  await room.untilDone()
  expect(modelsHere()).toMatchObject([{ id: sha256 }])
  expect(hub.asked.at(-1)?.range).toBe(`bytes=${failed.doneBytes}-${bytes.length - 1}`)
})
