/**
 * Folders whose files are documents as long as they lie there. The system's watcher says at once that something happened, a look at the
 * whole folder every minute finds what it missed; a file's hash decides, what its system says of it only spares hashing.
 */
import { watch } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../../../contract/errors.ts'
import { Watchable } from '../../base/watchable.ts'
import { troubleOf } from '../ingest/content-intake.ts'
import type { DocumentIntake } from './document-intake.ts'
import { tell, type DocumentRoom } from '../ingest/document-room.ts'
import { fileSource, type FileLook } from '../ingest/document-source.ts'
import type { DocumentRecord, FolderRecord } from '../ingest/document-store.ts'
import { walkFolder, type WalkedFile } from './folder-walk.ts'

export interface WatchedFoldersOptions {
  intake: DocumentIntake
  /** Whether folders are looked at now. */
  mayWatch: () => boolean
  now: () => number
  onBug: (error: unknown) => void
  /** The whole folder is looked at so often, in milliseconds; a minute by default. */
  rescanMs?: number
  /** A file that was changed less than so many milliseconds ago may still be being written; a second by default. */
  settleMs?: number
}

interface Watching {
  room: DocumentRoom
  folder: FolderRecord
  stop: AbortController
  wakes: Watchable<number>
  done: Promise<void>
  missing: boolean
}

/** What happens in a burst is looked at once, after so many milliseconds. */
const burstMs = 100

export class WatchedFolders {
  readonly #options: WatchedFoldersOptions
  readonly #watching = new Map<string, Watching>()

  constructor(options: WatchedFoldersOptions) {
    this.#options = options
  }

  /** Watches the folders of a workspace that was opened. */
  admit(room: DocumentRoom): void {
    for (const folder of room.documents.folders()) this.#begin(room, folder)
  }

  async leave(room: DocumentRoom): Promise<void> {
    await Promise.all([...this.#watching.values()].filter((each) => each.room === room).map((each) => this.#end(each)))
  }

  /** @throws AppError folder_unreadable */
  async add(room: DocumentRoom, path: string): Promise<string> {
    const real = await realpath(path).catch(() => null)
    const isFolder = real !== null && (await stat(real).catch(() => null))?.isDirectory() === true
    if (!isFolder) throw new AppError('folder_unreadable', 'This is no folder, or it cannot be read')
    const name = basename(real) || real
    const id = room.documents.addFolder(real, name, this.#options.now())
    if (!this.#watching.has(id)) this.#begin(room, { id, path: real, name, identity: null })
    tell(room)
    return id
  }

  /** Watches it no more. @throws AppError not_found */
  async forget(room: DocumentRoom, folderId: string, keep: boolean): Promise<void> {
    const watching = this.#watching.get(folderId)
    if (watching?.room !== room) throw new AppError('not_found', 'No such folder')
    await this.#end(watching)
    if (!keep)
      await this.#options.intake.remove(
        room,
        room.documents.inFolder(folderId).map(({ id }) => id),
      )
    room.documents.forgetFolder(folderId)
    tell(room)
  }

  isMissing(folderId: string): boolean {
    return this.#watching.get(folderId)?.missing ?? false
  }

  /** Looks at the folder soon: a file of it is to be tried again. */
  look(folderId: string): void {
    const wakes = this.#watching.get(folderId)?.wakes
    wakes?.set(wakes.value + 1)
  }

  #begin(room: DocumentRoom, folder: FolderRecord): void {
    const watching: Watching = {
      ...{ room, folder, missing: false, done: Promise.resolve() },
      stop: new AbortController(),
      wakes: new Watchable(0),
    }
    this.#watching.set(folder.id, watching)
    watching.done = this.#follow(watching)
  }

  async #end(watching: Watching): Promise<void> {
    watching.stop.abort()
    this.#watching.delete(watching.folder.id)
    await watching.done
  }

  async #follow(watching: Watching): Promise<void> {
    const { wakes, stop } = watching
    const wake = (): void => wakes.set(wakes.value + 1)
    const timer = setInterval(wake, this.#options.rescanMs ?? 60_000)
    let closeWatcher = this.#watch(watching, wake)
    try {
      for await (const _wake of wakes.watch(stop.signal)) {
        if (!this.#options.mayWatch()) continue
        const wasMissing = watching.missing
        await this.#scan(watching).catch((error: unknown) => {
          if (!stop.signal.aborted && !(error instanceof AppError)) this.#options.onBug(error)
        })
        if (wasMissing && !watching.missing) {
          closeWatcher()
          closeWatcher = this.#watch(watching, wake)
        }
        await pause(burstMs, stop.signal)
      }
    } finally {
      clearInterval(timer)
      closeWatcher()
    }
  }

