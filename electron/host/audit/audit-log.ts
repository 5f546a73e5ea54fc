/**
 * What happened, without content: which act, by whom, on which workspace or model, and how it ended. Entries stand in the encrypted main file under
 * a tree of hashes, whose newest checkpoint lies beside the vault. What happens while it is locked is sealed into a file until it opens. Nothing
 * here can be changed by a page.
 */
import { createHash, createPublicKey } from 'node:crypto'
import { join } from 'node:path'
import { AuditLine } from '../../../contract/audit-line.ts'
import type { AuditEvent, AuditState } from '../../../contract/audit.ts'
import { AppError } from '../../../contract/errors.ts'
import { writeFileAtomic } from '../base/atomic-file.ts'
import { Watchable } from '../base/watchable.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'
import { lineOf, type AuditEntry, type AuditRow } from './audit-entry.ts'
import { exportLog } from './audit-export.ts'
import { AuditTree } from './audit-tree.ts'
import { readCheckpoint } from './checkpoint.ts'
import { rootAt } from './merkle.ts'
import { readBeside } from './read-beside.ts'
import { SealedEntries } from './sealed-entries.ts'
import { troubleOf } from './verify-log.ts'

/** Of what can neither be sealed nor written, so many entries wait: a page that tries passphrases must not fill the memory. */
const mostWaiting = 1000
const dayMs = 86_400_000
/** Witnesses may have added their signatures. */
const mostCheckpointBytes = 10_000

/** How long entries are kept; their hashes stay. */
export interface AuditRetention {
  /** About 100 MB. */
  mostRows: number
  mostDays: number
}

interface AuditLogOptions {
  /** What lies outside of the vault is there: the newest checkpoint, and what was sealed. */
  folder: string
  now: () => number
  onBug: (error: unknown) => void
  retention?: AuditRetention
}

const nothing: AuditState = { size: 0, kept: 0, standing: 'unverified', verifiedAt: null }

export class AuditLog {
  /** How the log stands; of an open vault. */
  readonly state = new Watchable<AuditState>(nothing)
  readonly #options: Required<AuditLogOptions>
  readonly #sealed: SealedEntries
  #tree: AuditTree | null = null
  /** Entries before this were old already when the vault was last open: a clock that has jumped ahead since takes none away. */
  #oldBefore = -Infinity
  #waiting: AuditLine[] = []
  #verifying: Promise<AuditState> | null = null
  /** Acts for which there was no place while locked, and how many of them an entry tells of. */
  #leftOut = 0
  #leftOutTold = 0

  constructor({ retention = { mostRows: 200_000, mostDays: 3 * 365 }, ...options }: AuditLogOptions) {
    this.#options = { retention, ...options }
    this.#sealed = new SealedEntries(options.folder)
  }

  /** The vault is open: the checkpoint outside is held against the log, and what was sealed or waits is written. */
  attach(database: EncryptedDatabase): void {
    this.state.set(nothing)
    try {
      const tree = new AuditTree(database)
      const { now, retention } = this.#options
      this.#oldBefore = Math.min(now(), tree.lastAt ?? -Infinity) - retention.mostDays * dayMs
      const found = this.#compare(tree)
      this.#tree = tree
      this.#takeIn(tree, found)
    } catch (error) {
      this.#options.onBug(error)
    }
  }

  /** The vault is about to lock, by hand, by itself or because the application ends: that is the last row. */
  detach(): void {
    this.note(own('vault_locked'))
    this.#tree = null
    this.#verifying = null
    this.state.set(nothing)
  }

