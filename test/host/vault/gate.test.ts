/** The gate for foreign rows: whatever a file from elsewhere is, it comes in as we write it, or not at all and nothing of it stays. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEncryptedDatabase, type EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { shapeOf } from '../../../electron/host/vault/files/migrate.ts'
import { readingVersion } from '../../../electron/reader/contract.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import { byLength, isFullLength } from '../../fixtures/test-length.ts'
import { all, foreignKey, GateRoom, talk } from '../../fixtures/vault/gate-room.ts'

let room: GateRoom
beforeEach(() => {
  room = new GateRoom()
})
afterEach(() => room.close())

const bytes = Buffer.from('The monthly rent is 840 euros.')
const hash = createHash('sha256').update(bytes).digest('hex')
const lease = `INSERT INTO contents (number, hash, size_bytes, stage, format, passages, splitting) VALUES (7, '${hash}', ${bytes.length}, 'indexed', 'text', 1, 3);
  INSERT INTO content_parts VALUES (7, 0, x'${bytes.toString('hex')}');
  INSERT INTO documents (id, name, content_number, size_bytes, added_at, changed_at) VALUES ('d', 'Lease', 7, ${bytes.length}, 0, 0);`

describe('a file of ours', () => {
  test.each(workspaceMigrations.map(({ version, name }) => ({ version, name })))(
    'of step $version ($name) is read by what that step had, and comes in in the newest shape',
    async ({ version }) => {
      const path = room.made((database) => {
        database.exec(talk)
        if (version >= 4) database.exec(lease)
        if (version >= 6)
          database.exec(`INSERT INTO questions (id, text, document_id, words) VALUES ('q', 'How much?', 'd', '[]')`)
      }, version)
      const here = await room.takeIn(path)
      const fresh = room.made(() => undefined)
      const other = room.open(fresh, foreignKey)
      expect(here.userVersion).toBe(workspaceMigrations.length)
      expect(shapeOf(here)).toEqual(shapeOf(other))
      expect(all(here, 'SELECT role, text FROM messages ORDER BY number')).toEqual([
        { role: 'user', text: 'Hello' },
        { role: 'assistant', text: 'Good day' },
      ])
      expect(all(here, 'SELECT kind, number FROM words_due')).toEqual([
        { kind: 'message', number: 1 },
        { kind: 'message', number: 2 },
        { kind: 'title', number: 1 },
      ])
      expect(all(here, 'SELECT name, stage FROM documents JOIN contents ON contents.number = content_number')).toEqual(
        version >= 4 ? [{ name: 'Lease', stage: 'splitting' }] : [],
      )
      expect(all(here, 'SELECT text FROM questions')).toHaveLength(version >= 6 ? 1 : 0)
    },
  )

  test.each([
    [0, 7, ''],
    [1, 8, 'UPDATE contents SET reading = 1'],
    [readingVersion, 8, `UPDATE contents SET reading = ${Number.MAX_SAFE_INTEGER}`],
  ])(
    'says by which reader its documents were read (%i), but not by one that is not there yet (bug: such were never read anew)',
    async (reading, step, sql) => {
      const here = await room.takeIn(room.made((database) => database.exec(lease + sql), step))
      expect(all(here, 'SELECT reading FROM contents')).toEqual([{ reading }])
    },
  )

  test('that was read anew comes with the newer text and its bytes, without what is under way and what was replaced', async () => {
    const block = (text: string): string =>
      JSON.stringify({ kind: 'paragraph', level: 0, text, hasHeader: false, places: [{ start: 0, place }], confidence: null })
    const place = { kind: 'paragraph', paragraph: 1 }
    const newer = `UPDATE contents SET hash = 'replaced-7', stage = 'emptying', size_bytes = 0 WHERE number = 7;
      INSERT INTO contents (number, hash, size_bytes, stage, reading, bytes_number) VALUES (8, '${hash}', ${bytes.length}, 'indexed', 1, 7);
      INSERT INTO contents (number, hash, size_bytes, stage, replaces, bytes_number) VALUES (9, 'newer-8', ${bytes.length}, 'splitting', 8, 7);
      UPDATE documents SET content_number = 8;
      INSERT INTO blocks VALUES (7, 0, 0, '${block('Old')}'), (8, 0, 0, '${block('New')}'), (9, 0, 0, '${block('Newest')}');`
    const here = await room.takeIn(room.made((database) => database.exec(lease + newer)))
    expect(all(here, 'SELECT hash, stage, bytes_number FROM contents')).toEqual([
      { hash, stage: 'splitting', bytes_number: null },
    ])
    expect(all(here, 'SELECT block FROM blocks')).toEqual([{ block: block('New') }])
    expect(all(here, 'SELECT name, bytes FROM documents JOIN content_parts USING (content_number)')).toEqual([
      { name: 'Lease', bytes },
    ])
  })

  test('says what was removed of the files inside its documents, where these came', async () => {
    const removed = `INSERT INTO left_out_attachments VALUES ('d', 'a.txt')`
    const here = await room.takeIn(room.made((database) => database.exec(lease + removed)))
    expect(all(here, 'SELECT * FROM left_out_attachments')).toEqual([{ parent_id: 'd', name: 'a.txt' }])
  })

  test('with two files that claim the same bytes is refused', async () => {
    const twin = `INSERT INTO contents (number, hash, size_bytes, stage, bytes_number) VALUES (8, '${'0'.repeat(64)}', ${bytes.length}, 'indexed', 7);`
    const path = room.made((database) => database.exec(lease + twin))
    expect(await room.refused(path)).toBe('workspace_file_malformed')
  })

  test('brings no words of the index: they are made of what came', async () => {
    const here = await room.takeIn(
      room.made((database) =>
        database.exec(`${talk}
          INSERT INTO message_words (rowid, terms) VALUES (1, 'somebody elses words');
          INSERT INTO title_words (rowid, terms) VALUES (1, 'somebody elses words');
          INSERT INTO word_languages VALUES ('xx');
          DELETE FROM words_due`),
      ),
    )
    for (const table of ['message_words', 'title_words', 'word_languages'])
      expect(all(here, `SELECT count(*) AS n FROM ${table}`), table).toEqual([{ n: 0 }])
    expect(all(here, 'SELECT count(*) AS n FROM words_due')).toEqual([{ n: 3 }])
  })

  test('has new ids, and every reference follows', async () => {
    const here = await room.takeIn(room.made((database) => database.exec(talk)))
    const [conversation] = all(here, 'SELECT id, leaf_id FROM conversations') as { id: string; leaf_id: string }[]
    expect(conversation?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(all(here, 'SELECT text FROM messages one WHERE id = (SELECT leaf_id FROM conversations)')).toEqual([
      { text: 'Good day' },
    ])
  })

  test('from this machine keeps its watched folders, from a stranger never (bug: a stranger’s were scanned at once)', async () => {
    const path = room.made((database) =>
      database.exec(`${lease}
        INSERT INTO watched_folders (id, path, name, added_at, identity) VALUES ('f', '/home/anna/leases', 'leases', 0, '1:2');
        INSERT INTO left_out_files VALUES ('f', '', 'old.txt');
        UPDATE documents SET folder_id = 'f', folder = '2024', stamp = '1:2:3'`),
    )
    const stranger = await room.takeIn(path)
    expect(all(stranger, 'SELECT * FROM watched_folders')).toEqual([])
    expect(all(stranger, 'SELECT folder_id, folder, stamp FROM documents')).toEqual([
      { folder_id: null, folder: '2024', stamp: null },
    ])
    const own = await room.takeIn(path, { origin: 'own' })
    expect(all(own, 'SELECT id, path, identity FROM watched_folders')).toEqual([
      { id: 'f', path: '/home/anna/leases', identity: '1:2' },
    ])
    expect(all(own, 'SELECT name FROM left_out_files')).toEqual([{ name: 'old.txt' }])
    expect(all(own, 'SELECT folder_id, stamp FROM documents')).toEqual([{ folder_id: 'f', stamp: '1:2:3' }])
  })

  test('brings thousands of conversations', async () => {
    const many = byLength({ short: 2_000, full: 10_000 })
    const path = room.made((database) =>
      database.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})
        INSERT INTO conversations (id, title, preset_id, created_at, updated_at) SELECT 'c' || i, 'Talk ' || i, 'p', i, i FROM n;
        INSERT INTO messages (id, conversation_id, role, text, state, created_at) SELECT 'm' || id, id, 'user', title, 'finished', 0 FROM conversations`),
    )
    const here = await room.takeIn(path)
    expect(all(here, 'SELECT count(*) AS n, count(DISTINCT leaf_id) AS leaves FROM conversations')).toEqual([
      { n: many, leaves: many },
    ])
    expect(all(here, `SELECT count(*) AS n FROM words_due WHERE kind = 'message'`)).toEqual([{ n: many }])
  })
})

describe('vectors', () => {
  const embedder = 'e'.repeat(64)
  const withVectors = (change = ''): string =>
    room.made((database) =>
      database.exec(`${lease}
        INSERT INTO indexed_texts (number, text_hash, passages, terms) VALUES (9, x'${hash}', 1, 4);
        INSERT INTO vector_sets (number, embedder_id, dimensions, serving) VALUES (3, '${embedder}', 4, 1);
        INSERT INTO vectors VALUES (${3 * 2 ** 32 + 9}, x'01020304');
        UPDATE ingest_state SET paused = 1, counted_embedder_id = '${embedder}', served_embedder_id = '${embedder}';
        ${change}`),
    )
  const vectorsOf = (database: EncryptedDatabase): unknown[] =>
    all(
      database,
      `SELECT hex(vector) AS vector, passages, terms FROM vectors JOIN indexed_texts ON vectors.number = 4294967296 + indexed_texts.number`,
    )

  test('come along without words where their set agrees with its claims', async () => {
    const here = await room.takeIn(withVectors())
    expect(vectorsOf(here)).toEqual([{ vector: '01020304', passages: 0, terms: -1 }])
    expect(all(here, 'SELECT * FROM ingest_state')).toEqual([
      { number: 1, paused: 0, counted_embedder_id: embedder, served_embedder_id: embedder },
    ])
  })

  test('of another embedder than the one in use are left for embedding', async () => {
    expect(vectorsOf(await room.takeIn(withVectors(), { embedderId: 'f'.repeat(64) }))).toEqual([])
    expect(vectorsOf(await room.takeIn(withVectors(), { embedderId: embedder }))).toHaveLength(1)
  })

  test.each([
    ['of another length than the set says', `UPDATE vectors SET vector = x'0102'`],
    ['of a million dimensions', 'UPDATE vector_sets SET dimensions = 1000000'],
    ['of a set that is numbered beyond all keys', 'UPDATE vector_sets SET number = 4611686018427387904'],
    ['by an embedder that is no digest', `UPDATE vector_sets SET embedder_id = '../models/embedder.gguf'`],
    ['around a centre of another length', `UPDATE vector_sets SET centre = x'00000000'`],
    ['around a centre that is no number', `UPDATE vector_sets SET centre = x'0000c07f0000c07f0000c07f0000c07f'`],
    ['with signs that are missing', `UPDATE vector_sets SET centre = x'00000000000000000000000000000000'`],
    ['of a text without a hash', `UPDATE indexed_texts SET text_hash = x'00'`],
  ])('%s are left for embedding, and the rest comes', async (_name, change) => {
    const here = await room.takeIn(withVectors(change))
    expect(vectorsOf(here)).toEqual([])
    expect(all(here, 'SELECT * FROM vector_sets')).toEqual([])
    expect(all(here, 'SELECT * FROM indexed_texts')).toEqual([])
    expect(all(here, 'SELECT counted_embedder_id AS id FROM ingest_state')).toEqual([{ id: null }])
    expect(all(here, 'SELECT name FROM documents')).toEqual([{ name: 'Lease' }])
  })
})

/** The table without what holds its values: as somebody makes it who wants them otherwise. */
function loosen(database: EncryptedDatabase, table: string, columns: string): void {
  database.exec(
    `PRAGMA defer_foreign_keys = ON; DROP TABLE ${table}; CREATE TABLE ${table} (number INTEGER PRIMARY KEY, ${columns})`,
  )
}
const looseMessages = 'id, conversation_id, parent_id, role, text, thought, state, trouble, facts, created_at, sources, found'
const looseConversations = 'id, title, pinned, preset_id, model_id, leaf_id, created_at, updated_at, scope'
const looseContents =
  'hash, size_bytes, stage, format, pages, page_kind, title, language, picture_pages, recognise, confidence, password, trouble'

