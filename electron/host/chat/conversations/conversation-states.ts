/**
 * The kept states of conversations: files that only their keys open, and rows with these keys in the workspace's encrypted
 * file. Without its row a file is noise, so erasing a row erases the state. The oldest go when there are too many bytes.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from '../../../../contract/conversation.ts'
import { AppError } from '../../../../contract/errors.ts'
import { inBackground, tellFailure } from '../../base/background.ts'
import { ownFile } from '../../base/own-file.ts'
import { rmSync } from '../../base/patient-files.ts'
import type { ConversationMemory } from '../../runtime/kept-contexts.ts'
import type { SettingsArea } from '../../settings/settings-area.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'
import type { Workspaces } from '../../workspaces/workspaces.ts'

/** What {@link ConversationStates.of} calls its files. A row may name anything: it came with the workspace's file. */
const stateName = /^[0-9a-f-]{36}\.state$/

/** What could not go, on a full disk or a folder that is read-only, is tried again after so long, in milliseconds. */
const retryMs = 30_000

/** What stands for a conversation in the rows of beginnings. No conversation has it: theirs are UUIDs. */
const beginnings = 'beginning'

interface StateRecord {
  conversation_id: string
  student_id: string
  label: string
  file_name: string
  key: string
  bytes: number
  kept_at: number
}

export interface ConversationStatesOptions {
  workspaces: Workspaces
  folder: string
  settings: SettingsArea
  now: () => number
  /** Told of what fails where nobody waits. */
  onBug: (error: unknown) => void
  retryMs?: number
}

export class ConversationStates {
  readonly #options: ConversationStatesOptions
  readonly #closing = new AbortController()
  /** By workspace, the beginning that may be kept; null for none. Where nobody has said, any. */
  readonly #wished = new Map<string, string | null>()
  #again: NodeJS.Timeout | undefined
  /** What fails again and again is told once. */
  #isTold = false
  #isCleared = false

  constructor(options: ConversationStatesOptions) {
    this.#options = options
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    this.#settle()
    options.workspaces.admit({ isBusy: () => false, leave: (_workspaceId, database) => this.#leave(database) })
    inBackground(this.#followSettings(), options.onBug)
  }

  close(): void {
    clearTimeout(this.#again)
    this.#closing.abort()
  }

  /** What was and will be kept of one conversation; null when the person wants nothing kept. */
  of(place: Place): ConversationMemory | null {
    const { conversationId } = place
    const database = this.#options.workspaces.database(place.workspaceId)
    const isHere = (): boolean => database.prepare('SELECT 1 FROM conversations WHERE id = ?').get(conversationId) !== undefined
    return this.#memory(place, '', isHere)
  }

  /**
   * The same of what new conversations of a workspace begin with; one is kept for each student, the newest.
   * @param digest of the beginning
   */
  ofBeginning(workspaceId: string, digest: string): ConversationMemory | null {
    const isHere = (): boolean => {
      const wished = this.#wished.get(workspaceId)
      return wished === undefined || wished === digest
    }
    return this.#memory({ workspaceId, conversationId: beginnings }, ` ${digest}`, isHere)
  }

  /**
   * Documents of a workspace are not what they were: what was read ahead of them goes, but for this one, and what is still being read does not
   * stay. @param digest null for all
   */
  beginningsChanged(workspaceId: string, digest: string | null): void {
    this.#wished.set(workspaceId, digest)
    const database = this.#options.workspaces.database(workspaceId)
    const records = database.prepare<StateRecord>('SELECT * FROM kept_states WHERE conversation_id = ?').all(beginnings)
    this.#erase(
      database,
      records.filter(({ label }) => digest === null || !label.endsWith(` ${digest}`)),
    )
  }

  /**
   * @param suffix of the label: what is kept is good for the same alone
   * @param isHere whether it may still be kept, when it comes
   */
  #memory({ workspaceId, conversationId }: Place, suffix: string, isHere: () => boolean): ConversationMemory | null {
    const { folder, workspaces, now } = this.#options
    if (this.#limitBytes === 0) return null
    const database = workspaces.database(workspaceId)
    const find = (studentId: string): StateRecord | undefined =>
      database
        .prepare<StateRecord>('SELECT * FROM kept_states WHERE conversation_id = ? AND student_id = ?')
        .get(conversationId, studentId)
    const drop = (studentId: string): void => {
      const record = find(studentId)
      if (record) this.#erase(database, [record])
    }
    const isBeginning = conversationId === beginnings
    return {
      conversationId: conversationId + suffix,
      find: (studentId, label) => {
        const record = find(studentId)
        if (!record) return null
        const path = ownFile(folder, record.file_name, stateName)
        if (record.label === label + suffix && path !== null) return { path, key: record.key }
        // Another beginning may be asked for again: under other instructions, say.
        if (!isBeginning || path === null) drop(studentId)
        return null
      },
      place: () => ({ path: join(folder, `${randomUUID()}.state`), key: randomBytes(32).toString('hex') }),
      kept: (studentId, label, { path, key }, { tokens, bytes }) => {
        drop(studentId)
        if (!isHere()) {
          rmSync(path, { force: true })
          return
        }
        database
          .prepare(
            'INSERT INTO kept_states (conversation_id, student_id, label, file_name, key, tokens, bytes, kept_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
          )
          .run(conversationId, studentId, label + suffix, path.slice(folder.length + 1), key, tokens, bytes, now())
        this.#trim()
      },
      drop,
    }
  }

  /** A conversation goes, and with it what was kept of it. */
  removed({ workspaceId, conversationId }: Place): void {
    const database = this.#options.workspaces.database(workspaceId)
    this.#erase(
      database,
      database.prepare<StateRecord>('SELECT * FROM kept_states WHERE conversation_id = ?').all(conversationId),
    )
  }

  /** A model or an adapter goes, and with it what it has read, and what adapters have read through it. */
  modelRemoved(modelId: string): void {
    for (const { workspaceId, record } of this.#all())
      if (record.student_id === modelId || record.label.startsWith(`${modelId} `))
        this.#erase(this.#options.workspaces.database(workspaceId), [record])
  }

  #erase(database: EncryptedDatabase, records: readonly StateRecord[]): void {
    try {
      this.#eraseRows(database, records)
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'disk_full')) throw error
      // Their files are what fills it: once they are gone there is room.
      for (const record of records) this.#removeFile(record)
      this.#eraseRows(database, records)
    }
    for (const record of records) this.#removeFile(record)
  }

