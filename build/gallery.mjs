/** Draws every screen: see commands/gallery.ts. Any Node from 18 on can run this file. */
import { run } from './bootstrap.mjs'

await run('gallery')
