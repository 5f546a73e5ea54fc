/** Everything the page can ask of the host. One line, one capability; nothing else is reachable. */
import { z } from 'zod'
import { CatalogueState, Download } from './catalogue.ts'
import {
  Budget,
  ChatUpdate,
  ConversationRow,
  Draft,
  DraftsUpdate,
  mostAnswerCharacters,
  mostQuestionCharacters,
  Place,
  Preset,
  SearchHit,
} from './conversation.ts'
import {
  DesktopState,
  Fit,
  HardwareState,
  ModelsState,
  Neighbour,
  Protection,
  RescuedWorkspace,
  RuntimeState,
  Thinking,
  VaultState,
  Workspace,
} from './entities.ts'
import { AuditState } from './audit.ts'
import { BackupContents, BackupKey, BackupPlace, BackupSet, BackupState } from './backup.ts'
import { DoorState, NetworkPurpose } from './network.ts'
import { ReencryptionEstimate, VaultKeysState } from './vault-keys.ts'
import { Count, Id } from './id.ts'
import { ComparisonPlace, ComparisonRow, ComparisonUpdate, Letter, Score, Vote } from './comparison.ts'
import { BundleSummary, BundleWork } from './bundle.ts'
import { Lineage } from './lineage-card.ts'
import { Document, DocumentsQuery, DocumentsSummary, DocumentText, IndexState } from './document.ts'
import { RecognitionCode, RecognitionCodes, RecognitionLanguage } from './recognition.ts'
import { QuestionsState, TestQuestion } from './question.ts'
import { PaperFormat } from './paper.ts'
import { Scope, SearchFilter, SearchReport } from './sources.ts'
import { call, stream, type ClientOf, type HandlersOf } from './link.ts'
import { PolicyFinding, PolicyFormat } from './policy-finding.ts'
import { ManagedSettings, Settings } from './settings.ts'
import { listUpdateOf } from './list-update.ts'
import { WallsState } from './walls.ts'
import { SealKey, Words } from './words.ts'

const None = z.object({})
const Done = z.void()
/** A folder or a file that the host names. */
const Picked = z.object({ reference: Id, name: z.string() })
const WorkspaceName = z.string().trim().min(1).max(100)
const Question = z.string().trim().min(1).max(mostQuestionCharacters)

