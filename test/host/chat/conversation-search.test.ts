/** Conversations are found by what documents are found by, and what is marked is what was found. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { askedWords } from '../../../electron/host/chat/conversations/asked-words.ts'
import { ConversationStore } from '../../../electron/host/chat/conversations/conversation-store.ts'
import { ConversationWords } from '../../../electron/host/chat/conversations/conversation-words.ts'
import { searchAll } from '../../../electron/host/chat/conversations/search.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { migrate } from '../../../electron/host/vault/files/migrate.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import { byLength } from '../../fixtures/test-length.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

let database: EncryptedDatabase
let words: ConversationWords
const bugs: unknown[] = []
const step = workspaceMigrations.findIndex(({ name }) => name === 'conversation-words')

function opened(steps = workspaceMigrations.length): EncryptedDatabase {
  const made = openEncryptedDatabase(`${temporaryFolder()}/w.db`, Buffer.alloc(32, 7), { create: true })
  migrate(made, workspaceMigrations.slice(0, steps), { backup: () => undefined })
  return made
}
function lookAt(which: EncryptedDatabase): void {
  database = which
  words = new ConversationWords({ database, onBug: (error) => void bugs.push(error) })
}
beforeEach(() => lookAt(opened()))
afterEach(async () => {
  await words.stop()
  database.close()
  expect(bugs.splice(0)).toEqual([])
})

function store(): ConversationStore {
  return new ConversationStore({ database, now: () => 1 })
}
/** A conversation with a message of this text, under a title that nobody looks for. */
function say(text: string, title = '…'): { conversationId: string; messageId: string } {
  const conversationId = store().create({ title, presetId: 'balanced', modelId: null })
  return { conversationId, messageId: store().add(conversationId, { parentId: null, role: 'user', text, state: 'finished' }) }
}
async function search(query: string, limit = 50) {
  await words.soon(60_000)
  return searchAll([{ workspaceId: 'w', database, languages: words.languages() }], query, limit)
}
/** What is marked in the newest that is found; null where nothing is. */
async function marks(query: string): Promise<string[] | null> {
  const [hit] = await search(query)
  return hit ? [...hit.snippet.matchAll(/\uE000([^\uE001]*)\uE001/g)].map(([, word]) => word ?? '') : null
}

describe('a word is what it is in documents', () => {
  test.each([
    ['合同', '请查看这份合同的期限和租金。', ['合同']],
    ['合同的期', '请查看这份合同的期限和租金。', ['合同的期']],
    ['期', '请查看这份合同的期限。', ['期限']],
    ['C++', 'We write the parser in C++ this year.', ['C']],
    ['lodz', 'Spotkanie w Łódź, łódź jest mała.', ['Łódź', 'łódź']],
    ['Łódź', 'A train to Lodz.', ['Lodz']],
    ['strasse', 'Der Laden in der Straße 12.', ['Straße']],
    ['STRASSE', 'in der großen Straße', ['Straße']],
    ['resilia', 'La résiliation prend trois mois.', ['résiliation']],
    ['résilier', 'Les conditions de résiliation du bail sont là.', ['résiliation']],
    ['leases', 'One lease was signed.', ['lease']],
    ['Haus', 'Die Häuser sind nicht für den Verkauf, und das ist gut.', ['Häuser']],
    ['article L145-14', 'Selon l’article L. 145-14 du code.', ['article', '145-14']],
    ['145-1', 'Selon l’article L. 145-14 du code.', ['145-14']],
    ['12500', 'un loyer de 12 500 € par an', ['12 500']],
    ['12,500', 'the rent is 12 500 a year', ['12 500']],
    ['5 mg', 'one tablet of 5mg a day', ['5mg']],
    ['COVID 19', 'after COVID-19 came', ['COVID-19']],
    ['ﬁnance', 'the oﬃce of finance', ['finance']],
    ['office', 'the oﬃce of finance', ['oﬃce']],
    ['200 m2', 'une surface de 200 m² au sol', ['200', 'm²']],
    ['ｒｅｎｔ', 'the rent', ['rent']],
    ['契約', '賃貸借契約の解除について', ['契約']],
    ['สัญญา', 'นี่คือสัญญาเช่าบ้าน', ['สัญญา']],
    ['계약', '임대 계약서를 확인', ['계약서를']],
    ['e\u0301te\u0301', 'pendant l’été', ['été']],
    ['what is the notice period', 'The notice period is three months, as the lease has it.', ['notice', 'period']],
    ['the', 'the theatre', ['the', 'theatre']],
    ['no', 'A notice.', ['notice']],
  ])('“%s” finds “%s”', async (query, text, marked) => {
    say('Somewhere else it rained')
    say(text)
    expect(await marks(query)).toEqual(marked)
    expect(await search(query)).toHaveLength(1)
  })

  test.each([
    ['lease car', 'The lease of a flat.'],
    ['同合', '请查看这份合同的期限。'],
    ['145-14', '14 rooms and 145 chairs'],
    ['31/03/2028', 'on 3 pages of 2028, all 31'],
    ['c', 'a cat'],
    ['leas e', 'the lease'],
  ])('“%s” does not find “%s”', async (query, text) => {
    say(text)
    expect(await search(query)).toEqual([])
  })

  test('in titles as well, which stand above messages', async () => {
    say('Hello', 'Übersicht der Straßen in Łódź')
    say('Zur strasse', 'Other')
    const hits = await search('strass')
    expect(hits.map(({ messageId, snippet }) => [messageId === null, snippet])).toEqual([
      [true, 'Übersicht der \uE000Straßen\uE001 in Łódź'],
      [false, 'Zur \uE000strasse\uE001'],
    ])
  })
})

