/** Programs that the build and the launcher start: run to their end, or joined to ours so that none is left behind. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { constants as systemConstants } from 'node:os'
import { delimiter, join } from 'node:path'
import { ownNode, root } from './places.ts'

/** How a program ended. */
export interface Ended {
  code: number
  /** Standard output and error together, when they were not inherited. */
  output: string
}

/** Runs a program to its end. A program that cannot be started ends with 127. */
export function run(command: string, words: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }))
    child.on('close', (code, signal) => resolve({ code: exitCode(code, signal), output }))
  })
}

/** Runs a package's own program under the project's Node. @param script its path below node_modules. */
export function runTool(script: string, words: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return run(ownNode, [join(root, 'node_modules', script), ...words], options)
}

/** Passes the signals that end us on to a child, waits for it, and gives the exit code to end with. */
export async function standBehind(child: ChildProcess): Promise<number> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  for (const signal of signals) process.on(signal, pass)
  try {
    return await new Promise<number>((resolve) => {
      child.on('error', () => resolve(127))
      child.on('exit', (code, signal) => resolve(exitCode(code, signal)))
    })
  } finally {
    for (const signal of signals) process.off(signal, pass)
  }
}

/** As shells count: 128 and its number for a signal. */
function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? (signal ? 128 + systemConstants.signals[signal] : 1)
}

/** The path of a program on the PATH; null when it is not there. */
export function findProgram(name: string, path: string = process.env['PATH'] ?? ''): string | null {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const candidate = join(folder, name)
    try {
      accessSync(candidate, constants.X_OK)
      return candidate
    } catch {
      continue
    }
  }
  return null
}
