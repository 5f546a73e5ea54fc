/** Builds what runs into dist: see commands/bundle.ts. Any Node from 18 on can run this file. */
import { run } from './bootstrap.mjs'

await run('bundle')
