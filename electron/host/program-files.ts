/** Where the parts of the program lie that are not imported: beside their entry when bundled, in the source tree when not. */
import { join } from 'node:path'
import type { ReaderDataFolders } from './workspaces/ingest/reader-data.ts'

export interface ProgramFiles {
  /** First file of the engine's process. */
  engine: string
  /** First file of the reader's process. */
  reader: string
  /** Files and folders that make up the reader: its process may read these and nothing else. */
  readerParts: string[]
  /** Where the files lie that come with the reader's parsers and are handed to it. */
  readerData: ReaderDataFolders
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
  const packages = join(root, 'node_modules')
  const readerParts = bundled
    ? [join(dirname, 'reader.js'), join(dirname, 'reader-core.js')]
    : [join(root, 'contract'), join(dirname, 'reader'), join(dirname, 'worker'), packages]
  return {
    engine: bundled ? join(dirname, 'engine.js') : join(dirname, 'engine', 'engine.ts'),
    reader: bundled ? join(dirname, 'reader.js') : join(dirname, 'reader', 'reader.ts'),
    // Node looks for the type of a module in every package.json above it.
    readerParts: [...readerParts, join(root, 'package.json')],
    readerData: {
      cmap: join(packages, 'pdfjs-dist', 'cmaps'),
      font: join(packages, 'pdfjs-dist', 'standard_fonts'),
      decoder: join(packages, 'pdfjs-dist', 'wasm'),
      recogniser: join(packages, 'tesseract.js-core'),
      language: join(packages, '@tesseract.js-data'),
    },
    preload: join(built, 'preload.cjs'),
    page: join(built, 'renderer'),
  }
}
