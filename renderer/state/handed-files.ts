/** The files that were dropped or pasted on the page: those of folders too, and which of them cannot be read. */
import { isDocumentName, isPassedBy, mostDeep } from '../../contract/document-name.ts'
import { AppError } from '../../contract/errors.ts'

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
export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false
}

/** Whether files are pasted. Programs that lay a picture of formatted text beside it mean the text. */
export function pastesFiles(transfer: DataTransfer | null): boolean {
  const types = transfer?.types ?? []
  const isText = types.includes('text/plain') && (types.includes('text/html') || types.includes('text/rtf'))
  return carriesFiles(transfer) && !isText
}

/** Call it while the event is handled: afterwards a browser has forgotten what was dropped. */
export async function filesOf(transfer: DataTransfer): Promise<HandedFiles> {
  const items = [...transfer.items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const handed: HandedFiles = { files: [], refused: [] }
  for (const { entry, file } of items) {
    if (entry?.isDirectory) await walk(entry as FileSystemDirectoryEntry, handed)
    else if (file) handed.files.push(file)
  }
  return handed
}

async function walk(top: FileSystemDirectoryEntry, handed: HandedFiles): Promise<void> {
  const files: File[] = []
  const refused: RefusedFile[] = []
  const enter = async (folder: FileSystemDirectoryEntry, depth: number): Promise<void> => {
    for (const entry of await inside(folder)) {
      if (isPassedBy(entry.name)) continue
      try {
        if (entry.isDirectory && depth < mostDeep) await enter(entry as FileSystemDirectoryEntry, depth + 1)
        else if (entry.isFile && isDocumentName(entry.name)) files.push(await fileOf(entry as FileSystemFileEntry))
      } catch {
        const code = entry.isDirectory ? 'folder_unreadable' : 'file_unreadable'
        refused.push({ name: entry.name, trouble: new AppError(code, 'It cannot be read'), file: null })
      }
    }
  }
  try {
    await enter(top, 1)
    if (files.length + refused.length === 0) throw new AppError('folder_empty', 'There is no document in it')
  } catch (error) {
    const trouble = error instanceof AppError ? error : new AppError('folder_unreadable', 'It cannot be read')
    refused.push({ name: top.name, trouble, file: null })
  }
  handed.files.push(...files)
  handed.refused.push(...refused)
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** A browser tells a hundred at a time. */
async function inside(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return all
    all.push(...some)
  }
}
