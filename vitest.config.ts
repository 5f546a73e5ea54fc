/** How tests run: files of a folder in processes of their own, at most two at a time, since real models share the processor. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

/** How long something that hangs is waited for; far more than what works takes on a machine ten times slower than ours. */
const longestMs = 300_000
const shared = {
  pool: 'forks',
  testTimeout: longestMs,
  hookTimeout: longestMs,
  teardownTimeout: 10_000,
  expect: { poll: { timeout: 60_000 } },
} as const

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/fixtures/test-folders.ts'],
    projects: [
      {
        test: {
          ...shared,
          name: 'node',
          include: ['test/{contract,host,engine,reader,house,e2e,ordeal,packaged}/**/*.test.ts'],
        },
      },
      {
        // The page's state under Node, with runes compiled as for a browser: on a server `$state` does not react.
        plugins: [svelte({ configFile: false, dynamicCompileOptions: () => ({ generate: 'client' }) })],
        ssr: { noExternal: ['svelte'], resolve: { conditions: ['browser', ...defaultServerConditions] } },
        test: { ...shared, name: 'page', include: ['test/renderer/**/*.test.ts'] },
      },
    ],
  },
})
