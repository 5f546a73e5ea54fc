/** The reader's keeper with real processes: a file that hangs, swells or kills the reader costs that file and nothing else. */
import { constants, getPriority } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { forkTestEngine } from '../../fixtures/test-engine.ts'
import type { WorkerProcess } from '../../../electron/host/base/worker-process.ts'
import { ReaderKeeper, type ReaderLimits } from '../../../electron/host/workspaces/reader-keeper.ts'
import { makeDocx } from '../../fixtures/documents/packed-documents.ts'
import { newKeeper, readDocument, readingOf } from '../../fixtures/documents/read-document.ts'

const entry = join(import.meta.dirname, '../../fixtures/documents/odd-reader.ts')
const keepers: ReaderKeeper[] = []
afterEach(() => {
  for (const keeper of keepers.splice(0)) void keeper.close()
})

function oddKeeper(limits: Partial<ReaderLimits> = {}): { keeper: ReaderKeeper; launched: WorkerProcess[] } {
  const launched: WorkerProcess[] = []
  const launch = (): WorkerProcess => {
    const started = forkTestEngine(entry)
    launched.push(started)
    return started
  }
  const keeper = new ReaderKeeper({ launch, limits })
  keepers.push(keeper)
  return { keeper, launched }
}

/** The next file is read by another process. */
async function expectFresh(keeper: ReaderKeeper, before: number | undefined): Promise<void> {
  const { begin } = await readDocument(keeper, 'good', 'x')
  expect(Number(begin.title)).not.toBe(before)
}

const gone = (launched: WorkerProcess) => expect.poll(() => launched.pid).toBeUndefined()

test('files are read by one process, one after the other', async () => {
  const { keeper, launched } = oddKeeper()
  const all = await Promise.all(['a', 'b', 'c'].map((name) => readDocument(keeper, name, 'x')))
  expect(new Set(all.map(({ begin }) => begin.title)).size).toBe(1)
  expect(launched).toHaveLength(1)
})

test('the real one gives way to whoever else wants the processor (bug: a page being recognised slows an answer)', async () => {
  const keeper = newKeeper()
  keepers.push(keeper)
  await readDocument(keeper, 'notes.txt', 'x')
  expect(getPriority(keeper.pid)).toBe(constants.priority.PRIORITY_BELOW_NORMAL)
})

test('a reader that dies costs one file', async () => {
  const { keeper, launched } = oddKeeper()
  await expect(readDocument(keeper, 'dies', 'x')).rejects.toMatchObject({ code: 'reader_died', data: { code: 3 } })
  await expectFresh(keeper, launched[0]?.pid)
})

test('a reader that is killed from outside in the middle of a file costs that file', async () => {
  const { keeper } = oddKeeper()
  const read = readDocument(keeper, 'waits', 'x')
  await expect.poll(() => keeper.pid).toBeDefined()
  const { pid = 0 } = keeper
  process.kill(pid, 'SIGKILL')
  await expect(read).rejects.toMatchObject({ code: 'reader_died', data: { signal: 'SIGKILL' } })
  await expectFresh(keeper, pid)
})

test.each(['spins', 'waits'])('one that %s is killed when it has been silent for too long', async (name) => {
  const { keeper, launched } = oddKeeper({ silenceMs: 400 })
  await expect(readDocument(keeper, name, 'x')).rejects.toMatchObject({ code: 'reader_hung' })
  await gone(launched[0]!)
})

test('one that always says a little more is killed when it has taken too long in all', async () => {
  const { keeper, launched } = oddKeeper({ totalMs: 1_000 })
  await expect(readDocument(keeper, 'drips', 'x')).rejects.toMatchObject({ code: 'reader_hung' })
  await gone(launched[0]!)
})

test('one that swells is killed, by what it says of itself', async () => {
  const { keeper, launched } = oddKeeper({ residentBytes: 400 * 1024 * 1024 })
  await expect(readDocument(keeper, 'swells', 'x')).rejects.toMatchObject({ code: 'reader_died', data: { reason: 'memory' } })
  await gone(launched[0]!)
})

