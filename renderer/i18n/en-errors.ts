/** What went wrong, in English: one sentence or two for every code, right also when a fact is missing. */
import type { ErrorCode } from '../../contract/errors.ts'
import type { Format } from './format.ts'
import type { TroubleFacts } from './trouble-facts.ts'

/** The sentences. They say what happened and what can be done; what was kept is said where the work is. */
export function errorsInEnglish(format: Format): Record<ErrorCode, (facts: TroubleFacts) => string> {
  return {
    invalid_input: () => 'Alambic did not understand this request. Reload the page and try again.',
    not_found: () => 'This is not here any more.',
    cancelled: () => 'Stopped.',
    disconnected: () => 'The page lost its connection to Alambic. It reconnects by itself; then try again.',
    internal: ({ reference }) =>
      reference
        ? `Something went wrong inside Alambic. The log keeps it under the reference ${reference}.`
        : 'Something went wrong inside Alambic. The log keeps the details.',
    busy: () => 'Alambic is busy with something else. Try again in a moment.',
    managed: () => 'Your organisation has set this. It cannot be changed here.',
    disk_full: ({ neededBytes, freeBytes }) =>
      neededBytes !== undefined && freeBytes !== undefined
        ? `Not enough room on the disk: ${format.bytes(neededBytes)} are needed, ${format.bytes(freeBytes)} are free.`
        : 'The disk is full. Free some room and try again.',
    locked: () => 'Alambic is locked. Unlock it and try again.',
    vault_exists: () => 'There is a history here already. Reload the page to open it.',
    wrong_passphrase: ({ triesLeft }) =>
      triesLeft === undefined || triesLeft === 0
        ? 'Not the passphrase.'
        : format.plural(triesLeft, {
            one: 'Not the passphrase. One try left before a pause.',
            other: `Not the passphrase. ${format.number(triesLeft)} tries left before a pause.`,
          }),
    too_many_tries: ({ retryAt }) =>
      retryAt === undefined
        ? 'Too many wrong tries. Wait a moment.'
        : `Too many wrong tries. You can try again at ${format.clock(retryAt)}.`,
    weak_passphrase: () =>
      'This passphrase is too short or too easy to guess. It needs at least 8 characters; a few unrelated words are best.',
    keychain_unavailable: ({ trouble }) =>
      trouble === undefined
        ? 'This computer’s keychain cannot be used. A passphrase always works.'
        : {
            no_library: 'This system has no keychain library (libsecret). A passphrase always works.',
            no_service: 'No keychain is running in this session. A passphrase always works.',
            locked: 'This computer’s keychain is locked. Unlock it, then try again.',
            timeout: 'This computer’s keychain did not answer in time. It may be waiting for you in another window.',
            refused: 'This computer’s keychain refused to keep the key. A passphrase always works.',
          }[trouble],
    vault_damaged: () => 'The encrypted history cannot be opened. Nothing has been changed.',
    vault_read_only: () =>
      'Alambic cannot write into its data folder, and needs to even to read. Nothing in it is damaged. Make the folder writable, or copy it to a disk where you may write and start Alambic with the copy.',
    vault_from_future: () => 'This history was written by a newer version of Alambic. Install that version to open it.',
    model_missing: ({ name }) =>
      name
        ? `The file of ${name} is gone. Somebody moved or deleted it.`
        : 'The model’s file is gone. Somebody moved or deleted it.',
    model_changed: ({ name }) =>
      name
        ? `The file of ${name} is not the one that was checked, so it is not used.`
        : 'The model’s file is not the one that was checked, so it is not used.',
    model_not_gguf: () => 'This file is not a model. Alambic reads GGUF files; their names usually end in .gguf.',
    model_part_missing: ({ name }) =>
      `This model is in several files, and ${name ?? 'one of them'} is not beside the others. Put all of them in one folder and try again.`,
    model_truncated: () => 'The file ends too early: the download or the copy was probably cut short. Fetch it again.',
    model_malformed: () => 'The file says it is a model, but its contents do not add up. Fetch it again from its publisher.',
    model_unknown_architecture: ({ architecture }) =>
      architecture
        ? `This version of Alambic does not know models of the kind “${architecture}”.`
        : 'This version of Alambic does not know this kind of model.',
    model_not_chat: () => 'This model was not made for conversation, so it cannot answer here.',
    model_wrong_hash: () => 'The file is not the one that its publisher announced: its checksum differs.',
    model_too_big: ({ neededBytes, totalBytes }) =>
      neededBytes !== undefined && totalBytes !== undefined
        ? `Too big for this machine: it needs ${format.bytes(neededBytes)} of memory, there are ${format.bytes(totalBytes)} in all.`
        : 'Too big for the memory of this machine.',
    adapter_no_base: ({ baseName }) =>
      baseName
        ? `This student is an addition to the model “${baseName}”, and no model here fits it. Fetch or import that model first.`
        : 'This student is an addition to another model, and no model here fits it. Fetch or import that model first.',
    adapter_other_base: ({ baseName, name }) =>
      baseName
        ? `This student was trained on “${baseName}”. It has the shape of ${name ?? 'a model here'}, which calls itself otherwise. On the wrong model it answers nonsense.`
        : `This student does not say which model it was trained on. It has the shape of ${name ?? 'a model here'}. On the wrong model it answers nonsense.`,
    file_unreadable: () => 'The file cannot be read. Check that it is still there and that you may open it.',
    card_malformed: () =>
      'The lineage card that came with the model is not one that Alambic can read, so it was not kept. The model itself is here.',
    card_wrong_file: () =>
      'The lineage card that came with the model describes another file, so it was not kept. The model itself is here.',
    card_missing: ({ name }) =>
      name
        ? `${name} has no lineage card, and only models with one may be used here.`
        : 'This model has no lineage card, and only models with one may be used here.',
    card_unsigned: ({ name }) =>
      name
        ? `Nobody whom this computer trusts vouches for the lineage card of ${name}, and only verified ones may be used here.`
        : 'Nobody whom this computer trusts vouches for this model’s lineage card, and only verified ones may be used here.',
    bundle_missing: () => 'There is no bundle in this folder. A bundle is a folder with a file named manifest.json.',
    bundle_malformed: () => 'This is not a bundle that Alambic can read. Nothing was installed.',
    bundle_newer: () =>
      'This bundle was made by a newer version of Alambic and holds things that this one does not know. Nothing was installed.',
    bundle_tampered: ({ name }) =>
      name
        ? `The file of ${name} is not the one that the bundle announces: it is missing, damaged or was exchanged. Nothing was installed.`
        : 'A file is not the one that the bundle announces. Nothing was installed.',
    bundle_wrong_signature: () => 'This bundle was changed after it was signed. Nothing was installed.',
    bundle_not_vouched: () => 'Nobody whom this computer trusts vouches for this bundle. Nothing was installed.',
    bundle_must_be_signed: () =>
      'Nobody whom this computer trusts signed this bundle, and only signed ones come in here. Nothing was installed.',
    bundle_gone: () => 'The stick is not there. Put it in again, then try again; what was copied stays.',
    key_unusable: () =>
      'This file holds no key that can sign. A private ed25519 key in PEM form, without a passphrase, is needed.',
    document_encrypted: () => 'This file is protected by a password. Enter it to have the file read.',
    document_wrong_password: () => 'This is not the file’s password.',
    document_protected: () =>
      'This file is protected in a way that Alambic cannot open. Open it in its own program and save it without its password.',
    document_broken: () => 'This file is damaged and cannot be read. Open it in the program that made it and save it again.',
    document_empty: () => 'This file is empty.',
    document_unknown_format: () =>
      'Alambic cannot read this kind of file. It reads PDF, Word, PowerPoint, Excel, OpenDocument, RTF, EPUB, web pages, e-mail, calendars, contact cards, Markdown, CSV, JSON, XML and text.',
    document_too_big: ({ limit }) =>
      limit === undefined
        ? 'This file unpacks to more than Alambic reads.'
        : `This file is larger than the ${format.bytes(limit)} that Alambic reads.`,
    document_no_text: () => 'No text was found in this file. If it is a scan, have its text recognised.',
    document_gone: () => 'This document is not in the workspace any more.',
    document_part_unread: ({ missing }) =>
      missing === 'formulas'
        ? 'Some formulas of this workbook were never calculated, so their values are not in it. Open it in a spreadsheet program, save it there and add it again.'
        : missing === 'encrypted'
          ? 'This e-mail is encrypted: only its receiver’s key opens the message. Open it in your mail program and save the message decrypted.'
          : 'Part of this file was left out: it is longer than Alambic reads, or holds something that cannot be read.',
    reader_died: () => 'Reading this file stopped the reader. The file was left out; nothing else was affected.',
    reader_hung: () => 'This file took too long to read and was left out.',
    folder_empty: () => 'There is no file in this folder that Alambic can read.',
    folder_unreadable: () => 'This folder is not there or cannot be read.',
    backup_folder_gone: () => 'The folder for backups is not there. Connect the disk or the shared folder, then try again.',
    backup_folder_refused: () => 'Alambic may not write to the folder for backups. Choose another one.',
    backup_unverified: () => 'A copy could not be read back, so this backup does not count. Earlier ones are untouched.',
    backup_malformed: () => 'This backup is damaged, or is none.',
    backup_newer: () => 'This backup was made by a newer version of Alambic. Install that version to open it.',
    backup_not_opened: () => 'This vault does not open that backup. Use its recovery code, or the passphrase of that time.',
    recovery_code_wrong: ({ group }) =>
      group === undefined
        ? 'This is not the recovery code of that backup.'
        : `The code is mistyped: check group ${format.number(group)}.`,
    workspace_damaged: () => 'This workspace cannot be opened. Its page under Workspaces says why.',
    workspace_archived: () => 'This workspace is archived. Open it again first.',
    workspace_file_malformed: () => 'This is not an exported workspace, or it was damaged on its way.',
    workspace_file_newer: () => 'This workspace was exported by a newer version of Alambic. Install that version to open it.',
    nothing_rescued: () => 'Nothing of this workspace can be read any more.',
    porter_died: () =>
      'Opening this file stopped the process that opens files from elsewhere: it may be damaged. Nothing of it was taken in.',
    recognition_data_wrong: ({ reason, name }) =>
      ({
        name: 'The name of this file does not say which language it is for. It must be as its publisher gave it, such as deu.traineddata.',
        shipped: 'This language comes with Alambic; nothing has to be added.',
        too_big: 'This file is larger than the data of any language.',
        malformed: 'This file holds no data of tesseract’s, or was damaged on its way. Fetch it again.',
        no_network: 'This file is made for older versions of tesseract only. Take the one from its collections “fast” or “best”.',
        unusable: 'Tesseract cannot work with this file, so it was not kept.',
        changed: `The data of a language (${name ?? '?'}) are not those that were checked, so they are not used. Add them again under Settings, Documents.`,
      })[reason ?? 'unusable'],
    recognition_language_missing: ({ name }) =>
      `The data of a language (${name ?? '?'}) are not here. Add them under Settings, Documents.`,
    no_embedder: () => 'No embedder is installed, so documents are searched by their words alone.',
    catalogue_unreadable: ({ detail }) =>
      detail ? `This is not a catalogue that Alambic can read (${detail}).` : 'This is not a catalogue that Alambic can read.',
    catalogue_unsigned: () =>
      'Nobody signed this catalogue: its signatures are neither inside it nor in a file beside it whose name ends in .sig.',
    catalogue_unknown_key: () =>
      'This catalogue is signed by a key that is not trusted here. Your organisation’s public key has to be entered first.',
    catalogue_tampered: () => 'This catalogue is not the one that was signed. Somebody changed it on its way.',
    catalogue_expired: ({ at }) =>
      at === undefined
        ? 'The time of this catalogue is over. Ask its publisher for a newer one.'
        : `This catalogue was good until ${format.day(at)}. Ask its publisher for a newer one.`,
    catalogue_older: ({ version, known }) =>
      version !== undefined && known !== undefined
        ? `This is version ${format.number(version)} of the catalogue, and version ${format.number(known)} was here already. An older one is never taken.`
        : 'A newer catalogue was here already. An older one is never taken.',
    network_closed: ({ host }) =>
      host
        ? `Alambic may not connect to ${host}: the server redirected to an address that was not allowed.`
        : 'Alambic may not connect to this address.',
    network_not_allowed: ({ host }) =>
      host ? `You have not allowed Alambic to connect to ${host}.` : 'You have not allowed Alambic to connect to this server.',
    network_forbidden: ({ host }) =>
      host
        ? `Your organisation does not allow connections to ${host}.`
        : 'Your organisation does not allow connections to this server.',
    network_ended: ({ host }) =>
      host ? `The permission to connect to ${host} has ended.` : 'The permission to connect to this server has ended.',
    network_unreachable: ({ host }) => (host ? `${host} cannot be reached just now.` : 'The server cannot be reached just now.'),
    network_untrusted: ({ host }) =>
      host
        ? `${host} could not prove who it is, so nothing was fetched. Inside an organisation its certificate authority may have to be added under Settings, Privacy.`
        : 'The server could not prove who it is, so nothing was fetched.',
    network_status: ({ host, status }) =>
      host && status !== undefined
        ? `${host} does not give this file (answer ${status}).`
        : 'The server does not give this file.',
    download_changed: ({ host }) =>
      `${host ?? 'The server'} now has another file than the one that was announced. What is here stays; try again later, or from another server.`,
    download_wrong: ({ host }) => `${host ?? 'The server'} sent another part of the file than was asked for. Try again later.`,
    download_not_the_file: ({ host }) =>
      `${host ?? 'The server'} sent something other than the file, perhaps the network’s sign-in page. The download goes on when the file comes.`,
    download_unverifiable: ({ name }) =>
      `Nobody says what the file${name ? ` of ${name}` : ''} must be, so it cannot be checked and is not fetched.`,
    out_of_memory: ({ neededBytes, freeBytes }) =>
      neededBytes !== undefined && freeBytes !== undefined
        ? `Not enough free memory: ${format.bytes(neededBytes)} are needed, ${format.bytes(freeBytes)} are free. Close other programs, or choose a smaller model or context.`
        : 'Not enough free memory. Close other programs, or choose a smaller model or context.',
    engine_died: () => 'The engine stopped unexpectedly. It has been started again, so the next question works.',
    engine_hung: () =>
      'The engine did not answer any more and was stopped. It has been started again, so the next question works.',
    engine_failed: ({ detail }) =>
      detail ? `The engine could not use this model: ${detail}` : 'The engine could not use this model.',
    backend_failed: ({ detail }) =>
      detail ? `This way of computing does not work here: ${detail}` : 'This way of computing does not work here.',
    state_not_kept: () => 'What was read of this conversation could not be kept; it will be read again.',
    no_model: () => 'There is no model to answer. Import or download one under Models.',
    prompt_too_long: ({ promptTokens, room }) =>
      promptTokens !== undefined && room !== undefined
        ? `The question alone takes ${format.number(promptTokens)} tokens, and there is room for ${format.number(room)}. Shorten it, or raise the context size in the settings.`
        : 'The question is longer than the model’s context. Shorten it, or raise the context size in the settings.',
  }
}
