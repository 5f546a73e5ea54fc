/** What the commands decide before they do anything: options, counting, licences, places, and a checkout without npm. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { readLaunchOptions } from '../../build/launch-options.ts'
import { checkLicences, isAllowed, refusedLicences } from '../../build/licences.ts'
import { ensurePackages, installCommand } from '../../build/packages.ts'
import { ownNode, root, userCache } from '../../build/places.ts'
import { countTests, slowestFiles, totalLines } from '../../build/test-counts.ts'
import { defaultDataFolder } from '../../electron/host/base/data-folder.ts'

const folders: string[] = []
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'alambic-house-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

describe('the options of npm start', () => {
  test('have the defaults that the help names', () => {
    expect(readLaunchOptions([])).toEqual({
      dataFolder: defaultDataFolder(),
      loopback: false,
      port: 0,
      folders: [],
      open: true,
      model: true,
      help: false,
    })
  })

  test('are all understood, a folder from where the person stands', () => {
    const options = readLaunchOptions([
      '--data',
      'here',
      '--folder',
      'stick',
      '--folder=/media/b',
      '--loopback',
      '--port=8080',
      '--no-open',
      '--no-model',
    ])
    expect(options).toMatchObject({ loopback: true, port: 8080, open: false, model: false })
    const from = process.env['INIT_CWD'] ?? process.cwd()
    expect(options.dataFolder).toBe(resolve(from, 'here'))
    expect(options.folders).toEqual([resolve(from, 'stick'), '/media/b'])
  })

  test.each([['--lopback'], ['stray'], ['--port', 'many'], ['--port', '70000'], ['--data', ''], ['--data'], ['--folder', '']])(
    'are refused when they are wrong: %s %s',
    (...words) => {
      expect(() => readLaunchOptions(words)).toThrow()
    },
  )

  test('wrong ones end the launcher with 2 and a sentence, before anything is built', () => {
    const { status, stderr } = spawnSync(ownNode, [join(root, 'build', 'start.mjs'), '--lopback'], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toContain('--lopback')
    expect(stderr).not.toContain('    at ')
  })
})

describe('a bare checkout', () => {
  test('without npm says so in a sentence (bug: a stack trace is the first thing a newcomer sees)', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'build'))
    for (const file of ['bootstrap.mjs', 'start.mjs']) cpSync(join(root, 'build', file), join(folder, 'build', file))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    const { npm_execpath: _npm, ...environment } = process.env
    const { status, stderr, stdout } = spawnSync(ownNode, [join(folder, 'build', 'start.mjs')], {
      encoding: 'utf8',
      env: { ...environment, PATH: folder },
    })
    expect(status).toBe(1)
    expect(stdout).toContain('Installing')
    expect(stderr).toMatch(/^npm could not be started .*\.\n$/)
  })

  test('whose install fails says what to do', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'build'))
    for (const file of ['bootstrap.mjs', 'start.mjs']) cpSync(join(root, 'build', file), join(folder, 'build', file))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'npm.js'), 'process.exit(7)')
    const { status, stderr } = spawnSync(ownNode, [join(folder, 'build', 'start.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, npm_execpath: join(folder, 'npm.js') },
    })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^npm install failed; .*\n$/)
  })
})

describe('counting', () => {
  const file = (status: string, ...tests: string[]) => ({
    ...{ name: '/root/test/a.test.ts', startTime: 0, endTime: 0, status },
    assertionResults: tests.map((one, index) => ({ status: one, fullName: `test ${index}` })),
  })

  test('adds what passed, failed and was skipped', () => {
    const report = { testResults: [file('passed', 'passed', 'passed', 'skipped'), file('failed', 'failed', 'passed')] }
    expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1, skipped: ['test 2'] })
    expect(totalLines({ passed: 3, failed: 1, skipped: ['NOT RUN: a', 'b'] })).toBe('NOT RUN: a\nNOT RUN: b\n3 passed, 1 failed')
    expect(totalLines({ passed: 3, failed: 0, skipped: [] })).toBe('3 passed, 0 failed')
  })

  test('names the slowest files, the slowest first', () => {
    const timed = (name: string, endTime: number) => ({
      ...file('passed', 'passed'),
      name: `/root/test/${name}.test.ts`,
      endTime,
    })
    const report = { testResults: [timed('quick', 40), timed('slow', 90_100), timed('middle', 2_000)] }
    expect(slowestFiles(report, 2, '/root')).toEqual(['90.1 s  test/slow.test.ts', '2.0 s  test/middle.test.ts'])
    expect(slowestFiles(null, 2, '/root')).toEqual([])
  })

  test.each<[string, Parameters<typeof countTests>]>([
    ['a file that does not load', [{ testResults: [file('failed'), file('passed', 'passed')] }, 1]],
    ['no report', [null, 1]],
    ['no test at all', [{ testResults: [] }, 0]],
    ['an error between tests', [{ testResults: [file('passed', 'passed')] }, 1]],
  ])('%s is a failure (bug: a broken run counted as a success)', (_name, words) => {
    expect(countTests(...words).failed).toBe(1)
  })
})

describe('licences', () => {
  test('of what is shipped are allowed', () => {
    expect(checkLicences()).toEqual([])
  })

  test('are read as SPDX says', () => {
    for (const good of ['MIT', '(MPL-2.0 OR Apache-2.0)', 'GPL-3.0-only OR MIT', 'MIT AND ISC'])
      expect([good, isAllowed(good)]).toEqual([good, true])
    for (const bad of ['GPL-3.0-only', 'AGPL-3.0', 'MIT AND GPL-2.0-only', 'SEE LICENSE IN x', '((MIT) OR X)', '']) {
      expect([bad, isAllowed(bad)]).toEqual([bad, false])
    }
  })

  test('are looked at through dependencies of dependencies, and not for what only builds', () => {
    const packages = {
      '': { dependencies: { one: '1' } },
      'node_modules/one': { license: 'MIT', dependencies: { two: '1' } },
      'node_modules/one/node_modules/two': { license: 'AGPL-3.0' },
      'node_modules/two': { license: 'MIT' },
      'node_modules/builder': { license: 'GPL-3.0' },
      'node_modules/marked': { optionalDependencies: { three: '1' } },
      'node_modules/three': { license: 'GPL-2.0' },
    }
    expect(refusedLicences({ packages }, () => 'MIT').sort()).toEqual(['three: GPL-2.0', 'two: AGPL-3.0'])
  })
})

test('what is missing and cannot be installed is named with the command', async () => {
  const needs = [
    { package: 'there', isMet: () => true },
    { package: 'missing-one', isMet: () => false },
  ]
  const { PATH } = process.env
  process.env['PATH'] = temporaryFolder()
  try {
    await expect(ensurePackages(needs, () => undefined)).rejects.toThrow(/missing-one/)
    await expect(ensurePackages(needs.slice(0, 1), () => undefined)).resolves.toBeUndefined()
  } finally {
    process.env['PATH'] = PATH
  }
  expect(installCommand(['a', 'b'])).toBe('apt-get install -y --no-install-recommends a b')
})

test('the cache is where the system wants caches', () => {
  expect(userCache({}, 'linux', '/home/a')).toBe('/home/a/.cache/alambic')
  expect(userCache({ XDG_CACHE_HOME: '/cache' }, 'linux', '/home/a')).toBe('/cache/alambic')
  expect(userCache({ XDG_CACHE_HOME: 'cache' }, 'linux', '/home/a')).toBe('/home/a/.cache/alambic')
  expect(userCache({}, 'darwin', '/Users/a')).toBe('/Users/a/Library/Caches/Alambic')
})
