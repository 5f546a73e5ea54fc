/** Starts the engine as a child of plain Node, with a bare environment and a view of what it needs. */
import { existsSync, realpathSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import type { Confinement } from '../base/confinement.ts'
import type { WorkerView } from '../base/worker-view.ts'
import { forkWorker, type OpenedDoors } from '../base/fork-worker.ts'
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

/** Files that an engine may open beside its program: models to read, the folder of kept contexts to write in. Absolute. */
export interface EngineFiles {
  reads: readonly string[]
  writes: readonly string[]
}

/** @param parts files and folders that make up the engine */
export interface EngineStart extends EngineFiles {
  parts: readonly string[]
  /** By default the operating system holds nothing. */
  confinement?: Confinement
}

/** What an engine sees, and what its closed doors leave open beside that. */
export function engineView(
  { parts, reads, writes }: Omit<EngineStart, 'confinement'>,
  environment: Record<string, string>,
): { view: WorkerView; doors: OpenedDoors } {
  const program = realPaths(parts)
  const ofDrivers = ['LD_LIBRARY_PATH', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES'].flatMap((name) =>
    (environment[name] ?? '').split(delimiter),
  )
  return {
    view: {
      program,
      // As they are named, since so they are opened, and where they really lie.
      reads: [...new Set([...reads, ...realPaths([...reads, ...ofDrivers])])],
      writes: realPaths(writes),
      card: true,
    },
    doors: {
      reads: systemFolders(environment),
      // Where files lie that are in memory only (`engine/kept-state.ts`); a view of its own has a folder of its own there.
      writes: process.platform === 'linux' ? realPaths(['/dev/shm', environment['XDG_RUNTIME_DIR'] ?? '']) : [],
      natives: program.filter((part) => basename(part) === 'node_modules'),
    },
  }
}

/** Where node-llama-cpp looks which C library and which drivers there are; nothing of a person's lies there. */
function systemFolders(environment: Record<string, string>): string[] {
  if (process.platform === 'linux')
    return ['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/usr/local', '/etc/os-release', '/proc/self/maps', '/proc/self/fd']
  const { windir, ProgramFiles } = environment
  return [...(windir ? [join(windir, 'System32'), join(windir, 'SysWOW64')] : []), ...(ProgramFiles ? [ProgramFiles] : [])]
}

/** Those that are there, without links. */
function realPaths(paths: readonly string[]): string[] {
  return paths.filter((path) => path !== '' && existsSync(path)).map((path) => realpathSync(path))
}

/** @param entry path of the engine's first file. */
export function forkEngine(entry: string, { confinement, ...start }: EngineStart): WorkerProcess {
  const environment = engineEnvironment(process.env)
  return forkWorker(entry, {
    environment,
    // Closing doors loads what is experimental, and Node says so at every start.
    nodeOptions: ['--disable-warning=ExperimentalWarning'],
    ...engineView(start, environment),
    ...(confinement ? { confinement } : {}),
  })
}