  /** Notes an act. Never throws: an act that was done is not undone because it could not be noted, and the log says so. */
  note(entry: AuditEntry): void {
    try {
      // A flood while locked costs nothing more.
      if (!this.#tree && this.#leftOut > 0) return this.#leaveOut()
      const line = lineOf(entry, this.#options.now())
      if (this.#tree) this.#write(this.#tree, [line])
      else this.#keepLocked(line)
    } catch (error) {
      this.#options.onBug(error)
    }
  }

  /** The newest rows, the newest first. */
  rows(limit: number): AuditRow[] {
    return this.#tree?.rows(limit) ?? []
  }

  /** Goes through every entry and every hash; asked for again meanwhile, it is the same work. @throws AppError locked */
  verify(): Promise<AuditState> {
    this.#verifying ??= this.#verify().finally(() => (this.#verifying = null))
    return this.#verifying
  }

  async #verify(): Promise<AuditState> {
    const tree = this.#require()
    const checkpoint = readCheckpoint(tree.checkpoint(), createPublicKey(tree.signing))
    if (!checkpoint) throw new Error('A checkpoint of our own is one')
    const trouble = await tree
      .reading(() => troubleOf(tree, checkpoint))
      .catch((error: unknown) => {
        if (error instanceof AppError) throw error
        return { kind: 'root' }
      })
    if (this.#tree !== tree) throw new AppError('locked', 'The vault was locked meanwhile')
    if (trouble) this.#show({ standing: 'broken', verifiedAt: null })
    else if (this.state.value.standing !== 'set_back') this.#show({ standing: 'verified', verifiedAt: this.#options.now() })
    return this.state.value
  }

  /** Writes the log into a new folder in this one. @returns its name. @throws AppError locked, place_unwritable, disk_full */
  export(folder: string): Promise<{ name: string }> {
    const tree = this.#require()
    return tree.reading(() => exportLog(tree, folder, this.#options.now()))
  }

  #require(): AuditTree {
    if (!this.#tree) throw new AppError('locked', 'The vault is locked')
    return this.#tree
  }

  /** What could not be written before goes first. */
  #write(tree: AuditTree, lines: readonly AuditLine[]): void {
    const all = [...this.#waiting, ...lines]
    try {
      tree.append(all)
      this.#waiting = []
    } catch (error) {
      this.#waiting = all.slice(0, mostWaiting)
      throw error
    }
    tree.prune({ mostRows: this.#options.retention.mostRows, before: this.#oldBefore })
    this.#show({})
    // After the entries: a kill in between leaves a log that has more than its checkpoint, never less.
    writeFileAtomic(this.#checkpointFile, tree.checkpoint())
  }

  #keepLocked(line: AuditLine): void {
    const outcome = this.#sealed.add(JSON.stringify(line))
    if (outcome === 'sealed') return
    if (outcome === 'failed' && this.#waiting.length < mostWaiting) this.#waiting.push(line)
    else this.#leaveOut()
  }

  /** Each time as many again were left out a line says so: a kill takes no more than half of the number. */
  #leaveOut(): void {
    this.#leftOut++
    if (!Number.isInteger(Math.log2(this.#leftOut))) return
    const told = lineOf({ ...own('audit_left_out'), count: this.#leftOut - this.#leftOutTold }, this.#options.now())
    if (this.#sealed.add(JSON.stringify(told), { urgent: true }) === 'sealed') this.#leftOutTold = this.#leftOut
  }

  #takeIn(tree: AuditTree, found: readonly AuditEntry[]): void {
    const now = this.#options.now()
    const { lines, unreadable } = this.#sealed.open(tree.sealing)
    const isOurs = this.#sealed.publish(tree.sealing)
    const parsed = lines.map((line) => AuditLine.safeParse(parsedJson(line)))
    const sealed = new Map(
      parsed.flatMap(({ data }) => (data ? [[data.metadata.uid, AuditLine.parse(withLabel(data))] as const] : [])),
    )
    const spoiled = unreadable + parsed.filter(({ success }) => !success).length
    const leftOut = this.#leftOut - this.#leftOutTold
    const more: AuditEntry[] = [
      ...found,
      ...(spoiled > 0 || !isOurs ? [{ ...own('audit_unreadable'), count: Math.max(1, spoiled) }] : []),
      ...(leftOut > 0 ? [{ ...own('audit_left_out'), count: leftOut }] : []),
    ]
    // A kill between writing and clearing leaves them there once more.
    const fresh = [...sealed].flatMap(([uid, line]) => (tree.has(uid) ? [] : [line]))
    this.#write(tree, [...fresh, ...more.map((entry) => lineOf(entry, now))])
    this.#leftOut = this.#leftOutTold = 0
    this.#sealed.clear()
  }

  /** What the checkpoint outside tells against this log. A copy of it is set aside then, for whoever looks into it. */
  #compare(tree: AuditTree): AuditEntry[] {
    const text = readBeside(this.#checkpointFile, mostCheckpointBytes)?.toString('utf8')
    const entry = text === undefined ? null : this.#told(tree, text)
    if (text === undefined || !entry) return []
    if (entry.event === 'audit_set_back') this.#show({ standing: 'set_back' })
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
    writeFileAtomic(`${this.#checkpointFile}-${digest}`, text)
    return [entry]
  }

  #told(tree: AuditTree, text: string): AuditEntry | null {
    const checkpoint = readCheckpoint(text, createPublicKey(tree.signing))
    // Nobody but this log can say that it is older.
    if (!checkpoint?.signed) return own('audit_replaced')
    const { size } = tree
    if (checkpoint.size > size) return { ...own('audit_set_back'), count: checkpoint.size - size }
    return rootAt(checkpoint.size, tree.read).equals(checkpoint.root) ? null : own('audit_set_back')
  }

  get #checkpointFile(): string {
    return join(this.#options.folder, 'checkpoint')
  }

  #show(change: Partial<AuditState>): void {
    try {
      const size = this.#tree?.size ?? 0
      this.state.set({ ...this.state.value, size, kept: size - (this.#tree?.first ?? 0), ...change })
    } catch {
      // A file that cannot be read: whoever wrote says so.
    }
  }
}

function own(event: AuditEvent): AuditEntry {
  return { event, caller: { kind: 'process', id: '' }, subject: null, failure: null }
}

function withLabel(line: AuditLine): AuditLine {
  return { ...line, metadata: { ...line.metadata, labels: ['sealed'] } }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