  /** A row that is only deleted leaves its key in a page that nothing uses: it is written over first. */
  #eraseRows(database: EncryptedDatabase, records: readonly StateRecord[]): void {
    database.transaction(() => {
      for (const { file_name, key } of records) {
        database.prepare('UPDATE kept_states SET key = ? WHERE file_name = ?').run('0'.repeat(key.length), file_name)
        database.prepare('DELETE FROM kept_states WHERE file_name = ?').run(file_name)
      }
    })
  }

  #removeFile({ file_name }: StateRecord): void {
    const path = ownFile(this.#options.folder, file_name, stateName)
    if (path !== null) rmSync(path, { force: true })
  }

  /** A workspace is closed or erased: what was kept of it is only there to be quick. */
  #leave(database: EncryptedDatabase | null): void {
    // What cannot be told from others now is swept away at the next opening.
    if (!database) return
    this.#erase(database, database.prepare<StateRecord>('SELECT * FROM kept_states').all())
  }

  /** Most bytes of all states together. */
  get #limitBytes(): number {
    return this.#options.settings.values.keptGigabytes * 1e9
  }

  async #followSettings(): Promise<void> {
    for await (const _values of this.#options.settings.state.watch(this.#closing.signal)) this.#settle()
  }

  /** What is not to be kept goes. What cannot go now is tried again: it keeps no vault shut, and no later setting from being followed. */
  #settle(): void {
    const { settings, workspaces, onBug, retryMs: againMs = retryMs } = this.#options
    clearTimeout(this.#again)
    try {
      if (!this.#isCleared) this.#clear()
      this.#isCleared = true
      this.#trim()
      // Whoever wants nothing read ahead wants nothing of it kept.
      if (settings.values.warmUp === 'never') workspaces.each((workspaceId) => this.beginningsChanged(workspaceId, null))
      this.#isTold = false
    } catch (error) {
      if (!this.#isTold) tellFailure(error, onBug)
      this.#isTold = true
      this.#again = setTimeout(() => this.#settle(), againMs).unref()
    }
  }

  /** The oldest go first. */
  #trim(): void {
    const limitBytes = this.#limitBytes
    const newestFirst = this.#all().sort((one, other) => other.record.kept_at - one.record.kept_at)
    let bytes = 0
    for (const { workspaceId, record } of newestFirst) {
      bytes += record.bytes
      if (bytes > limitBytes) this.#erase(this.#options.workspaces.database(workspaceId), [record])
    }
  }

  /** Rows without a conversation and files without a row: of a kill between the two, or of a workspace that is gone. */
  #clear(): void {
    const { workspaces } = this.#options
    workspaces.each((workspaceId) => {
      const database = workspaces.database(workspaceId)
      const orphans =
        'SELECT * FROM kept_states WHERE conversation_id <> ? AND conversation_id NOT IN (SELECT id FROM conversations)'
      this.#erase(database, database.prepare<StateRecord>(orphans).all(beginnings))
    })
    const known = new Set(this.#all().map(({ record }) => record.file_name))
    for (const name of readdirSync(this.#options.folder))
      if (!known.has(name)) rmSync(join(this.#options.folder, name), { force: true })
  }

  #all(): { workspaceId: string; record: StateRecord }[] {
    const { workspaces } = this.#options
    const found: { workspaceId: string; record: StateRecord }[] = []
    workspaces.each((workspaceId) => {
      const records = workspaces.database(workspaceId).prepare<StateRecord>('SELECT * FROM kept_states').all()
      found.push(...records.map((record) => ({ workspaceId, record })))
    })
    return found
  }
}
