/** What travels with an exported workspace: all that is in it, so that it is asked there as here; and nothing that was removed. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, describe, expect, test } from 'vitest'
import { readTrailer } from '../../../electron/host/vault/gate/workspace-file.ts'
import type { KeyWorker } from '../../../electron/host/vault/keys/key-work.ts'
import { References } from '../../../electron/host/desktop.ts'
import { tidyForTravel } from '../../../electron/host/workspaces/workspace-travel.ts'
import { Workspaces } from '../../../electron/host/workspaces/workspaces.ts'
import { unsealTrailer } from '../../../electron/porter/sealed-trailer.ts'
import { PassageIndex } from '../../../electron/host/workspaces/index/passage-index.ts'
import { openDocuments } from '../../fixtures/documents-room.ts'
import { ScriptedEngine } from '../../fixtures/scripted-engine.ts'
import { supportSources } from '../../fixtures/support-pairs.ts'
import {
  importModel,
  lastOf,
  personal,
  present,
  startTestHost,
  temporaryFolder,
  testModels,
  until,
  untilSettled,
  type TestHost,
} from '../../fixtures/test-host.ts'
import { clearPages } from '../../fixtures/vault/clear-pages.ts'
import { launchKeyWorker } from '../../fixtures/vault/key-worker.ts'
import { VaultRoom } from '../../fixtures/vault/vault-room.ts'
import { openWorkspaceFile } from '../../fixtures/workspace-file.ts'

const passphrase = 'quatre mots sans rapport'
const everything = { conversationId: null, filter: 'all', name: '', sort: 'newest', limit: 9 } as const

let open: TestHost[] = []
afterEach(async () => {
  for (const host of open) await host.close()
  open = []
})

test('documents, conversations with their sources, index, instructions and strictness are there in the other Alambic', async () => {
  const engine = new ScriptedEngine({ contextTokens: 16_384, answer: () => ['The monthly rent is 840 euros [1].'] })
  const here = await startTestHost({ launchEngine: engine.launch })
  const there = await startTestHost()
  open.push(here, there)
  await here.client.vault.create({ kind: 'keychain' })
  await there.client.vault.create({ kind: 'keychain' })
  await importModel(here, testModels().english.path)
  const { workspaceId } = await here.client.workspaces.make({ name: 'Matter' })
  const instructions = 'Sois précis. '.repeat(1500)
  await here.client.workspaces.configure({ workspaceId, instructions, strict: true })
  await here.client.documents.paste({ workspaceId, conversationId: null, name: 'Lease', text: supportSources.lease })
  await until(here.client.documents.summary({ workspaceId }), ({ ready, working }) => ready === 1 && working === 0)
  const place = await here.client.chat.send({ workspaceId, conversationId: null, text: 'How much is the rent?' })
  const before = lastOf((await untilSettled(here.client, place)).conversation)

  const folder = temporaryFolder()
  here.desktop.pickedFolder = folder
  const target = await here.client.desktop.pickFolder({})
  const { name } = await here.client.workspaces.export({ workspaceId, reference: target?.reference ?? '', passphrase })
  there.desktop.pick = join(folder, name)
  const picked = await there.client.desktop.pickCatalogue({})
  const { workspaceId: other } = await there.client.workspaces.import({ reference: picked?.reference ?? '', passphrase })

  const [, arrived] = await present(there.client.workspaces.list({}))
  expect(arrived).toMatchObject({ id: other, name: 'Matter', instructions, strict: true, documents: 1 })
  // What was read there is split and indexed here.
  const { rows } = await until(
    there.client.documents.list({ workspaceId: other, ...everything }),
    (list) => list.rows[0]?.stage === 'ready',
  )
  expect(rows).toMatchObject([{ name: expect.stringContaining('Lease'), stage: 'ready' }])
  const documentId = rows[0]?.id ?? ''
  const { base64 } = await there.client.documents.bytes({ workspaceId: other, documentId, offset: 0, length: 1_000_000 })
  expect(Buffer.from(base64, 'base64').toString()).toBe(supportSources.lease)
  const found = await there.client.retrieval.search({ workspaceId: other, query: 'deposit', filter: {}, limit: 5 })
  expect(found.found[0]?.text).toContain('1,680 euros')
  const { rows: talks } = await present(there.client.chat.list({ workspaceId: other, limit: 5 }))
  expect(talks.map(({ title }) => title)).toEqual(['How much is the rent?'])
  const conversationId = talks[0]?.id ?? ''
  expect(conversationId).not.toBe(place.conversationId)
  const after = lastOf((await untilSettled(there.client, { workspaceId: other, conversationId })).conversation)
  // The fence stays at home: with it somebody could write a document that leaves its own.
  const { frame, ...sources } = before.sources ?? {}
  expect(frame).toBeDefined()
  expect(after).toMatchObject({ text: before.text, sources })
  expect(after.sources?.frame).toBeUndefined()
  expect(after.sources?.given[0]?.documentId).toBe(documentId)
  const report = await there.client.chat.inspect({ workspaceId: other, conversationId, messageId: after.id })
  expect(report.found[0]).toMatchObject({ fate: 'sent', number: 1 })
  expect(await there.client.chat.search({ query: 'monthly rent', limit: 5 })).toMatchObject([{ workspaceId: other }])
})

test('a document that was removed a moment ago does not travel (bug: its bytes and words did, until they were swept away)', async () => {
  const vaultRoom = new VaultRoom()
  const vault = await vaultRoom.opened()
  let index: PassageIndex | null = null
  const room = openDocuments(vault, { indexOf: (id) => (index ??= new PassageIndex({ database: vault.workspace(id) })) })
  const { workspaceId } = room
  const paste = (name: string, text: string) => room.documents.paste({ workspaceId, conversationId: null, name, text })
  const { documentId } = await paste('Privileged', 'Aiguille one\n\nAiguille two')
  await paste('Open', 'Words that stay')
  await expect
    .poll(() => room.documents.all({ workspaceId, conversationId: null, documents: true }).map(({ stage }) => stage))
    .toEqual(['ready', 'ready'])
  // While an answer is being written nothing is swept away.
  room.answering.set(true)
  await room.documents.remove(workspaceId, [documentId])
  const folder = temporaryFolder()
  const { name } = await room.workspaces.export(workspaceId, room.references.issue(folder), passphrase)
  const { trailer, databaseBytes } = readTrailer(join(folder, name))
  const { key } = await unsealTrailer(trailer, passphrase)
  const clear = clearPages(readFileSync(join(folder, name)).subarray(0, databaseBytes), Buffer.from(key, 'base64'))
  expect(clear.includes('Words that stay')).toBe(true)
  expect(/aiguil/i.test(clear.toString('latin1'))).toBe(false)
  expect(/privileged/i.test(clear.toString('latin1'))).toBe(false)
  await room.close()
  await vault.close()
  vaultRoom.remove()
})

test('what belongs to this machine does not travel: folders, marks of files, kept states, vectors that are being gathered', async () => {
  const vaultRoom = new VaultRoom()
  const vault = await vaultRoom.opened()
  const [id = ''] = new Workspaces({ vault, references: new References(), now: () => 0 }).all.map((each) => each.id)
  const database = vault.workspace(id)
  database.exec(`
    INSERT INTO watched_folders (id, path, name, added_at) VALUES ('f', '/home/anna/leases', 'leases', 0);
    INSERT INTO left_out_files VALUES ('f', '', 'old.txt');
    INSERT INTO documents (id, name, folder_id, size_bytes, added_at, changed_at, stamp) VALUES ('d', 'd', 'f', 0, 0, 0, '1:2');
    INSERT INTO kept_states (conversation_id, student_id, label, file_name, key, tokens, bytes, kept_at) VALUES ('c', 's', 'l', 'x', 'y', 1, 1, 0);
    INSERT INTO question_run_begun VALUES (1, '{}');
    UPDATE ingest_state SET paused = 1;
    INSERT INTO vector_sets (number, embedder_id, serving, dropped) VALUES (1, 'here', 1, 0), (2, 'next', 0, 0), (3, 'before', 0, 1);
    INSERT INTO indexed_texts (number, text_hash, passages, terms) VALUES (9, x'00', 1, 1);
    INSERT INTO vectors SELECT number * 4294967296 + 9, x'01' FROM vector_sets;
    INSERT INTO vector_signs SELECT number * 4294967296 + 9, x'01' FROM vector_sets`)
  database.exec(tidyForTravel)
  const all = (sql: string): unknown[] => database.prepare(sql).all()
  for (const table of ['watched_folders', 'left_out_files', 'kept_states', 'question_run_begun'])
    expect([table, all(`SELECT * FROM ${table}`)]).toEqual([table, []])
  expect(all('SELECT folder_id, stamp FROM documents')).toEqual([{ folder_id: null, stamp: null }])
  expect(all('SELECT paused FROM ingest_state')).toEqual([{ paused: 0 }])
  expect(all('SELECT embedder_id AS id FROM vector_sets')).toEqual([{ id: 'here' }])
  for (const table of ['vectors', 'vector_signs'])
    expect(all(`SELECT number - 4294967296 AS n FROM ${table}`)).toEqual([{ n: 9 }])
  await vault.close()
  vaultRoom.remove()
})

describe('a big workspace is taken out by a process of the vault’s own', () => {
  /** Filled while nobody runs it; a part is a random mebibyte. */
  async function filled(megabytes: number, options: Parameters<typeof startTestHost>[0] = {}) {
    const before = await startTestHost()
    await before.client.vault.create({ kind: 'keychain' })
    const { dataFolder, keychain } = before
    await before.close()
    const { database, close } = await openWorkspaceFile(dataFolder, keychain)
    database.exec(`INSERT INTO contents (number, hash, size_bytes, stage) VALUES (1, 'h', ${megabytes * 1e6}, 'failed')`)
    database.exec(
      `INSERT INTO documents (id, name, content_number, size_bytes, added_at, changed_at) VALUES ('d', 'd', 1, ${megabytes * 1e6}, 0, 0)`,
    )
    for (let part = 0; part < megabytes; part++)
      database.prepare('INSERT INTO content_parts VALUES (1, ?, randomblob(1000000))').run(part)
    await close()
    const room = await startTestHost({ dataFolder, keychain, ...options })
    open.push(room)
    await room.client.vault.unlock({})
    const folder = temporaryFolder()
    room.desktop.pickedFolder = folder
    const target = await room.client.desktop.pickFolder({})
    const workspaceId = await personal(room.client)
    return {
      ...{ ...room, folder, workspaceId },
      takeOut: () => room.client.workspaces.export({ workspaceId, reference: target?.reference ?? '', passphrase }),
      left: () => [
        ...readdirSync(folder),
        ...readdirSync(join(dataFolder, 'workspaces')).filter((name) => !/\.db(-wal|-shm)?$/.test(name)),
      ],
    }
  }
  const copying = ({ left }: { left: () => string[] }) =>
    expect.poll(() => left().some((name) => name.includes('.rekey-')), { interval: 5 }).toBe(true)

  test('the host answers meanwhile (bug: it stood still until the copy was whole)', async () => {
    const room = await filled(Number(process.env['ALAMBIC_EXPORT_MB'] ?? 60))
    const stalls = monitorEventLoopDelay({ resolution: 5 })
    stalls.enable()
    const began = performance.now()
    let isDone = false
    const exported = room.takeOut().finally(() => (isDone = true))
    await copying(room)
    let answered = 0
    while (!isDone) {
      await present(room.client.workspaces.list({}))
      if (room.left().some((name) => name.includes('.rekey-'))) answered++
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const { sizeBytes, name } = await exported
    stalls.disable()
    const ms = performance.now() - began
    console.info(
      `exported: ${(sizeBytes / 1e6).toFixed(0)} MB in ${(ms / 1000).toFixed(1)} s; longest stall of the host ${(stalls.max / 1e6).toFixed(0)} ms`,
    )
    expect(answered).toBeGreaterThan(1)
    expect(room.left()).toEqual([name])
  })

  test.each(['lock', 'quit', 'SIGKILL of its process'])('%s in the middle leaves nothing of it', async (way) => {
    const workers: KeyWorker[] = []
    const room = await filled(60, {
      launchKeyWorker: () => {
        const worker = launchKeyWorker()
        workers.push(worker)
        return worker
      },
    })
    const failed = room.takeOut().catch((error: unknown) => error)
    await copying(room)
    if (way === 'lock') await room.client.vault.lock({})
    else if (way === 'quit') await room.close()
    else for (const worker of workers) worker.kill()
    expect(await failed).toMatchObject({
      code: way === 'SIGKILL of its process' ? 'disconnected' : (expect.any(String) as string),
    })
    expect(room.left()).toEqual([])
  })

  test('what a SIGKILL of the host leaves of it is swept away by the next start', async () => {
    const room = await filled(1)
    const { dataFolder, keychain } = room
    await room.close()
    const [database = ''] = readdirSync(join(dataFolder, 'workspaces'))
    for (const ending of ['', '.new', '.new-journal', '-journal', '-wal'])
      writeFileSync(join(dataFolder, 'workspaces', `${database}.rekey-0123456789ab${ending}`), 'x')
    open.push(await startTestHost({ dataFolder, keychain }))
    expect(room.left()).toEqual([])
  })
})
