/** The contract answered, one line a method: the audited list of everything a page can make the host do. */
import type { AuditLog } from './audit/audit-log.ts'
import type { BackupPlace } from '../../contract/backup.ts'
import type { Handlers } from '../../contract/contract.ts'
import type { WorkerWalls } from './base/worker-walls.ts'
import type { Desktop, References } from './desktop.ts'
import type { IncomingDocuments } from './incoming-documents.ts'
import type { OpenedAreas } from './make-areas.ts'
import { cancelBundle, watchBundles } from './models/bundles/bundles.ts'
import { watchLineages } from './models/lineages.ts'
import { watchFits } from './runtime/fits.ts'
import { noticeWords } from './notice-words.ts'
import { exportPolicies } from './settings/policy-export.ts'
import type { PolicyWatch } from './settings/policy-watch.ts'
import type { SettingsArea } from './settings/settings-area.ts'
import { listSets } from './vault/backup/listed-sets.ts'
import { contentsOf, type OpenedSet } from './vault/backup/restoring.ts'
import type { Vault } from './vault/vault.ts'

/** What the handlers act on. `opened` throws `locked` while the vault is. */
export interface Actors {
  vault: Vault
  settings: SettingsArea
  audit: AuditLog
  policyWatch: PolicyWatch
  desktop: Desktop
  walls: WorkerWalls
  references: References
  incomingDocuments: IncomingDocuments
  opened: () => OpenedAreas
}