describe('a hostile file', () => {
  const clean: Record<string, [work: (database: EncryptedDatabase) => void, sql: string, rows: unknown[]]> = {
    'with a trigger of its own': [
      (database) =>
        database.exec(`${talk} CREATE TRIGGER spy AFTER INSERT ON messages BEGIN UPDATE conversations SET title = new.text; END`),
      `SELECT count(*) AS n FROM sqlite_schema WHERE name = 'spy'`,
      [{ n: 0 }],
    ],
    'with tables, views and indexes of its own': [
      (database) =>
        database.exec(`${talk} CREATE TABLE more (a); CREATE VIEW endless AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;
          CREATE INDEX odd ON messages (abs(number))`),
      `SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('more', 'endless', 'odd')`,
      [{ n: 0 }],
    ],
    'whose names change how others are read': [
      (database) =>
        database.exec(`${lease} UPDATE documents SET name = 'Lease' || char(0) || char(8238) || 'fdp.exe' || char(10);
          INSERT INTO documents (id, name, size_bytes, added_at, changed_at) VALUES ('e', char(8238), 0, 0, 0)`),
      'SELECT name FROM documents ORDER BY number',
      [{ name: 'Leasefdp.exe' }, { name: 'document' }],
    ],
    'whose folders lead elsewhere': [
      (database) => database.exec(`${lease} UPDATE documents SET folder = '../../etc'`),
      'SELECT folder FROM documents',
      [{ folder: '' }],
    ],
    'whose numbers would be sizes of memory': [
      (database) => database.exec(lease.replaceAll(/\b7\b/g, '4503599627370496')),
      'SELECT number FROM contents',
      [{ number: 1 }],
    ],
    'whose leaf is somebody else’s turn': [
      (database) =>
        database.exec(
          `${talk} INSERT INTO conversations (id, title, preset_id, leaf_id, created_at, updated_at) VALUES ('x', 'Other', 'p', 'two', 0, 0)`,
        ),
      `SELECT title, leaf_id IS NULL AS none FROM conversations ORDER BY number`,
      [
        { title: 'Talk', none: 0 },
        { title: 'Other', none: 1 },
      ],
    ],
    'whose side notes are no JSON, or a deep one': [
      (database) =>
        database.exec(
          `${talk} UPDATE messages SET facts = '{', sources = '${'['.repeat(100_000)}', found = 'null', trouble = '{"code":"nothing"}'`,
        ),
      'SELECT DISTINCT facts, sources, found, trouble FROM messages',
      [{ facts: null, sources: null, found: null, trouble: null }],
    ],
    'with an answer that was edited from its neighbour': [
      (database) =>
        database.exec(`${talk} INSERT INTO messages (id, conversation_id, parent_id, role, text, state, created_at, edited_from)
          VALUES ('three', 'c', 'one', 'assistant', 'Good evening', 'edited', 0, 'two')`),
      `SELECT edited.text, original.text AS original, edited.state FROM messages edited JOIN messages original ON original.id = edited.edited_from`,
      [{ text: 'Good evening', original: 'Good day', state: 'edited' }],
    ],
    'with answers edited from a question, from themselves, from nobody': [
      (database) =>
        database.exec(`${talk} UPDATE messages SET edited_from = 'one' WHERE id = 'two';
          INSERT INTO messages (id, conversation_id, parent_id, role, text, state, created_at, edited_from)
          VALUES ('three', 'c', 'one', 'assistant', '', 'edited', 0, 'three'), ('four', 'c', 'one', 'assistant', '', 'edited', 0, 'nobody')`),
      'SELECT DISTINCT edited_from FROM messages',
      [{ edited_from: null }],
    ],
    'that is still writing': [
      (database) => database.exec(`${talk} UPDATE messages SET state = 'writing' WHERE id = 'two'`),
      'SELECT state FROM messages ORDER BY number',
      [{ state: 'finished' }, { state: 'interrupted' }],
    ],
  }
  test.each(Object.entries(clean))('%s comes in clean', async (_name, [work, sql, rows]) => {
    expect(all(await room.takeIn(room.made(work)), sql)).toEqual(rows)
  })

  const none: Record<string, (database: EncryptedDatabase) => void> = {
    'without a table': (database) => database.exec('PRAGMA defer_foreign_keys = ON; DROP TABLE contents'),
    'with a view in the place of a table (bug: it was read for ever)': (database) =>
      database.exec(`DROP TABLE questions;
        CREATE VIEW questions AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS number, i AS id, '' AS text, NULL AS document_id, '' AS words FROM n`),
    'with a virtual table in the place of a table': (database) =>
      database.exec('DROP TABLE questions; CREATE VIRTUAL TABLE questions USING fts5 (number, id, text, document_id, words)'),
    'with a column that is computed': (database) =>
      database.exec(`DROP TABLE questions; CREATE TABLE questions (number INTEGER PRIMARY KEY, id, text AS (hex(zeroblob(100000000))), document_id, words);
        INSERT INTO questions (id) VALUES ('q')`),
    'with a column less': (database) => database.exec('ALTER TABLE documents DROP COLUMN stamp'),
    'with ids that are there twice': (database) => {
      loosen(database, 'messages', looseMessages)
      database.exec(`INSERT INTO conversations (id, title, preset_id, created_at, updated_at) VALUES ('c', 'Talk', 'p', 0, 0);
        INSERT INTO messages (id, conversation_id, role, text, thought, state, created_at) VALUES ('m', 'c', 'user', '', '', 'finished', 0), ('m', 'c', 'user', '', '', 'finished', 0)`)
    },
    'with turns that follow later ones': (database) =>
      database.exec(`${talk} UPDATE messages SET parent_id = 'two' WHERE id = 'one'`),
    'with a turn that follows itself': (database) =>
      database.exec(`${talk} UPDATE messages SET parent_id = 'one' WHERE id = 'one'`),
    'with a turn that follows another conversation’s': (database) =>
      database.exec(`${talk} INSERT INTO conversations (id, title, preset_id, created_at, updated_at) VALUES ('x', 'Other', 'p', 0, 0);
        UPDATE messages SET conversation_id = 'x' WHERE id = 'two'`),
    'with documents inside documents without end': (database) => {
      const insert = database.prepare(
        `INSERT INTO documents (id, name, parent_id, size_bytes, added_at, changed_at) VALUES (?, 'd', ?, 0, 0, 0)`,
      )
      for (let at = 0; at < 100; at++) insert.run(`d${at}`, at === 0 ? null : `d${at - 1}`)
    },
    'with an id that is a path': (database) => database.exec(`${lease} UPDATE documents SET id = '../vault.json'`),
    'with an id without end': (database) => database.exec(`${lease} UPDATE documents SET id = '${'x'.repeat(5000)}'`),
    'with a size that is negative': (database) => database.exec(`${lease} UPDATE contents SET size_bytes = -1`),
    'with a size beyond all disks': (database) => database.exec(`${lease} UPDATE contents SET size_bytes = 9223372036854775807`),
    'with a document’s size that is negative': (database) => database.exec(`${lease} UPDATE documents SET size_bytes = -1`),
    'with pages beyond all books': (database) => database.exec(`${lease} UPDATE contents SET pages = 9007199254740991`),
    'with a moment that no calendar has': (database) =>
      database.exec(`${talk} UPDATE conversations SET updated_at = 9007199254740991`),
    'with bytes that are others than their hash': (database) => database.exec(`${lease} UPDATE content_parts SET bytes = x'00'`),
    'with a hash that is a path': (database) => database.exec(`${lease} UPDATE contents SET hash = '../../x'`),
    'with parts that are missing': (database) => database.exec(`${lease} DELETE FROM content_parts`),
    'with parts that are numbered from the middle': (database) => database.exec(`${lease} UPDATE content_parts SET part = 1`),
    'with a document of no content': (database) =>
      database.exec(`PRAGMA defer_foreign_keys = ON; ${lease} DELETE FROM content_parts; UPDATE contents SET stage = 'leaving'`),
    'with a block that is none': (database) =>
      database.exec(`${lease} INSERT INTO blocks VALUES (7, 0, 0, '{"kind":"paragraph"}')`),
    'with more questions than anybody has': (database) => {
      for (let at = 0; at < 51; at++) database.exec(`INSERT INTO questions (id, text, words) VALUES ('q${at}', 'Why?', '["a"]')`)
    },
    'with a language that is a sentence': (database) => database.exec(`${lease} UPDATE contents SET language = 'en; DROP TABLE'`),
    'with a row too large for any batch': (database) => {
      const wide = database.prepare(`UPDATE messages SET text = ?, thought = ?, facts = ?`)
      database.exec(talk)
      wide.run('x'.repeat(4_000_000), 'x'.repeat(4_000_000), 'x'.repeat(4_000_000))
    },
  }
  test.each(Object.entries(none))('%s is refused, and nothing of it stays', async (_name, work) => {
    expect(await room.refused(room.made(work))).toBe('workspace_file_malformed')
  })

  test('of a step that is not known here is refused by name, one of no step at all as none of ours', async () => {
    expect(await room.refused(room.made((database) => (database.userVersion = workspaceMigrations.length + 1)))).toBe(
      'workspace_file_newer',
    )
    expect(await room.refused(room.made((database) => (database.userVersion = 0)))).toBe('workspace_file_malformed')
    expect(await room.refused(room.made((database) => (database.userVersion = -1 >>> 1)))).toBe('workspace_file_newer')
  })

  test('that is empty, cut off, of another key or no database is refused', async () => {
    const path = room.made((database) => database.exec(talk))
    expect(await room.refused(path, { key: Buffer.alloc(32, 8) })).toBe('workspace_file_malformed')
    truncateSync(path, 3 * 4096 + 17)
    expect(await room.refused(path)).toBe('workspace_file_malformed')
    truncateSync(path, 0)
    expect(await room.refused(path)).toBe('workspace_file_malformed')
    writeFileSync(path, 'no database, but some words')
    expect(await room.refused(path)).toBe('workspace_file_malformed')
    expect(await room.refused(join(room.folder, 'nothing.db'))).toBe('file_unreadable')
  })

  test('is opened with its WAL mode on, and nothing is written beside it', async () => {
    const path = join(room.folder, 'wal.db')
    const database = openEncryptedDatabase(path, foreignKey, { create: true })
    for (const { update, version } of workspaceMigrations) {
      update(database)
      database.userVersion = version
    }
    database.exec(talk)
    database.close()
    const before = readdirSync(room.folder)
    await room
      .takeIn(path)
      .then((here) => expect(all(here, 'SELECT title FROM conversations')).toEqual([{ title: 'Talk' }]))
      .catch((error: unknown) => expect(error).toMatchObject({ code: 'workspace_file_malformed' }))
    expect(readdirSync(room.folder)).toEqual(before)
  })
})

