/** What the audit log has words for; which call is noted as what stands in call-tags.ts. */
import { z } from 'zod'
import { Count, Time } from './id.ts'

/** What was done, in the words of the audit log. An event is never renamed: logs outlive versions. */
export const AuditEvent = z.enum([
  'vault_created',
  'vault_unlocked',
  'vault_locked',
  'vault_protected',
  'vault_restored',
  'vault_restarted',
  'vault_reencryption_resumed',
  'vault_reencryption_stopped',
  'vault_put_back_confirmed',
  'settings_changed',
  'workspace_made',
  'workspace_archived',
  'workspace_erased',
  'workspace_exported',
  'words_taken',
  'paper_saved',
  'workspace_imported',
  'workspace_reopened',
  'workspace_restored',
  'workspace_rescued',
  'backup_begun',
  'backups_configured',
  'backup_opened',
  'recovery_code_made',
  'folder_watched',
  'folder_forgotten',
  'model_imported',
  'model_removed',
  'model_downloaded',
  'bundle_imported',
  'bundle_exported',
  'catalogue_checked',
  'catalogue_taken',
  'catalogue_forgotten',
  'recognition_added',
  'recognition_removed',
  'link_opened',
  'consent_withdrawn',
  'door_allowed',
  'door_refused',
  'policies_changed',
  'walls_changed',
  'audit_exported',
  // A checkpoint tells of more, or of another past, than the log has: an older file was put back.
  'audit_set_back',
  // The checkpoint that lies there is of another log: the vault is another one.
  'audit_replaced',
  // More happened while the vault was locked than is kept; or it was sealed for somebody else, or spoiled.
  'audit_left_out',
  'audit_unreadable',
])
export type AuditEvent = z.infer<typeof AuditEvent>

/** How the log stands. `set_back`: an older file was put back. `broken`: what is there is not what was hashed. */
const AuditStanding = z.enum(['unverified', 'verified', 'set_back', 'broken'])

export const AuditState = z.object({
  /** All that were ever noted, and those of them that are still there. */
  size: Count,
  kept: Count,
  standing: AuditStanding,
  verifiedAt: Time.nullable(),
})
export type AuditState = z.infer<typeof AuditState>
