// Pages of PDF that are read in a second, through the reader's process, without recognition: of a real file where it lies, and of one made here.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePdf } from '../fixtures/documents/pdf-writer.ts'
import { newKeeper, readDocument } from '../fixtures/documents/read-document.ts'

const real = join(
  process.env['ALAMBIC_DOCUMENTS'] ?? join(import.meta.dirname, '../../../shared/corpora/documents'),
  'DA-619p.pdf',
)
const sentence = 'The notice period of this lease is three months, to be given in writing, and it ends with a month'
const made = writePdf(
  Array.from({ length: 600 }, (_, page) =>
    Array.from({ length: 45 }, (_, line) => ({ text: `${sentence} ${page}.${line}`, x: 60, y: 740 - line * 15, size: 10 })),
  ),
)
const files: [name: string, bytes: Uint8Array][] = [['made here, 600 pages of 45 lines', made]]
if (existsSync(real)) files.unshift(['DA-619p.pdf', readFileSync(real)])
else console.log('NOT RUN: DA-619p.pdf, because it is not beside this checkout')

const keeper = newKeeper()
await readDocument(keeper, 'warm.pdf', writePdf([[{ text: 'warm', x: 60, y: 700 }]]))
for (const [name, bytes] of files) {
  const speeds: number[] = []
  for (let round = 0; round < 3; round++) {
    const started = performance.now()
    const { begin } = await readDocument(keeper, name, bytes)
    speeds.push(((begin.pages ?? 0) / (performance.now() - started)) * 1000)
  }
  speeds.sort((one, other) => one - other)
  console.log(
    `${name}: ${speeds.map((speed) => speed.toFixed(0)).join(', ')} pages/s, median ${(speeds[1] ?? 0).toFixed(0)} (aim: at least 80)`,
  )
}
await keeper.close()
