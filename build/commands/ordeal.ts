/**
 * `npm run ordeal`: kills, disks, needles and mutations at full length (test/ordeal/), and then at full length the tests that `npm test` has short
 * (test/fixtures/test-length.ts). What follows `--` is handed on: `--only NAME`, `--seed N`, `--from N` where an earlier run ended, `--count N`,
 * `--short`; `--only tests` has the latter alone, or those of the test files that are named behind it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../bundle.ts'
import { ensurePackages, testNeeds } from '../packages.ts'
import { ownNode, root, userCache } from '../places.ts'
import { run } from '../processes.ts'
import { Progress } from '../progress.ts'
import { isBuilt, stampBuild } from '../source-stamp.ts'
import { modelEnvironment } from '../test-models.ts'

const words = process.argv.slice(2)
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : undefined
await ensurePackages(testNeeds, console.log)
process.exitCode = 0
if (only !== 'tests') process.exitCode = await ordeals()
if (only === 'tests' || (only === undefined && !words.includes('--short'))) process.exitCode = (await tests()) || process.exitCode

async function ordeals(): Promise<number> {
  const program = ['--disable-warning=ExperimentalWarning', join(root, 'test', 'ordeal', 'run.ts'), ...words]
  const { code } = await run(ownNode, program, { stdio: 'inherit' })
  return code ?? 1
}

async function tests(): Promise<number> {
  const named = only === 'tests' ? words.slice(words.indexOf('--only') + 2) : []
  const models = await modelEnvironment(join(userCache(), 'models'), new Progress(process.stdout), new AbortController().signal)
  if (!isBuilt()) {
    await bundle(console.log)
    stampBuild()
  }
  const files = named.length > 0 ? named : testsByLength()
  const vitest = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--root', root, ...files]
  const { code } = await run(ownNode, vitest, {
    stdio: 'inherit',
    env: { ...process.env, ...models, ALAMBIC_FULL_LENGTH: '1' },
  })
  return code ?? 1
}

/** Test files that ask how long they are to be, or whose fixtures do. */
function testsByLength(): string[] {
  const folder = join(root, 'test')
  const asks = /\/(test-length|browser|workspace-page)\.ts'/
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && asks.test(readFileSync(join(folder, name), 'utf8')))
    .map((name) => join('test', name))
    .sort()
}
