/**
 * Every failure the page may have to explain, by code. The words for people live in renderer/i18n; the
 * message here is for logs and developers only.
 */

/** The closed list of failure codes. Adding one makes both dictionaries fail to compile until they explain it. */
export const errorCodes = [
  'invalid_input',
  'not_found',
  'cancelled',
  'disconnected',
  'internal',
  'busy',
  'disk_full',
  'managed',
  // vault
  'locked',
  'vault_exists',
  'wrong_passphrase',
  'too_many_tries',
  'weak_passphrase',
  'keychain_unavailable',
  'vault_damaged',
  'vault_from_future',
  'vault_read_only',
  // models
  'model_missing',
  'model_changed',
  'model_not_gguf',
  'model_truncated',
  'model_part_missing',
  'model_malformed',
  'model_unknown_architecture',
  'model_not_chat',
  'model_wrong_hash',
  'model_too_big',
  'adapter_no_base',
  'adapter_other_base',
  'file_unreadable',
  'place_unwritable',
  'clipboard_refused',
  'card_malformed',
  'card_wrong_file',
  'model_forbidden',
  'card_missing',
  'card_unsigned',
  'bundle_missing',
  'bundle_malformed',
  'bundle_newer',
  'bundle_tampered',
  'bundle_wrong_signature',
  'bundle_not_vouched',
  'bundle_must_be_signed',
  'bundle_gone',
  'key_unusable',
  // documents
  'document_encrypted',
  'document_wrong_password',
  'document_protected',
  'document_broken',
  'document_empty',
  'document_unknown_format',
  'document_too_big',
  'document_no_text',
  'document_gone',
  'document_part_unread',
  'reader_died',
  'reader_hung',
  'folder_unreadable',
  'folder_empty',
  'workspace_archived',
  'workspace_damaged',
  'workspace_file_malformed',
  'workspace_file_newer',
  'nothing_rescued',
  'porter_died',
  // backups
  'backup_folder_gone',
  'backup_folder_refused',
  'backup_unverified',
  'backup_malformed',
  'backup_newer',
  'backup_not_opened',
  'recovery_code_wrong',
  'no_embedder',
  'recognition_data_wrong',
  'recognition_language_missing',
  // catalogues
  'catalogue_unreadable',
  'catalogue_unsigned',
  'catalogue_unknown_key',
  'catalogue_tampered',
  'catalogue_expired',
  'catalogue_older',
  // network and downloads
  'network_closed',
  'network_not_allowed',
  'network_forbidden',
  'network_ended',
  'network_unreachable',
  'network_untrusted',
  'network_status',
  'download_changed',
  'download_wrong',
  'download_not_the_file',
  'download_unverifiable',
  // runtime
  'out_of_memory',
  'engine_died',
  'engine_hung',
  'engine_failed',
  'state_not_kept',
  'backend_failed',
  'no_model',
  'prompt_too_long',
] as const

/** One of the {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number]

/** What crosses the link when something fails: plain JSON. */
export interface Failure {
  code: ErrorCode
  message: string
  data?: Record<string, unknown>
}

/** A failure somebody can be told about. Everything else that is thrown is a bug. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly data: Record<string, unknown> | undefined

  constructor(code: ErrorCode, message: string, data?: Record<string, unknown>, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.data = data
  }

  static fromFailure({ code, message, data }: Failure): AppError {
    return new AppError(code, message, data)
  }

  /** What is kept and shown of it, without the words for developers. */
  toTrouble(): Omit<Failure, 'message'> {
    const { code, data } = this
    return data ? { code, data } : { code }
  }

  toFailure(): Failure {
    const { code, message, data } = this
    return data ? { code, message, data } : { code, message }
  }
}
