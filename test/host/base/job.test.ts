// Work that outlives a call: a Stop that waited for others, a failure that ended the host, and a job that stayed busy for ever are what was found here.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppError } from '../../../contract/errors.ts'
import { Job, type JobOptions, type JobRow, type JobStanding } from '../../../electron/host/base/job.ts'
import { Mutex } from '../../../electron/host/base/mutex.ts'
import { HandClock } from '../../fixtures/hand-clock.ts'

/** A row that outlives the job, and may have no room. */
class TestRow implements JobRow {
  standing: JobStanding
  refuses: Error | null = null
  readonly written: JobStanding['state'][] = []
  constructor(state: JobStanding['state'] = 'idle') {
    this.standing = { state, trouble: null }
  }
  read(): JobStanding {
    return this.standing
  }
  write(standing: JobStanding): void {
    if (this.refuses) throw this.refuses
    this.standing = standing
    this.written.push(standing.state)
  }
}

const bugs: unknown[] = []
const onBug = (error: unknown): string => `bug-${bugs.push(error)}`
const unhandled: unknown[] = []
const note = (error: unknown): void => void unhandled.push(error)

beforeEach(() => {
  bugs.length = 0
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  await turns()
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

/** Lets everything happen that can without anybody's doing. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Work that goes on until somebody ends it, or until it is stopped; each run of it is written down. */
function worker() {
  const runs: { end: () => void; fail: (error: unknown) => void; signal: AbortSignal; hasLeft: boolean }[] = []
  const work = async (signal: AbortSignal): Promise<void> => {
    const run = { end: (): void => undefined, fail: (_error: unknown): void => undefined, signal, hasLeft: false }
    runs.push(run)
    try {
      await new Promise<void>((resolve, reject) => {
        run.end = resolve
        run.fail = reject
        signal.addEventListener('abort', () => reject(new Error('left because it was told to')))
      })
    } finally {
      await turns()
      run.hasLeft = true
    }
  }
  return { runs, work }
}

function made(options: Partial<JobOptions> = {}) {
  const { runs, work } = worker()
  const row = new TestRow()
  const states: string[] = []
  const job: Job = new Job({ work, row, onBug, onChange: () => states.push(job.standing.state), ...options })
  return { job, row, runs, states }
}

test('it begins, is seen to go on, and ends; what it made and that it is done the work writes itself', async () => {
  const { job, row, runs, states } = made()
  expect([job.standing, job.isActive]).toEqual([{ state: 'idle', trouble: null }, false])
  expect(job.start()).toBe(true)
  await turns()
  expect([job.standing.state, job.isActive, runs.length]).toEqual(['running', true, 1])
  runs[0]?.end()
  await job.left
  expect([job.standing.state, job.isActive]).toEqual(['idle', false])
  expect(row.written).toEqual(['running'])
  expect(states).toEqual(['running', 'idle'])
})

test('a second start of the same begins nothing', async () => {
  const { job, row, runs } = made()
  expect([job.start(), job.start(), job.resume()]).toEqual([true, false, false])
  await turns()
  expect([job.start(), runs.length]).toEqual([false, 1])
  expect(row.written).toEqual(['running'])
  await job.close()
})

test('a start that the row refuses begins nothing, and whoever asked hears why', async () => {
  const { job, row, runs } = made()
  row.refuses = new AppError('disk_full', 'No room')
  expect(() => job.start()).toThrow('No room')
  await turns()
  expect([job.isActive, job.standing.state, runs.length]).toEqual([false, 'idle', 0])
})

test('stopped while it runs, it hears the signal, and Stop returns when it has left; the row says so before', async () => {
  const { job, row, runs, states } = made()
  job.start()
  await turns()
  const stopping = job.stop()
  expect([runs[0]?.signal.aborted, runs[0]?.hasLeft, row.standing.state]).toEqual([true, false, 'stopped'])
  await stopping
  expect([runs[0]?.hasLeft, job.standing, job.isActive]).toEqual([true, { state: 'stopped', trouble: null }, false])
  // What it throws on its way out is no trouble and no bug.
  expect(bugs).toEqual([])
  expect(states).toEqual(['running', 'stopped', 'stopped'])
})

test('stopped twice, both wait until it has left and one stops it', async () => {
  const { job, row, runs } = made()
  job.start()
  await turns()
  await Promise.all([job.stop(), job.stop().then(() => expect(runs[0]?.hasLeft).toBe(true))])
  await job.stop()
  expect(row.written).toEqual(['running', 'stopped'])
})

test('stopped before its work began, it never begins', async () => {
  const { job, runs } = made()
  job.start()
  await job.stop()
  expect([runs.length, job.standing.state]).toEqual([0, 'stopped'])
})

test('stopped where the row has no room, it stops all the same and whoever stopped it hears of the row', async () => {
  const { job, row, runs } = made()
  job.start()
  await turns()
  row.refuses = new AppError('disk_full', 'No room')
  await expect(job.stop()).rejects.toThrow('No room')
  expect([runs[0]?.hasLeft, job.standing.state, job.isActive]).toEqual([true, 'stopped', false])
})

test('stopped while it waits for its turn, it leaves at once, and the next has its turn after the one before', async () => {
  const queue = new Mutex()
  const [first, second, third] = [made({ queue }), made({ queue }), made({ queue })]
  for (const { job } of [first, second, third]) job.start()
  await turns()
  await second.job.stop()
  expect([first.runs.length, second.runs.length, third.runs.length]).toEqual([1, 0, 0])
  expect([second.job.isActive, second.job.standing.state]).toEqual([false, 'stopped'])
  first.runs[0]?.end()
  await first.job.left
  await turns()
  expect([second.runs.length, third.runs.length]).toEqual([0, 1])
  await third.job.close()
})

test('begun again while it leaves, it begins when it has left, and two never run at once', async () => {
  const { job, row, runs } = made()
  job.start()
  await turns()
  const stopping = job.stop()
  expect(job.start()).toBe(true)
  await stopping
  await turns()
  expect(runs.map(({ hasLeft, signal }) => [hasLeft, signal.aborted])).toEqual([
    [true, true],
    [false, false],
  ])
  expect([job.standing.state, row.standing.state]).toEqual(['running', 'running'])
  await job.close()
})

test('closed while it runs, the row still says running; nothing is told and nothing begins any more', async () => {
  const { job, row, runs, states } = made()
  job.start()
  await turns()
  await job.close()
  expect([runs[0]?.hasLeft, row.standing.state, job.isActive]).toEqual([true, 'running', false])
  expect([job.start(), job.resume()]).toEqual([false, false])
  expect(states).toEqual(['running'])
  await job.close()
})

test('closed while it waits for its turn behind work that hears nothing, it leaves at once', async () => {
  const queue = new Mutex()
  let end: () => void = () => undefined
  const deaf = queue.run(() => new Promise<void>((resolve) => (end = resolve)))
  const { job, runs } = made({ queue })
  job.start()
  await turns()
  await job.close()
  end()
  await deaf
  await turns()
  expect(runs).toEqual([])
})

test('work that hears nothing is waited for so long and no longer, and is active until it has left', async () => {
  const clock = new HandClock()
  let end: () => void = () => undefined
  const { job } = made({ work: () => new Promise((resolve) => (end = resolve)), clock, leaveMs: 2000 })
  job.start()
  await turns()
  const stopping = job.stop()
  await turns()
  clock.wake(2000)
  await stopping
  expect(job.isActive).toBe(true)
  end()
  await job.left
  expect([job.isActive, job.standing.state]).toEqual([false, 'stopped'])
  await job.close()
  expect(clock.waiting).toBe(0)
})

test('a failure is kept and told in words; one that is nobody’s is written down and told by its reference', async () => {
  const { job, row, runs, states } = made()
  job.start()
  await turns()
  runs[0]?.fail(new AppError('disk_full', 'No room', { neededBytes: 5 }))
  await job.left
  expect(row.standing).toEqual({ state: 'failed', trouble: { code: 'disk_full', data: { neededBytes: 5 } } })
  expect([job.standing, bugs, states.at(-1)]).toEqual([row.standing, [], 'failed'])
  // Stopping what has failed takes its trouble from nobody.
  await job.stop()
  expect(job.standing.state).toBe('failed')

  expect(job.start()).toBe(true)
  expect(job.standing).toEqual({ state: 'running', trouble: null })
  await turns()
  const bug = new TypeError('nobody’s')
  runs[1]?.fail(bug)
  await job.left
  expect([job.standing.trouble, bugs]).toEqual([{ code: 'internal', data: { reference: 'bug-1' } }, [bug]])
})

test('work that throws before it waits for anything fails like any other', async () => {
  const { job } = made({
    work: () => {
      throw new AppError('not_found', 'Gone')
    },
  })
  job.start()
  await job.left
  expect(job.standing).toEqual({ state: 'failed', trouble: { code: 'not_found' } })
})

test.each([new AppError('disk_full', 'No room'), new Error('database is closed')])(
  'a failure that the row has no room for (%s) is told all the same, and the next opening goes on with it',
  async (refusal) => {
    const { job, row, runs, states } = made()
    job.start()
    await turns()
    row.refuses = refusal
    runs[0]?.fail(new AppError('disk_full', 'No room'))
    await job.left
    expect([job.standing.trouble?.code, job.isActive, states.at(-1)]).toEqual(['disk_full', false, 'failed'])
    expect(bugs).toEqual(refusal instanceof AppError ? [] : [refusal])
    row.refuses = null
    const next = made({ row })
    expect(next.job.resume()).toBe(true)
    await next.job.close()
  },
)

test('who fails while being told, or while writing down, harms neither the work nor what comes after', async () => {
  const failing = (): never => {
    throw new Error('a reader of a closed file')
  }
  const { job, runs } = made({ onChange: failing, onBug: failing })
  job.start()
  await turns()
  runs[0]?.fail(new TypeError('nobody’s'))
  await job.left
  expect(job.standing).toEqual({ state: 'failed', trouble: { code: 'internal' } })
  expect(job.start()).toBe(true)
  await turns()
  runs[1]?.end()
  await job.left
  expect([job.standing.state, job.isActive]).toEqual(['idle', false])
})

test('after a kill, what the row says was running goes on; what was stopped, has failed or is done does not', async () => {
  for (const state of ['running', 'stopped', 'failed', 'idle'] as const) {
    const row = new TestRow(state)
    const { job, runs } = made({ row })
    expect([job.standing.state, job.isActive]).toEqual([state, false])
    expect(job.resume()).toBe(state === 'running')
    await turns()
    // Going on writes nothing: the row may be further than a beginning.
    expect([runs.length, row.written]).toEqual([state === 'running' ? 1 : 0, []])
    await job.close()
  }
})

test('ten thousand in one line: one at a time, in order; those that are stopped leave at once, and all of them close', async () => {
  const queue = new Mutex()
  const ran: number[] = []
  let running = 0
  let most = 0
  const jobs = Array.from({ length: 10_000 }, (_, number) => {
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running)
      ran.push(number)
      await Promise.resolve()
      running--
    }
    return new Job({ work, queue, onBug })
  })
  let begin: () => void = () => undefined
  const before = queue.run(() => new Promise<void>((resolve) => (begin = resolve)))
  for (const job of jobs) job.start()
  await turns()
  await Promise.all(jobs.filter((_, number) => number % 2 === 1).map((job) => job.stop()))
  expect(ran).toEqual([])
  begin()
  await before
  await Promise.all(jobs.map(({ left }) => left))
  expect(ran).toEqual(Array.from({ length: 5_000 }, (_, half) => half * 2))
  await Promise.all(jobs.map((job) => job.close()))
  expect([most, bugs, jobs.some(({ isActive }) => isActive)]).toEqual([1, [], false])
})
