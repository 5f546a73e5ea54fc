/** What can be read of a damaged file is: rows of whole pages come into a new workspace, what stands in no place without others finds one, the rest is counted. */
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import type { Rebuilt } from '../../../electron/host/vault/gate/foreign-workspace.ts'
import { salvagedRows } from '../../../electron/porter/salvaged-rows.ts'
import { all, foreignKey, GateRoom } from '../../fixtures/vault/gate-room.ts'
import { failure } from '../../fixtures/vault/vault-room.ts'

const pageBytes = 4096

let room: GateRoom
beforeEach(() => {
  room = new GateRoom()
})
afterEach(() => room.close())

/** Forty conversations of five turns each, and ten documents of 20,000 bytes each. */
function fill(database: EncryptedDatabase): void {
  database.transaction(() => {
    const talk = database.prepare(
      `INSERT INTO conversations (id, title, preset_id, leaf_id, created_at, updated_at) VALUES (?, ?, 'balanced', ?, 0, 0)`,
    )
    const turn = database.prepare(
      `INSERT INTO messages (id, conversation_id, parent_id, role, text, state, created_at) VALUES (?, ?, ?, ?, ?, 'finished', 0)`,
    )
    for (let c = 0; c < 40; c++) {
      talk.run(`c${c}`, `Talk ${c}`, `m${c}-4`)
      for (let m = 0; m < 5; m++)
        turn.run(`m${c}-${m}`, `c${c}`, m === 0 ? null : `m${c}-${m - 1}`, m % 2 ? 'assistant' : 'user', `Turn ${m} `.repeat(60))
    }
    const content = database.prepare(
      `INSERT INTO contents (number, hash, size_bytes, stage, format) VALUES (?, ?, ?, 'indexed', 'text')`,
    )
    const part = database.prepare('INSERT INTO content_parts VALUES (?, 0, ?)')
    const block = database.prepare('INSERT INTO blocks VALUES (?, 0, 0, ?)')
    const document = database.prepare(
      `INSERT INTO documents (id, name, content_number, size_bytes, added_at, changed_at) VALUES (?, ?, ?, 20000, 0, 0)`,
    )
    for (let d = 1; d <= 10; d++) {
      const bytes = Buffer.alloc(20_000, `Document ${d}. `)
      content.run(d, createHash('sha256').update(bytes).digest('hex'), bytes.length)
      part.run(d, bytes)
      block.run(d, JSON.stringify({ kind: 'paragraph', text: 'x'.repeat(2000), page: 1 }))
      document.run(`d${d}`, `Document ${d}`, d)
    }
    const passage = database.prepare(
      `INSERT INTO passages (content_number, position, start, end, text, headings, place, text_hash) VALUES (1, ?, 0, 1, ?, '[]', '{}', x'00')`,
    )
    for (let p = 0; p < 400; p++) passage.run(p, `Passage ${p} `.repeat(40))
  })
}

/** Pages that a table or index lies on, as SQLite itself says. */
function pagesOf(path: string, name: string): number[] {
  const database = room.open(path, foreignKey)
  const pages = all(database, `SELECT pageno FROM dbstat WHERE name = '${name}' AND pagetype = 'leaf' ORDER BY pageno`) as {
    pageno: number
  }[]
  room.close()
  return pages.map(({ pageno }) => pageno)
}

function spoil(path: string, pages: readonly number[]): void {
  const file = openSync(path, 'r+')
  for (const page of pages) writeSync(file, randomBytes(pageBytes), 0, pageBytes, (page - 1) * pageBytes)
  closeSync(file)
}

async function rescue(path: string): Promise<{ here: EncryptedDatabase; rebuilt: Rebuilt }> {
  const arrival = { workspaceId: 'w', embedderId: null, signal: new AbortController().signal }
  const { key, rebuilt } = await room.gate().salvage({ path, key: foreignKey }, arrival)
  return { here: room.open(room.files.unfinished('w'), key), rebuilt }
}

