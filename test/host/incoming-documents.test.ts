/** Documents that a page sends part by part are never on the disk in clear, and none is left half. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { References } from '../../electron/host/desktop.ts'
import { IncomingDocuments } from '../../electron/host/incoming-documents.ts'
import { temporaryFolder } from '../fixtures/test-host.ts'
import { failure } from '../fixtures/vault/vault-room.ts'

let folder: string
let references: References
let incoming: IncomingDocuments
beforeEach(() => {
  folder = join(temporaryFolder(), 'incoming-documents')
  mkdirSync(folder)
  writeFileSync(join(folder, 'left-by-a-crash'), 'x')
  references = new References()
  incoming = new IncomingDocuments({ folder, references })
})

function part(reference: string | null, text: string, last: boolean) {
  return incoming.takePart({ reference, name: '../lettre.txt', base64: Buffer.from(text).toString('base64'), last })
}
async function read(reference: string): Promise<string> {
  const parts: Buffer[] = []
  for await (const bytes of references.find(reference).sealed?.open() ?? []) parts.push(bytes)
  return Buffer.concat(parts).toString()
}

test('parts become one file under a reference that is good after the last, and nothing of it lies in clear', async () => {
  expect(readdirSync(folder)).toEqual([])
  const first = await part(null, 'Secret beginning, ', false)
  expect(first).toMatchObject({ name: 'lettre.txt', sizeBytes: 18 })
  expect(() => references.find(first.reference)).toThrow('reference')
  const last = await part(first.reference, 'secret end', true)
  expect(last).toEqual({ reference: first.reference, name: 'lettre.txt', sizeBytes: 28 })
  for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'latin1').toLowerCase()).not.toContain('secret')
  expect(await read(last.reference)).toBe('Secret beginning, secret end')
  expect(await read(last.reference)).toBe('Secret beginning, secret end')
  expect((await failure(() => part(last.reference, 'more', true))).code).toBe('not_found')
  references.release(last.reference)
  await expect.poll(() => readdirSync(folder)).toEqual([])
})

test('a byte that somebody changed is noticed', async () => {
  const { reference } = await part(null, 'x'.repeat(1000), true)
  const path = join(folder, readdirSync(folder)[0] ?? '')
  const bytes = readFileSync(path)
  bytes[500] = (bytes[500] ?? 0) ^ 1
  writeFileSync(path, bytes)
  expect((await failure(() => read(reference))).code).toBe('file_unreadable')
})

test('one that is taken back is gone, half sent or whole, and a file of this machine is not touched by it', async () => {
  const half = await part(null, 'a', false)
  const whole = await part(null, 'b', true)
  const picked = references.issue('/some/file')
  for (const { reference } of [half, whole, { reference: picked }, { reference: 'unknown' }]) await incoming.takeBack(reference)
  await expect.poll(() => readdirSync(folder)).toEqual([])
  expect((await failure(() => part(half.reference, 'more', true))).code).toBe('not_found')
  expect(() => references.find(whole.reference)).toThrow('reference')
  expect(references.resolve(picked)).toBe('/some/file')
})

test('the oldest of very many half files gives way, and closing leaves nothing', async () => {
  const { reference } = await part(null, 'a', false)
  for (let number = 0; number < 40; number++) await part(null, 'b', false)
  expect(readdirSync(folder).length).toBeLessThanOrEqual(32)
  expect((await failure(() => part(reference, 'more', true))).code).toBe('not_found')
  await incoming.close()
  expect(() => readdirSync(folder)).toThrow('ENOENT')
})