describe('what is shown of a message', () => {
  test('is where the most of the words stand together', async () => {
    const filler = 'Nothing of this is of any interest to anybody here. '.repeat(20)
    say(`The deposit was paid. ${filler}The landlord keeps the deposit until the keys are back. ${filler}The landlord.`)
    const [hit] = await search('landlord deposit')
    expect(hit?.snippet).toContain('The \uE000landlord\uE001 keeps the \uE000deposit\uE001 until the keys')
    expect(hit?.snippet).toMatch(/^….*…$/s)
    expect(hit?.snippet.length).toBeLessThan(160)
  })

  test('cuts no sign, in whatever script', async () => {
    const family = '👩‍👩‍👧‍👦'
    say(`${family.repeat(40)}合同${family.repeat(40)}`)
    const snippet = (await search('合同'))[0]?.snippet ?? ''
    expect(snippet).toContain('\uE000合同\uE001')
    expect(snippet.replaceAll(family, '')).toBe('…\uE000合同\uE001…')
  })

  test('has no mark that the message itself carries', async () => {
    say('a \uE000false\uE001 mark beside the true one')
    expect((await search('true'))[0]?.snippet).toBe('a \ufffdfalse\ufffd mark beside the \uE000true\uE001 one')
  })
})

test.each([
  ...['"', '""', '*', '(', ')', 'NEAR(a b)', 'a NEAR b', 'text:mois OR', 'terms : x', '^rent', 'rent AND', 'OR', 'NOT', '-rent'],
  ...['a', '   ', '', '\0', 'rent\0', '\u202e', '\ud800', '+', "'; DROP TABLE messages; --", '{rent}', 'rent"*', '%', '😀'],
  ...[
    'a '.repeat(250),
    '"'.repeat(500),
    '合'.repeat(500),
    'abc '.repeat(125),
    '1 000 '.repeat(80),
    'a-'.repeat(250),
    'e\u0301'.repeat(250),
  ],
  ...[
    'a b c d e f g h i j k l m n o p q r s t u v w x y z '.repeat(9),
    Array.from({ length: 120 }, (_, at) => `w${at}`).join(' '),
  ],
])('a query of %j gives something or nothing, and no error', async (query) => {
  say('The rent is due')
  await expect(search(query)).resolves.toBeInstanceOf(Array)
})

test('a message with NUL in it is found by what stands behind', async () => {
  say('before\0after the rent')
  expect(await marks('rent')).toEqual(['rent'])
})

test('the index follows what is written, changed and removed', async () => {
  const { conversationId, messageId } = say('marmalade', 'Breakfast')
  expect(await search('marmalade')).toHaveLength(1)
  store().rename(conversationId, 'Supper')
  expect(await search('breakfast')).toEqual([])
  expect(await search('supper')).toHaveLength(1)
  const answer = store().add(conversationId, { parentId: messageId, role: 'assistant', text: '', state: 'writing' })
  store().saveWriting(answer, 'kumquat', '')
  expect(await search('kumquat')).toEqual([])
  store().settle(answer, { text: 'kumquat jam', thought: '', state: 'finished', trouble: null, facts: null })
  expect(await search('kumquat')).toHaveLength(1)
  // It goes on.
  store().saveWriting(answer, 'kumquat jam', '')
  expect(await search('kumquat')).toEqual([])
  store().settle(answer, { text: 'quince', thought: '', state: 'stopped', trouble: null, facts: null })
  expect(await search('kumquat')).toEqual([])
  expect(await search('quince')).toHaveLength(1)
  store().remove(conversationId)
  for (const query of ['quince', 'marmalade', 'supper']) expect(await search(query)).toEqual([])
  for (const table of ['title_words', 'message_words', 'words_due'])
    expect(database.prepare(`SELECT count(*) AS n FROM ${table}`).all(), table).toEqual([{ n: 0 }])
})

