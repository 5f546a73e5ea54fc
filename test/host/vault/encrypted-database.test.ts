/** The encrypted file itself: what is on the disk, what is refused, and how failures are named. */
import Database from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { failure } from '../../fixtures/vault/vault-room.ts'

let folder: string
let path: string
const key = randomBytes(32)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alambic-database-'))
  path = join(folder, 'a.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What SQLCipher 4 would do with the raw key; written out here so that a change of our order is seen. */
function openAsSqlcipher(file: string, rawKey: Buffer): Database {
  const database = new Database(file)
  database.pragma(`cipher='sqlcipher'`)
  database.pragma('legacy=4')
  database.pragma(`key="x'${rawKey.toString('hex')}'"`)
  return database
}

/** What unlinked temporary files of SQLite hold: they have no name, but the process still has them open. Only Linux lets one look. */
function temporaryBytes(): Buffer {
  const found: Buffer[] = []
  if (process.platform !== 'linux') return Buffer.alloc(0)
  for (const descriptor of readdirSync('/proc/self/fd')) {
    const link = `/proc/self/fd/${descriptor}`
    try {
      if (!readlinkSync(link).includes('etilqs')) continue
      const file = openSync(link, 'r')
      const bytes = Buffer.alloc(8 << 20)
      found.push(bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0)))
      closeSync(file)
    } catch {
      // Closed since the folder was read.
    }
  }
  return Buffer.concat(found)
}

describe('opening', () => {
  it('uses the raw key as SQLCipher 4 does, so that another program with the key can save the data', () => {
    const database = openEncryptedDatabase(path, key, { create: true })
    database.exec('CREATE TABLE notes (text TEXT)')
    database.prepare('INSERT INTO notes VALUES (?)').run('saved')
    database.close()
    const other = openAsSqlcipher(path, key)
    expect(other.prepare('SELECT text FROM notes').get()).toEqual({ text: 'saved' })
    other.close()
  })

  it('sets every pragma that keeps plaintext off the disk and rows whole', () => {
    const database = openEncryptedDatabase(path, key, { create: true })
    const read = (name: string): unknown =>
      Object.values(database.prepare<Record<string, unknown>>(`SELECT * FROM pragma_${name}`).get() ?? {})[0]
    expect({
      temporary: read('temp_store'),
      journal: read('journal_mode'),
      synchronous: read('synchronous'),
      foreignKeys: read('foreign_keys'),
      trustedSchema: read('trusted_schema'),
      // For macOS, whose ordinary flush does not wait for the drive.
      flushed: [read('fullfsync'), read('checkpoint_fullfsync')],
    }).toEqual({ temporary: 2, journal: 'wal', synchronous: 2, foreignKeys: 1, trustedSchema: 0, flushed: [1, 1] })
    database.close()
  })

  it('leaves the key as it was, for the caller to wipe', () => {
    const before = Buffer.from(key)
    openEncryptedDatabase(path, key, { create: true }).close()
    expect(key.equals(before)).toBe(true)
  })

  it('takes a missing or empty file for damage and does not make a new one', async () => {
    expect(await failure(() => openEncryptedDatabase(path, key, { create: false }))).toEqual({
      code: 'vault_damaged',
      data: { damage: 'database_missing', file: 'a.db' },
    })
    expect(readdirSync(folder)).toEqual([])
    writeFileSync(path, '')
    expect(await failure(() => openEncryptedDatabase(path, key, { create: false }))).toMatchObject({
      data: { damage: 'database_empty' },
    })
  })

  it('names a wrong key, a foreign file and a changed page', async () => {
    const database = openEncryptedDatabase(path, key, { create: true })
    database.exec('CREATE TABLE notes (text TEXT)')
    const insert = database.prepare('INSERT INTO notes VALUES (?)')
    database.transaction(() => {
      for (let row = 0; row < 500; row++) insert.run('x'.repeat(500))
    })
    database.close()
    const corrupt = { code: 'vault_damaged', data: { damage: 'database_corrupt', file: 'a.db' } }
    expect(await failure(() => openEncryptedDatabase(path, randomBytes(32), { create: false }))).toEqual(corrupt)

    const bytes = readFileSync(path)
    const page = bytes.length - 4096 + 100
    bytes[page] = (bytes[page] ?? 0) ^ 1
    writeFileSync(path, bytes)
    const changed = openEncryptedDatabase(path, key, { create: false })
    expect(await failure(() => changed.prepare('SELECT sum(length(text)) FROM notes').get())).toEqual(corrupt)
    changed.close()

    writeFileSync(path, 'This is a letter, and no database at all. '.repeat(200))
    expect(await failure(() => openEncryptedDatabase(path, key, { create: false }))).toEqual(corrupt)
  })

  it('does not lose what is only in the WAL when the wrong key is tried first', async () => {
    const database = openEncryptedDatabase(path, key, { create: true })
    database.exec('CREATE TABLE notes (text TEXT)')
    database.checkpoint()
    database.prepare('INSERT INTO notes VALUES (?)').run('in the WAL')
    const killed = join(folder, 'killed.db')
    for (const companion of ['', '-wal']) copyFileSync(path + companion, killed + companion)
    database.close()
    expect((await failure(() => openEncryptedDatabase(killed, randomBytes(32), { create: false }))).code).toBe('vault_damaged')
    const again = openEncryptedDatabase(killed, key, { create: false })
    expect(again.prepare('SELECT text FROM notes').all()).toEqual([{ text: 'in the WAL' }])
    again.close()
  })
})

