/** `npm run bench`: each measurement of test/bench, one after the other, in a process of its own. What follows `--` is handed on to it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ownNode, root, userCache } from '../places.ts'
import { run } from '../processes.ts'
import { Progress } from '../progress.ts'
import { isBuilt, stampBuild } from '../source-stamp.ts'
import { bundle } from '../bundle.ts'
import { modelEnvironment } from '../test-models.ts'

const words = process.argv.slice(2)
const wanted = words.includes('--') ? words.slice(0, words.indexOf('--')) : words
const handedOn = words.slice(wanted.length + 1)
const folder = join(root, 'test', 'bench')
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((word) => name.includes(word))),
)
const models = await modelEnvironment(join(userCache(), 'models'), new Progress(process.stdout), new AbortController().signal)
if (!isBuilt()) {
  await bundle(console.log)
  stampBuild()
}
for (const file of files.sort()) {
  console.log(`\n== ${file}`)
  const { code } = await run(ownNode, [join(folder, file), ...handedOn], { stdio: 'inherit', env: { ...process.env, ...models } })
  if (code !== 0) process.exitCode = 1
}
