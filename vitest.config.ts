/** How tests run: files of a folder in processes of their own, at most two at a time, since real models share the processor. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

const shared = { pool: 'forks', testTimeout: 60_000, hookTimeout: 120_000, teardownTimeout: 10_000 } as const

export default defineConfig({
  test: {
    maxWorkers: 2,
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
