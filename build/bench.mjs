/** Runs the measurements: see commands/bench.ts. Any Node from 18 on can run this file. */
import { run } from './bootstrap.mjs'

await run('bench')
