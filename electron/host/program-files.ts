/** Where the parts of the program lie that are not imported: beside their entry when bundled, in the source tree when not. */
import { join } from 'node:path'

export interface ProgramFiles {
  /** First file of the engine's process. */
  engine: string
  /** First file of the reader's process. */
  reader: string
  /** Files and folders that make up the reader: its process may read these and nothing else. */
  readerParts: string[]
  /** First file of the porter's process. */
  porter: string
  /** Files and folders that make up the porter. */
  porterParts: string[]
  /** The window's preload: bundled only, since a sandboxed one must be CommonJS. */
  preload: string
  /** Folder of the built page. */
  page: string
}

/** @param entry the running entry, `electron/serve.ts` or `dist/serve.js`, as `import.meta` names it. */
export function programFiles({ dirname, filename }: { dirname: string; filename: string }): ProgramFiles {
  const bundled = filename.endsWith('.js')
  const built = bundled ? dirname : join(dirname, '..', 'dist')
  const root = join(dirname, '..')
  const partsOf = (worker: string): string[] => [
    ...(bundled ? [join(dirname, `${worker}.js`)] : [join(root, 'contract'), join(dirname, worker), join(dirname, 'worker')]),
    // Node looks for the type of a module in every package.json above it.
    ...[join(root, 'package.json'), join(root, 'node_modules')],
  ]
  return {
    engine: bundled ? join(dirname, 'engine.js') : join(dirname, 'engine', 'engine.ts'),
    reader: bundled ? join(dirname, 'reader.js') : join(dirname, 'reader', 'reader.ts'),
    readerParts: partsOf('reader'),
    porter: bundled ? join(dirname, 'porter.js') : join(dirname, 'porter', 'porter.ts'),
    porterParts: partsOf('porter'),
    preload: join(built, 'preload.cjs'),
    page: join(built, 'renderer'),
  }
}
