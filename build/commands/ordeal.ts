/**
 * `npm run ordeal`: kills, disks, needles and mutations at full length (test/ordeal/). What follows `--` is handed on: `--only NAME`, `--seed N`,
 * `--from N` where an earlier run ended, `--count N`, `--short`.
 */
import { join } from 'node:path'
import { ensurePackages, testNeeds } from '../packages.ts'
import { ownNode, root } from '../places.ts'
import { run } from '../processes.ts'

await ensurePackages(testNeeds, console.log)
const words = ['--disable-warning=ExperimentalWarning', join(root, 'test', 'ordeal', 'run.ts'), ...process.argv.slice(2)]
const { code } = await run(ownNode, words, { stdio: 'inherit' })
process.exitCode = code ?? 1
