/** A copy of a database, as a rule under another key. Nobody needs the copy before it is whole, so a kill at any point costs nothing. Takes as long as the file is big: for the vault's own process. */
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { AppError } from '../../../../contract/errors.ts'
import type { CopyWish, Derivation } from '../keys/derivation.ts'
import type { CopyStep } from '../keys/key-work.ts'
import { openEncryptedDatabase } from './encrypted-database.ts'
import { shapeOf } from './migrate.ts'

/**
 * Says each step once it is behind. Without a `next` key the copy is under the present one, and whole and on the disk when it is `copied`. `tidy` is SQL that takes out of the copy what must not be in it; such a copy is left as rollback mode has it, for
 * whoever may only read it. The source is only read, and may be written to meanwhile: the copy has what was committed at one
 * moment after the beginning. Each step holds its process.
 * @throws AppError vault_damaged {damage: database_corrupt, file} when the source or what became of it is not whole; disk_full; place_unwritable
 *   where the target cannot be written
 */
export function* copyUnderKey(
  source: string,
  target: string,
  { present, next }: { present: Buffer; next: Buffer | null },
  tidy: string | null = null,
): Generator<CopyStep> {
  // Read-only: a connection that writes would remove the companions of a file that has taken this one's name, should the host die meanwhile.
  const original = openEncryptedDatabase(source, present, { create: false, readOnly: true })
  let version: number
  let shape: unknown[]
  try {
    original.copyTo(target)
    version = original.userVersion
    shape = shapeOf(original)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('place_unwritable', 'The copy cannot be written', undefined, { cause: error })
  } finally {
    original.leave()
  }
  yield 'copied'
  if (!next) return
  const copy = openEncryptedDatabase(target, present, { create: false, overwritesDeleted: tidy !== null })
  try {
    if (tidy !== null) copy.transaction(() => copy.exec(tidy))
    copy.rekey(next)
  } finally {
    copy.leave()
  }
  yield 'rekeyed'
  const verified = openEncryptedDatabase(target, next, { create: false, readOnly: tidy !== null })
  try {
    const isSame = verified.userVersion === version && JSON.stringify(shapeOf(verified)) === JSON.stringify(shape)
    if (!isSame || !verified.isWhole()) {
      const data = { damage: 'database_corrupt', file: source.split(/[/\\]/).at(-1) ?? '' }
      throw new AppError('vault_damaged', 'The copy is not what was copied', data)
    }
  } finally {
    if (tidy === null) verified.close()
    else verified.leave()
  }
  const file = openSync(target, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  yield 'verified'
}

/** Has such a copy made by the vault's own process; null makes it here, where nobody is answered meanwhile: for tests. @throws as both do */
export async function copyApart(derivation: Pick<Derivation, 'copy'> | null, wish: CopyWish): Promise<void> {
  if (derivation) return derivation.copy(wish)
  const { source, target, keys, tidy } = wish
  for (const _step of copyUnderKey(source, target, { present: keys[0], next: keys[1] ?? null }, tidy));
}