test.runIf(process.platform === 'linux')('one that swells in a loop and says nothing is killed too', async () => {
  const { keeper, launched } = oddKeeper({ residentBytes: 400 * 1024 * 1024 })
  await expect(readDocument(keeper, 'swells silently', 'x')).rejects.toMatchObject({
    code: 'reader_died',
    data: { reason: 'memory' },
  })
  await gone(launched[0]!)
})

test('one that says what no reader says is ended, and nothing of it is kept', async () => {
  const { keeper, launched } = oddKeeper()
  await expect(readDocument(keeper, 'lies', 'x')).rejects.toMatchObject({ code: 'reader_died', data: { reason: 'item' } })
  await gone(launched[0]!)
  await expectFresh(keeper, undefined)
})

test('leaving a reading ends the process that is at it, and the next file does not wait', async () => {
  const { keeper, launched } = oddKeeper()
  const stop = new AbortController()
  const read = (async () => {
    for await (const item of keeper.read(readingOf('spins', 'x'), stop.signal)) if (item.type === 'begin') stop.abort()
  })()
  await expect(read).rejects.toMatchObject({ code: 'cancelled' })
  await gone(launched[0]!)
  await expectFresh(keeper, undefined)
  await expect(readDocument(keeper, 'good', 'x')).resolves.toBeDefined()
})

test('while it is held a file waits, however long, and is not taken for one that hangs', async () => {
  // Long enough for a process to start on a busy machine.
  const { keeper } = oddKeeper({ silenceMs: 6_000 })
  keeper.hold(true)
  let ended = false
  const read = readDocument(keeper, 'good', 'x').then(() => (ended = true))
  await new Promise((resolve) => setTimeout(resolve, 6_500))
  expect(ended).toBe(false)
  keeper.hold(false)
  await read
})

test('a process without work is let go', async () => {
  const { keeper, launched } = oddKeeper({ idleMs: 100 })
  await readDocument(keeper, 'good', 'x')
  await gone(launched[0]!)
  await expectFresh(keeper, undefined)
})

test('closing ends a reading, and nothing is read afterwards', async () => {
  const { keeper, launched } = oddKeeper()
  const read = readDocument(keeper, 'waits', 'x')
  await expect.poll(() => keeper.pid).toBeDefined()
  void keeper.close()
  await expect(read).rejects.toMatchObject({ code: 'cancelled' })
  await gone(launched[0]!)
  await expect(readDocument(keeper, 'good', 'x')).rejects.toMatchObject({ code: 'locked' })
})

test('a file that cannot be read leaves the process where it is', async () => {
  const keeper = newKeeper()
  keepers.push(keeper)
  await readDocument(keeper, 'a.docx', makeDocx())
  const { pid } = keeper
  await expect(readDocument(keeper, 'a.docx', 'PK\x03\x04')).rejects.toMatchObject({ code: 'document_broken' })
  await readDocument(keeper, 'a.docx', makeDocx())
  expect(keeper.pid).toBe(pid)
})

test('a file of several parts is put together in order', async () => {
  const keeper = newKeeper()
  keepers.push(keeper)
  const lines = Array.from({ length: 300_000 }, (_, at) => `${at}`).join('\n\n')
  const bytes = Buffer.from(lines)
  const parts = [bytes.subarray(0, 1024 * 1024), bytes.subarray(1024 * 1024)]
  const { blocks } = await readDocument(keeper, 'a.txt', bytes, { parts })
  expect(blocks.map(({ text }) => text).join('\n\n')).toBe(lines)
})

test('the reader has nothing of the shell', async () => {
  process.env['ALAMBIC_TEST_SECRET'] = 'hunter2'
  const { readerEnvironment } = await import('../../../electron/host/workspaces/ingest/fork-reader.ts')
  const environment = readerEnvironment(process.env)
  delete process.env['ALAMBIC_TEST_SECRET']
  expect(Object.keys(environment).filter((name) => !/^(System(Root|Drive)|windir)$/.test(name))).toEqual([])
})
