/**
 * Why Alambic could not start, in a line for whoever started it. In both languages and not in the page's dictionaries:
 * there is no page yet.
 */
import { AppError } from '../../contract/errors.ts'
import { WrongOption } from './start-options.ts'
import { DataFolderInUse } from './vault/files/data-folder-lock.ts'

/** The sentence; null for what is a bug, which should be shown as it is. */
export function startFailure(error: unknown): string | null {
  if (error instanceof DataFolderInUse) {
    const who = error.pid === null ? '' : ` (process ${error.pid})`
    return `Alambic is already open with this data folder${who}. · Alambic est déjà ouvert avec ce dossier de données${who}.`
  }
  if (error instanceof WrongOption) return error.message
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'Another program is using this port. · Un autre programme utilise déjà ce port.'
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return `Alambic cannot write to its data folder, which it needs even for reading. Make it writable, or copy it elsewhere and start Alambic with --data and the copy’s path. · Alambic ne peut pas écrire dans son dossier de données, ce dont il a besoin même pour lire. Autorisez l’écriture dans ce dossier, ou copiez-le ailleurs et lancez Alambic avec --data et le chemin de la copie.`
  }
  if (code === 'ENOSPC' || code === 'EDQUOT' || (error instanceof AppError && error.code === 'disk_full'))
    return 'The disk is full: Alambic cannot start. Make some room, then start it again. · Le disque est plein : Alambic ne peut pas démarrer. Libérez de la place, puis relancez-le.'
  return null
}
