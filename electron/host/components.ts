/** What is inside, for About: our version, and the parts that are shipped with their licences. A test compares it with what is installed. */
import manifest from '../../package.json' with { type: 'json' }

/** This version of Alambic. */
export const version: string = manifest.version

/** Name, version and licence (as an SPDX expression) of every part that is shipped, the engine first. */
export const components: readonly { name: string; version: string; licence: string }[] = [
  { name: 'llama.cpp', version: '0.5.0', licence: 'MIT' },
  { name: 'node-llama-cpp', version: '3.22.1', licence: 'MIT' },
  { name: '@huggingface/jinja', version: '0.5.11', licence: 'MIT' },
  { name: 'better-sqlite3-multiple-ciphers', version: '13.0.3', licence: 'MIT' },
  { name: '@github/keytar', version: '7.10.6', licence: 'MIT' },
  { name: 'hash-wasm', version: '4.13.0', licence: 'MIT' },
  { name: '@orama/stemmers', version: '3.1.18', licence: 'Apache-2.0' },
  { name: 'wink-porter2-stemmer', version: '2.0.1', licence: 'MIT' },
  { name: 'ws', version: '8.23.0', licence: 'MIT' },
  { name: 'zod', version: '4.6.7', licence: 'MIT' },
  { name: '@kenjiuno/msgreader', version: '1.28.0', licence: 'Apache-2.0' },
  { name: '@noble/ciphers', version: '2.4.0', licence: 'MIT' },
  { name: '@noble/hashes', version: '2.4.0', licence: 'MIT' },
  { name: '@tesseract.js-data/eng', version: '1.0.0', licence: 'MIT' },
  { name: '@tesseract.js-data/fra', version: '1.0.0', licence: 'MIT' },
  { name: '@zxcvbn-ts/core', version: '4.2.0', licence: 'MIT' },
  { name: '@zxcvbn-ts/language-common', version: '4.1.3', licence: 'MIT' },
  { name: '@zxcvbn-ts/language-en', version: '4.1.1', licence: 'MIT' },
  { name: '@zxcvbn-ts/language-fr', version: '4.1.2', licence: 'MIT' },
  { name: 'buffer', version: '6.0.3', licence: 'MIT' },
  { name: 'fflate', version: '0.8.3', licence: 'MIT' },
  { name: 'htmlparser2', version: '12.0.0', licence: 'MIT' },
  { name: 'pdfjs-dist', version: '6.5.438', licence: 'Apache-2.0' },
  { name: 'postal-mime', version: '4.0.0', licence: 'MIT-0' },
  { name: 'string_decoder', version: '1.3.0', licence: 'MIT' },
  { name: 'tesseract.js-core', version: '7.0.0', licence: 'Apache-2.0' },
  { name: 'word-extractor', version: '1.0.4', licence: 'MIT' },
  { name: 'electron', version: '45.4.1', licence: 'MIT' },
  { name: 'svelte', version: '5.57.3', licence: 'MIT' },
  { name: 'bits-ui', version: '2.21.0', licence: 'MIT' },
  { name: 'marked', version: '18.2.1', licence: 'MIT' },
  { name: 'dompurify', version: '3.4.18', licence: '(MPL-2.0 OR Apache-2.0)' },
  { name: 'highlight.js', version: '11.12.0', licence: 'BSD-3-Clause' },
  { name: 'temml', version: '0.13.5', licence: 'MIT' },
  { name: '@lucide/svelte', version: '1.48.0', licence: 'ISC' },
  { name: '@fontsource-variable/inter', version: '5.3.0', licence: 'OFL-1.1' },
  { name: '@fontsource-variable/jetbrains-mono', version: '5.3.0', licence: 'OFL-1.1' },
]
