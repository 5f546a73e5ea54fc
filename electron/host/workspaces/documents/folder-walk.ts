/** The files of a folder and its folders that may be documents. What other programs hide or lock is passed by; links are not followed. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDocumentName, isPassedBy, mostDeep } from '../../../../contract/document-name.ts'

/** A file in a folder. `folder` is the path from the walked folder to its own, with `/`, empty at the top. */
export interface WalkedFile {
  folder: string
  name: string
  path: string
}

export interface Walk {
  files: WalkedFile[]
  /** Folders that are there and could not be read, named as above. */
  unreadable: string[]
}

/** Null when the folder itself is not there or cannot be read. */
export async function walkFolder(root: string, signal: AbortSignal): Promise<Walk | null> {
  const walk: Walk = { files: [], unreadable: [] }
  const enter = async (folder: string, depth: number): Promise<boolean> => {
    const path = join(root, folder)
    const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
      // One that has gone in between took its files along; of any other nobody knows.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) walk.unreadable.push(folder)
      return null
    })
    signal.throwIfAborted()
    if (!entries) return false
    for (const entry of entries) {
      if (isPassedBy(entry.name)) continue
      const inside = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && depth < mostDeep) await enter(inside, depth + 1)
      else if (entry.isFile() && isDocumentName(entry.name)) {
        walk.files.push({ folder, name: entry.name, path: join(path, entry.name) })
      }
    }
    return true
  }
  return (await enter('', 0)) ? walk : null
}
