/** How every worker begins: it tries to leave, closes its doors, and tells its host what held. Nothing foreign is loaded before. */
import { writeFileSync } from 'node:fs'
import type { Frame, Port } from '../../contract/link.ts'
import { closeDoors, type OpenDoors } from './closed-doors.ts'
import { tryAllWays, tryClosedWays } from './leaving-trial.ts'
import { parentPort } from './parent-port.ts'
import type { TrialReport, TrialWish } from './walls.ts'

/** A host that wishes no trial says nothing; nobody waits longer than this for it, in milliseconds. */
const wishMs = 2_000

/** The name in a worker's environment under which its launcher says what it may open, as JSON of {@link OpenDoors}. */
const doorsVariable = 'ALAMBIC_DOORS'

/**
 * Tries the walls, closes the doors.
 * @returns the port to the host; what it said meanwhile waits there
 * @throws Error when it was started by hand
 */
export async function startWorker(): Promise<Port> {
  writeNoMemoryDumps()
  const port = parentPort()
  const waiting: Frame[] = []
  const listeners: ((frame: Frame) => void)[] = []
  const hand = (frame: Frame): void => {
    if (listeners.length === 0 || waiting.length > 0) waiting.push(frame)
    else for (const listener of listeners) listener(frame)
  }
  const { promise: wished, resolve } = Promise.withResolvers<TrialWish | null>()
  port.onFrame((frame: Frame | TrialWish) => (frame.t === 'try' ? resolve(frame) : hand(frame)))
  const timer = setTimeout(resolve, wishMs, null)
  const wish = await wished
  clearTimeout(timer)

  const startedAt = performance.now()
  const before = wish && (await tryAllWays(wish))
  closeDoors(doorsOf(process.env[doorsVariable]))
  if (wish && before) {
    const after = tryClosedWays(wish)
    const report: TrialReport = { t: 'tried', pid: process.pid, tookMs: performance.now() - startedAt, before, after }
    // Not a frame: the keeper takes it out before anybody listens.
    port.send(report as unknown as Frame)
  }
  return {
    ...port,
    onFrame: (listener) => {
      listeners.push(listener)
      // Several listen, a worker's answers and its own questions: all of them to what waited.
      queueMicrotask(() => {
        for (const frame of waiting.splice(0)) for (const each of listeners) each(frame)
      })
    },
  }
}

/** Without a description there is nothing to read but what is loaded already. */
function doorsOf(text: string | undefined): OpenDoors {
  return text === undefined ? { reads: [], writes: [], natives: [] } : (JSON.parse(text) as OpenDoors)
}

/** Should a dump be written all the same, no memory is in it (core(5)): 0 stands for no kind of mapping. */
function writeNoMemoryDumps(): void {
  if (process.platform !== 'linux') return
  try {
    writeFileSync('/proc/self/coredump_filter', '0')
  } catch {
    // Node's permission model refuses it; the launcher has set the size of dumps to 0.
  }
}
