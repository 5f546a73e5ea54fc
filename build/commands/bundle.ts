/** `npm run build`: builds everything into dist. */
import { bundle } from '../bundle.ts'

await bundle(console.log)
