/** kill -9 while documents are read anew: after each kill a document has its older text or its newer one, with the passages of that one. */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDocuments } from '../../fixtures/documents-room.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'
import { passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let vaultRoom: VaultRoom
beforeEach(() => {
  vaultRoom = new VaultRoom()
})
afterEach(() => vaultRoom.remove())

const kills = 12
const files = 8
const paragraphs = 70
const child = join(import.meta.dirname, '../../fixtures/reading-anew-child.ts')

/** Runs the child until so many milliseconds after it began; says whether it was done by then. */
function runAndKill(ms: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, vaultRoom.folder])
    let said = ''
    let complaint = ''
    let timer: NodeJS.Timeout | undefined
    running.stdout.on('data', (text: Buffer) => {
      said += text.toString()
      timer ??= setTimeout(() => running.kill('SIGKILL'), ms)
    })
    running.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
    running.on('close', (_code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL') resolve(said.includes('done'))
      else reject(new Error(`The child ended by itself: ${complaint}`))
    })
  })
}

const textOf = (file: number, lossy: boolean): string[] =>
  Array.from({ length: paragraphs }, (_, at) => `File ${file} paragraph ${at}${lossy || at % 7 > 0 ? '' : ' LOST words'}`)

test('no kill leaves a mixture of two readings, nothing, or passages that are not of the text', async () => {
  let vault = await vaultRoom.opened()
  let room = openDocuments(vault, { readingVersion: 0 })
  room.reader.sees = (text) => text.replace(/ LOST.*/g, '')
  const folder = temporaryFolder()
  for (let file = 0; file < files; file++) {
    const path = join(folder, `${file}.txt`)
    writeFileSync(path, textOf(file, false).join('\n\n'))
    await room.documents.add({ workspaceId: room.workspaceId, conversationId: null, references: [room.references.issue(path)] })
  }
  await expect.poll(() => room.documents.standing(room.workspaceId).isSettled).toBe(true)
  await room.close()
  await vault.close()

  const seen = new Set<number>()
  for (let kill = 0; kill < kills; kill++) {
    const isDone = await runAndKill(10 + ((kill * 0.618_034) % 1) * 700)
    vault = await vaultRoom.vault()
    await vault.unlock(passphrase)
    const [workspaceId = ''] = vault.workspaceIds
    const database = vault.workspace(workspaceId)
    let anew = 0
    for (let file = 0; file < files; file++) {
      const [blocks, passages] = ['blocks', 'passages'].map((table) =>
        database
          .prepare<{ text: string }>(
            `SELECT coalesce(${table === 'blocks' ? `json_extract(t.block, '$.text')` : 't.text'}, '') AS text
             FROM documents d JOIN ${table} t ON t.content_number = d.content_number WHERE d.name = ? ORDER BY t.position`,
          )
          .all(`${file}.txt`)
          .map(({ text }) => text),
      )
      expect([textOf(file, true), textOf(file, false)]).toContainEqual(blocks)
      expect(passages).toEqual(blocks)
      if (blocks?.[0]?.includes('LOST')) anew++
    }
    seen.add(anew)
    await vault.close()
    if (isDone) break
  }
  // It was killed before the first, and between some of them.
  expect(seen.size).toBeGreaterThan(2)

  vault = await vaultRoom.vault()
  await vault.unlock(passphrase)
  room = openDocuments(vault, { readingVersion: 1 })
  await expect.poll(() => room.documents.standing(room.workspaceId).isSettled).toBe(true)
  const expected = Array.from({ length: files }, (_, file) => textOf(file, false)).flat()
  await expect.poll(() => room.index.words.sort()).toEqual(expected.sort())
  const count = (table: string): number =>
    room.database.prepare<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).get()?.count ?? 0
  expect(['documents', 'content_parts', 'blocks', 'passages'].map(count)).toEqual([
    files,
    files,
    files * paragraphs,
    files * paragraphs,
  ])
  expect(room.database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  expect(room.bugs).toEqual([])
  await room.close()
  await vault.close()
})
