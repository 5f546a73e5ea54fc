/** Files that are either the old ones or the new ones, never half: write beside, flush, rename, flush the folder. */
import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { renameSync, rmSync } from './patient-files.ts'

/** Replaces the file at `path`, readable by this user alone. The folder is made when it is missing. */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const beside = `${path}.${randomUUID()}.new`
  try {
    const file = openSync(beside, 'wx', 0o600)
    try {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
  flushFolder(folder)
}

/** Makes a rename in this folder durable. Windows cannot flush folders and does not need it. */
export function flushFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
