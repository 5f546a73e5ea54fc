/** Full-text search over titles and messages of every open workspace, as one types. */
import type { SearchHit } from '../../../../contract/conversation.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'

/** Marks around found words. They are private-use characters, which no text of a person carries on purpose. */
const markStart = 57344
const markEnd = 57345
/** Titles shown above the messages at most. */
const mostTitles = 20

interface Hit {
  conversation_id: string
  message_id: string | null
  title: string
  snippet: string
  at: number
}

/**
 * The query for FTS5: every word of two letters or more must occur, the last as the beginning of a word; accents and case do not count.
 * Null when nothing is left to look for. Words are quoted, so that no operator of FTS5 can be typed.
 */
function matchOf(query: string): string | null {
  const words = (query.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).filter((word) => [...word].length >= 2)
  if (words.length === 0) return null
  const endsInWord = /[\p{L}\p{N}\p{M}]$/u.test(query)
  return words.map((word, index) => `"${word}"${index === words.length - 1 && endsInWord ? '*' : ''}`).join(' ')
}

/** Of all workspaces that can be worked in together: titles first, then messages, each newest first, at most `limit`. */
export function searchAll(workspaces: Pick<Workspaces, 'each' | 'database'>, query: string, limit: number): SearchHit[] {
  const match = matchOf(query)
  if (match === null) return []
  const hits: SearchHit[] = []
  workspaces.each((id) => hits.push(...searchWorkspace(workspaces.database(id), id, match, limit)))
  const newestFirst = hits.toSorted((one, other) => other.at - one.at)
  const titles = newestFirst.filter(({ messageId }) => messageId === null).slice(0, mostTitles)
  return [...titles, ...newestFirst.filter(({ messageId }) => messageId !== null)].slice(0, limit)
}

/**
 * Titles first, then messages, each newest first. Rank by bm25 is not used: it reads every match, which took longer than a
 * keystroke over 100,000 messages, and in one's own history the newest is what one looks for.
 */
function searchWorkspace(database: EncryptedDatabase, workspaceId: string, match: string, limit: number): SearchHit[] {
  const titles = database
    .prepare<Hit>(
      `SELECT c.id AS conversation_id, NULL AS message_id, c.title,
         highlight(title_words, 0, char(${markStart}), char(${markEnd})) AS snippet, c.updated_at AS at
       FROM title_words JOIN conversations c ON c.number = title_words.rowid
       WHERE title_words MATCH ? ORDER BY title_words.rowid DESC LIMIT ?`,
    )
    .all(match, Math.min(mostTitles, limit))
  const messages = database
    .prepare<Hit>(
      `SELECT m.conversation_id, m.id AS message_id, c.title,
         snippet(message_words, 0, char(${markStart}), char(${markEnd}), '…', 14) AS snippet, m.created_at AS at
       FROM message_words JOIN messages m ON m.number = message_words.rowid JOIN conversations c ON c.id = m.conversation_id
       WHERE message_words MATCH ? ORDER BY message_words.rowid DESC LIMIT ?`,
    )
    .all(match, limit - titles.length)
  return [...titles, ...messages].map((hit) => ({
    workspaceId,
    conversationId: hit.conversation_id,
    messageId: hit.message_id,
    title: hit.title,
    snippet: hit.snippet,
    at: hit.at,
  }))
}
