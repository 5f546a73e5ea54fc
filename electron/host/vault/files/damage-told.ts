/** What an error says of the file that it came from: of the vault as a whole, or of one workspace. */
import { VaultDamage, WorkspaceDamage } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'

/** The damage of `main` or of the key record; null when the error tells of none. */
export function damageTold(error: unknown): { damage: VaultDamage; file: string | null } | null {
  if (!(error instanceof AppError) || !['vault_damaged', 'vault_from_future'].includes(error.code)) return null
  const file = typeof error.data?.['file'] === 'string' ? error.data['file'] : null
  const damage = VaultDamage.safeParse(error.code === 'vault_from_future' ? 'from_future' : error.data?.['damage'])
  return damage.success ? { damage: damage.data, file } : null
}

/** Why a workspace cannot be used, when opening or using its file failed so. */
export function workspaceDamageOf(error: unknown): WorkspaceDamage {
  if (!(error instanceof AppError)) return 'migration_failed'
  if (error.code === 'disk_full') return 'disk_full'
  if (error.code === 'vault_from_future') return 'from_future'
  // Its key does not come out of its box.
  if (error.data?.['damage'] === 'record_unreadable') return 'key_missing'
  return WorkspaceDamage.safeParse(error.data?.['damage']).data ?? 'migration_failed'
}

/** What whoever asks for a damaged workspace is told. */
export function workspaceDamaged(damage: WorkspaceDamage, cause?: unknown): AppError {
  return new AppError('workspace_damaged', `A workspace cannot be used: ${damage}`, { damage }, { cause })
}
