/**
 * Starts the engine, the porter and the vault's own process as Electron's utility processes, which Chromium ends with the application. It gives
 * them no sandbox of the operating system's (`node_service.mojom`: kNoSandbox), so their closed doors stand alone.
 */
import type { ForkOptions, utilityProcess } from 'electron'
import type { Frame } from '../../contract/link.ts'
import { Once, TextTail, type ExitReason, type WorkerProcess } from '../host/base/worker-process.ts'
import { openDoors } from '../host/base/fork-worker.ts'
import { WallTrial } from '../host/base/wall-trial.ts'
import { engineEnvironment, engineView, type EngineStart } from '../host/runtime/fork-engine.ts'
import { porterEnvironment, porterHeapMegabytes, porterView } from '../host/runtime/fork-porter.ts'
import { keyWorkerEnvironment } from '../host/vault/keys/key-work.ts'

/** Milliseconds after which a process that does not go is made to. */
const patienceMs = 1_000

/** @param entry path of the engine's first file. */
export function forkUtilityEngine(
  entry: string,
  start: Omit<EngineStart, 'confinement'>,
  utilities: Pick<typeof utilityProcess, 'fork'>,
): WorkerProcess {
  const environment = engineEnvironment(process.env)
  const { view, doors } = engineView(start, environment)
  const env = { ...environment, ALAMBIC_DOORS: openDoors(view, doors) }
  return forkUtility(entry, { env, serviceName: 'Alambic engine' }, utilities)
}

/** @param entry path of the first file of the vault's own process */
export function forkUtilityKeyWorker(entry: string, utilities: Pick<typeof utilityProcess, 'fork'>): WorkerProcess {
  return forkUtility(entry, { env: keyWorkerEnvironment(process.env), serviceName: 'Alambic keys' }, utilities)
}

/** @param entry path of the porter's first file. @param folder where the file lies that it is for */
export function forkUtilityPorter(
  entry: string,
  parts: readonly string[],
  folder: string,
  utilities: Pick<typeof utilityProcess, 'fork'>,
): WorkerProcess {
  const { view, doors } = porterView(parts, folder)
  const env = { ...porterEnvironment(process.env), ALAMBIC_DOORS: openDoors(view, doors) }
  const execArgv = [`--max-old-space-size=${porterHeapMegabytes}`]
  return forkUtility(entry, { env, execArgv, serviceName: 'Alambic porter' }, utilities)
}

function forkUtility(
  entry: string,
  options: Pick<ForkOptions, 'env' | 'execArgv' | 'serviceName'>,
  { fork }: Pick<typeof utilityProcess, 'fork'>,
): WorkerProcess {
  // A signal opens no debugger in it; the fuse that forbids that is the application's own process' alone.
  const execArgv = ['--disable-sigusr1', ...(options.execArgv ?? [])]
  const child = fork(entry, [], { ...options, execArgv, stdio: ['ignore', 'ignore', 'pipe'] })
  const complaints = new TextTail()
  const exited = new Once<ExitReason>()
  child.stderr?.on('data', (chunk: Buffer) => complaints.add(chunk))
  child.on('exit', (code) => exited.happen({ code, signal: null }))
  const trial = new WallTrial({ send: (wish) => child.postMessage(wish), pid: () => child.pid })
  const frames: ((frame: Frame) => void)[] = []
  child.on('message', (message: Frame) => {
    if (!trial.take(message)) for (const listener of frames) listener(message)
  })

  return {
    port: {
      send: (frame) => child.postMessage(frame),
      onFrame: (listener) => frames.push(listener),
      onClose: (listener) => exited.listen(listener),
      close: () => child.kill(),
    },
    get pid() {
      return child.pid
    },
    kill: () => {
      child.kill()
      // On POSIX that is SIGTERM, which native code in a loop may never get to. The number is gone once the process is.
      setTimeout(() => {
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
      }, patienceMs).unref()
    },
    onExit: (listener) => exited.listen(listener),
    onWalls: (listener) => trial.listen(listener),
    stderrTail: () => complaints.text,
  }
}