describe('plaintext', () => {
  it('is in no file during and after writing, sorting, temporary tables and copying', () => {
    const needle = `NEEDLE-${randomBytes(6).toString('hex')}`
    const temporaryBefore = readdirSync(tmpdir()).filter((name) => name.startsWith('etilqs'))
    const database = openEncryptedDatabase(path, key, { create: true })
    database.exec('CREATE TABLE notes (text TEXT); CREATE VIRTUAL TABLE words USING fts5 (text)')
    const note = database.prepare('INSERT INTO notes VALUES (?)')
    const word = database.prepare('INSERT INTO words VALUES (?)')
    database.transaction(() => {
      // 36 MB: more than SQLite's caches hold, so that a sort and a temporary table would have to go to files.
      for (let row = 0; row < 60_000; row++) note.run(`${needle} ${randomBytes(300).toString('hex')}`)
      for (let row = 0; row < 2_000; row++) word.run(`${needle} ${row}`)
    })
    const everything = (): Buffer =>
      Buffer.concat([...readdirSync(folder).map((file) => readFileSync(join(folder, file))), temporaryBytes()])
    for (const row of database.prepare('SELECT text FROM notes ORDER BY substr(text, 30) DESC').iterate()) {
      expect(row).toBeDefined()
      expect(everything().includes(needle)).toBe(false)
      break
    }
    database.exec('CREATE TEMP TABLE aside AS SELECT * FROM notes')
    expect(everything().includes(needle)).toBe(false)
    expect(readdirSync(folder).sort()).toEqual(['a.db', 'a.db-shm', 'a.db-wal'])
    database.copyTo(join(folder, 'copy.db'))
    expect(everything().includes(needle)).toBe(false)
    expect(database.prepare('SELECT count(*) AS count FROM words WHERE words MATCH ?').get(`"${needle}"`)).toEqual({
      count: 2_000,
    })
    database.close()
    expect(everything().includes(needle)).toBe(false)
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('etilqs'))).toEqual(temporaryBefore)

    const copy = openEncryptedDatabase(join(folder, 'copy.db'), key, { create: false })
    expect(copy.prepare('SELECT count(*) AS count FROM notes').get()).toEqual({ count: 60_000 })
    copy.close()
  })

  it('cannot be asked for: what would write it, or change how the file is kept, is refused', () => {
    const database = openEncryptedDatabase(path, key, { create: true })
    for (const sql of [
      `ATTACH 'plain.db' AS plain KEY ''`,
      `VACUUM INTO 'copy.db'`,
      `PRAGMA rekey=''`,
      'PRAGMA key="k"',
      'pragma temp_store=FILE',
      'PRAGMA main.journal_mode=DELETE',
      'SELECT 1; PRAGMA synchronous=OFF',
    ]) {
      expect(() => database.exec(sql), sql).toThrow('Not allowed')
      expect(() => database.prepare(sql), sql).toThrow('Not allowed')
    }
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    expect('backup' in database || 'serialize' in database).toBe(false)
    database.close()
  })
})

describe('use', () => {
  it('undoes a transaction that throws, and only the inner one where two are nested', () => {
    const database = openEncryptedDatabase(path, key, { create: true })
    database.exec('CREATE TABLE notes (number INTEGER)')
    const insert = database.prepare('INSERT INTO notes VALUES (?)')
    const fail = (): never => {
      throw new Error('no')
    }
    const result = database.transaction(() => {
      insert.run(1)
      expect(() =>
        database.transaction(() => {
          insert.run(2)
          fail()
        }),
      ).toThrow('no')
      return 'kept'
    })
    expect(result).toBe('kept')
    expect(() =>
      database.transaction(() => {
        insert.run(3)
        fail()
      }),
    ).toThrow('no')
    expect(database.prepare('SELECT number FROM notes').all()).toEqual([{ number: 1 }])
    database.close()
  })

  it('can read the same statement while it is being iterated', () => {
    const database = openEncryptedDatabase(path, key, { create: true })
    database.exec('CREATE TABLE notes (number INTEGER); INSERT INTO notes VALUES (1), (2), (3)')
    const all = database.prepare<{ number: number }>('SELECT number FROM notes ORDER BY number')
    const seen: number[] = []
    for (const { number } of all.iterate()) seen.push(number, all.all().length)
    expect(seen).toEqual([1, 3, 2, 3, 3, 3])
    database.close()
  })

  it('says that the disk is full, and works again when it is not', async () => {
    const database = openEncryptedDatabase(path, key, { create: true })
    database.exec('CREATE TABLE notes (text TEXT); PRAGMA max_page_count=20')
    const insert = database.prepare('INSERT INTO notes VALUES (?)')
    expect((await failure(() => insert.run('x'.repeat(1_000_000)))).code).toBe('disk_full')
    expect(
      await failure(() =>
        database.transaction(() => {
          for (let row = 0; row < 200; row++) insert.run('x'.repeat(1000))
        }),
      ),
    ).toMatchObject({ code: 'disk_full' })
    database.exec('PRAGMA max_page_count=100000')
    insert.run('x'.repeat(1_000_000))
    expect(database.prepare('SELECT count(*) AS count FROM notes').get()).toEqual({ count: 1 })
    database.close()
  })

  it('answers `locked` after closing instead of a sentence of the library', async () => {
    const database = openEncryptedDatabase(path, key, { create: true })
    const statement = database.prepare('SELECT 1')
    database.close()
    database.close()
    expect((await failure(() => statement.get())).code).toBe('locked')
    expect((await failure(() => database.exec('SELECT 1'))).code).toBe('locked')
  })
})
