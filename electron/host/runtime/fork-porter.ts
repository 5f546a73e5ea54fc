/**
 * Starts the porter as a child of plain Node, under Node's permission model: it may read its own program and the folder of the one file it is
 * for. SQLite is native code, which that model does not hold.
 */
import { existsSync, realpathSync } from 'node:fs'
import type { Confinement } from '../base/confinement.ts'
import { forkWorker, type OpenedDoors } from '../base/fork-worker.ts'
import type { WorkerProcess } from '../base/worker-process.ts'
import type { WorkerView } from '../base/worker-view.ts'

/** Megabytes of JavaScript's heap: a batch is a mebibyte, and what else it takes is SQLite's. */
export const porterHeapMegabytes = 256

/** Nothing of the person's shell but what Node needs on Windows. */
export function porterEnvironment(environment: Record<string, string | undefined>): Record<string, string> {
  const bare: Record<string, string> = { UV_THREADPOOL_SIZE: '1' }
  for (const name of ['SystemRoot', 'SystemDrive', 'windir']) {
    const value = environment[name]
    if (value !== undefined) bare[name] = value
  }
  return bare
}

/** What the porter sees, and what its closed doors leave open: its program, and the folder of the one file. */
export function porterView(parts: readonly string[], folder: string): { view: WorkerView; doors: OpenedDoors } {
  const program = parts.filter((part) => existsSync(part)).map((part) => realpathSync(part))
  return {
    view: { program, reads: [realpathSync(folder)], writes: [], card: false },
    doors: { reads: [], writes: [], natives: [] },
  }
}

/**
 * @param entry path of the porter's first file
 * @param parts files and folders of its own program and its packages
 * @param folder where the file lies that it is for
 * @param confinement by default the operating system holds nothing
 */
export function forkPorter(entry: string, parts: readonly string[], folder: string, confinement?: Confinement): WorkerProcess {
  const { view, doors } = porterView(parts, folder)
  return forkWorker(entry, {
    environment: porterEnvironment(process.env),
    nodeOptions: [
      '--permission',
      '--allow-addons',
      ...[...view.program, ...view.reads].map((part) => `--allow-fs-read=${part}`),
      `--max-old-space-size=${porterHeapMegabytes}`,
      '--disallow-code-generation-from-strings',
      // Node says at every start that stripping types is experimental; the bundled program needs it not.
      '--disable-warning=ExperimentalWarning',
    ],
    view,
    doors,
    ...(confinement ? { confinement } : {}),
  })
}
