/** Starts a worker as a child of plain Node, held by what the operating system has: the loopback skin, the command line and every test. */
import { spawn } from 'node:child_process'
import type { Frame } from '../../../contract/link.ts'
import { exitOf, noConfinement, type Confinement } from './confinement.ts'
import { heldProcess } from './held-process.ts'
import { WallTrial } from './wall-trial.ts'
import { Once, TextTail, type ExitReason, type WorkerProcess } from './worker-process.ts'
import type { WorkerView } from './worker-view.ts'

/** How long after its end a worker's line may stay open, in milliseconds. */
const longestMs = 2_000

/** What a worker's closed doors leave open beside its view: files to read, folders to write in, and those out of which it may load native code. */
export interface OpenedDoors {
  reads: readonly string[]
  writes: readonly string[]
  natives: readonly string[]
}

export interface WorkerStart {
  /** All of its environment: nothing of the parent's comes with it. */
  environment: Record<string, string>
  nodeOptions: readonly string[]
  view: WorkerView
  doors?: OpenedDoors
  /** By default the operating system holds nothing. */
  confinement?: Confinement
}

/** @param entry path of the worker's first file; it has this environment and these options of Node, and none of the parent's. */
export function forkWorker(
  entry: string,
  { environment, nodeOptions, view, doors, confinement = noConfinement(null) }: WorkerStart,
): WorkerProcess {
  // A debugger or a loader of the parent's is not the worker's, and a signal opens none.
  const [file, words] = undumped(...confinement.command(process.execPath, ['--disable-sigusr1', ...nodeOptions, entry], view))
  const child = spawn(file, words, {
    env: { ...environment, ...zoneOf(confinement), ALAMBIC_DOORS: openDoors(view, doors) },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    windowsHide: true,
  })
  const complaints = new TextTail()
  const exited = new Once<ExitReason>()
  child.stderr?.on('data', (chunk: Buffer) => complaints.add(chunk))
  const end = (code: number | null, signal: string | null): void => exited.happen(exitOf(confinement, code, signal))
  // With all that it had open: its memory is given back before its line closes, and only then.
  child.on('close', end)
  // Somebody whom it started may hold its error output open.
  child.on('exit', (code, signal) => setTimeout(end, longestMs, code, signal).unref())
  // Emitted when it could not be started, and then no exit follows; also when a message could not be sent.
  child.on('error', () => {
    if (child.pid === undefined) exited.happen({ code: null, signal: null })
  })
  const hasFirst = confinement.means === 'bwrap' || confinement.means === 'unshare'
  let inside: number | null = null
  const pid = (): number | undefined => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return undefined
    if (hasFirst) inside ??= heldProcess(child.pid)
    return inside ?? child.pid
  }
  const send = (message: object): void => {
    if (child.connected) child.send(message, () => undefined)
  }
  const trial = new WallTrial({ send, pid })
  const frames: ((frame: Frame) => void)[] = []
  child.on('message', (message) => {
    if (!trial.take(message)) for (const listener of frames) listener(message as Frame)
  })

  return {
    port: {
      send,
      onFrame: (listener) => frames.push(listener),
      onClose: (listener) => exited.listen(listener),
      close: () => {
        if (child.connected) child.disconnect()
      },
    },
    get pid() {
      return pid()
    },
    // Whatever holds it dies, and it with that.
    kill: () => child.kill('SIGKILL'),
    onExit: (listener) => exited.listen(listener),
    onWalls: (listener) => trial.listen(listener),
    stderrTail: () => complaints.text,
  }
}

/** What a worker's closed doors leave open, as it reads it at its start. */
export function openDoors(view: Omit<WorkerView, 'card'>, doors: WorkerStart['doors']): string {
  const { reads = [], writes = [], natives = [] } = doors ?? {}
  return JSON.stringify({ reads: [...view.program, ...view.reads, ...reads], writes: [...view.writes, ...writes], natives })
}

/** A picture of a worker's memory would hold conversations and documents, in clear: none is ever written. The shell knows no way back. */
function undumped(file: string, words: readonly string[]): [file: string, words: string[]] {
  if (process.platform === 'win32') return [file, [...words]]
  return ['/bin/sh', ['-c', 'ulimit -c 0; exec "$0" "$@"', file, ...words]]
}

/** A view of the files has no time zone in it. */
function zoneOf({ means }: Confinement): Record<string, string> {
  return means === 'bwrap' ? { TZ: Intl.DateTimeFormat().resolvedOptions().timeZone } : {}
}
