/** Where the parts of the program lie that are not imported: beside their entry when bundled, in the source tree when not. */
import { join } from 'node:path'

export interface ProgramFiles {
  /** First file of the engine's process. */
  engine: string
  /** Files and folders that make up the engine: its process reads these, and models. */
  engineParts: string[]
  /** First file of the reader's process. */
  reader: string
  /** Files and folders that make up the reader: its process may read these and nothing else. */
  readerParts: string[]
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
  // Node looks for the type of a module in every package.json above it.
  const packages = [join(root, 'package.json'), join(root, 'node_modules')]
  const partsOf = (name: string): string[] => [
    ...(bundled ? [join(dirname, `${name}.js`)] : [join(root, 'contract'), join(dirname, name), join(dirname, 'worker')]),
    ...packages,
  ]
  return {
    engine: bundled ? join(dirname, 'engine.js') : join(dirname, 'engine', 'engine.ts'),
    // Native code lies beside Electron's archive, never in it.
    engineParts: [...partsOf('engine'), join(root.replace(/\.asar$/, '.asar.unpacked'), 'node_modules')],
    reader: bundled ? join(dirname, 'reader.js') : join(dirname, 'reader', 'reader.ts'),
    readerParts: partsOf('reader'),
    preload: join(built, 'preload.cjs'),
    page: join(built, 'renderer'),
  }
}
