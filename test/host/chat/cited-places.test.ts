/** What a citation rests on is named by its own page, over a whole host and a real PDF (bug: by the page on which the passage begins). */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { spanOf } from '../../../renderer/state/source-places.ts'
import { claimsOf } from '../../../renderer/state/support.ts'
import { writePdf, type PdfLine } from '../../fixtures/documents/pdf-writer.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import {
  importModel,
  lastOf,
  personal,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'

let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

const lines = (texts: readonly string[]): PdfLine[] => texts.map((text, at) => ({ text, x: 72, y: 720 - at * 16 }))
const lease = writePdf([
  lines([
    'The flat is let with its cellar, and the tenant looks after both of them.',
    'The monthly rent is 840 euros, and is paid on the first of each month.',
    'The tenant pays small repairs, the landlord pays those of the roof, and',
  ]),
  lines(['neither of them may let the garden go to seed.', 'The caretaker hands over the spare keys on 12 May 2031.']),
])
const said = 'The monthly rent is 840 euros [1]. The caretaker hands over the spare keys on 12 May 2031 [1].'

test.each(['whole', 'passages'])('%s: page 1 for the rent, page 2 for the keys', async (mode) => {
  const engine = new ScriptedEngine({ contextTokens: 4096, answer: () => [said] })
  const host = await startTestHost({ launchEngine: engine.launch })
  open.push(host)
  const { client, desktop } = host
  await client.vault.create({ kind: 'keychain' })
  await importModel(host, testModels().english.path)
  const workspaceId = await personal(client)
  const path = join(temporaryFolder(), 'Lease.pdf')
  writeFileSync(path, lease)
  desktop.pickedDocuments = [path]
  const references = (await client.desktop.pickDocuments({})).map(({ reference }) => reference)
  await client.documents.add({ workspaceId, conversationId: null, references })
  const filler = 'The garden of the neighbours has many roses and no gate at all. '.repeat(400)
  if (mode === 'passages') await client.documents.paste({ workspaceId, conversationId: null, name: 'Garden', text: filler })
  await until(
    client.documents.summary({ workspaceId }),
    ({ documents, working }) => documents === (mode === 'passages' ? 2 : 1) && working === 0,
  )
  const place = await client.chat.send({
    ...{ workspaceId, conversationId: null },
    text: 'How much is the monthly rent, and when does the caretaker hand over the spare keys?',
  })
  const answer = lastOf((await untilSettled(client, place)).conversation)
  expect(answer.sources?.mode).toBe(mode)
  const source = answer.sources?.given.find(({ documentName }) => documentName.startsWith('Lease'))
  if (!source) throw new Error('The lease was not given')
  expect(source.places?.map(({ place: { kind, ...rest } }) => [kind, rest])).toEqual([
    ['page', { page: 1, boxes: [] }],
    ['page', { page: 2, boxes: [] }],
  ])
  const claims = claimsOf(answer)
  const on = (page: number) => ({ first: { kind: 'page', page, boxes: [] }, last: { kind: 'page', page, boxes: [] } })
  expect(claims.map((claim) => [claim.verdict, spanOf(source, claim)])).toEqual([
    ['supported', on(1)],
    ['supported', on(2)],
  ])
})
