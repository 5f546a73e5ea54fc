/** A disk that fills up in the middle of an answer is told, and no row stays as being written. On real encrypted files. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ChatUpdate } from '../../../contract/conversation.ts'
import { AppError } from '../../../contract/errors.ts'
import { AnswerWriter, type AnswerKeeper } from '../../../electron/host/chat/answers/answer-writer.ts'
import { LeftAnswers, leftTrouble } from '../../../electron/host/chat/answers/left-answers.ts'
import { ConversationStore } from '../../../electron/host/chat/conversations/conversation-store.ts'
import type { SourcedItem } from '../../../electron/host/chat/sources/sourced-answers.ts'
import { openEncryptedDatabase, type EncryptedDatabase } from '../../../electron/host/vault/files/encrypted-database.ts'
import { migrate } from '../../../electron/host/vault/files/migrate.ts'
import { workspaceMigrations } from '../../../electron/host/vault/files/migrations/workspace/workspace-migrations.ts'
import { temporaryFolder } from '../../fixtures/test-host.ts'

let database: EncryptedDatabase
let store: ConversationStore
let conversationId: string
let answerId: string
let bugs: unknown[]

beforeEach(() => {
  database = openEncryptedDatabase(join(temporaryFolder(), 'workspace.db'), randomBytes(32), { create: true })
  migrate(database, workspaceMigrations, { backup: () => undefined })
  store = new ConversationStore({ database, now: () => 1 })
  conversationId = store.create({
    title: 'Why?',
    modelId: null,
    presetId: 'balanced',
    scope: { documents: false, strict: false, documentIds: null },
  })
  const questionId = store.add(conversationId, { parentId: null, role: 'user', text: 'Why?', state: 'finished' })
  answerId = store.add(conversationId, { parentId: questionId, role: 'assistant', text: '', state: 'writing' })
  bugs = []
})
afterEach(() => database.close())

/** No page may be added from now on: SQLite then says what it says of a full disk. */
const fill = (): unknown => database.prepare('PRAGMA max_page_count = 1').get()
const answer = () => store.read(conversationId).messages.find(({ id }) => id === answerId)
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function writer(keeper: AnswerKeeper = store): AnswerWriter {
  return new AnswerWriter({
    messageId: answerId,
    store: keeper,
    maker: {} as never,
    opening: { text: '', thought: '', facts: null },
    now: () => 1,
    say: (_update: ChatUpdate) => undefined,
    retell: () => undefined,
    onBug: (error) => {
      bugs.push(error)
      return 'bug'
    },
  })
}

/** Says a little, waits until that is saved, and says more than fits; goes on for as long as nobody stops it. */
async function* long(signal: AbortSignal, between: () => void): AsyncGenerator<SourcedItem> {
  yield { type: 'text', text: 'Because ', thought: '' }
  await pause(1000)
  between()
  yield { type: 'text', text: 'x'.repeat(400_000), thought: '' }
  for (let waited = 0; waited < 100 && !signal.aborted; waited++) await pause(50)
}

test('a disk that fills up while an answer is written ends it with that reason, and keeps what was saved', async () => {
  const writing = writer()
  await writing.run((signal) => long(signal, fill))
  expect(answer()).toMatchObject({ state: 'failed', trouble: { code: 'disk_full' }, text: 'Because ' })
  expect([writing.isLeft, bugs]).toEqual([false, []])
})

test('one that is full when the answer ends says so too, though it was never saved', async () => {
  fill()
  const writing = writer()
  await writing.run(async function* () {
    yield { type: 'text', text: 'y'.repeat(400_000), thought: '' } satisfies SourcedItem
  })
  expect(answer()).toMatchObject({ state: 'failed', trouble: { code: 'disk_full' }, text: '' })
  expect(writing.isLeft).toBe(false)
})

test('where not a byte fits any more the row is closed as soon as there is room (bug: it stayed as being written)', async () => {
  let isFull = true
  const refuseWhenFull = (): void => {
    if (isFull) throw new AppError('disk_full', 'The disk is full')
  }
  const writing = writer({
    saveWriting: (...values) => {
      refuseWhenFull()
      store.saveWriting(...values)
    },
    settle: (...values) => {
      refuseWhenFull()
      store.settle(...values)
    },
  })
  await writing.run(async function* () {
    yield { type: 'text', text: 'z', thought: '' } satisfies SourcedItem
  })
  expect([writing.isLeft, answer()?.state]).toEqual([true, 'writing'])
  let tries = 0
  const left = new LeftAnswers(
    () => {
      tries++
      refuseWhenFull()
      store.failLeft([], leftTrouble)
    },
    (error) => bugs.push(error),
    20,
  )
  left.add('workspace')
  await expect.poll(() => tries).toBeGreaterThan(2)
  expect(answer()?.state).toBe('writing')
  isFull = false
  await expect.poll(() => answer()?.state).toBe('failed')
  expect(answer()?.trouble).toEqual({ code: 'disk_full' })
  left.stop()
})

test('what is being written is not what was left', () => {
  store.failLeft([answerId], leftTrouble)
  expect(answer()?.state).toBe('writing')
  store.failLeft([], leftTrouble)
  expect(answer()?.state).toBe('failed')
})

test('a full disk does not keep the vault shut for the answers of an earlier run', async () => {
  let isFull = true
  const done: string[] = []
  const left = new LeftAnswers(
    (workspaceId) => {
      if (isFull) throw new AppError('disk_full', 'The disk is full')
      done.push(workspaceId)
    },
    (error) => bugs.push(error),
    20,
  )
  left.orLater('one', () => {
    throw new AppError('disk_full', 'The disk is full')
  })
  isFull = false
  await expect.poll(() => done).toEqual(['one'])
  expect(() => left.orLater('two', () => void JSON.parse('{'))).toThrow(SyntaxError)
})
