/** Runs the ordeals at full length: see commands/ordeal.ts. Any Node from 18 on can run this file. */
import { run } from './bootstrap.mjs'

await run('ordeal')