export function createHandlers({
  vault,
  settings,
  audit,
  policyWatch,
  desktop,
  walls,
  references,
  incomingDocuments,
  opened,
}: Actors): Handlers {
  const setsIn = (reference: string | null): string =>
    reference === null ? opened().backup.folder : references.resolve(reference)
  const openSet = ({ reference, sequence, key }: BackupPlace): Promise<OpenedSet> =>
    vault.backups.open({ folder: setsIn(reference), sequence, key })
  const named = (path: string | null) => (path === null ? null : references.named(path))
  const described = (path: string | null) => (path === null ? null : references.describe(references.issue(path)))
  return {
    vault: {
      state: (_none, { signal }) => vault.state.watch(signal),
      greet: () => ({ publicKey: vault.publicKey }),
      create: (protection) => vault.create(protection),
      unlock: ({ passphrase }) => vault.unlock(passphrase),
      lock: () => vault.lock(),
      protect: ({ current, next, reencrypt = false }) =>
        vault.protect({ ...(current === undefined ? {} : { current }), next, reencrypt }),
      keys: (_none, { signal }) => vault.upkeep.state.watch(signal),
      estimate: () => vault.upkeep.estimate(),
      reencrypt: () => vault.upkeep.reencrypt(),
      stopReencryption: () => vault.upkeep.stopReencryption(),
      confirmPutBack: () => vault.upkeep.confirmPutBack(),
      restore: ({ backupId }) => vault.restore(backupId),
      restoreBackup: ({ reference, sequence, key, protection }) =>
        vault.restoreBackup({ folder: references.resolve(reference), sequence, key }, protection),
      backupSets: ({ reference }) => listSets(references.resolve(reference), null),
      startOver: () => vault.startOver(),
      touch: () => {
        policyWatch.somebodyIsHere()
        vault.touch()
      },
    },
    settings: {
      state: (_none, { signal }) => settings.state.watch(signal),
      managed: (_none, { signal }) => settings.managed.watch(signal),
      findings: (_none, { signal }) => settings.findings.watch(signal),
      set: (change) => settings.set(change),
      export: ({ reference, format }) => exportPolicies(references.resolve(reference), format, settings.values),
    },
    workspaces: {
      list: (_none, { signal }) => opened().workspaces.state.watch(signal),
      make: ({ name }) => opened().workspaces.make(name),
      configure: (change) => opened().workspaces.configure(change),
      archive: ({ workspaceId, archived }) => opened().workspaces.archive(workspaceId, archived),
      reopen: ({ workspaceId }) => opened().workspaces.reopen(workspaceId),
      putBack: ({ workspaceId, copyId }) => opened().workspaces.putBack(workspaceId, copyId),
      rescue: ({ workspaceId, name }) => opened().workspaces.rescue(workspaceId, name),
      erase: async ({ workspaceId }) => {
        await opened().workspaces.erase(workspaceId)
        await opened().backup.forgetErased()
      },
      export: ({ workspaceId, reference, passphrase }) => opened().workspaces.export(workspaceId, reference, passphrase),
      stopExport: ({ workspaceId }) => opened().workspaces.stopExport(workspaceId),
      import: ({ reference, passphrase }) => opened().workspaces.import(reference, passphrase),
      stopImport: ({ reference }) => opened().workspaces.stopImport(reference),
    },
    backup: {
      state: (_none, { signal }) => opened().backup.state.watch(signal),
      begin: ({ workspaceIds }) => opened().backup.begin(workspaceIds),
      stop: () => opened().backup.stop(),
      configure: ({ reference, ...plan }) =>
        opened().backup.configure({ ...plan, folder: reference ? references.resolve(reference) : reference }),
      newCode: ({ publicKey }) => opened().backup.newCode(publicKey),
      confirmCode: () => opened().backup.confirmCode(),
      mentioned: () => opened().backup.mentioned(),
      sets: ({ reference }) =>
        reference === null ? opened().backup.sets() : listSets(references.resolve(reference), vault.backups.vaultId),
      open: async (place) => contentsOf(await openSet(place)),
      restore: async ({ workspaceIds, ...place }) => opened().workspaces.takeBack(await openSet(place), workspaceIds),
      putBack: async ({ workspaceId, ...place }) => opened().workspaces.putBackFromSet(await openSet(place), workspaceId),
    },
    documents: {
      list: (query, { signal }) => opened().documents.list(query, signal),
      summary: ({ workspaceId }, { signal }) => opened().documents.summary(workspaceId, signal),
      add: (files) => opened().documents.add(files),
      paste: (text) => opened().documents.paste(text),
      remove: ({ workspaceId, documentIds }) => opened().documents.remove(workspaceId, documentIds),
      pause: ({ workspaceId, paused }) => opened().documents.pause(workspaceId, paused),
      readAgain: (wish) => opened().documents.readAgain(wish),
      recognise: (wish) => opened().documents.recognise(wish),
      watchFolder: ({ workspaceId, reference }) => opened().documents.watchFolder(workspaceId, reference),
      forgetFolder: ({ workspaceId, folderId, keep }) => opened().documents.forgetFolder(workspaceId, folderId, keep),
      text: (part) => opened().documents.text(part),
      locate: (quotation) => opened().documents.locate(quotation),
      bytes: (part) => opened().documents.bytes(part),
    },
    recognition: {
      languages: (_none, { signal }) => opened().recognition.state.watch(signal),
      add: ({ reference }, { signal }) => opened().recognition.add(reference, signal),
      remove: ({ language }) => opened().recognition.remove(language),
    },
    retrieval: {
      state: ({ workspaceId }, { signal }) => opened().retrieval.watch(workspaceId, signal),
      search: (input, { signal }) => opened().retrieval.search({ ...input, conversationId: null, documents: true }, signal),
    },
    questions: {
      state: ({ workspaceId }, { signal }) => opened().questions.watch(workspaceId, signal),
      save: ({ workspaceId, question }) => opened().questions.save(workspaceId, question),
      remove: ({ workspaceId, questionId }) => opened().questions.remove(workspaceId, questionId),
      run: ({ workspaceId, answers }) => opened().questions.run(workspaceId, answers),
      stop: ({ workspaceId }) => opened().questions.stop(workspaceId),
    },
    models: {
      state: (_none, { signal }) => opened().models.state.watch(signal),
      import: ({ reference, ...how }) => opened().models.import(reference, how),
      neighbours: () => opened().models.neighbours(),
      cancelImport: ({ importId }) => opened().models.cancelImport(importId),
      remove: async ({ modelId }) => {
        await opened().runtime.letGo(modelId)
        await opened().models.remove(modelId)
        opened().states.modelRemoved(modelId)
      },
      drafts: ({ modelId }) => opened().models.drafts(modelId),
      setDraft: async ({ modelId, draftId }) => {
        await opened().models.setDraft(modelId, draftId)
        opened().runtime.measureAgain(modelId)
      },
      lineages: (_none, { signal }) => watchLineages({ ...opened(), settings }, signal),
      inspectBundles: ({ reference }) => opened().bundleImports.inspect(reference),
      importBundle: ({ reference, insist }) => opened().bundleImports.begin(reference, { insist }),
      exportBundle: (wish) => opened().bundleExports.begin(wish),
      bundles: (_none, { signal }) => watchBundles(opened(), signal),
      resumeBundle: ({ workId }) => opened().bundleImports.resume(workId),
      cancelBundle: ({ workId }) => cancelBundle(opened(), workId),
      catalogue: (_none, { signal }) => opened().catalogues.state.watch(signal),
      checkCatalogue: () => opened().catalogues.check(),
      takeCatalogue: ({ reference }) => opened().catalogues.takeFile(reference),
      forgetCatalogues: () => opened().catalogues.forget(),
      downloads: (_none, { signal }) => opened().downloads.state.watch(signal),
      download: ({ studentId }) => opened().downloads.begin(opened().catalogues.student(studentId)),
      pauseDownload: ({ downloadId }) => opened().downloads.pause(downloadId),
      resumeDownload: ({ downloadId }) => opened().downloads.resume(downloadId),
      cancelDownload: ({ downloadId }) => opened().downloads.cancel(downloadId),
    },
    audit: {
      verify: () => audit.verify(),
      export: ({ reference }) => audit.export(references.resolve(reference)),
    },
    network: {
      door: ({ limit }, { signal }) => opened().network.door(limit, signal),
      withdraw: ({ purpose, address }) => opened().network.grants.withdraw(purpose, address),
      leaveQuestion: () => opened().desk.leave(),
    },
    runtime: {
      state: (_none, { signal }) => opened().comparisons.veiled(opened().runtime.watch(signal)),
      load: ({ modelId, insist }) => opened().runtime.load(modelId, { insist: insist === true }),
      unload: ({ modelId }) => opened().runtime.unload(modelId),
      hardware: (_none, { signal }) => opened().hardware.watch(signal),
      tryHardware: () => opened().hardware.tryAgain(),
      measureAgain: ({ modelId }) => opened().runtime.measureAgain(modelId),
      fits: (_none, { signal }) => watchFits({ ...opened(), settings, hidden: () => opened().comparisons.hidden }, signal),
    },
    chat: {
      list: ({ workspaceId, limit }, { signal }) => opened().chat.list(workspaceId, limit, signal),
      follow: (place, { signal }) => opened().chat.follow(place, signal),
      send: (question) => opened().chat.send(question),
      stop: (place) => opened().chat.stop(place),
      retry: (answer) => opened().chat.retry(answer),
      continue: (answer) => opened().chat.continue(answer),
      edit: (answer) => opened().chat.edit(answer),
      choose: (message) => opened().chat.choose(message),
      rename: (change) => opened().chat.rename(change),
      pin: (change) => opened().chat.pin(change),
      configure: (change) => opened().chat.configure(change),
      begin: ({ workspaceId }) => opened().chat.begin(workspaceId),
      inspect: (answer) => opened().chat.inspect(answer),
      remove: (place) => opened().chat.remove(place),
      prepare: (place, { caller }) => opened().chat.prepare(place, caller),
      drafts: ({ workspaceId }, { signal }) => opened().drafts.follow(workspaceId, signal),
      keepDraft: ({ workspaceId, ...draft }) => opened().drafts.keep(workspaceId, draft),
      budget: (draft) => opened().chat.budget(draft),
      search: ({ query, limit }) => opened().chat.search(query, limit),
      presets: (_none, { signal }) => opened().presets.state.watch(signal),
      savePreset: (preset) => opened().presets.save(preset),
      removePreset: ({ presetId }) => opened().presets.remove(presetId),
    },
    compare: {
      list: ({ workspaceId, limit }, { signal }) => opened().comparisons.list(workspaceId, limit, signal),
      scores: ({ workspaceId }, { signal }) => opened().comparisons.scores(workspaceId, signal),
      follow: (place, { signal }) => opened().comparisons.follow(place, signal),
      ask: (question) => opened().comparisons.ask(question),
      stop: (answer) => opened().comparisons.stop(answer),
      retry: (answer) => opened().comparisons.retry(answer),
      vote: (vote) => opened().comparisons.vote(vote),
      reveal: (place) => opened().comparisons.reveal(place),
      remove: (place) => opened().comparisons.remove(place),
      continue: (answer) => opened().comparisons.continue(answer),
    },
    papers: {
      // Whether it may be is decided before this is asked.
      begin: () => void opened(),
      save: ({ workspaceId: _workspaceId, ...paper }, { signal }) => opened().papers.save(paper, signal),
    },
    about: {
      walls: (_none, { signal }) => walls.state.watch(signal),
    },
    desktop: {
      state: () => desktop.state(),
      pickModel: async () => described(await desktop.pickModelFile()),
      pickFolder: async () => named(await desktop.pickFolder()),
      pickCatalogue: async () => named(await desktop.pickCatalogueFile()),
      pickRecognition: async () => named(await desktop.pickRecognitionFile()),
      pickKey: async () => named(await desktop.pickKeyFile()),
      pickDocuments: async () => (await desktop.pickDocumentFiles()).map((path) => references.named(path)),
      pickWorkspace: async () => named(await desktop.pickWorkspaceFile()),
      receive: (part) => incomingDocuments.takePart(part),
      takeBack: ({ reference }) => incomingDocuments.takeBack(reference),
      notify: () => desktop.notify(noticeWords[settings.values.language]),
      folders: () => desktop.folders().map((path) => references.named(path)),
      openLink: ({ url }) => opened().links.open(url),
    },
  }
}
