/** The checks that need no running program: types, style, import rules, unused code, formatting, licences. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkLicences } from './licences.ts'
import { projectCache } from './places.ts'
import { runTool } from './processes.ts'

/** What a check found. */
export interface CheckResult {
  name: string
  passed: boolean
  /** What is wrong, for reading. */
  output: string
  seconds: number
}

const buildInfo = (name: string): string => join(projectCache, `${name}.tsbuildinfo`)
const typesOf = (name: string, project: string) => (): Promise<Found> =>
  tool('typescript/bin/tsc', '-p', project, '--incremental', '--tsBuildInfoFile', buildInfo(name))

interface Found {
  passed: boolean
  output: string
}

async function tool(script: string, ...words: string[]): Promise<Found> {
  const { code, output } = await runTool(script, words)
  return { passed: code === 0, output }
}

/** Each lane runs beside the other, its checks one after the other; the linter takes as long as all the rest. */
const lanes: Record<string, () => Promise<Found>>[] = [
  {
    // Without a cache: what is wrong with a file may come from the types of another, which no cache of its own content sees.
    lint: () => tool('eslint/bin/eslint.js', '.', '--max-warnings', '0'),
    'import rules': () =>
      tool(
        'dependency-cruiser/bin/dependency-cruiser.mjs',
        '--config',
        '.dependency-cruiser.cjs',
        'contract',
        'electron',
        'renderer',
        'build',
        'test',
      ),
    formatting: () =>
      tool(
        'prettier/bin/prettier.cjs',
        '--check',
        '.',
        '--log-level',
        'warn',
        '--cache',
        '--cache-location',
        join(projectCache, 'prettier'),
      ),
  },
  {
    'types of contract/': typesOf('contract', 'tsconfig.json'),
    'types of electron/': typesOf('electron', 'electron'),
    'types of electron/reader/': typesOf('reader', 'electron/reader/pure.tsconfig.json'),
    'types of test/': typesOf('test', 'test'),
    'types of build/': typesOf('build', 'build'),
    'types of renderer/': () =>
      tool('svelte-check/bin/svelte-check', '--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings', '--output', 'human'),
    'unused code': () => tool('knip/bin/knip.js', '--no-progress'),
    licences: () => {
      const refused = checkLicences()
      return Promise.resolve({ passed: refused.length === 0, output: refused.join('\n') })
    },
  },
]

/** Runs every check, two at a time, and says how each went as soon as it is known. */
export async function runChecks(say: (line: string) => void): Promise<CheckResult[]> {
  mkdirSync(projectCache, { recursive: true })
  const results: CheckResult[] = []
  const runLane = async (lane: (typeof lanes)[number]): Promise<void> => {
    for (const [name, check] of Object.entries(lane)) {
      const started = performance.now()
      const { passed, output } = await check()
      const seconds = (performance.now() - started) / 1000
      results.push({ name, passed, output, seconds })
      say(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`)
      if (!passed) say(output.trim())
    }
  }
  await Promise.all(lanes.map(runLane))
  return results
}
