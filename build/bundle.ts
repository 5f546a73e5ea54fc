/** Builds everything that runs: the page, Electron's main process and preload, the loopback skin, the engine, the reader, the porter. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { root } from './places.ts'
import { bundleReader } from './reader-bundle.ts'

const programs: { entry: string; file: string; format: 'es' | 'cjs' }[] = [
  { entry: 'electron/main.ts', file: 'main.js', format: 'es' },
  { entry: 'electron/serve.ts', file: 'serve.js', format: 'es' },
  { entry: 'electron/cli.ts', file: 'cli.js', format: 'es' },
  { entry: 'electron/engine/engine.ts', file: 'engine.js', format: 'es' },
  { entry: 'electron/key-worker.ts', file: 'key-worker.js', format: 'es' },
  { entry: 'electron/porter/porter.ts', file: 'porter.js', format: 'es' },
  // A sandboxed preload must be CommonJS.
  { entry: 'electron/preload.ts', file: 'preload.cjs', format: 'cjs' },
  { entry: 'electron/reader-preload.ts', file: 'reader-preload.cjs', format: 'cjs' },
]

/** Fills `dist` anew. @throws Error when something does not build; what was there before is then gone. */
export async function bundle(say: (line: string) => void): Promise<void> {
  const started = performance.now()
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' })
  for (const program of programs) await bundleProgram(program)
  await bundleReader(join(root, 'dist'))
  say(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
}

/**
 * One file of our own sources. Packages stay outside, but the reader's and zod: native ones cannot be bundled, and all are packed as they are. Every
 * process loads zod at its start, and its hundred files were half of what a worker's start took.
 */
async function bundleProgram({ entry, file, format }: (typeof programs)[number]): Promise<void> {
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    ssr: { noExternal: ['zod'] },
    build: {
      ssr: entry,
      outDir: 'dist',
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: { external: ['electron'], output: { format, entryFileNames: file, codeSplitting: false } },
    },
  })
}
