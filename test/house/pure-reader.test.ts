/** The reader's pure part cannot even name what a process or a page has: its types do not know it. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Each line is wrong. */
const planted = [
  `Buffer.from('a')`,
  'process.exit()',
  `require('fs')`,
  'document.title',
  'window.open()',
  `fetch('https://example.org')`,
  'new XMLHttpRequest()',
  `new WebSocket('wss://example.org')`,
  'setImmediate(() => undefined)',
  'new Worker("a.js")',
  'localStorage.clear()',
  `import('node:fs')`,
]
/** And these are right. */
const allowed = [
  'new TextDecoder().decode(new Uint8Array())',
  'setTimeout(() => undefined, 1)',
  'new MessageChannel().port1.start()',
]

test('each of these is an error in the pure part, and what both surroundings have is none (bug: types that let Node in)', () => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache', 'pure-'))
  try {
    writeFileSync(join(folder, 'planted.ts'), [...planted, ...allowed].join('\n'))
    const reader = join(root, 'electron/reader')
    const project = {
      extends: join(reader, 'tsconfig.json'),
      include: ['planted.ts', join(reader, 'web-standards.d.ts'), join(root, 'contract/globals.d.ts')],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
    const lines = [...compile(folder).matchAll(/planted\.ts\((\d+),/g)].map(([, line]) => Number(line))
    expect([...new Set(lines)]).toEqual(planted.map((_, at) => at + 1))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** What the compiler complains of. */
function compile(project: string): string {
  try {
    return execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { encoding: 'utf8' })
  } catch (error) {
    return String(Reflect.get(error as object, 'stdout'))
  }
}
