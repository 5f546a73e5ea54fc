/** Where the parts of the program lie that are not imported: beside their entry when bundled, in the source tree when not. */
import { join } from 'node:path'

export interface ProgramFiles {
  /** First file of the engine's process. */
  engine: string
  /** The window's preload: bundled only, since a sandboxed one must be CommonJS. */
  preload: string
  /** Folder of the built page. */
  page: string
}

/** @param entry the running entry, `electron/serve.ts` or `dist/serve.js`, as `import.meta` names it. */
export function programFiles({ dirname, filename }: { dirname: string; filename: string }): ProgramFiles {
  const bundled = filename.endsWith('.js')
  const built = bundled ? dirname : join(dirname, '..', 'dist')
  return {
    engine: bundled ? join(dirname, 'engine.js') : join(dirname, 'engine', 'engine.ts'),
    preload: join(built, 'preload.cjs'),
    page: join(built, 'renderer'),
  }
}
