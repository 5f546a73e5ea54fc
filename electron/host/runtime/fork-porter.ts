/**
 * Starts the porter as a child of plain Node, under Node's permission model: it may read its own program and the folder of the one file it is
 * for. SQLite is native code, which that model does not hold.
 */
import { realpathSync } from 'node:fs'
import { forkWorker } from '../base/fork-worker.ts'
import type { WorkerProcess } from '../base/worker-process.ts'

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

/**
 * @param entry path of the porter's first file
 * @param parts files and folders of its own program and its packages
 * @param folder where the file lies that it is for
 */
export function forkPorter(entry: string, parts: readonly string[], folder: string): WorkerProcess {
  return forkWorker(entry, {
    environment: porterEnvironment(process.env),
    nodeOptions: [
      '--permission',
      '--allow-addons',
      ...[...parts, folder].map((part) => `--allow-fs-read=${realpathSync(part)}`),
      `--max-old-space-size=${porterHeapMegabytes}`,
      '--disallow-code-generation-from-strings',
      '--disable-sigusr1',
      // Node says at every start that stripping types is experimental; the bundled program needs it not.
      '--disable-warning=ExperimentalWarning',
    ],
  })
}
