/** kill -9 while documents are added, read and embedded: what was acknowledged is there, what was done is not done again, and nothing lies in clear. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDocuments } from '../../fixtures/documents-room.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'
import { byLength } from '../../fixtures/test-length.ts'
import { passphrase, VaultRoom } from '../../fixtures/vault/vault-room.ts'

let vaultRoom: VaultRoom
beforeEach(() => {
  vaultRoom = new VaultRoom()
})
afterEach(() => vaultRoom.remove())

const kills = byLength({ short: 5, full: 12 })
const child = join(import.meta.dirname, '../../fixtures/documents-child.ts')

/** Runs the child until so many milliseconds after it started; gives its whole lines. */
function runAndKill(files: string, turn: number, ms: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, vaultRoom.folder, files, String(turn)])
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
      if (signal === 'SIGKILL') resolve(said.split('\n').slice(0, -1))
      else reject(new Error(`The child ended by itself: ${complaint}`))
    })
  })
}

test('nothing acknowledged is lost, and nothing that was done is done again', async () => {
  const files = temporaryFolder()
  await (await vaultRoom.opened()).close()
  const added: string[] = []
  const read = new Set<string>()
  const vectors = new Map<string, number>()
  for (let turn = 0; turn < kills; turn++) {
    const lines = await runAndKill(files, turn, 20 + ((turn * 0.618_034) % 1) * 900)
    const readBefore = new Set(read)
    for (const line of lines) {
      const [verb = '', ...words] = line.split(' ')
      const what = words.join(' ')
      if (verb === 'added') added.push(what)
      if (verb === 'read') read.add(what)
      // A reading is called after its first paragraph, `NEEDLE turn number 0`.
      if (verb === 'began') expect(readBefore.has(what.replace(/^NEEDLE (\d+) (\d+) .*$/, 'file-$1-$2.txt')), what).toBe(false)
      if (verb === 'embedded') vectors.set(what, (vectors.get(what) ?? 0) + 1)
    }
    for (const file of vaultRoom.files()) expect(vaultRoom.bytes(file).includes('NEEDLE'), file).toBe(false)
  }
  // The batch that was under way when it was killed may be embedded once more: sixteen texts a kill at most.
  const again = [...vectors.values()].reduce((sum, times) => sum + times - 1, 0)
  expect(again).toBeLessThanOrEqual(kills * 16)
  expect(added.length).toBeGreaterThan(kills)
  expect(vectors.size).toBeGreaterThan(kills)

  const vault = await vaultRoom.vault()
  await vault.unlock(passphrase)
  const room = openDocuments(vault)
  const all = () => room.documents.all({ workspaceId: room.workspaceId, conversationId: null, documents: true })
  await expect.poll(() => all().every(({ stage }) => stage === 'ready')).toBe(true)
  const names = all().map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toEqual(expect.arrayContaining(added))
  for (const { passages, embedded } of all()) expect([passages, embedded]).toEqual([20, 20])
  expect(room.index.words).toHaveLength(all().length * 20)
  expect(room.database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  expect(room.bugs).toEqual([])
  await room.close()
  await vault.close()
})
