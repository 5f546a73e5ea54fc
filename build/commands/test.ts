/** `npm test`: makes a bare machine ready, runs every check and every test, and counts. The last line is `N passed, N failed`. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../bundle.ts'
import { runChecks } from '../checks.ts'
import { ensurePackages, testNeeds } from '../packages.ts'
import { ownNode, projectCache, root, userCache } from '../places.ts'
import { run } from '../processes.ts'
import { Progress } from '../progress.ts'
import { stampBuild } from '../source-stamp.ts'
import { countTests, slowestFiles, totalLines, type Counts, type VitestReport } from '../test-counts.ts'
import { modelEnvironment } from '../test-models.ts'

const counts: Counts = { passed: 0, failed: 0, skipped: [] }

/** One step that is a test of its own: it counts as one, and what it threw is said. */
async function step<T>(name: string, action: () => Promise<T>): Promise<T | null> {
  try {
    const result = await action()
    counts.passed++
    return result
  } catch (error) {
    counts.failed++
    console.error(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

await step('system packages', () => ensurePackages(testNeeds, console.log))
const progress = new Progress(process.stdout)
const models = await step('models', () => modelEnvironment(join(userCache(), 'models'), progress, new AbortController().signal))
for (const { passed } of await runChecks(console.log)) counts[passed ? 'passed' : 'failed']++
await step('bundle', async () => {
  await bundle(console.log)
  stampBuild()
})
await runVitest({ ...process.env, ...models })
console.log(totalLines(counts))
process.exitCode = counts.failed > 0 ? 1 : 0

/** Every test file, or those that the command line names. */
async function runVitest(environment: NodeJS.ProcessEnv): Promise<void> {
  mkdirSync(projectCache, { recursive: true })
  const report = join(projectCache, 'vitest.json')
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const words = [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--root',
    root,
    ...reporters,
    ...process.argv.slice(2),
  ]
  const { code } = await run(ownNode, words, { stdio: 'inherit', env: environment })
  const read = readReport(report)
  const { passed, failed, skipped } = countTests(read, code)
  console.log(['The slowest files:', ...slowestFiles(read, 5, root)].join('\n  '))
  counts.passed += passed
  counts.failed += failed
  counts.skipped.push(...skipped)
}

function readReport(path: string): VitestReport | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as VitestReport
  } catch {
    return null
  }
}
