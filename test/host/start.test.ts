/** What stands before the host: its options, its folder, the files handed out, the list for About. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { defaultDataFolder } from '../../electron/host/base/data-folder.ts'
import { components, version } from '../../electron/host/components.ts'
import { References } from '../../electron/host/desktop.ts'
import { readStartOptions } from '../../electron/host/start-options.ts'
import { shownName } from '../../electron/host/base/received-file.ts'

const root = join(import.meta.dirname, '../..')

test('options are read, and wrong ones are refused instead of guessed', () => {
  const options = readStartOptions(
    ['--data', 'x', '--port', '8080', '--starter', 'a', '--starter=b', '--embedder', 'e', '--page', 'p', '--folder', 'stick'],
    {
      strict: true,
    },
  )
  expect(options).toEqual({
    dataFolder: resolve('x'),
    port: 8080,
    starterFiles: [resolve('a'), resolve('b')],
    embedderFiles: [resolve('e')],
    pageFolder: resolve('p'),
    folders: [resolve('stick')],
  })
  expect(readStartOptions([], { strict: true })).toEqual({
    dataFolder: defaultDataFolder(),
    port: 0,
    starterFiles: [],
    embedderFiles: [],
    pageFolder: null,
    folders: [],
  })
  for (const wrong of [['--port', '65536'], ['--port', '-1'], ['--port', 'x'], ['--prot', '1'], ['--data'], ['stray']]) {
    expect(() => readStartOptions(wrong, { strict: true })).toThrow()
  }
  expect(() => readStartOptions(['--data'], { strict: false })).toThrow('--data needs a folder')
  expect(readStartOptions(['--data=x', '--no-sandbox', '--lang=fr', 'y'], { strict: false }).dataFolder).toBe(resolve('x'))
})

test('the data folder is the system’s own place, and a relative XDG folder is ignored', () => {
  const home = '/home/a'
  expect(defaultDataFolder({ platform: 'linux', environment: {}, home })).toBe('/home/a/.local/share/alambic')
  expect(defaultDataFolder({ platform: 'linux', environment: { XDG_DATA_HOME: '/data' }, home })).toBe('/data/alambic')
  expect(defaultDataFolder({ platform: 'linux', environment: { XDG_DATA_HOME: 'data' }, home })).toBe(
    '/home/a/.local/share/alambic',
  )
  expect(defaultDataFolder({ platform: 'darwin', environment: {}, home })).toBe('/home/a/Library/Application Support/Alambic')
  expect(defaultDataFolder({ platform: 'win32', environment: { LOCALAPPDATA: '/local' }, home })).toBe(join('/local', 'Alambic'))
})

test('a reference leads to its file until it is released, and no other text leads to any', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'alambic-references-'))
  const path = join(folder, 'model.gguf')
  writeFileSync(path, 'GGUF')
  const references = new References()
  const reference = references.issue(path)
  expect(await references.describe(reference)).toEqual({ reference, name: 'model.gguf', sizeBytes: 4 })
  expect(references.nameOf(references.issue(path, 'other'))).toBe('other')
  expect(references.resolve(reference)).toBe(path)
  expect(() => references.resolve(path)).toThrow(expect.objectContaining({ code: 'not_found' }))
  expect(() => references.resolve('__proto__')).toThrow(expect.objectContaining({ code: 'not_found' }))
  rmSync(folder, { recursive: true })
  await expect(references.describe(reference)).rejects.toMatchObject({ code: 'file_unreadable' })
  references.release(reference)
  expect(() => references.resolve(reference)).toThrow(expect.objectContaining({ code: 'not_found' }))
})

test('a name that a page sends is a name, whatever it tries', () => {
  for (const [given, shown] of [
    ['a.gguf', 'a.gguf'],
    ['/etc/passwd', 'passwd'],
    ['C:\\models\\b.gguf', 'b.gguf'],
    ['..', 'model.gguf'],
    ['', 'model.gguf'],
    ['.hidden', 'hidden'],
    ['a\u202egguf.exe\n', 'agguf.exe'],
    ['é 😀.gguf', 'é 😀.gguf'],
  ] as const) {
    expect(shownName(given, 'model.gguf')).toBe(shown)
  }
  expect(shownName(`${'x'.repeat(300)}.gguf`, 'model.gguf')).toHaveLength(200)
})

test('About tells the versions and licences that are installed', () => {
  const aliases: Record<string, string> = { 'better-sqlite3-multiple-ciphers': 'better-sqlite3', '@github/keytar': 'keytar' }
  const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'))
  expect(read('package.json')).toMatchObject({ version })
  for (const { name, version: stated, licence } of components) {
    if (name === 'llama.cpp')
      expect(read('node_modules/node-llama-cpp/llama/llama.cpp.info.json')).toMatchObject({ tag: `v${stated}` })
    else expect(read(`node_modules/${aliases[name] ?? name}/package.json`)).toMatchObject({ version: stated, license: licence })
  }
  const manifest = read('package.json') as { dependencies: Record<string, string> }
  const named = components.map(({ name }) => aliases[name] ?? name)
  for (const dependency of Object.keys(manifest.dependencies)) expect(named).toContain(dependency)
})
