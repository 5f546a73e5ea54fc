/** Full-text search over titles and messages of every open workspace, as one types. */
import type { SearchHit } from '../../../../contract/conversation.ts'
import { Pace } from '../../base/pace.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'
import { askedWords, matchOf } from './asked-words.ts'
import type { ConversationWords } from './conversation-words.ts'
import { Marker } from './snippet.ts'

/** Titles shown above the messages at most. */
const mostTitles = 20
/** Bytes of a message in which its words are looked for to show them. */
const mostShownFrom = 200_000
/** UTF-16 units of all messages together; beyond them their beginnings are shown. */
const mostLookedThrough = 2_000_000

/** A search waits so long for words that have not been looked at. */
const mostWaitMs = 500

/** A workspace that is searched. */
interface SearchedWorkspace {
  workspaceId: string
  database: EncryptedDatabase
  /** Of its messages; null for those in no language that is known. */
  languages: readonly (string | null)[]
}

interface Found {
  conversationId: string
  messageId: string | null
  title: string
  at: number
}

interface FoundIn extends Found {
  workspaceId: string
  database: EncryptedDatabase
  marker: Marker
}

/** Of all workspaces that can be worked in, with what was written a moment ago; see {@link searchAll}. */
export async function searchOpen(
  workspaces: Pick<Workspaces, 'each' | 'database'>,
  wordsOf: (workspaceId: string) => ConversationWords,
  query: string,
  limit: number,
): Promise<SearchHit[]> {
  const waiting: Promise<void>[] = []
  workspaces.each((id) => void waiting.push(wordsOf(id).soon(mostWaitMs)))
  await Promise.all(waiting)
  const searched: SearchedWorkspace[] = []
  workspaces.each((workspaceId) => {
    searched.push({ workspaceId, database: workspaces.database(workspaceId), languages: wordsOf(workspaceId).languages() })
  })
  return searchAll(searched, query, limit)
}

/** Of all of them together: titles first, then messages, each newest first, at most `limit`. */
export async function searchAll(workspaces: readonly SearchedWorkspace[], query: string, limit: number): Promise<SearchHit[]> {
  const pace = new Pace()
  const found = workspaces.flatMap(({ workspaceId, database, languages }) => {
    const asked = askedWords(query, languages)
    if (asked.length === 0) return []
    const marker = new Marker(asked, pace)
    return foundIn(database, matchOf(asked), limit).map((one): FoundIn => ({ ...one, workspaceId, database, marker }))
  })
  const newestFirst = found.toSorted((one, other) => other.at - one.at)
  const titles = newestFirst.filter(({ messageId }) => messageId === null).slice(0, mostTitles)
  const shown = [...titles, ...newestFirst.filter(({ messageId }) => messageId !== null)].slice(0, limit)
  // All texts are read before anybody else has a turn: a workspace may be closed then.
  const texts = shown.map(({ database, messageId, title }) => (messageId === null ? title : textOf(database, messageId)))
  const hits: SearchHit[] = []
  let left = mostLookedThrough
  for (const [index, { workspaceId, conversationId, messageId, title, at, marker }] of shown.entries()) {
    const text = texts[index] ?? ''
    left -= text.length
    const snippet = await (messageId === null ? marker.whole(text) : marker.snippet(left < 0 ? text.slice(0, 400) : text))
    hits.push({ workspaceId, conversationId, messageId, title, snippet, at })
  }
  return hits
}

/**
 * Titles first, then messages, each newest first. Rank by bm25 is not used: it reads every match, which took longer than a
 * keystroke over 100,000 messages, and in one's own history the newest is what one looks for.
 */
function foundIn(database: EncryptedDatabase, match: string, limit: number): Found[] {
  const titles = database
    .prepare<Found>(
      `SELECT c.id AS conversationId, NULL AS messageId, c.title, c.updated_at AS at
       FROM title_words JOIN conversations c ON c.number = title_words.rowid
       WHERE title_words MATCH ? ORDER BY title_words.rowid DESC LIMIT ?`,
    )
    .all(match, Math.min(mostTitles, limit))
  const messages = database
    .prepare<Found>(
      `SELECT m.conversation_id AS conversationId, m.id AS messageId, c.title, m.created_at AS at
       FROM message_words JOIN messages m ON m.number = message_words.rowid JOIN conversations c ON c.id = m.conversation_id
       WHERE message_words MATCH ? ORDER BY message_words.rowid DESC LIMIT ?`,
    )
    .all(match, limit - titles.length)
  return [...titles, ...messages]
}

function textOf(database: EncryptedDatabase, messageId: string): string {
  const row = database
    // As bytes, for the end of a text is not the first NUL in it.
    .prepare<{ text: string }>(
      `SELECT CAST(substr(CAST(text AS BLOB), 1, ${mostShownFrom}) AS TEXT) AS text FROM messages WHERE id = ?`,
    )
    .get(messageId)
  return row?.text ?? ''
}
