/** Exports that people have: a file made by an earlier version still comes in, with everything that was in it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { present, startTestHost, until, untilSettled, type TestHost } from '../../fixtures/test-host.ts'

const folder = join(import.meta.dirname, '../../fixtures/old-exports')
const Turn = z.object({ role: z.string(), text: z.string(), versions: z.number(), given: z.array(z.string()).nullable() })
const Expected = z.object({
  passphrase: z.string(),
  ...{ name: z.string(), instructions: z.string(), strict: z.boolean() },
  documents: z.array(
    z.object({
      ...{ name: z.string(), sizeBytes: z.number(), stage: z.string(), format: z.string() },
      ...{ passages: z.number(), embedded: z.number(), isInside: z.boolean() },
    }),
  ),
  conversations: z.array(
    z.object({ title: z.string(), pinned: z.boolean(), turns: z.array(Turn), attachments: z.array(z.string()) }),
  ),
  questions: z.array(z.object({ text: z.string(), words: z.array(z.string()), document: z.string().nullable() })),
  runs: z.array(z.object({ reason: z.string(), questions: z.number(), found: z.number() })),
  comparisons: z.array(z.object({ question: z.string(), vote: z.string(), answers: z.number() })),
  index: z.object({ passages: z.number(), embedded: z.number() }),
  bytes: z.record(z.string(), z.string()),
  search: z.object({ query: z.string(), document: z.string() }),
})

let open: TestHost | null = null
afterEach(() => open?.close())

test.each(['workspace-7'])('%s comes in whole', async (file) => {
  const expected = Expected.parse(JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')))
  open = await startTestHost()
  const { client, desktop } = open
  await client.vault.create({ kind: 'keychain' })
  desktop.pick = join(folder, `${file}.alambic`)
  const picked = await client.desktop.pickWorkspace({})
  const { workspaceId } = await client.workspaces.import({
    reference: picked?.reference ?? '',
    passphrase: expected.passphrase,
  })

  const arrived = (await present(client.workspaces.list({}))).find(({ id }) => id === workspaceId)
  expect(arrived).toMatchObject({
    ...{ name: expected.name, instructions: expected.instructions, strict: expected.strict },
    documents: expected.documents.length,
  })
  await until(client.documents.summary({ workspaceId }), ({ documents, working }) => documents > 0 && working === 0)
  const list = (conversationId: string | null) =>
    present(client.documents.list({ workspaceId, conversationId, filter: 'all', name: '', sort: 'name', limit: 50 }))
  const { rows: documents } = await list(null)
  expect(
    documents.map(({ name, sizeBytes, stage, format, passages, parentId }) => ({
      ...{ name, sizeBytes, stage, format, passages, isInside: parentId !== null },
    })),
  ).toEqual(expected.documents.map(({ embedded: _embedded, ...document }) => document))
  for (const [name, text] of Object.entries(expected.bytes)) {
    const documentId = documents.find((document) => document.name === name)?.id ?? ''
    const { base64 } = await client.documents.bytes({ workspaceId, documentId, offset: 0, length: 1_000_000 })
    expect(Buffer.from(base64, 'base64').toString()).toBe(text)
    const { blocks } = await client.documents.text({ workspaceId, documentId, from: 0, limit: 100 })
    expect(blocks.map(({ block }) => block.text).join('')).toContain(text.slice(0, 60))
  }

  const { rows: talks } = await present(client.chat.list({ workspaceId, limit: 50 }))
  const conversations = []
  for (const { id: conversationId, title, pinned } of talks) {
    const { conversation } = await untilSettled(client, { workspaceId, conversationId })
    conversations.push({
      ...{ title, pinned },
      turns: conversation.messages.map(({ role, text, siblings, sources }) => ({
        ...{ role, text, versions: siblings.length, given: sources?.given.map(({ documentName }) => documentName) ?? null },
      })),
      attachments: (await list(conversationId)).rows.map(({ name }) => name),
    })
    const cited = conversation.messages.flatMap(({ sources }) => sources?.given ?? [])
    const here = new Set([...documents, ...(await list(conversationId)).rows].map(({ id }) => id))
    expect(cited.filter(({ documentId }) => !here.has(documentId))).toEqual([])
  }
  expect(conversations).toEqual(expected.conversations)

  const { questions, runs } = await present(client.questions.state({ workspaceId }))
  expect(questions.map(({ text, words, document }) => ({ text, words, document: document?.name ?? null }))).toEqual(
    expected.questions,
  )
  expect(runs.slice(0, expected.runs.length)).toMatchObject(expected.runs)
  const { rows: compared } = await present(client.compare.list({ workspaceId, limit: 50 }))
  expect(compared.map(({ title, vote }) => ({ question: title, vote }))).toEqual(
    expected.comparisons.map(({ question, vote }) => ({ question, vote })),
  )
  expect(await present(client.retrieval.state({ workspaceId }))).toMatchObject({ passages: expected.index.passages })
  const { found } = await client.retrieval.search({ workspaceId, query: expected.search.query, filter: {}, limit: 5 })
  expect(found[0]?.documentName).toBe(expected.search.document)
})