describe('a file of which pages were overwritten with noise', () => {
  test('loses nothing where the pages were of passages: they are made anew', async () => {
    const path = room.made(fill)
    spoil(path, pagesOf(path, 'passages').slice(3, 30))
    const original = readFileSync(path)
    const { here, rebuilt } = await rescue(path)
    expect(rebuilt).toEqual({ conversations: 40, documents: 10, lost: 0 })
    expect(all(here, 'SELECT count(*) AS n FROM messages')).toEqual([{ n: 200 }])
    expect(here.isWhole()).toBe(true)
    expect(readFileSync(path).equals(original)).toBe(true)
  })

  test('keeps all turns of other pages, in their conversations, and says how many are missing', async () => {
    const path = room.made(fill)
    const pages = pagesOf(path, 'messages')
    spoil(path, pages.slice(5, 8))
    const { here, rebuilt } = await rescue(path)
    const [{ n } = { n: 0 }] = all(here, 'SELECT count(*) AS n FROM messages') as { n: number }[]
    expect(n).toBeGreaterThan(150)
    expect(n).toBeLessThan(200)
    expect(rebuilt).toEqual({ conversations: 40, documents: 10, lost: 200 - n })
    // A turn whose turn before is gone follows the last that is there: only the first of each conversation follows nothing.
    expect(
      all(here, `SELECT conversation_id FROM messages WHERE parent_id IS NULL GROUP BY conversation_id HAVING count(*) > 1`),
    ).toEqual([])
    expect(all(here, 'PRAGMA foreign_key_check')).toEqual([])
  })

  test('keeps turns of which the conversation is gone', async () => {
    const path = room.made(fill)
    spoil(path, pagesOf(path, 'conversations').slice(0, 1))
    const { here, rebuilt } = await rescue(path)
    expect(all(here, 'SELECT count(*) AS n FROM messages')).toEqual([{ n: 200 }])
    expect(rebuilt.conversations).toBe(40)
    expect(rebuilt.lost).toBeGreaterThan(0)
    expect(all(here, `SELECT count(*) AS n FROM conversations WHERE title = '…'`)).toEqual([{ n: rebuilt.lost }])
  })

  test('gives up a document of which bytes are missing, and reads the others again where what was read of them is', async () => {
    const path = room.made(fill)
    const parts = pagesOf(path, 'content_parts')
    spoil(path, [...parts.slice(0, 1), ...pagesOf(path, 'blocks').slice(1, 2)])
    const { here, rebuilt } = await rescue(path)
    const kept = all(here, `SELECT stage FROM contents`) as { stage: string }[]
    expect(kept.length).toBeLessThan(10)
    expect(new Set(kept.map(({ stage }) => stage))).toEqual(new Set(kept.length > 0 ? ['waiting'] : []))
    expect(rebuilt.documents).toBe(kept.length)
    expect(rebuilt.lost).toBeGreaterThan(0)
    expect(all(here, 'SELECT count(*) AS n FROM blocks')).toEqual([{ n: 0 }])
  })

  test('of noise alone, or cut, is said to hold nothing, and nothing stays of the try', async () => {
    const path = room.made(fill)
    // SQLite opens none that is shorter than it says.
    truncateSync(path, Math.floor(statSync(path).size / pageBytes / 2) * pageBytes)
    expect((await failure(() => rescue(path))).code).toBe('workspace_file_malformed')
    writeFileSync(path, randomBytes(statSync(path).size))
    expect((await failure(() => rescue(path))).code).toBe('workspace_file_malformed')
    truncateSync(path, 0)
    expect((await failure(() => rescue(path))).code).toBe('workspace_file_malformed')
    expect((await failure(() => rescue(join(room.folder, 'nothing.db')))).code).toBe('file_unreadable')
    room.expectNothing()
  })
})

describe('rows behind a broken page', () => {
  /** Numbers that are there, and those at which reading fails. */
  const table = (numbers: readonly number[], isBroken: (number: number) => boolean) =>
    function* (after: number, most: number | null): Generator<readonly unknown[]> {
      let count = 0
      for (const number of numbers) {
        if (number <= after) continue
        if (isBroken(number)) throw new Error('broken')
        yield [number]
        if (++count === most) return
      }
    }
  const found = (numbers: readonly number[], isBroken: (number: number) => boolean): [number[], number] => {
    let lost = 0
    const rows = [...salvagedRows(table(numbers, isBroken), (count) => (lost += count))]
    return [rows.map(([number]) => Number(number)), lost]
  }
  const upTo = (most: number): number[] => Array.from({ length: most }, (_, at) => at + 1)

  test('are found, however long it is, also where numbers are far apart', () => {
    expect(found(upTo(10), () => false)).toEqual([upTo(10), 0])
    expect(found(upTo(10), (number) => number > 3 && number < 7)).toEqual([[1, 2, 3, 7, 8, 9, 10], 3])
    expect(found(upTo(10), (number) => number > 7)).toEqual([upTo(7), 1])
    expect(found([1, 2, 9_000_000, 9_000_001], (number) => number === 2)[0]).toEqual([1, 9_000_000, 9_000_001])
    expect(found(upTo(40_000), (number) => number > 100 && number < 30_000)[0]).toHaveLength(100 + 10_001)
    expect(found(upTo(10), () => true)[0]).toEqual([])
  })
})