test('a workspace that is closed meanwhile is left at once, and what was not looked at waits in it', async () => {
  database.transaction(() => {
    for (let at = 0; at < 2000; at++) say(`The rent of flat ${at} is due on the first of the month`)
  })
  words.start()
  await new Promise((resolve) => setTimeout(resolve, 60))
  await words.stop()
  expect(database.prepare<{ n: number }>('SELECT count(*) AS n FROM words_due').get()?.n).toBeGreaterThan(0)
  words = new ConversationWords({ database, onBug: (error) => void bugs.push(error) })
  expect(await search('flat 1999 ')).toHaveLength(1)
})

test('what changes while it is looked at is looked at again', async () => {
  const { conversationId, messageId } = say('word '.repeat(400_000))
  const looking = words.soon(60_000)
  await new Promise((resolve) => setTimeout(resolve, 100))
  store().settle(messageId, { text: 'quince', thought: '', state: 'finished', trouble: null, facts: null })
  await looking
  expect(await search('quince')).toMatchObject([{ conversationId, messageId }])
  expect(await search('word')).toEqual([])
})

/**
 * How long others waited for their turn while words are looked at: of a hundred turns the longest but one. A turn counts no longer than this
 * process worked in it, for the machine may be busy with others.
 */
async function longestTurn(): Promise<number> {
  const turns: number[] = []
  let last = performance.now()
  let worked = process.cpuUsage()
  const clock = setInterval(() => {
    const { user, system } = process.cpuUsage(worked)
    turns.push(Math.min(performance.now() - last, (user + system) / 1000))
    last = performance.now()
    worked = process.cpuUsage()
  }, 1)
  await words.soon(60_000)
  clearInterval(clock)
  return turns.toSorted((one, other) => one - other)[Math.floor(turns.length * 0.99) - 1] ?? 0
}

const many = byLength({ short: 3_000, full: 10_000 })
test(`conversations from before are found, and looking at ${many} messages holds nobody up`, async () => {
  database.close()
  lookAt(opened(step))
  const vocabulary = Array.from(
    { length: 5000 },
    (_, at) => `wort${[...String((at * 7919) % 5000)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}en`,
  )
  database.transaction(() => {
    const parts = Array.from({ length: 100 }, () => say('Łódź', 'Straße').conversationId)
    for (let at = 0; at < many - 100; at++) {
      const text = Array.from({ length: 40 }, (_, index) => vocabulary[(at * 31 + index * index) % 5000]).join(' ')
      store().add(parts[at % 100] ?? '', { parentId: null, role: 'user', text: `${text} ${at}`, state: 'finished' })
    }
  })
  migrate(database, workspaceMigrations, { backup: () => undefined })
  const longest = await longestTurn()
  console.log(`longest turn ${longest.toFixed(0)} ms`)
  expect(longest).toBeLessThan(50)
  expect(database.prepare('SELECT count(*) AS n FROM words_due').all()).toEqual([{ n: 0 }])
  expect(await search('77')).toHaveLength(byLength({ short: 11, full: 50 }))
  expect(await search('77 ')).toHaveLength(1)
  expect(await search('strasse', 30)).toHaveLength(20)
  expect(await search('lodz', 200)).toHaveLength(100)
})

test('one message without end holds nobody up for long', async () => {
  const text = Array.from({ length: 500_000 }, (_, at) => `w${at.toString(36)}x`).join(' ')
  database.transaction(() => say(text))
  expect(await longestTurn()).toBeLessThan(100)
  expect(await search('w7x')).toHaveLength(1)
})

test('words of a question that come twice, or are too many, are asked once and not without end', () => {
  expect(askedWords('rent rent rent ', [null])).toHaveLength(1)
  expect(askedWords(Array.from({ length: 500 }, (_, at) => `word${at}`).join(' '), [null])).toHaveLength(64)
})