  /** Where the system cannot watch, the look every minute remains. */
  #watch({ folder }: Watching, wake: () => void): () => void {
    try {
      const watcher = watch(folder.path, { recursive: true, persistent: false }, wake)
      watcher.on('error', () => watcher.close())
      return () => watcher.close()
    } catch {
      return () => undefined
    }
  }

  async #scan(watching: Watching): Promise<void> {
    const { room, folder, stop } = watching
    const identity = await identityOf(folder.path)
    const walk = await walkFolder(folder.path, stop.signal)
    const isSteady = identity === (await identityOf(folder.path))
    const known = new Map(room.documents.inFolder(folder.id).map((record) => [keyOf(record), record]))
    const here = new Set(walk?.files.map(keyOf))
    // Where a stick was mounted an empty folder is left, or another stick's: that nothing is there any more says nothing then.
    const isOther =
      folder.identity !== null &&
      folder.identity !== identity &&
      known.size > 0 &&
      ![...known.keys()].some((key) => here.has(key))
    const isMissing = !walk || !isSteady || isOther
    if (watching.missing !== isMissing) {
      watching.missing = isMissing
      tell(room)
    }
    if (isMissing) return
    if (identity !== null && folder.identity !== identity) {
      room.documents.setIdentity(folder.id, identity)
      folder.identity = identity
    }
    const leftOut = new Map(room.documents.leftOut(folder.id).map((file) => [keyOf(file), file]))
    // What lies in a folder that cannot be read now is not gone.
    const isUnknown = (file: { folder: string }): boolean =>
      walk.unreadable.some((path) => file.folder === path || file.folder.startsWith(`${path}/`))
    const gone = new Set([...known.values()].filter((record) => !here.has(keyOf(record)) && !isUnknown(record)))
    room.documents.together(() => {
      for (const [key, file] of leftOut) if (!here.has(key) && !isUnknown(file)) room.documents.forgetLeftOut(folder.id, file)
    })
    const waitingBytes = new Set<number>()
    for (const file of walk.files) {
      if (leftOut.has(keyOf(file))) continue
      stop.signal.throwIfAborted()
      const unsettledBytes = await this.#take(watching, file, known.get(keyOf(file)), gone)
      if (unsettledBytes !== null) waitingBytes.add(unsettledBytes)
    }
    // One that waits may be one that is gone, under a new name.
    const surelyGone = [...gone].filter(({ sizeBytes }) => !waitingBytes.has(sizeBytes))
    if (surelyGone.length > 0)
      await this.#options.intake.remove(
        room,
        surelyGone.map(({ id }) => id),
      )
    if (waitingBytes.size > 0) setTimeout(() => this.look(folder.id), this.#options.settleMs ?? 1000).unref()
  }

  /** The size of a file that may still be being written; null when it has been dealt with. */
  async #take(
    { room, folder, stop }: Watching,
    file: WalkedFile,
    record: (DocumentRecord & { isBroken: boolean }) | undefined,
    gone: Set<DocumentRecord>,
  ): Promise<number | null> {
    const { intake, now, settleMs = 1000 } = this.#options
    const source = fileSource(file.path)
    const look = await source.look()
    if (!look) return null
    if (record && !record.isBroken && record.stamp === look.stamp) return null
    // A time in the future is a wrong clock's, and says nothing.
    const ageMs = now() - look.changedAt
    if (ageMs >= 0 && ageMs < settleMs) return look.sizeBytes
    const place = { name: file.name, folderId: folder.id, folder: file.folder, conversationId: null, parentId: null }
    try {
      if (record) await intake.change(room, record.id, source, stop.signal)
      else await intake.found(room, source, place, gone, stop.signal)
    } catch (error) {
      const trouble = troubleOf(error)
      if (!trouble) throw error
      this.#keepTrouble(room, place, record, trouble, look)
    }
    return null
  }

  #keepTrouble(
    room: DocumentRoom,
    place: Parameters<DocumentIntake['addBroken']>[1],
    record: DocumentRecord | undefined,
    trouble: NonNullable<ReturnType<typeof troubleOf>>,
    { sizeBytes, changedAt }: FileLook,
  ): void {
    // What was read of it before is kept: a file that cannot be read for a moment has not gone.
    if (!record) this.#options.intake.addBroken(room, place, trouble, { sizeBytes, changedAt })
  }
}

/** What tells a folder from another at the same path, as far as its system knows; null when it is not there. */
async function identityOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  return found && `${found.dev}:${found.ino}`
}

function keyOf({ folder, name }: { folder: string; name: string }): string {
  return `${folder}/${name}`
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal }).catch(() => undefined)
}
