/**
 * Builds the reader's core with its parsers into one file that runs in a window's worker and in a process alike: no module of Node's is left
 * in it. Two parsers want Node's Buffer, and get the package of that name; what else they would ask of Node is named here, and nothing more.
 */
import { join } from 'node:path'
import { isBuiltin } from 'node:module'
import { build, type Plugin } from 'vite'
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

/** Writes `dist/reader-core.js`. @throws Error when something does not build */
export async function bundleReader(): Promise<void> {
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    plugins: [noNode()],
    // What looks for Node finds none, whatever the file runs in.
    define: { process: 'undefined' },
    build: {
      lib: { entry: 'electron/reader/core.ts', formats: ['es'], fileName: () => 'reader-core.js' },
      outDir: 'dist',
      emptyOutDir: false,
      target: 'es2024',
      minify: false,
      rolldownOptions: {
        transform: { inject: { Buffer: ['buffer/index.js', 'Buffer'] } },
        output: { codeSplitting: false },
      },
    },
  })
}
