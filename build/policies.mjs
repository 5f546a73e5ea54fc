/** Makes the templates and the guide for administrators: see commands/policies.ts. Any Node from 18 on can run this file. */
import { run } from './bootstrap.mjs'

await run('policies')
