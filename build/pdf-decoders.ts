/** Puts pdf.js' decoders of pictures in plain JavaScript beside the page, under the names that it asks for: the page's policy allows no WebAssembly. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

const names = ['jbig2_nowasm_fallback.js', 'openjpeg_nowasm_fallback.js']

/** For Vite: emits them under `/pdf/`. */
export function pdfDecoders(): Plugin {
  const folder = join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), 'wasm')
  return {
    name: 'pdf-decoders',
    generateBundle() {
      for (const name of names)
        this.emitFile({ type: 'asset', fileName: `pdf/${name}`, source: readFileSync(join(folder, name)) })
    },
  }
}
