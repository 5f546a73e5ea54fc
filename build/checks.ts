/** The checks that need no running program: types, style, import rules, unused code, formatting, licences. */
import { globSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkLicences } from './licences.ts'
import { projectCache, root } from './places.ts'
import { runTool } from './processes.ts'

/** What a check found. */
export interface CheckResult {
  name: string
  passed: boolean
  /** What is wrong, for reading. */
  output: string
  seconds: number
}

interface Found {
  passed: boolean
  output: string
}

async function tool(script: string, ...words: string[]): Promise<Found> {
  const { code, output } = await runTool(script, words)
  return { passed: code === 0, output }
}

/** For a tool that looks at each file by itself: what it says of one depends on that file's content alone. */
const cachedByContent = (name: string): string[] => [
  ...['--cache', '--cache-strategy', 'content', '--cache-location'],
  join(projectCache, name),
]

const oxlint = 'oxlint/bin/oxlint'

/** The TypeScript that svelte-check last made of each component. */
const componentFiles = (): string[] => globSync('.svelte-check/svelte/**/++*.svelte.ts', { cwd: root })

/** Each lane runs beside the other, its checks one after the other; both take about as long. */
const lanes: Record<string, () => Promise<Found>>[] = [
  {
    // Types and style in one pass, each file by the tsconfig.json nearest to it. Without a cache: what is wrong with a file may come
    // from the types of another, which no cache of its own content sees.
    'types and lint': () => tool(oxlint, '--type-check'),
    formatting: () => tool('prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn', ...cachedByContent('prettier')),
  },
  {
    // What it keeps in `.svelte-check` goes by a component's time and size, and by the content of all that it was made with.
    'types of renderer/': () =>
      tool(
        'svelte-check/bin/svelte-check',
        '--tsconfig',
        'renderer/tsconfig.json',
        '--tsgo',
        '--incremental',
        '--fail-on-warnings',
      ),
    // What svelte-check has just made of the components is TypeScript, which can be linted by types.
    'lint of components': () =>
      tool(
        oxlint,
        ...['--config', 'build/components.oxlintrc.json', '--tsconfig', '.svelte-check/tsconfig.json'],
        // By name: what git ignores is linted only then.
        ...['--no-ignore', ...componentFiles()],
      ),
    "Svelte's rules": () => tool('eslint/bin/eslint.js', 'renderer', '--max-warnings', '0', ...cachedByContent('eslint')),
    'import rules': () =>
      tool(
        'dependency-cruiser/bin/dependency-cruiser.mjs',
        ...['--config', '.dependency-cruiser.cjs', 'contract', 'electron', 'renderer', 'build', 'test'],
      ),
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
