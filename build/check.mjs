/** Checks types, style, import rules, unused code and licences: see commands/check.ts. Any Node from 18 on can run this file. */
import { run } from './bootstrap.mjs'

await run('check')
