/** What went wrong, in English: one sentence or two for every code, right also when a fact is missing. */
import type { ErrorCode } from '../../contract/errors.ts'
import type { Format } from './format.ts'
import type { TroubleFacts } from './trouble-facts.ts'

/** The sentences. They say what happened and what can be done; what was kept is said where the work is. */
export function errorsInEnglish(format: Format): Record<ErrorCode, (facts: TroubleFacts) => string> {
  return {
    invalid_input: () => 'Alambic did not understand this request. Reload the page and try again.',
    not_found: () => 'This no longer exists.',
    cancelled: () => 'Stopped.',
    disconnected: () => 'The page lost its connection to Alambic. It reconnects by itself; then try again.',
    internal: ({ reference }) =>
      reference
        ? `Something went wrong inside Alambic. Reference in the log: ${reference}.`
        : 'Something went wrong inside Alambic. Details are in the log.',
    busy: () => 'Alambic is busy with something else. Try again in a moment.',
    managed: () => 'Your organisation has set this. It cannot be changed here.',
    disk_full: ({ neededBytes, freeBytes }) =>
      neededBytes !== undefined && freeBytes !== undefined
        ? `Not enough space on the disk: ${format.bytes(neededBytes)} are needed, ${format.bytes(freeBytes)} are free.`
        : 'The disk is full. Free some space and try again.',
    locked: () => 'Alambic is locked. Unlock it and try again.',
    vault_exists: () => 'There is already a history here. Reload the page to open it.',
    wrong_passphrase: ({ triesLeft }) =>
      triesLeft === undefined || triesLeft === 0
        ? 'Wrong passphrase.'
        : format.plural(triesLeft, {
            one: 'Wrong passphrase. One try left before a pause.',
            other: `Wrong passphrase. ${format.number(triesLeft)} tries left before a pause.`,
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
      'Alambic cannot write to its data folder, which it needs even for reading. Nothing is damaged. Make the folder writable, or copy it elsewhere and start Alambic with the copy.',
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
      `This model is in several files, and ${name ?? 'one of them'} is not with the others. Put them all in one folder and try again.`,
    model_truncated: () => 'The file is incomplete: the download or the copy was probably cut short. Download it again.',
    model_malformed: () =>
      'The file looks like a model, but its contents are inconsistent. Download it again from its publisher.',
    model_unknown_architecture: ({ architecture }) =>
      architecture
        ? `This version of Alambic cannot run models of the type “${architecture}”.`
        : 'This version of Alambic cannot run this type of model.',
    model_not_chat: () => 'This model was not made for conversation, so it cannot answer here.',
    model_wrong_hash: () => 'The file is not the one its publisher announced: its checksum differs.',
    model_too_big: ({ neededBytes, totalBytes }) =>
      neededBytes !== undefined && totalBytes !== undefined
        ? `Too big for this computer: it needs ${format.bytes(neededBytes)} of memory, and there are ${format.bytes(totalBytes)} in total.`
        : 'Too big for the memory of this computer.',
    adapter_no_base: ({ baseName }) =>
      baseName
        ? `This adapter works with the model “${baseName}”, which is not installed. Download or import that model first.`
        : 'This adapter works with another model, which is not installed. Download or import that model first.',
    adapter_other_base: ({ baseName, name }) =>
      baseName
        ? `This adapter was trained on “${baseName}”. It fits ${name ?? 'an installed model'}, but that has another name. On the wrong model, it answers nonsense.`
        : `This adapter does not say which model it was trained on. It fits ${name ?? 'an installed model'}. On the wrong model, it answers nonsense.`,
    clipboard_refused: () => 'Nothing was copied. Click into the page and try again.',
    file_unreadable: () => 'The file cannot be read. Check that it is still there and that you may open it.',
    place_unwritable: () =>
      'Alambic cannot write there: the folder is missing, read-only or somebody else’s. Put that right, then try again.',
    card_malformed: () =>
      'Alambic cannot read the model card that came with this model, so it was not kept. The model itself was imported.',
    card_wrong_file: () =>
      'The model card that came with this model describes another file, so it was not kept. The model itself was imported.',
    model_forbidden: ({ name }) =>
      name ? `Your organisation does not allow ${name} to be used.` : 'Your organisation does not allow this model to be used.',
    card_missing: ({ name }) =>
      name
        ? `${name} has no model card, and only models with one may be used here.`
        : 'This model has no model card, and only models with one may be used here.',
    card_unsigned: ({ name }) =>
      name
        ? `The model card of ${name} is not signed by a trusted key, and only models with a verified card may be used here.`
        : 'Its model card is not signed by a trusted key, and only models with a verified card may be used here.',
    bundle_missing: () => 'There is no bundle in this folder. A bundle is a folder with a file named manifest.json.',
    bundle_malformed: () => 'Alambic cannot read this bundle. Nothing was installed.',
    bundle_newer: () => 'This bundle was made by a newer version of Alambic, and this one cannot read it. Nothing was installed.',
    bundle_tampered: ({ name }) =>
      name
        ? `The file of ${name} does not match the bundle: it is missing, damaged or was replaced. Nothing was installed.`
        : 'A file does not match the bundle. Nothing was installed.',
    bundle_wrong_signature: () => 'This bundle was changed after it was signed. Nothing was installed.',
    bundle_not_vouched: () => 'Not signed by a trusted key. Nothing was installed.',
    bundle_must_be_signed: () =>
      'Not signed by a trusted key, and only signed bundles may be imported here. Nothing was installed.',
    bundle_gone: () => 'The USB drive is not there. Plug it in again, then try again; what was copied is kept.',
    key_unusable: () =>
      'This file has no usable signing key. A private ed25519 key in PEM format, without a passphrase, is needed.',
    document_encrypted: () => 'This file is protected by a password. Enter the password to read it.',
    document_wrong_password: () => 'Wrong password.',
    document_protected: () =>
      'Alambic cannot open this kind of protection. Open the file in its own program and save it without a password.',
    document_broken: () => 'This file is damaged and cannot be read. Open it in the program that made it and save it again.',
    document_empty: () => 'This file is empty.',
    document_unknown_format: () =>
      'Alambic cannot read this kind of file. It reads PDF, Word, PowerPoint, Excel, OpenDocument, RTF, EPUB, web pages, e-mail, calendars, contact cards, Markdown, CSV, JSON, XML and text.',
    document_too_big: ({ limit }) =>
      limit === undefined
        ? 'Once unpacked, this file is too large for Alambic.'
        : `This file is over the limit of ${format.bytes(limit)}.`,
    document_no_text: () => 'No text was found in this file. If it is a scan, use “Recognise text”.',
    document_gone: () => 'This document is no longer in the workspace.',
    document_part_unread: ({ missing }) =>
      missing === 'formulas'
        ? 'Some formulas of this workbook were never calculated, so their values are missing. Open it in a spreadsheet program, save it there and add it again.'
        : missing === 'encrypted'
          ? 'This e-mail is encrypted: only its receiver’s key opens the message. Open it in your mail program and save the message decrypted.'
          : 'Part of this file was left out: it is too long or cannot be read.',
    reader_died: () => 'This file made the reader stop. It was left out; nothing else was affected.',
    reader_hung: () => 'This file took too long to read and was left out.',
    folder_empty: () => 'Alambic cannot read any file in this folder.',
    folder_unreadable: () => 'This folder is missing or cannot be read.',
    backup_folder_gone: () => 'The backup folder is missing. Connect the disk or the shared folder, then try again.',
    backup_folder_refused: () => 'Alambic may not write to the backup folder. Choose another one.',
    backup_unverified: () => 'A copy could not be read back, so this backup does not count. Earlier ones are untouched.',
    backup_malformed: () => 'This is not a backup, or it is damaged.',
    backup_newer: () => 'This backup was made by a newer version of Alambic. Install that version to open it.',
    backup_not_opened: () => 'This vault cannot open that backup. Use its recovery code, or the passphrase at that time.',
    recovery_code_wrong: ({ group }) =>
      group === undefined
        ? 'This is not the recovery code of that backup.'
        : `The code is mistyped: check group ${format.number(group)}.`,
    workspace_damaged: () => 'This workspace cannot be opened. Its page under Workspaces says why.',
    workspace_archived: () => 'This workspace is archived. Open it again first.',
    workspace_file_malformed: () => 'This is not an exported workspace, or the file is damaged.',
    workspace_file_newer: () => 'This workspace was exported by a newer version of Alambic. Install that version to open it.',
    nothing_rescued: () => 'Nothing in this workspace can be read any more.',
    porter_died: () => 'Opening this file failed: it may be damaged. Nothing was taken from it.',
    recognition_data_wrong: ({ reason, name }) =>
      ({
        name: 'The file name does not say which language it is for. Keep the publisher’s name, such as deu.traineddata.',
        shipped: 'This language is already included with Alambic.',
        too_big: 'This file is too large for a language.',
        malformed: 'This is not a Tesseract language file, or it is damaged. Download it again.',
        no_network: 'This file works only with older versions of Tesseract. Take the one from the “fast” or “best” collection.',
        unusable: 'Tesseract cannot use this file, so it was not kept.',
        changed: `The file of a language (${name ?? '?'}) is not the one that was checked, so it is not used. Add it again under Settings, Documents.`,
      })[reason ?? 'unusable'],
    recognition_language_missing: ({ name }) =>
      `The file of a language (${name ?? '?'}) is missing. Add it under Settings, Documents.`,
    no_embedder: () => 'No search model is installed, so documents are searched by keywords only.',
    catalogue_unreadable: ({ detail }) =>
      detail ? `Alambic cannot read this catalogue (${detail}).` : 'Alambic cannot read this catalogue.',
    catalogue_unsigned: () =>
      'Not signed by a trusted key: there is no signature in this catalogue, nor in a .sig file next to it.',
    catalogue_unknown_key: () => 'This catalogue is signed with an unknown key. Enter your organisation’s public key first.',
    catalogue_tampered: () => 'This catalogue was changed after it was signed.',
    catalogue_expired: ({ at }) =>
      at === undefined
        ? 'This catalogue has expired. Ask its publisher for a newer one.'
        : `This catalogue was valid until ${format.day(at)}. Ask its publisher for a newer one.`,
    catalogue_older: ({ version, known }) =>
      version !== undefined && known !== undefined
        ? `This is version ${format.number(version)} of the catalogue, but you have already had version ${format.number(known)}. An older one is never used.`
        : 'You have already had a newer catalogue. An older one is never used.',
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
      host ? `The permission to connect to ${host} has expired.` : 'The permission to connect to this server has expired.',
    network_unreachable: ({ host }) =>
      host ? `${host} cannot be reached right now.` : 'The server cannot be reached right now.',
    network_untrusted: ({ host }) =>
      host
        ? `${host} could not prove its identity, so nothing was downloaded. In an organisation, its certificate authority may have to be added under Settings, Privacy.`
        : 'The server could not prove its identity, so nothing was downloaded.',
    network_status: ({ host, status }) =>
      host && status !== undefined ? `${host} refused the file (HTTP ${status}).` : 'The server refused the file.',
    download_changed: ({ host }) =>
      `${host ?? 'The server'} now has another file than the one announced. What was downloaded is kept; try again later, or from another server.`,
    download_wrong: ({ host }) => `${host ?? 'The server'} sent the wrong part of the file. Try again later.`,
    download_not_the_file: ({ host }) =>
      `${host ?? 'The server'} sent something other than the file, perhaps the network’s sign-in page. The download resumes once the file arrives.`,
    download_unverifiable: ({ name }) => `No published checksum${name ? ` for ${name}` : ''}: not downloaded.`,
    out_of_memory: ({ neededBytes, freeBytes }) =>
      neededBytes !== undefined && freeBytes !== undefined
        ? `Not enough free memory: ${format.bytes(neededBytes)} are needed, ${format.bytes(freeBytes)} are free. Close other programs, or choose a smaller model or context.`
        : 'Not enough free memory. Close other programs, or choose a smaller model or context.',
    engine_died: () => 'The engine stopped unexpectedly and was restarted. You can ask again.',
    engine_hung: () => 'The engine stopped responding and was restarted. You can ask again.',
    engine_failed: ({ detail }) =>
      detail ? `The engine could not use this model: ${detail}` : 'The engine could not use this model.',
    backend_failed: ({ detail }) =>
      detail ? `This hardware cannot be used here: ${detail}` : 'This hardware cannot be used here.',
    state_not_kept: () => 'What the model had read of this conversation could not be kept; it will be read again.',
    no_model: () => 'No model is installed. Import or download one under Models.',
    prompt_too_long: ({ promptTokens, room }) =>
      promptTokens !== undefined && room !== undefined
        ? `The question alone takes ${format.number(promptTokens)} tokens, and there is room for ${format.number(room)}. Shorten it, or raise the context size in the settings.`
        : 'The question is longer than the model’s context. Shorten it, or raise the context size in the settings.',
  }
}
