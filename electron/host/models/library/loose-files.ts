/**
 * Files of ours between two rows: one that gets its name before its row is written, one whose row is gone before it is. Each is noted
 * first, so that a kill in between leaves no gigabytes which nobody names; what was not noted is never touched.
 */
import { chmod, stat } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { rename, rm } from '../../base/patient-files.ts'
import type { FileIdentity } from '../../../../contract/file-identity.ts'
import type { EncryptedDatabase } from '../../vault/files/encrypted-database.ts'

interface LooseFile {
  path: string
  device: string
  inode: string
  /** Where it came from and goes back to; null for one that was being removed. */
  came_from: string | null
}

export class LooseFiles {
  readonly #database: EncryptedDatabase

  constructor({ database }: { database: EncryptedDatabase }) {
    this.#database = database
  }

  /** Before it happens. @param cameFrom its name before, when it is to become somebody's; null when it is to go */
  note(path: string, { device, inode }: Pick<FileIdentity, 'device' | 'inode'>, cameFrom: string | null): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO loose_files (path, device, inode, came_from) VALUES (?, ?, ?, ?)')
      .run(path, device, inode, cameFrom)
  }

  /** It has a row, or is gone. */
  settle(path: string): void {
    this.#database.prepare('DELETE FROM loose_files WHERE path = ?').run(path)
  }

  /**
   * Takes away, or puts back to where it came from, what a kill left: by its place on disk as well as its name, so that a file
   * which somebody put there since stays.
   */
  async sweep(): Promise<void> {
    for (const loose of this.#database.prepare<LooseFile>('SELECT * FROM loose_files').all()) {
      try {
        if (await isStill(loose)) await takeAway(loose)
        this.settle(loose.path)
      } catch {
        // Somebody holds it: the next start tries again, and nothing else waits for that.
      }
    }
  }
}

async function isStill({ path, device, inode }: LooseFile): Promise<boolean> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  return found?.isFile() === true && String(found.dev) === device && String(found.ino) === inode
}

async function takeAway({ path, came_from: cameFrom }: LooseFile): Promise<void> {
  if (cameFrom === null || existsSync(cameFrom)) return rm(path, { force: true })
  await chmod(path, 0o600)
  await rename(path, cameFrom)
}
