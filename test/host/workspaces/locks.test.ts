/** A lock or an erasing in the middle of everything: nothing is lost that is to be kept, nothing goes on behind it, and nothing of it is a bug. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import { importModel, lastOf, present, startTestHost, temporaryFolder, testModels, until } from '../../fixtures/test-host.ts'

const passphrase = 'quatre mots sans rapport'

/** A workspace with a watched folder, and a folder to export to. */
async function busyRoom() {
  const engine = new ScriptedEngine({
    contextTokens: 4096,
    answer: () => Array.from({ length: 400 }, () => 'Words. '),
    paceMs: 5,
  })
  const room = await startTestHost({ launchEngine: engine.launch })
  const { client } = room
  await client.vault.create({ kind: 'keychain' })
  await importModel(room, testModels().english.path)
  const { workspaceId } = await client.workspaces.make({ name: 'Matter' })
  const folder = join(temporaryFolder(), 'Matter')
  mkdirSync(folder)
  for (let at = 0; at < 25; at++) writeFileSync(join(folder, `${at}.txt`), `Clause ${at} is about number ${at}.\n\n`.repeat(20))
  room.desktop.pickedFolder = folder
  const picked = await client.desktop.pickFolder({})
  await client.documents.watchFolder({ workspaceId, reference: picked?.reference ?? '' })
  room.desktop.pickedFolder = temporaryFolder()
  const target = await client.desktop.pickFolder({})
  const takeOut = () => client.workspaces.export({ workspaceId, reference: target?.reference ?? '', passphrase })
  const log = join(room.dataFolder, 'log', 'alambic.log')
  const bugs = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '')
  return { ...room, workspaceId, takeOut, bugs }
}

test('files are read, a folder is watched, an answer is written and a workspace travels: a lock stops all, and an unlock goes on', async () => {
  const room = await busyRoom()
  const { client, workspaceId } = room
  let place = { workspaceId, conversationId: '' }
  for (let round = 0; round < 3; round++) {
    await client.documents.paste({
      workspaceId,
      conversationId: null,
      name: `Note ${round}`,
      text: `Note ${round}. `.repeat(5000),
    })
    place = await client.chat.send({ workspaceId, conversationId: null, text: `What is clause ${round}?` })
    const left = [
      room.takeOut(),
      client.retrieval.search({ workspaceId, query: 'clause', filter: {}, limit: 5 }),
      present(client.documents.summary({ workspaceId })),
    ].map((work: Promise<unknown>) => work.catch((error: unknown) => error))
    await new Promise((resolve) => setTimeout(resolve, 40 * round))
    await client.vault.lock({})
    await Promise.all(left)
    await client.vault.unlock({})
  }
  const { ready } = await until(
    client.documents.summary({ workspaceId }),
    ({ working, documents }) => documents === 28 && working === 0,
  )
  expect(ready).toBe(28)
  const update = await present(client.chat.follow(place))
  expect(update.type === 'conversation' && lastOf(update.conversation).state).toBe('interrupted')
  expect(room.bugs()).toBe('')
  await room.close()
})

test('a workspace is erased in the middle of all that: nothing of it is left, and the others go on', async () => {
  const room = await busyRoom()
  const { client, workspaceId } = room
  await until(client.documents.summary({ workspaceId }), ({ documents }) => documents > 3)
  const place = await client.chat.send({ workspaceId, conversationId: null, text: 'What is clause 3?' })
  await until(client.chat.follow(place), ({ type }) => type === 'text')
  const left = [
    room.takeOut(),
    client.documents.paste({ workspaceId, conversationId: null, name: 'Late', text: 'Late. '.repeat(5000) }),
    client.retrieval.search({ workspaceId, query: 'clause', filter: {}, limit: 5 }),
    present(client.questions.state({ workspaceId })),
  ].map((work: Promise<unknown>) => work.catch((error: unknown) => error))
  await client.workspaces.erase({ workspaceId })
  await Promise.all(left)
  expect((await present(client.workspaces.list({}))).map(({ name }) => name)).toEqual(['Personal'])
  const files = readdirSync(room.dataFolder, { recursive: true, encoding: 'utf8' })
  expect(files.filter((name) => name.includes(workspaceId) || name.endsWith('.state'))).toEqual([])
  const [own] = await present(client.workspaces.list({}))
  await client.documents.paste({ workspaceId: own?.id ?? '', conversationId: null, name: 'Own', text: 'Here.' })
  await until(client.documents.summary({ workspaceId: own?.id ?? '' }), ({ ready, working }) => ready === 1 && working === 0)
  expect(room.bugs()).toBe('')
  await room.close()
})
