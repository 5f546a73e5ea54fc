/** `npm run check`: what can be known without running the program. */
import { runChecks } from '../checks.ts'

const results = await runChecks(console.log)
const failed = results.filter(({ passed }) => !passed).map(({ name }) => name)
if (failed.length > 0) {
  console.error(`Not right: ${failed.join(', ')}.`)
  process.exitCode = 1
} else console.log('All is right.')
