/** Runs every check and test: see commands/test.ts. Any Node from 18 on can run this file. */
import { run } from './bootstrap.mjs'

await run('test')
