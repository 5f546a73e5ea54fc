/** Builds the page: separate files only, nothing inline, so that the strictest content security policy holds. */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { pdfDecoders } from './build/pdf-decoders.ts'

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: folder('renderer'),
  // The page is served at / over loopback and at app://bundle/ in a window.
  base: '/',
  publicDir: false,
  plugins: [svelte(), pdfDecoders()],
  worker: { format: 'es' },
  build: {
    outDir: folder('dist/renderer'),
    emptyOutDir: true,
    target: 'chrome138',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
})
