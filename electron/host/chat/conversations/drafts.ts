/** What is typed and not sent yet, in the encrypted file of its workspace: a lock, a reload or a kill takes none of it. Every window sees the same. */
import type { Draft, DraftsUpdate } from '../../../../contract/conversation.ts'
import { AppError } from '../../../../contract/errors.ts'
import { Broadcast } from '../../base/broadcast.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'

/** Which draft: of a conversation (null: the one to come), and there of the next question (null) or of one that is edited. */
type DraftPlace = Pick<Draft, 'conversationId' | 'messageId'>

export class Drafts {
  readonly #workspaces: Workspaces
  readonly #rooms = new Map<string, Broadcast<DraftsUpdate>>()

  constructor(workspaces: Workspaces) {
    this.#workspaces = workspaces
    workspaces.admit({
      isBusy: () => false,
      leave: (workspaceId) => {
        this.#rooms.get(workspaceId)?.end(new AppError('workspace_archived', 'This workspace is closed'))
        this.#rooms.delete(workspaceId)
      },
    })
  }

  close(): void {
    for (const room of this.#rooms.values()) room.end(new AppError('locked', 'The vault is locked'))
  }

  /** All of a workspace, then each that changes. @throws AppError not_found, workspace_archived */
  follow(workspaceId: string, signal: AbortSignal): AsyncGenerator<DraftsUpdate> {
    const database = this.#workspaces.database(workspaceId)
    return this.#room(workspaceId).listen(() => ({ whole: true, drafts: all(database) }), signal)
  }

  /** Keeps a draft; it is on the disk when this returns. A null text removes it. @throws AppError disk_full */
  keep(workspaceId: string, { conversationId, messageId, text }: Draft): void {
    const database = this.#workspaces.database(workspaceId)
    const key = [conversationId ?? '', messageId ?? '']
    if (text === null) database.prepare('DELETE FROM drafts WHERE conversation_id = ? AND message_id = ?').run(...key)
    else
      database
        .prepare(
          `INSERT INTO drafts (conversation_id, message_id, text) VALUES (?, ?, ?)
           ON CONFLICT (conversation_id, message_id) DO UPDATE SET text = excluded.text`,
        )
        .run(...key, text)
    this.#rooms.get(workspaceId)?.say({ whole: false, drafts: [{ conversationId, messageId, text }] })
  }

  /** The draft that was sent goes; what was typed meanwhile stays. */
  sent(workspaceId: string, { conversationId, messageId }: DraftPlace, text: string): void {
    const kept = this.#workspaces
      .database(workspaceId)
      .prepare<{ text: string }>('SELECT text FROM drafts WHERE conversation_id = ? AND message_id = ?')
      .get(conversationId ?? '', messageId ?? '')
    if (kept?.text.trim() === text.trim()) this.keep(workspaceId, { conversationId, messageId, text: null })
  }

  /** A conversation was deleted, and what was typed for it as well. */
  removed(workspaceId: string, conversationId: string): void {
    const database = this.#workspaces.database(workspaceId)
    const gone = all(database).filter((draft) => draft.conversationId === conversationId)
    database.prepare('DELETE FROM drafts WHERE conversation_id = ?').run(conversationId)
    if (gone.length > 0)
      this.#rooms.get(workspaceId)?.say({ whole: false, drafts: gone.map((draft) => ({ ...draft, text: null })) })
  }

  #room(workspaceId: string): Broadcast<DraftsUpdate> {
    const existing = this.#rooms.get(workspaceId)
    if (existing) return existing
    const room = new Broadcast<DraftsUpdate>(joined)
    this.#rooms.set(workspaceId, room)
    return room
  }
}

function all(database: EncryptedDatabase): Draft[] {
  return database
    .prepare<{ conversation_id: string; message_id: string; text: string }>('SELECT * FROM drafts')
    .all()
    .map((row) => ({ conversationId: row.conversation_id || null, messageId: row.message_id || null, text: row.text }))
}

/** For a slow window the last of each is enough. */
function joined(last: DraftsUpdate, next: DraftsUpdate): DraftsUpdate {
  const isNewer = (draft: Draft): boolean =>
    next.drafts.some((other) => other.conversationId === draft.conversationId && other.messageId === draft.messageId)
  return { whole: last.whole, drafts: [...last.drafts.filter((draft) => !isNewer(draft)), ...next.drafts] }
}
