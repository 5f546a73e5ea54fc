/** Colours for code, fetched from our own bundle when the first code box is shown. */
import type { HLJSApi, LanguageFn } from 'highlight.js'

const languages: Record<string, () => Promise<{ default: LanguageFn }>> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  go: () => import('highlight.js/lib/languages/go'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  php: () => import('highlight.js/lib/languages/php'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
}
const others: Record<string, string> = {
  js: 'javascript',
  ts: 'typescript',
  py: 'python',
  sh: 'bash',
  shell: 'bash',
  html: 'xml',
  'c++': 'cpp',
  cs: 'csharp',
  yml: 'yaml',
  rs: 'rust',
  rb: 'ruby',
  md: 'markdown',
}

/** HTML with the colours of the language; null for a language that we do not know. */
export async function highlight(code: string, language: string): Promise<string | null> {
  const name = others[language.toLowerCase()] ?? language.toLowerCase()
  const load = languages[name]
  if (!load) return null
  const [{ default: core }, { default: rules }] = await Promise.all([
    import('highlight.js/lib/core') as Promise<{ default: HLJSApi }>,
    load(),
  ])
  if (!core.getLanguage(name)) core.registerLanguage(name, rules)
  return core.highlight(code, { language: name, ignoreIllegals: true }).value
}