export const contract = {
  vault: {
    state: stream(None, VaultState),
    /** What passphrases are sealed for, until this host ends. */
    greet: call(None, z.object({ publicKey: z.string() })),
    /** Makes the vault. Fails with vault_exists, weak_passphrase, keychain_unavailable. */
    create: call(Protection, Done),
    /** Opens it; the passphrase is absent for a keychain. Fails with wrong_passphrase {triesLeft, retryAt}, too_many_tries {retryAt}, keychain_unavailable {trouble}, vault_damaged, vault_read_only. */
    unlock: call(z.object({ passphrase: Words.optional() }), Done),
    lock: call(None, Done),
    /** Wraps the same key anew: another passphrase, or the keychain. `current` is the present passphrase where there is one. */
    protect: call(
      z.object({
        current: Words.optional(),
        next: Protection,
        /** Then every file is encrypted under a new key: see `reencrypt`. Without, an older key record with the older passphrase opens what is written later. */
        reencrypt: z.boolean().optional(),
      }),
      Done,
    ),
    /** The keys while the vault is open; in other phases only `known` says anything. */
    keys: stream(None, VaultKeysState),
    /** What `reencrypt` would take. */
    estimate: call(None, ReencryptionEstimate),
    /** Goes on with encrypting everything anew where that was stopped. Fails with disk_full {neededBytes, freeBytes}. */
    reencrypt: call(None, Done),
    /** Stops it; what is not done goes on at the next unlock. */
    stopReencryption: call(None, Done),
    /** A file that was put back is meant to be there: it is not spoken of again. */
    confirmPutBack: call(None, Done),
    /** Puts a backup in the place of a damaged file; what is replaced is set aside, not deleted. */
    restore: call(z.object({ backupId: Id }), Done),
    /**
     * Makes the whole vault out of a backup set, protected anew; what was here is set aside. Fails with backup_*, recovery_code_wrong {group},
     * wrong_passphrase, weak_passphrase, keychain_unavailable, disk_full.
     */
    restoreBackup: call(
      z.object({ reference: Id, sequence: BackupPlace.shape.sequence, key: BackupKey, protection: Protection }),
      Done,
    ),
    /** The backup sets in a folder, the newest first; also before the vault is open. Fails with backup_folder_gone, backup_folder_refused. */
    backupSets: call(z.object({ reference: Id }), z.array(BackupSet)),
    /** Sets a damaged vault aside, as it is, and begins a new one. */
    startOver: call(None, Done),
    /** Somebody is here: puts the idle lock off. */
    touch: call(None, Done),
  },
  settings: {
    /** Before the vault is open only `language` and `theme` are the person's own. */
    state: stream(None, Settings),
    /** Those that the organisation has fixed. */
    managed: stream(None, ManagedSettings),
    /** What administrators have written, entry by entry, with what is wrong with it. */
    findings: stream(None, z.array(PolicyFinding)),
    /** Fails with managed {setting} for one that the organisation has fixed; then nothing of the change is kept. */
    set: call(Settings.partial(), Done),
    /** Writes what differs from the defaults into a folder, as the policies of other machines. Fails with place_unwritable, disk_full. */
    export: call(z.object({ reference: Id, format: PolicyFormat }), z.object({ name: z.string() })),
  },
  workspaces: {
    list: stream(None, z.array(Workspace)),
    /** Makes one, with an encrypted file and a key of its own. */
    make: call(z.object({ name: WorkspaceName }), z.object({ workspaceId: Id })),
    /** What is absent stays. `modelId` answers here unless a conversation has its own; null for the usual one. Personal keeps its name. */
    configure: call(
      z.object({
        workspaceId: Id,
        name: WorkspaceName.optional(),
        modelId: Id.nullable().optional(),
        instructions: z.string().max(20_000).optional(),
        strict: z.boolean().optional(),
      }),
      Done,
    ),
    /** Closes it, or opens it again. Personal stays open. Fails with busy while it is answering. */
    archive: call(z.object({ workspaceId: Id, archived: z.boolean() }), Done),
    /** Tries to open a damaged one again. Fails with workspace_damaged {damage}. */
    reopen: call(z.object({ workspaceId: Id }), Done),
    /** Puts a copy in the place of a damaged one's file; what is replaced is set aside, not deleted. Fails with not_found, workspace_damaged {damage}. */
    putBack: call(z.object({ workspaceId: Id, copyId: Id }), Done),
    /** Makes a new one beside a damaged one, of what can still be read of its file. Fails with not_found, nothing_rescued, porter_died, file_unreadable, disk_full. */
    rescue: call(z.object({ workspaceId: Id, name: WorkspaceName }), RescuedWorkspace),
    /** Destroys its key and removes its files, its backups and what students kept of it: nothing brings it back. Personal is emptied and begins anew. */
    erase: call(z.object({ workspaceId: Id }), Done),
    /** Writes it into a folder as one encrypted file that its passphrase opens, anywhere. Fails with weak_passphrase, disk_full, place_unwritable. */
    export: call(
      z.object({ workspaceId: Id, reference: Id, passphrase: Words }),
      z.object({ name: z.string(), sizeBytes: z.number() }),
    ),
    /** Stops it: `export` fails with cancelled, and nothing of the file is left. */
    stopExport: call(z.object({ workspaceId: Id }), Done),
    /** Takes such a file in as a new workspace. Fails with workspace_file_malformed, workspace_file_newer, wrong_passphrase, disk_full. */
    import: call(z.object({ reference: Id, passphrase: Words }), z.object({ workspaceId: Id })),
    /** Stops it: `import` of the same reference fails with cancelled, and nothing of the workspace is left. */
    stopImport: call(z.object({ reference: Id }), Done),
  },
  backup: {
    state: stream(None, BackupState),
    /** Begins one now: of everything (null), or of some workspaces. Fails with busy. */
    begin: call(z.object({ workspaceIds: z.array(Id).min(1).max(1000).nullable() }), Done),
    stop: call(None, Done),
    /** What is absent stays. `reference` is of a folder; null for Alambic's own. Fails with backup_folder_gone, backup_folder_refused. */
    configure: call(
      z.object({
        reference: Id.nullable().optional(),
        daily: z.boolean().optional(),
        kept: z.number().int().min(1).max(30).optional(),
      }),
      Done,
    ),
    /** A new recovery code, sealed for the key of a page's. It is shown once, kept nowhere, and in force from `confirmCode` on. */
    newCode: call(z.object({ publicKey: SealKey.optional() }), z.object({ code: Words })),
    confirmCode: call(None, Done),
    /** That the last backup is old was seen. */
    mentioned: call(None, Done),
    /** The sets in a folder, or in the place of the plan. */
    sets: call(z.object({ reference: Id.nullable() }), z.array(BackupSet)),
    /** What is in a set. Fails with backup_*, recovery_code_wrong {group}, wrong_passphrase. */
    open: call(BackupPlace, BackupContents),
    /** Takes workspaces of a set in, beside what is there. Fails as `open` does, and with backup_unverified, disk_full. */
    restore: call(BackupPlace.extend({ workspaceIds: z.array(Id).min(1).max(1000) }), z.object({ workspaceIds: z.array(Id) })),
    /** Puts a workspace of one of this vault's sets in the place of its damaged file, which is set aside. */
    putBack: call(BackupPlace.extend({ workspaceId: Id }), Done),
  },
  documents: {
    list: stream(DocumentsQuery, listUpdateOf(Document)),
    summary: stream(z.object({ workspaceId: Id }), DocumentsSummary),
    /** Adds files, or all files of folders once. With a conversation they are attached to it. Fails with file_unreadable, disk_full. */
    add: call(
      z.object({ workspaceId: Id, conversationId: Id.nullable(), references: z.array(Id).min(1).max(10_000) }),
      z.object({ documentIds: z.array(Id) }),
    ),
    /** Makes a document of text. */
    paste: call(
      z.object({
        workspaceId: Id,
        conversationId: Id.nullable(),
        name: z.string().trim().min(1).max(200),
        text: z.string().min(1).max(2_000_000),
      }),
      z.object({ documentId: Id }),
    ),
    remove: call(z.object({ workspaceId: Id, documentIds: z.array(Id).min(1).max(10_000) }), Done),
    /** Stops reading, recognising and embedding in this workspace until it is told to go on. */
    pause: call(z.object({ workspaceId: Id, paused: z.boolean() }), Done),
    /** Reads a document again that failed, with a password where it wants one. */
    readAgain: call(z.object({ workspaceId: Id, documentId: Id, password: z.string().max(1024).optional() }), Done),
    /** Recognises the text of a document's picture pages (OCR), by default in the settings' languages. Fails with recognition_language_missing. */
    recognise: call(z.object({ workspaceId: Id, documentId: Id, languages: RecognitionCodes.optional() }), Done),
    watchFolder: call(z.object({ workspaceId: Id, reference: Id }), z.object({ folderId: Id })),
    /** Watches it no more. `keep` leaves its documents as they are, each by itself. */
    forgetFolder: call(z.object({ workspaceId: Id, folderId: Id, keep: z.boolean() }), Done),
    /** The text as it was read, from block number `from` on. */
    text: call(
      z.object({ workspaceId: Id, documentId: Id, from: z.number().int().min(0), limit: z.number().int().min(1).max(1000) }),
      DocumentText,
    ),
    /**
     * Where the words of a quotation stand in the text now: nearest to where they stood, also when the document was read anew or changed.
     * Null when they are not there.
     */
    locate: call(
      z.object({
        workspaceId: Id,
        documentId: Id,
        text: z.string().min(1).max(2_000_000),
        near: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
      }),
      z.object({ start: Count, end: Count }).nullable(),
    ),
    /** Part of the file itself, for drawing its pages: at most 1 MiB. */
    bytes: call(
      z.object({
        workspaceId: Id,
        documentId: Id,
        offset: z.number().int().min(0),
        length: z
          .number()
          .int()
          .min(1)
          .max(1024 * 1024),
      }),
      z.object({ base64: z.string(), sizeBytes: z.number() }),
    ),
  },
  recognition: {
    /** Languages that text in pictures can be recognised in: the application's own first, then by code. */
    languages: stream(None, z.array(RecognitionLanguage)),
    /**
     * Takes a language's data from a file of tesseract's (`deu.traineddata`, also packed as `.gz`), once it was tried. Fails with
     * recognition_data_wrong {reason}, file_unreadable, disk_full, cancelled.
     */
    add: call(z.object({ reference: Id }), z.object({ language: RecognitionCode })),
    /** Removes what was added. Fails with not_found. */
    remove: call(z.object({ language: RecognitionCode }), Done),
  },
  retrieval: {
    state: stream(z.object({ workspaceId: Id }), IndexState),
    /** A free search, as an answer would make it. */
    search: call(
      z.object({
        workspaceId: Id,
        query: z.string().trim().min(1).max(2000),
        filter: SearchFilter,
        limit: z.number().int().min(1).max(200),
      }),
      SearchReport,
    ),
  },
  questions: {
    state: stream(z.object({ workspaceId: Id }), QuestionsState),
    /** Makes one when the id is unknown; 50 at most. */
    save: call(z.object({ workspaceId: Id, question: TestQuestion }), Done),
    remove: call(z.object({ workspaceId: Id, questionId: Id }), Done),
    /** Runs all questions; with `answers` the workspace's student answers each as well. Fails with busy, no_model. */
    run: call(z.object({ workspaceId: Id, answers: z.boolean() }), Done),
    stop: call(z.object({ workspaceId: Id }), Done),
  },
  models: {
    state: stream(None, ModelsState),
    /**
     * Copies, hashes and checks a file. Ends when it is installed. `inPlace` uses a neighbour's file where it is, without a copy;
     * `baseId` is the model that an adapter is put on. Fails with model_*, file_unreadable, disk_full, cancelled; for adapters
     * with adapter_no_base {baseName, reason}, and with adapter_other_base {baseName, baseId, name} where a model fits by shape
     * and has another name: then the reference stays good for another try with that `baseId`.
     */
    import: call(z.object({ reference: Id, inPlace: z.boolean().optional(), baseId: Id.optional() }), z.object({ modelId: Id })),
    /** Looks for models that other programs have downloaded, and that are not here yet. */
    neighbours: call(None, z.array(Neighbour)),
    cancelImport: call(z.object({ importId: Id }), Done),
    remove: call(z.object({ modelId: Id }), Done),
    /** The models here that could draft for this one: of the same vocabulary, and half its size or less. */
    drafts: call(z.object({ modelId: Id }), z.array(Id)),
    /** Lets a smaller model draft, or none; it is tried anew. Fails with invalid_input when it cannot. */
    setDraft: call(z.object({ modelId: Id, draftId: Id.nullable() }), Done),
    /** Where each model here comes from, by its id. */
    lineages: stream(None, z.record(Id, Lineage)),
    /** The bundles in a folder, or in its folders. Fails with bundle_missing, bundle_malformed, bundle_newer, file_unreadable. */
    inspectBundles: call(z.object({ reference: Id }), z.array(BundleSummary)),
    /**
     * Begins to bring a bundle in, or goes on with it. `insist` takes one that nobody vouches for. Fails with
     * bundle_not_vouched, bundle_must_be_signed where the settings allow no insisting, bundle_wrong_signature, bundle_tampered,
     * catalogue_*, disk_full, busy.
     */
    importBundle: call(z.object({ reference: Id, insist: z.boolean() }), Done),
    /** Begins to write a bundle into a folder. Fails with not_found when no catalogue can travel, model_missing, model_changed, key_unusable. */
    exportBundle: call(
      z.object({
        reference: Id,
        name: z.string().trim().min(1).max(200),
        modelIds: z.array(Id).max(256),
        presets: z.boolean(),
        /** Takes those in force along that are not part of the program and whose time is not over. */
        catalogue: z.boolean().optional(),
        /** Reference of the file with the key that signs it; without one nobody does. */
        key: Id.optional(),
      }),
      Done,
    ),
    bundles: stream(None, z.array(BundleWork)),
    /** Tries an import again, with what was copied. */
    resumeBundle: call(z.object({ workId: Id }), Done),
    /** Ends one and removes its bytes, or puts away one that is done. */
    cancelBundle: call(z.object({ workId: Id }), Done),
    catalogue: stream(None, CatalogueState),
    /** Asks the organisation's address for its catalogue. Fails with not_found, catalogue_*, network_*. */
    checkCatalogue: call(None, Done),
    /** Takes a signed catalogue from a file. Fails with catalogue_*, file_unreadable. */
    takeCatalogue: call(z.object({ reference: Id }), Done),
    /** Goes back to the catalogue that came with the application. */
    forgetCatalogues: call(None, Done),
    downloads: stream(None, z.array(Download)),
    /** Begins it, once a person has allowed its server. Fails with not_found, busy when it is already under way, download_unverifiable, network_not_allowed, network_forbidden. */
    download: call(z.object({ studentId: Id }), Done),
    pauseDownload: call(z.object({ downloadId: Id }), Done),
    /** Goes on after a pause or a failure, with the bytes that are here. Fails with network_not_allowed, network_forbidden. */
    resumeDownload: call(z.object({ downloadId: Id }), Done),
    /** Ends it and removes its bytes. */
    cancelDownload: call(z.object({ downloadId: Id }), Done),
  },
  audit: {
    /** Goes through every entry of the log and every hash. */
    verify: call(None, AuditState),
    /** Writes it into a new folder in this one. Fails with place_unwritable, disk_full. */
    export: call(z.object({ reference: Id }), z.object({ name: z.string() })),
  },
  network: {
    /** The newest `limit` entries of the ledger. */
    door: stream(z.object({ limit: z.number().int().min(1).max(10_000) }), DoorState),
    /** Takes a consent back; what goes on under it ends. One of a policy stays. */
    withdraw: call(z.object({ purpose: NetworkPurpose, address: z.string().max(2048) }), Done),
    /** Answers what a person is being asked outside of the page with no. */
    leaveQuestion: call(None, Done),
  },
  runtime: {
    state: stream(None, RuntimeState),
    hardware: stream(None, HardwareState),
    /** Tries every backend again, also those that crashed. */
    tryHardware: call(None, Done),
    /** Fails with out_of_memory unless insisted on, and with what the engine says. */
    load: call(z.object({ modelId: Id, insist: z.boolean().optional() }), Done),
    /** Frees the memory of one student, or of all. */
    unload: call(z.object({ modelId: Id.optional() }), Done),
    /** Forgets what was measured of a student: its next answer measures its speed anew. */
    measureAgain: call(z.object({ modelId: Id }), Done),
    /** Whether each model here (by its id) and each student of the catalogue (by its) would run now. */
    fits: stream(None, z.record(Id, Fit)),
  },
  chat: {
    /** Pinned first, then the newest; `limit` rows at most, and how many there are. */
    list: stream(z.object({ workspaceId: Id, limit: z.number().int().min(1).max(100_000) }), listUpdateOf(ConversationRow)),
    follow: stream(Place, ChatUpdate),
    /** Asks. Without a conversation it begins one; `parentId` is the message it follows (null: the very first), by default the last of the branch. */
    send: call(
      z.object({
        workspaceId: Id,
        conversationId: Id.nullable(),
        text: Question,
        parentId: Id.nullable().optional(),
        /** The question that was edited: its draft goes with the sending, else that of the next question. */
        editedId: Id.optional(),
        presetId: Id.optional(),
        /** The student of a new conversation from here on. */
        modelId: Id.optional(),
        /** Answers this one question, and the conversation keeps its own. */
        onceModelId: Id.optional(),
        /** Of a new conversation; by default the workspace's documents, where it has some. */
        scope: Scope.optional(),
        /** What the model is told of thinking, instead of what the preset says. */
        thinking: Thinking.optional(),
      }),
      Place.extend({ messageId: Id }),
    ),
    stop: call(Place, Done),
    /** Another answer to the same question, beside this one; by default from the conversation's model. `thinking` as for `send`. */
    retry: call(Place.extend({ messageId: Id, modelId: Id.optional(), thinking: Thinking.optional() }), Done),
    /** Goes on with an answer that stopped, failed, was interrupted or ran out of room. */
    continue: call(Place.extend({ messageId: Id }), Done),
    /**
     * Keeps an answer as a person has edited it, beside the original. Its sources stay, its sentences are checked anew. Its draft goes.
     * Fails with invalid_input when it is no answer, or is being written.
     */
    edit: call(
      Place.extend({
        messageId: Id,
        text: z
          .string()
          .max(mostAnswerCharacters)
          .refine((text) => text.trim() !== ''),
      }),
      Done,
    ),
    /** Shows the branch that this message is on. */
    choose: call(Place.extend({ messageId: Id }), Done),
    rename: call(Place.extend({ title: z.string().trim().min(1).max(200) }), Done),
    pin: call(Place.extend({ pinned: z.boolean() }), Done),
    /** Which preset and which student the next question goes to; what is absent stays. */
    configure: call(Place.extend({ presetId: Id.optional(), modelId: Id.optional(), scope: Scope.optional() }), Done),
    /** Makes an empty conversation, for attachments that come before the first question. */
    begin: call(z.object({ workspaceId: Id }), Place),
    /** What was found for an answer, and what of it was sent. Fails with not_found for one without documents. */
    inspect: call(Place.extend({ messageId: Id }), SearchReport),
    remove: call(Place, Done),
    /** A place is looked at: what a question there will need is made ready meanwhile. Returns at once; nothing of it fails. */
    prepare: call(z.object({ workspaceId: Id, conversationId: Id.nullable(), presetId: Id.optional() }), Done),
    /** What is typed and not sent yet in a workspace, in every window. */
    drafts: stream(z.object({ workspaceId: Id }), DraftsUpdate),
    /** Keeps a draft in the encrypted file. Fails with disk_full. */
    keepDraft: call(Draft.extend({ workspaceId: Id }), Done),
    /** What the next question would cost; counted exactly when the model is loaded. */
    budget: call(
      z.object({
        workspaceId: Id,
        conversationId: Id.nullable(),
        draft: z.string().max(4 * mostQuestionCharacters),
        /** Of a conversation that does not exist yet. */
        presetId: Id.optional(),
        modelId: Id.optional(),
        scope: Scope.optional(),
        /** Answers the next question alone. */
        onceModelId: Id.optional(),
      }),
      Budget,
    ),
    /** Titles first, then messages, newest first; words of two letters and more, the last as a beginning. */
    search: call(z.object({ query: z.string().max(500), limit: z.number().int().min(1).max(200) }), z.array(SearchHit)),
    presets: stream(None, z.array(Preset)),
    /** Makes one when the id is unknown. Built-in presets are refused. */
    savePreset: call(Preset.omit({ builtIn: true }), Done),
    removePreset: call(z.object({ presetId: Id }), Done),
  },
  compare: {
    /** The newest first; `limit` rows at most, and how many there are. */
    list: stream(z.object({ workspaceId: Id, limit: z.number().int().min(1).max(10_000) }), listUpdateOf(ComparisonRow)),
    /** Every student with a vote, the most votes first. */
    scores: stream(z.object({ workspaceId: Id }), z.array(Score)),
    follow: stream(ComparisonPlace, ComparisonUpdate),
    /** Asks two or three students. When blind, the host shuffles them and keeps back who is who. Fails with model_missing. */
    ask: call(
      z.object({
        workspaceId: Id,
        question: Question,
        modelIds: z
          .array(Id)
          .min(2)
          .max(3)
          .refine((ids) => new Set(ids).size === ids.length),
        presetId: Id,
        blind: z.boolean(),
      }),
      ComparisonPlace,
    ),
    /** Stops one answer, or without a letter all of them. */
    stop: call(ComparisonPlace.extend({ letter: Letter.optional() }), Done),
    /** Asks a student again whose answer failed, was stopped or was interrupted, before the vote. */
    retry: call(ComparisonPlace.extend({ letter: Letter }), Done),
    /** Gives or changes the vote, and shows the names. Fails with busy while an answer is being written, invalid_input once it stands. */
    vote: call(ComparisonPlace.extend({ vote: Vote }), Done),
    /** Shows the names without a vote; a later one is not blind. */
    reveal: call(ComparisonPlace, Done),
    remove: call(ComparisonPlace, Done),
    /** Makes a conversation of the question and one answer. Fails with invalid_input while the names are kept back. */
    continue: call(ComparisonPlace.extend({ letter: Letter }), Place),
  },
  papers: {
    /** Words are about to be copied or printed, which happens in the page: noted, and refused before where something forbids it. */
    begin: call(z.object({ workspaceId: Id, way: z.enum(['copy', 'print']) }), Done),
    /**
     * Writes a paper into a folder under a name that is free there. `paper` refers to its JSON, which was sent in as a document and is spent then. Fails with not_found,
     * invalid_input, place_unwritable, disk_full, cancelled; nothing of the file stays then.
     */
    save: call(
      z.object({ workspaceId: Id, reference: Id, paper: Id, format: PaperFormat }),
      z.object({ name: z.string(), sizeBytes: Count }),
    ),
  },
  about: {
    /** What holds the parts of the program that read and compute, as they found out at their start. */
    walls: stream(None, WallsState),
  },
  desktop: {
    /** Opens the system's dialog for documents, several at once; empty when it was closed, or when this skin has none. */
    pickDocuments: call(None, z.array(Picked)),
    /**
     * Takes the next part of a document that a page holds (dropped, pasted), 1 MiB at most; the first comes without a reference. It lies
     * encrypted until it is added. `sizeBytes` is what has arrived; after the last part the reference is good for `documents.add`. Fails
     * with disk_full, not_found.
     */
    receive: call(
      z.object({ reference: Id.nullable(), name: z.string().max(1024), base64: z.string().max(1_400_000), last: z.boolean() }),
      Picked.extend({ sizeBytes: z.number() }),
    ),
    /** Takes a document back that is half sent, or was sent and not added: nothing of it stays. */
    takeBack: call(z.object({ reference: Id }), Done),
    /** Opens the system's dialog for an exported workspace; null when it was closed, or when this skin has none. */
    pickWorkspace: call(None, Picked.nullable()),
    state: call(None, DesktopState),
    /** Opens the system's file dialog; null when it was closed, or when this skin has none. */
    pickModel: call(None, z.object({ reference: Id, name: z.string(), sizeBytes: z.number() }).nullable()),
    /** Opens the system's dialog for a folder; null when it was closed, or when this skin has none. */
    pickFolder: call(None, Picked.nullable()),
    /** Opens the system's dialog for the file of a signing key; null when it was closed, or when this skin has none. */
    pickKey: call(None, Picked.nullable()),
    /** Opens the system's dialog for the data of a language that text in pictures is recognised in; null as above. */
    pickRecognition: call(None, Picked.nullable()),
    /** Opens the system's dialog for a catalogue; null as above. */
    pickCatalogue: call(None, Picked.nullable()),
    /** Folders that whoever started Alambic named, for skins without a dialog. */
    folders: call(None, z.array(Picked)),
    /** Says through the system that an answer has ended, in a sentence of the host's own; nothing while a window is in front, or where the skin cannot. */
    notify: call(None, Done),
    /**
     * Opens a web address, by https, or a mail address in the person's own program, once they have agreed outside of the page. Fails with invalid_input for any
     * other address, network_not_allowed, network_forbidden.
     */
    openLink: call(z.object({ url: z.url({ protocol: /^(https?|mailto)$/ }).max(2048) }), Done),
  },
} as const

/** The page's typed methods. */
export type Client = ClientOf<typeof contract>
/** What the host must answer. */
export type Handlers = HandlersOf<typeof contract>
