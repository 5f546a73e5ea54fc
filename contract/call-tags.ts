/** What one wrapper does about each call: whether it is noted, and as what, and what of policy it comes under. A new call does not compile before somebody has decided. */
import type { AuditEvent } from './audit.ts'
import type { contract } from './contract.ts'
import { policyOf, settingKeys, type SettingKey } from './settings.ts'

/** What of policy a call may come under, with the settings that can forbid it. What a setting forbids of a file that has to be looked at first is refused where that is done. */
export const policyRules = {
  /** Nobody changes what an administrator has fixed. */
  fixed: settingKeys.filter((key) => policyOf(key) !== null),
  /** A model's bytes are asked for. */
  model_download: ['connections', 'allowedHosts', 'hub', 'proxy', 'modelDownloadsEnabled'],
  /** The organisation's catalogue is asked for. */
  catalogue: ['connections', 'allowedHosts', 'catalogueAddress', 'proxy'],
  /** A model comes in from a file, from another program or from a bundle. */
  model_import: ['modelImportsEnabled', 'inPlaceModelsEnabled'],
  /** A vault gets a protection. */
  protection: ['vaultProtection'],
  /** A folder becomes a source of documents. */
  folder_watch: ['watchedFoldersEnabled'],
  /** A workspace leaves in a file. */
  workspace_export: ['workspaceExportsEnabled'],
  /** A workspace comes in from a file. */
  workspace_import: ['workspaceImportsEnabled'],
} as const satisfies Record<string, readonly SettingKey[]>
export type PolicyRule = keyof typeof policyRules

/** Null for a call that is not noted, such as asking a question: what people ask is nobody's business. */
export type CallTag = AuditEvent | null | { event: AuditEvent | null; policy: PolicyRule }

type Table = typeof contract
type CallsOf<Area> = { [Method in keyof Area as Area[Method] extends { kind: 'call' } ? Method : never]: CallTag }

export const callTags: { [Area in keyof Table]: CallsOf<Table[Area]> } = {
  about: {},
  vault: {
    greet: null,
    create: { event: 'vault_created', policy: 'protection' },
    unlock: 'vault_unlocked',
    // Noted while the file is still open, whoever locked it: see AuditLog.detach.
    lock: null,
    protect: { event: 'vault_protected', policy: 'protection' },
    estimate: null,
    reencrypt: 'vault_reencryption_resumed',
    stopReencryption: 'vault_reencryption_stopped',
    confirmPutBack: 'vault_put_back_confirmed',
    restore: 'vault_restored',
    restoreBackup: { event: 'vault_restored', policy: 'protection' },
    backupSets: null,
    startOver: 'vault_restarted',
    touch: null,
  },
  settings: { set: { event: 'settings_changed', policy: 'fixed' }, export: null },
  workspaces: {
    make: 'workspace_made',
    configure: null,
    archive: 'workspace_archived',
    erase: 'workspace_erased',
    export: { event: 'workspace_exported', policy: 'workspace_export' },
    stopExport: null,
    import: { event: 'workspace_imported', policy: 'workspace_import' },
    stopImport: null,
    reopen: 'workspace_reopened',
    putBack: 'workspace_restored',
    rescue: 'workspace_rescued',
  },
  backup: {
    begin: 'backup_begun',
    stop: null,
    configure: 'backups_configured',
    newCode: null,
    confirmCode: 'recovery_code_made',
    mentioned: null,
    sets: null,
    open: 'backup_opened',
    restore: 'workspace_restored',
    putBack: 'workspace_restored',
  },
  documents: {
    add: null,
    paste: null,
    remove: null,
    pause: null,
    readAgain: null,
    recognise: null,
    watchFolder: { event: 'folder_watched', policy: 'folder_watch' },
    forgetFolder: 'folder_forgotten',
    text: null,
    locate: null,
    bytes: null,
  },
  recognition: { add: 'recognition_added', remove: 'recognition_removed' },
  retrieval: { search: null },
  questions: { save: null, remove: null, run: null, stop: null },
  models: {
    import: { event: 'model_imported', policy: 'model_import' },
    neighbours: null,
    cancelImport: null,
    remove: 'model_removed',
    drafts: null,
    setDraft: null,
    inspectBundles: null,
    importBundle: { event: 'bundle_imported', policy: 'model_import' },
    exportBundle: 'bundle_exported',
    resumeBundle: { event: null, policy: 'model_import' },
    cancelBundle: null,
    checkCatalogue: { event: 'catalogue_checked', policy: 'catalogue' },
    takeCatalogue: 'catalogue_taken',
    forgetCatalogues: 'catalogue_forgotten',
    download: { event: 'model_downloaded', policy: 'model_download' },
    pauseDownload: null,
    resumeDownload: { event: null, policy: 'model_download' },
    cancelDownload: null,
  },
  audit: { verify: null, export: 'audit_exported' },
  network: { withdraw: 'consent_withdrawn', leaveQuestion: null },
  runtime: { tryHardware: null, load: null, unload: null, measureAgain: null },
  chat: {
    send: null,
    stop: null,
    retry: null,
    continue: null,
    edit: null,
    choose: null,
    rename: null,
    pin: null,
    configure: null,
    begin: null,
    inspect: null,
    remove: null,
    prepare: null,
    keepDraft: null,
    budget: null,
    search: null,
    savePreset: null,
    removePreset: null,
  },
  compare: { ask: null, stop: null, retry: null, vote: null, reveal: null, remove: null, continue: null },
  // What leaves as words, a file or a print passes here: a policy that forbids it is named in these tags.
  papers: { begin: 'words_taken', save: 'paper_saved' },
  desktop: {
    pickDocuments: null,
    receive: null,
    takeBack: null,
    pickWorkspace: null,
    state: null,
    pickModel: null,
    pickFolder: null,
    pickKey: null,
    pickRecognition: null,
    pickCatalogue: null,
    folders: null,
    notify: null,
    openLink: 'link_opened',
  },
}
