/** Starts the vault's own process as a child of plain Node. It meets nothing foreign and works on the vault's files, so nothing holds it. */
import { dirname } from 'node:path'
import { forkWorker } from '../../base/fork-worker.ts'
import { keyWorkerEnvironment, type KeyWorker } from './key-work.ts'

/** @param entry path of its first file */
export function forkKeyWorker(entry: string): KeyWorker {
  return forkWorker(entry, {
    environment: keyWorkerEnvironment(process.env),
    // Node says at every start that stripping types is experimental; the bundled program needs it not.
    nodeOptions: ['--disable-warning=ExperimentalWarning'],
    view: { program: [dirname(entry)], reads: [], writes: [], card: false },
  })
}
