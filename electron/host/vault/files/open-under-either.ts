/** Which of two keys a file lies under: while everything is encrypted anew nobody else can tell. */
import { AppError } from '../../../../contract/errors.ts'
import type { VaultKeys } from '../keys/vault-keys.ts'
import { openEncryptedDatabase, type EncryptedDatabase, type Opening } from './encrypted-database.ts'

/** Opens a file, or a copy of it, under its key, or under the one to come while everything is encrypted anew. @throws AppError vault_damaged, disk_full */
export function openUnderEither(
  keys: VaultKeys,
  name: string,
  path: string,
  opening: Opening,
): { database: EncryptedDatabase; isNext: boolean } {
  const openWith = (key: Buffer): EncryptedDatabase => openEncryptedDatabase(path, key, opening)
  try {
    return { database: keys.use(name, openWith), isNext: false }
  } catch (error) {
    // A wrong key cannot be told from a corrupt file.
    if (!keys.waiting.includes(name) || !isCorrupt(error)) throw error
    try {
      return { database: keys.useNext(name, openWith), isNext: true }
    } catch (second) {
      throw isCorrupt(second) ? error : second
    }
  }
}

/** Also of a wrong key, which cannot be told from a corrupt file. */
export function isCorrupt(error: unknown): boolean {
  return error instanceof AppError && error.data?.['damage'] === 'database_corrupt'
}
