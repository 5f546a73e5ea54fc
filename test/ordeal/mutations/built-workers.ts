/**
 * The workers that mutations start again and again: as they ship where dist is of today's sources, as it is in `npm test`; else the sources, which
 * Node strips of their types at each start.
 */
import { join } from 'node:path'
import { isBuilt } from '../../../build/source-stamp.ts'
import type { WorkerProcess } from '../../../electron/host/base/worker-process.ts'
import { programFiles } from '../../../electron/host/program-files.ts'
import { forkPorter } from '../../../electron/host/runtime/fork-porter.ts'
import { forkReader } from '../../../electron/host/workspaces/ingest/fork-reader.ts'

const root = join(import.meta.dirname, '../../..')
const program = programFiles(
  isBuilt() ? { dirname: join(root, 'dist'), filename: 'serve.js' } : { dirname: join(root, 'electron'), filename: 'serve.ts' },
)

export const launchBuiltPorter = (folder: string): WorkerProcess => forkPorter(program.porter, program.porterParts, folder)

export const launchBuiltReader = (): WorkerProcess => forkReader(program.reader, program.readerParts, program.readerData)