describe('values of other types than their columns have', () => {
  const blob = `x'${'ff'.repeat(20)}'`
  const cases = [
    ['conversations', looseConversations, `'c', 'Talk', 0, 'p', NULL, NULL, 0, 0, NULL`],
    ['messages', looseMessages, `'m', 'c', NULL, 'user', 'Hello', '', 'finished', NULL, NULL, 0, NULL, NULL`],
    ['contents', looseContents, `'${'a'.repeat(64)}', 0, 'waiting', 'text', 1, 'page', 'T', 'en', '[]', NULL, 0.5, NULL, NULL`],
  ] as const
  for (const [table, columns, values] of cases) {
    test(`in ${table} are refused in each of them, or left out`, async () => {
      const names = columns.split(', ')
      const good = values.split(', ')
      const outcomes: string[] = []
      for (const [index, name] of names.entries()) {
        // Every other one, of each table, in the short form.
        if (!isFullLength && index % 2 === 1) continue
        const path = room.made((database) => {
          loosen(database, table, columns)
          const odd = good.map((value, at) => (at === index ? blob : value)).join(', ')
          database.exec(`INSERT INTO ${table} (${columns}) VALUES (${odd})`)
        })
        const outcome = await room.takeIn(path).then(
          () => `${name} came`,
          (error: unknown) => (error as { code: string }).code,
        )
        outcomes.push(outcome)
      }
      expect([...new Set(outcomes)]).toEqual(['workspace_file_malformed'])
    })
  }
})

test('what a kill left of an arrival is swept at the next start', () => {
  const place = room.files.arriving('w')
  room.files.prepare('w')
  writeFileSync(room.files.unfinished('w'), '')
  expect(existsSync(place)).toBe(false)
  room.files.settle([])
  room.expectNothing()
})
