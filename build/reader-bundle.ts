/**
 * Builds the reader's core with its parsers into one file that runs in a window's worker and in a process alike: no module of Node's is left
 * in it. Two parsers want Node's Buffer, and get the package of that name; what else they would ask of Node is named here, and nothing more.
 */
import { join } from 'node:path'
import { isBuiltin } from 'node:module'
import { build as viteBuild, type BuildOptions, type Plugin } from 'vite'
import { root } from './places.ts'

/** By module: what stands in for it, and in which packages it may be asked for at all. */
const standIns: Record<string, { packages: RegExp; code?: string; file?: string }> = {
  buffer: { packages: /\/node_modules\/(safe-buffer|safer-buffer)\//, file: 'buffer/index.js' },
  string_decoder: { packages: /\/node_modules\/iconv-lite\//, file: 'string_decoder/lib/string_decoder.js' },
  // Both look for classes of it when they are loaded, and make none of them here.
  stream: { packages: /\/node_modules\/(word-extractor|iconv-lite)\//, code: 'exports.Readable = class {}' },
  // Both are asked for behind a look whether this is Node.
  fs: { packages: /\/node_modules\/tesseract\.js-core\//, code: '' },
  crypto: { packages: /\/node_modules\/tesseract\.js-core\//, code: '' },
}

const virtual = '\0stand-in:'

/** @throws Error for a module of Node's that a package asks for and that is not named above */
function noNode(): Plugin {
  return {
    name: 'no-node',
    enforce: 'pre',
    resolveId(source, importer = '') {
      const name = source.replace(/^node:/, '').replace(/\/$/, '')
      if (!isBuiltin(name)) return null
      const standIn = standIns[name]
      if (!standIn?.packages.test(importer)) throw new Error(`The reader's core would ask Node for ${name} (${importer})`)
      return standIn.file ? join(root, 'node_modules', standIn.file) : `${virtual}${name}.cjs`
    },
    load: (id) => (id.startsWith(virtual) ? (standIns[id.slice(virtual.length, -4)]?.code ?? null) : null),
  }
}

/** In the process's own file the core stays outside, beside it: the same one that the window has. */
function coreApart(): Plugin {
  return {
    name: 'core-apart',
    enforce: 'pre',
    resolveId: (source) => (source === './core.ts' ? { id: './reader-core.js', external: true } : null),
  }
}

/** What the core offers: the first to a process, the second to a window's worker. */
const offered = `export { startReader } from '/electron/reader/core.ts'
export { startInWorker } from '/electron/reader/worker-start.ts'`

function coreEntry(): Plugin {
  return {
    name: 'core-entry',
    resolveId: (source) => (source === join(root, coreId) ? coreId : source.startsWith('/electron/') ? join(root, source) : null),
    load: (id) => (id === coreId ? offered : null),
  }
}
const coreId = 'reader-core'

/** Writes the core, what starts it in a process and what starts it in a window. @throws Error when something does not build */
export async function bundleReader(outDir: string): Promise<void> {
  const target = 'es2024'
  const common = { outDir, emptyOutDir: false, minify: false, chunkSizeWarningLimit: 10_000 }
  const scriptOf = (entry: string, file: string) => ({ lib: { entry, formats: ['es' as const], fileName: () => file }, target })
  await bundle([noNode(), coreEntry()], {
    ...common,
    ...scriptOf(coreId, 'reader-core.js'),
    rolldownOptions: {
      transform: { inject: { Buffer: ['buffer/index.js', 'Buffer'] } },
      output: { codeSplitting: false },
    },
  })
  await bundle([], { ...common, ...scriptOf('electron/reader/window-entry.ts', 'reader-window.js') })
  await bundle([coreApart()], {
    ...common,
    ssr: 'electron/reader/reader.ts',
    target: 'node24',
    rolldownOptions: { output: { format: 'es', entryFileNames: 'reader.js', codeSplitting: false } },
  })
}

async function bundle(plugins: Plugin[], build: BuildOptions): Promise<void> {
  // What looks for Node in the core finds none, whatever it runs in.
  const define = build.lib ? { process: 'undefined' } : {}
  await viteBuild({ configFile: false, root, publicDir: false, logLevel: 'warn', plugins, define, build })
}
