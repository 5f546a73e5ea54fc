/** What comes with the parsers is given to a reader over its line: each file once, and none outside its folders. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from '../../../contract/link.ts'
import { giveReaderData } from '../../../electron/host/workspaces/ingest/reader-data.ts'
import { readerDataContract, type ReaderData } from '../../../electron/reader/contract.ts'
import { memoryPorts } from '../../fixtures/memory-ports.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

function room() {
  const folder = temporaryFolder()
  for (const part of ['fonts', 'other', 'languages/eng/4.0.0_best_int']) mkdirSync(join(folder, part), { recursive: true })
  writeFileSync(join(folder, 'secret'), 'a secret')
  writeFileSync(join(folder, 'fonts', 'A-b.ttf'), 'x'.repeat(1_500_000))
  writeFileSync(join(folder, 'languages/eng/4.0.0_best_int/eng.traineddata.gz'), 'letters')
  const [one, other] = memoryPorts()
  const [font, language, rest] = ['fonts', 'languages', 'other'].map((part) => join(folder, part)) as [string, string, string]
  giveReaderData(one, { font, language, cmap: rest, decoder: rest, recogniser: rest })
  const client = connect(other, readerDataContract)
  return async (kind: ReaderData['kind'], name: string): Promise<string> => {
    let text = ''
    for await (const { base64 } of client.data.give({ kind, name })) {
      expect(base64.length).toBeLessThanOrEqual(Math.ceil((1024 * 1024) / 3) * 4)
      text += Buffer.from(base64, 'base64').toString()
    }
    return text
  }
}

test('a file comes whole, in parts, and once (bug: a reader that was taken over keeps the host reading)', async () => {
  const give = room()
  expect(await give('font', 'A-b.ttf')).toHaveLength(1_500_000)
  expect(await give('language', 'eng')).toBe('letters')
  await expect(give('font', 'A-b.ttf')).rejects.toMatchObject({ code: 'not_found' })
})

test('a file that is not there is said, and no name leads out of its folder', async () => {
  const give = room()
  await expect(give('font', 'none.ttf')).rejects.toMatchObject({ code: 'not_found' })
  for (const name of ['../secret', '..', '.', '', 'a/b', '..\\secret', '/etc/passwd', 'a\0.ttf', 'A-b.ttf/', 'C:secret', 'x.y.z'])
    await expect([name, give('font', name)][1]).rejects.toMatchObject({ code: 'invalid_input' })
})
