/** The files that were dropped or pasted on the page: those of folders too, and which of them cannot be read. */
import { isDocumentName, isPassedBy, mostDeep } from '../../contract/document-name.ts'
import { AppError, type ErrorCode } from '../../contract/errors.ts'

/** A file, or a folder, that came to nothing until the person has read why. */
export interface RefusedFile {
  name: string
  trouble: AppError
  /** To try it again with; null where that is no way out. */
  file: File | null
}

export interface HandedFiles {
  files: File[]
  refused: RefusedFile[]
}

/** Whether files are dragged, and not text or a picture of the page itself. */
export function carriesFiles(transfer: Pick<DataTransfer, 'types'> | null): boolean {
  return transfer?.types.includes('Files') ?? false
}

/** Whether files are pasted. Programs that lay a picture of formatted text beside it mean the text. */
export function pastesFiles(transfer: Pick<DataTransfer, 'types'> | null): boolean {
  const types = transfer?.types ?? []
  const isText = types.includes('text/plain') && (types.includes('text/html') || types.includes('text/rtf'))
  return carriesFiles(transfer) && !isText
}

/** A file or a folder as a browser hands it over: FileSystemEntry, with what one of its two kinds has. */
export interface HandedEntry {
  readonly name: string
  readonly isDirectory: boolean
  /** Of a folder. A reader tells a hundred entries at a time, and none at the end. */
  createReader?: () => { readEntries: (tell: (entries: HandedEntry[]) => void, fail: (error: unknown) => void) => void }
  /** Of a file. */
  file?: (tell: (file: File) => void, fail: (error: unknown) => void) => void
}

/** An item of a DataTransfer. */
export interface HandedItem {
  webkitGetAsEntry: () => HandedEntry | null
  getAsFile: () => File | null
}

/** Call it while the event is handled: afterwards a browser has forgotten what was dropped. */
export async function filesOf({ items }: { items: Iterable<HandedItem> }): Promise<HandedFiles> {
  const all = [...items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const handed: HandedFiles = { files: [], refused: [] }
  for (const { entry, file } of all) {
    if (entry?.isDirectory) await walk(entry, 1, handed)
    else if (file) handed.files.push(file)
  }
  return handed
}

/** Adds what is in a folder and its folders. One without any document is told of, if it was itself handed over. */
async function walk(folder: HandedEntry, depth: number, handed: HandedFiles): Promise<void> {
  const before = handed.files.length + handed.refused.length
  try {
    for (const entry of await inside(folder)) {
      if (isPassedBy(entry.name)) continue
      if (entry.isDirectory && depth < mostDeep) await walk(entry, depth + 1, handed)
      else if (!entry.isDirectory && isDocumentName(entry.name)) await take(entry, handed)
    }
  } catch {
    refuse(handed, folder.name, 'folder_unreadable')
  }
  if (depth === 1 && handed.files.length + handed.refused.length === before) refuse(handed, folder.name, 'folder_empty')
}

async function take(entry: HandedEntry, handed: HandedFiles): Promise<void> {
  try {
    handed.files.push(await new Promise<File>((resolve, reject) => entry.file?.(resolve, reject)))
  } catch {
    refuse(handed, entry.name, 'file_unreadable')
  }
}

async function inside(folder: HandedEntry): Promise<HandedEntry[]> {
  const reader = folder.createReader?.()
  const all: HandedEntry[] = []
  for (let some = [folder]; reader && some.length > 0; all.push(...some)) {
    some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
  }
  return all
}

function refuse(handed: HandedFiles, name: string, code: ErrorCode): void {
  handed.refused.push({ name, trouble: new AppError(code, 'It cannot be taken'), file: null })
}
