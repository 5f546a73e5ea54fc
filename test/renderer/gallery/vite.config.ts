/** Builds the gallery, or serves it on 127.0.0.1 for looking: `vite --config test/renderer/gallery/vite.config.ts`. Not part of the product. */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { pdfDecoders } from '../../../build/pdf-decoders.ts'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [svelte({ configFile: false }), pdfDecoders()],
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
  build: {
    outDir: fileURLToPath(new URL('../../../.cache/gallery', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome140',
    assetsInlineLimit: 0,
  },
})
