/** Starts the reader as a child of plain Node, under Node's permission model: it may read its own program and nothing else. The operating system holds it too, where it can. */
import { realpathSync } from 'node:fs'
import type { Confinement } from '../../base/confinement.ts'
import type { WorkerProcess } from '../../base/worker-process.ts'
import { forkWorker } from '../../base/fork-worker.ts'
import { giveReaderData, type ReaderDataFolders } from './reader-data.ts'

/** Megabytes of JavaScript's heap; the longest Word file tried, of 872 pages, is read with 192 of them. */
const readerHeapMegabytes = 1024

/** Nothing of the person's shell but what Node needs on Windows. */
export function readerEnvironment(environment: Record<string, string | undefined>): Record<string, string> {
  const bare: Record<string, string> = {}
  for (const name of ['SystemRoot', 'SystemDrive', 'windir']) {
    const value = environment[name]
    if (value !== undefined) bare[name] = value
  }
  return bare
}

/**
 * @param entry path of the reader's first file
 * @param parts files and folders that it may read: its own program
 * @param data what comes with its parsers
 */
export function forkReader(
  entry: string,
  parts: readonly string[],
  data: ReaderDataFolders,
  confinement?: Confinement,
): WorkerProcess {
  const real = parts.map((part) => realpathSync(part))
  const reader = forkWorker(entry, {
    environment: readerEnvironment(process.env),
    view: { program: real, reads: [], writes: [], card: false },
    ...(confinement ? { confinement } : {}),
    nodeOptions: [
      '--permission',
      ...real.map((part) => `--allow-fs-read=${part}`),
      `--max-old-space-size=${readerHeapMegabytes}`,
      // A parser that is fooled into making code of a document's text fails instead.
      '--disallow-code-generation-from-strings',
      // Node says at every start that stripping types is experimental; the bundled program needs it not.
      '--disable-warning=ExperimentalWarning',
    ],
  })
  giveReaderData(reader.port, data)
  return reader
}
