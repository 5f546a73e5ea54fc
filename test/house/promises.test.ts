/** The README's promises and the threat model name the tests that keep them: those are there, and none is without one. */
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../../build/places.ts'

const tests = globSync('test/**/*.test.ts', { cwd: root }).map((path) => path.replaceAll('\\', '/'))
const known = new Set([...tests, ...tests.map((path) => basename(path))])

function section(file: string, from: string, to: string): string {
  const text = readFileSync(join(root, file), 'utf8')
  const [, after = ''] = text.split(from)
  const [found = ''] = after.split(to)
  expect(found, `${file} has no ${from}`).not.toBe('')
  return found
}

/** Each promise by its first words, and the tests that it names. */
function promises(): [string, string[]][] {
  return section('README.md', '## Promises', '\n## ')
    .split(/\n(?=\d\. )/)
    .slice(1)
    .map((text) => [text.slice(0, 60), [...text.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, name = '']) => name)])
}

function protections(): [string, string[]][] {
  return section('THREAT_MODEL.md', '## From whom', '\n## ')
    .split(/\n\n(?=\*\*)/)
    .slice(1)
    .map((text) => {
      const [, names = ''] = /\nKept by (.+)\.\s*$/.exec(text) ?? []
      return [text.slice(0, 60), [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => `test/${name}.test.ts`)]
    })
}

describe.each([
  ['promises of the README', promises, 7],
  ['protections of the threat model', protections, 9],
] as const)('the %s', (_what, all, count) => {
  test(`are ${count}, and each names tests that are there (bug: a test was renamed, and nobody kept the promise)`, () => {
    const found = all()
    expect(found).toHaveLength(count)
    for (const [words, names] of found) {
      expect(names.length, words).toBeGreaterThan(0)
      expect(
        names.filter((name) => !known.has(name)),
        words,
      ).toEqual([])
    }
  })
})
