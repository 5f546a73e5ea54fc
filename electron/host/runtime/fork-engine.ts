/** Starts the engine as a child of plain Node, with a bare environment. */
import { forkWorker } from '../base/fork-worker.ts'
import type { WorkerProcess } from '../base/worker-process.ts'

/** What llama.cpp's loaders, graphics drivers and Node itself need to find. Tokens, proxies and NODE_OPTIONS are not here. */
const passedOn = [
  ...['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR'],
  ...['LD_LIBRARY_PATH', 'XDG_DATA_DIRS', 'XDG_RUNTIME_DIR', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES'],
  ...['SystemRoot', 'SystemDrive', 'windir', 'TEMP', 'TMP', 'USERPROFILE', 'LOCALAPPDATA', 'ProgramData', 'ProgramFiles'],
]

/**
 * The environment of the engine: the names above and nothing else, so that no secret of the person's shell reaches
 * native code. libuv reads its pool size before any script runs, and more threads than one took a quarter of the speed
 * (37 against 29 tokens a second at 1B Q4_0 on two cores).
 */
export function engineEnvironment(environment: Record<string, string | undefined>): Record<string, string> {
  const bare: Record<string, string> = { UV_THREADPOOL_SIZE: '1' }
  for (const name of passedOn) {
    const value = environment[name]
    if (value !== undefined) bare[name] = value
  }
  return bare
}

/** @param entry path of the engine's first file. */
export function forkEngine(entry: string): WorkerProcess {
  return forkWorker(entry, { environment: engineEnvironment(process.env), nodeOptions: [] })
}
