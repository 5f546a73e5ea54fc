/** A data folder and an export that version 0.1.0 wrote are opened by the program as it is, and everything is found there. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { oldPassphrase, vaultContents, workspaceContents } from '../../fixtures/old-data/read-old-data.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import { present, startTestHost, temporaryFolder, type TestHost } from '../../fixtures/test-host.ts'

const fixture = join(import.meta.dirname, '../../fixtures/old-data')
interface Expected {
  vault: Awaited<ReturnType<typeof vaultContents>>
  contents: { [workspace: string]: Awaited<ReturnType<typeof workspaceContents>> }
}
const expected = JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8')) as Expected

let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

/** Unpacks both folders. */
function unpacked(): { dataFolder: string; exported: string } {
  const folder = temporaryFolder()
  execFileSync('tar', ['-xzf', join(fixture, 'old-data.tar.gz'), '-C', folder])
  const exports = join(folder, 'exported')
  return { dataFolder: join(folder, 'data'), exported: join(exports, readdirSync(exports)[0] ?? '') }
}

async function start(dataFolder?: string): Promise<TestHost> {
  const host = await startTestHost({
    launchEngine: new ScriptedEngine({ contextTokens: 4096 }).launch,
    ...(dataFolder ? { dataFolder } : {}),
  })
  open.push(host)
  return host
}

test('a data folder of version 0.1.0 opens, and nothing of it is lost, archived or not', async () => {
  const { dataFolder } = unpacked()
  const { client } = await start(dataFolder)
  await client.vault.unlock({ passphrase: oldPassphrase })
  expect(await vaultContents(client)).toEqual(expected.vault)
  for (const { id, name, archived } of await present(client.workspaces.list({}))) {
    if (archived) await client.workspaces.archive({ workspaceId: id, archived: false })
    expect(await workspaceContents(client, id), name).toEqual(expected.contents[name])
  }
  expect(await client.chat.search({ query: 'asked anew', limit: 9 })).toHaveLength(3)
})

test('a workspace that version 0.1.0 exported comes in with everything but what belonged to its machine', async () => {
  const { exported } = unpacked()
  const { client, desktop } = await start()
  await client.vault.create({ kind: 'keychain' })
  desktop.pick = exported
  const picked = await client.desktop.pickWorkspace({})
  const { workspaceId } = await client.workspaces.import({ reference: picked?.reference ?? '', passphrase: oldPassphrase })
  const there = await workspaceContents(client, workspaceId)
  const before = expected.contents['Verrier lease']
  // No embedder is installed there, so how well passages fit is judged by their words alone.
  const portable = { documents: before?.documents, questions: before?.questions, passages: before?.passages }
  expect(there).toMatchObject(portable)
  expect(there.runs[0]).toEqual(before?.runs[0])
  expect(there.conversations.map(({ messages, branches }) => ({ texts: messages.map(({ text }) => text), branches }))).toEqual(
    before?.conversations.map(({ messages, branches }) => ({ texts: messages.map(({ text }) => text), branches })),
  )
  expect(there.found).toEqual(expect.arrayContaining(['Either party may end this lease; the notice period is three months.']))
})
