/** Where the parts of the program lie that are not imported: beside their entry when bundled, in the source tree when not. */
import { join } from 'node:path'
import type { ReaderDataFolders } from './workspaces/ingest/reader-data.ts'

export interface ProgramFiles {
  /** First file of the engine's process. */
  engine: string
  /** Files and folders that make up the engine: its process reads these, and models. */
  engineParts: string[]
  /** First file of the reader's process. */
  reader: string
  /** First file of the vault's own process. */
  keyWorker: string
  /** Files and folders that make up the reader: its process may read these and nothing else. */
  readerParts: string[]
  /** First file of the porter's process. */
  porter: string
  /** Files and folders that make up the porter. */
  porterParts: string[]
  /** Where the files lie that come with the reader's parsers and are handed to it. */
  readerData: ReaderDataFolders
  /** The reader's window: its program, the script that starts it, and its preload. Bundled only. */
  readerWindow: { program: string; script: string; preload: string }
  /** The window's preload: bundled only, since a sandboxed one must be CommonJS. */
  preload: string
  /** Folder of the fonts that papers are written with. */
  fonts: string
  /** Folder of the built page. */
  page: string
}

/** @param entry the running entry, `electron/serve.ts` or `dist/serve.js`, as `import.meta` names it. */
export function programFiles({ dirname, filename }: { dirname: string; filename: string }): ProgramFiles {
  const bundled = filename.endsWith('.js')
  const built = bundled ? dirname : join(dirname, '..', 'dist')
  const root = join(dirname, '..')
  const packages = join(root, 'node_modules')
  // Node looks for the type of a module in every package.json above it.
  const manifest = join(root, 'package.json')
  const sourcesOf = (name: string): string[] => [join(root, 'contract'), join(dirname, name), join(dirname, 'worker')]
  const readerParts = bundled ? [join(dirname, 'reader.js'), join(dirname, 'reader-core.js')] : [...sourcesOf('reader'), packages]
  const engineParts = bundled ? [join(dirname, 'engine.js')] : sourcesOf('engine')
  return {
    engine: bundled ? join(dirname, 'engine.js') : join(dirname, 'engine', 'engine.ts'),
    // Native code lies beside Electron's archive, never in it.
    engineParts: [...engineParts, manifest, packages, join(root.replace(/\.asar$/, '.asar.unpacked'), 'node_modules')],
    reader: bundled ? join(dirname, 'reader.js') : join(dirname, 'reader', 'reader.ts'),
    keyWorker: bundled ? join(dirname, 'key-worker.js') : join(dirname, 'key-worker.ts'),
    readerParts: [...readerParts, manifest],
    porter: bundled ? join(dirname, 'porter.js') : join(dirname, 'porter', 'porter.ts'),
    porterParts: [...(bundled ? [join(dirname, 'porter.js')] : sourcesOf('porter')), manifest, packages],
    readerData: {
      cmap: join(packages, 'pdfjs-dist', 'cmaps'),
      font: join(packages, 'pdfjs-dist', 'standard_fonts'),
      decoder: join(packages, 'pdfjs-dist', 'wasm'),
      recogniser: join(packages, 'tesseract.js-core'),
      language: join(packages, '@tesseract.js-data'),
    },
    readerWindow: {
      program: join(built, 'reader-core.js'),
      script: join(built, 'reader-window.js'),
      preload: join(built, 'reader-preload.cjs'),
    },
    preload: join(built, 'preload.cjs'),
    fonts: join(root, 'resources', 'fonts'),
    page: join(built, 'renderer'),
  }
}
