/** `npm run gallery`: every scenario of the page in Chromium, each loaded anew, looked at as the tests do, and its picture kept in test/results. */
import { join } from 'node:path'
import { ensurePackages, testNeeds } from '../packages.ts'
import { ownNode, root } from '../places.ts'
import { run } from '../processes.ts'

await ensurePackages(testNeeds, console.log)
const words = [
  join(root, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  '--root',
  root,
  'test/renderer/gallery',
  ...process.argv.slice(2),
]
const { code } = await run(ownNode, words, { stdio: 'inherit', env: { ...process.env, ALAMBIC_PICTURES: '1' } })
process.exitCode = code ?? 1
