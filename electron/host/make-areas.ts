/**
 * How the areas of an open vault are made: one table, bottom-up, room by room in the order of the ladder. Whatever holds a handle, file or
 * timer is given to the closer at birth. What there is, and of which type, is derived from here.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Closer } from './base/closer.ts'
import { watchAny } from './base/watch-any.ts'
import type { TrustedKey } from './base/signed-value.ts'
import type { AuditLog } from './audit/audit-log.ts'
import { AuditNotes } from './audit-notes.ts'
import { Asking } from './chat/answers/asking.ts'
import { Chat } from './chat/chat.ts'
import { Comparisons } from './chat/compare/comparisons.ts'
import { ConversationStates } from './chat/conversations/conversation-states.ts'
import { Drafts } from './chat/conversations/drafts.ts'
import { Presets } from './chat/conversations/presets.ts'
import { QuestionAsker } from './chat/quality/question-asker.ts'
import { Questions } from './chat/quality/questions.ts'
import { StudentChoice } from './chat/answers/student-choice.ts'
import type { Desktop, References } from './desktop.ts'
import type { Log } from './log.ts'
import { Catalogues } from './models/catalogue/catalogues.ts'
import { BundleExports } from './models/bundles/bundle-exports.ts'
import { BundleImports } from './models/bundles/bundle-imports.ts'
import { Downloads } from './models/downloads/downloads.ts'
import { LineageCards } from './models/lineage/lineage-cards.ts'
import { ModelFiles } from './models/library/model-files.ts'
import { Models } from './models/models.ts'
import type { WorkerLimits } from './base/worker-keeper.ts'
import type { WorkerProcess } from './base/worker-process.ts'
import { StartedProcesses } from './base/started-processes.ts'
import type { WorkerWalls } from './base/worker-walls.ts'
import { Papers } from './papers/papers.ts'
import type { EngineFiles } from './runtime/fork-engine.ts'
import { withCard, type MemoryReading } from './runtime/memory.ts'
import { Hardware, type HardwareOptions } from './runtime/hardware.ts'
import { machineName, Measurements } from './runtime/measurements.ts'
import { Embedder } from './runtime/embedder.ts'
import { readPower } from './runtime/machine-facts.ts'
import { ReadingSpeed } from './runtime/reading-speed.ts'
import { Runtime, type RuntimeOptions } from './runtime/runtime.ts'
import type { NeighbourPlace } from './models/library/neighbours.ts'
import type { ConsentDesk } from './consent.ts'
import { Network } from './network.ts'
import { NetworkLinks } from './network-links.ts'
import type { SettingsArea } from './settings/settings-area.ts'
import { BackupPlan } from './vault/backup/backup-plan.ts'
import type { Vault } from './vault/vault.ts'
import { Documents } from './workspaces/documents/documents.ts'
import { PassageIndexes } from './workspaces/index/passage-indexes.ts'
import { readingVersion } from '../reader/contract.ts'
import { splitPassages, splittingVersion } from './workspaces/text/passages.ts'
import { ReaderKeeper, trialLimits } from './workspaces/reader-keeper.ts'
import { RecognitionLanguages } from './workspaces/ingest/recognition-languages.ts'
import { Retrieval } from './workspaces/index/retrieval.ts'
import { Workspaces } from './workspaces/workspaces.ts'

export interface AreaOptions {
  dataFolder: string
  audit: AuditLog
  vault: Vault
  settings: SettingsArea
  references: References
  desktop: Desktop
  /** Puts questions to the person. It outlives the open vault: whoever said no is not asked again at once after an unlock. */
  desk: ConsentDesk
  starterFiles: readonly string[]
  embedderFiles: readonly string[]
  /** Where the fonts of papers lie. */
  fontFolder: string
  neighbourPlaces: readonly NeighbourPlace[]
  /** Whose signatures count, for lineage cards. */
  trustedKeys: () => readonly TrustedKey[]
  launchEngine: (opens: EngineFiles) => WorkerProcess
  launchReader: () => WorkerProcess
  /** What holds the workers. */
  walls: WorkerWalls
  engineLimits?: WorkerLimits
  idleCheckMs?: number
  /** Whether backends are tried when the vault opens. */
  triesHardware: boolean
  hardwareLimits?: Partial<Pick<HardwareOptions, 'deadlineMs' | 'drivers'>>
  threadTrials?: RuntimeOptions['threadTrials']
  readMemory: () => MemoryReading
  log: Log
  now: () => number
}

/** What every room is made with. */
interface Making extends AreaOptions {
  closer: Closer
  modelsFolder: string
  statesFolder: string
  notes: AuditNotes
}

/** Everything that was made. */
export type OpenedAreas = Awaited<ReturnType<typeof makeAreas>>

/** Makes all areas. What was made before something failed is with the closer. */
export async function makeAreas(options: AreaOptions, closer: Closer) {
  const { dataFolder, vault, audit, settings, walls } = options
  const modelsFolder = join(dataFolder, 'models')
  const statesFolder = join(dataFolder, 'states')
  // What is not there when an engine starts is not in its view.
  for (const folder of [modelsFolder, statesFolder]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const processes = new StartedProcesses()
  closer.add('processes', () => processes.gone())
  const notes = new AuditNotes({ log: audit, onBug: (error) => options.log.bug(error, 'audit') })
  const making: Making = {
    ...options,
    ...{ closer, notes, modelsFolder, statesFolder },
    launchEngine: processes.keeping((opens: EngineFiles) => walls.of('engine', options.launchEngine(opens))),
    launchReader: processes.keeping(() => walls.of('reader', options.launchReader())),
  }
  audit.attach(vault.main)
  closer.add('audit', () => audit.detach())
  settings.attach(vault.main)
  closer.add('settings', () => settings.detach())
  notes.follow({ settings, walls, closer })

  // Made later, for it needs models; nobody can take a workspace in before.
  let embedder: Embedder | null = null
  const ground = makeGround(making, () => embedder?.state.value?.id ?? null)
  const models = await makeModels(making, ground)
  embedder = models.embedder
  const documents = makeDocuments(making, { ...ground, ...models })
  const bundles = await makeBundles(making, models)
  const chat = makeChat(making, { ...ground, ...models, ...documents, ...bundles })
  return { desk: options.desk, ...ground, ...models, ...documents, ...bundles, ...chat }
}

function makeGround(making: Making, embedderId: () => string | null) {
  const { closer, vault, settings, references, desktop, desk, fontFolder, notes, log, now } = making
  const papers = closer.keep('papers', new Papers({ references, fontFolder }))
  const plan = new BackupPlan(vault.main)
  const workspaces = closer.keep(
    'workspaces',
    new Workspaces({ vault, references, now, embedderId, onErased: (id) => plan.erase(id) }),
  )
  const backup = closer.keep(
    'backup',
    vault.backups.area({
      workspaces: () =>
        workspaces.state.value.map(({ id, damage, name, personal, instructions, strict }) => ({
          ...{ id, damaged: damage !== null, facts: { name, personal, instructions, strict } },
        })),
      forget: (workspaceId, list) => list.prepare('DELETE FROM workspaces WHERE id = ?').run(workspaceId),
      onBug: (error) => log.bug(error, 'backup'),
    }),
  )
  workspaces.admit(backup)

  const network = closer.keep(
    'network',
    new Network({
      ...{ database: vault.main, settings, desk, now },
      onAnswer: (door, refusal) => notes.door(door, refusal),
      onBug: (error) => log.bug(error, 'network'),
    }),
  )
  const links = new NetworkLinks({ network, desktop })
  return { papers, workspaces, backup, network, links }
}
type Ground = ReturnType<typeof makeGround>

async function makeModels(making: Making, { network }: Pick<Ground, 'network'>) {
  const { closer, dataFolder, modelsFolder, statesFolder, vault, settings, references, trustedKeys, log, now } = making
  const { starterFiles, embedderFiles, neighbourPlaces, launchEngine, engineLimits, idleCheckMs, readMemory } = making
  const catalogues = closer.keep(
    'catalogues',
    new Catalogues({
      ...{ database: vault.main, network, settings, references, now },
      ownKeys: trustedKeys(),
      onBug: (error) => log.bug(error, 'catalogues'),
    }),
  )
  const trusted = (): readonly TrustedKey[] => [...trustedKeys(), ...catalogues.organisationKeys]
  const hardware = closer.keep(
    'hardware',
    new Hardware({
      database: vault.main,
      settings,
      launch: launchEngine,
      folder: join(dataFolder, 'probe'),
      now,
      onBug: (error) => log.bug(error, 'hardware'),
      ...making.hardwareLimits,
    }),
  )
  if (making.triesHardware) hardware.open()

  const cards = new LineageCards({
    database: vault.main,
    catalogue: () => catalogues.catalogue,
    trustedKeys: trusted,
    required: () => settings.values.requireCard,
    allowed: () => settings.values.allowedModels,
    now,
  })
  const files = new ModelFiles(modelsFolder)
  const models = closer.keep(
    'models',
    new Models({
      database: vault.main,
      files,
      references,
      cards,
      starterFiles,
      embedderFiles,
      neighbourPlaces,
      totalMemoryBytes: () => withCard(readMemory(), hardware.card, 0).totalBytes,
      now,
    }),
  )
  await models.open()

  const downloads = closer.keep(
    'downloads',
    new Downloads({
      database: vault.main,
      files,
      network,
      models,
      hub: () => settings.values.hub,
      now,
      onBug: (error) => log.bug(error, 'models.download'),
    }),
  )
  await downloads.open()
  catalogues.open()

  const measurements = new Measurements({ database: vault.main, machine: machineName(), now })
  const runtime = closer.keep(
    'runtime',
    new Runtime({
      measurements,
      backend: () => hardware.chosen,
      models,
      settings,
      launchEngine,
      engineFiles: { reads: [modelsFolder], writes: [statesFolder] },
      readMemory,
      card: () => hardware.card,
      ...(making.threadTrials ? { threadTrials: making.threadTrials } : {}),
      now,
      onBug: (error) => log.bug(error, 'runtime'),
      ...(engineLimits ? { limits: engineLimits } : {}),
      ...(idleCheckMs === undefined ? {} : { idleCheckMs }),
    }),
  )
  const embedder = closer.keep(
    'embedder',
    new Embedder({
      models,
      settings,
      launchEngine,
      engineFiles: { reads: [modelsFolder], writes: [] },
      readMemory,
      quiet: (signal) => runtime.quiet(signal),
      now,
      onBug: (error) => log.bug(error, 'embedder'),
      ...(engineLimits ? { limits: engineLimits } : {}),
      ...(idleCheckMs === undefined ? {} : { idleCheckMs }),
    }),
  )
  await embedder.open()
  return { catalogues, trusted, hardware, cards, files, models, downloads, measurements, runtime, embedder }
}
type ModelAreas = Awaited<ReturnType<typeof makeModels>>

function makeDocuments(making: Making, { workspaces, models, runtime, embedder }: Ground & ModelAreas) {
  const { closer, dataFolder, statesFolder, vault, settings, references, launchReader, log, now } = making
  const reader = closer.keep('reader', new ReaderKeeper({ launch: launchReader }))

  const recognition = closer.keep(
    'recognition',
    new RecognitionLanguages({
      ...{ database: vault.main, references, settings, now },
      folder: join(dataFolder, 'ocr'),
      newReader: () => new ReaderKeeper({ launch: launchReader, limits: trialLimits }),
    }),
  )

  const indexes = closer.keep('indexes', new PassageIndexes({ workspaces }))
  workspaces.admit(indexes)
  const states = closer.keep(
    'kept states',
    new ConversationStates({
      ...{ workspaces, settings, now },
      folder: statesFolder,
      onBug: (error) => log.bug(error, 'kept states'),
    }),
  )
  const documents = closer.keep(
    'documents',
    new Documents({
      ...{ workspaces, references, reader, recognition, embedder, splittingVersion, readingVersion, now },
      split: splitPassages,
      indexOf: (workspaceId) => indexes.of(workspaceId),
      answering: runtime.answering,
      onRemoved: (workspaceId) => states.beginningsChanged(workspaceId, null),
      onBug: (error, where) => log.bug(error, where),
      mayWatchFolders: () => settings.values.watchedFoldersEnabled,
    }),
  )
  workspaces.admit(documents)
  documents.open()

  const retrieval = new Retrieval({
    ...{ workspaces, embedder },
    indexOf: (workspaceId) => indexes.of(workspaceId),
    modelName: (modelId) => models.state.value.models.find(({ id }) => id === modelId)?.name ?? null,
    onBug: (error, where) => log.bug(error, where),
  })
  return { recognition, states, documents, retrieval }
}
type DocumentAreas = ReturnType<typeof makeDocuments>

async function makeBundles({ closer, vault, settings, references, log, now }: Making, made: ModelAreas) {
  const { models, cards, files, catalogues, trusted } = made
  const presets = new Presets({ database: vault.main, now })
  const bundleParts = {
    ...{ models, cards, references, now },
    onBug: (error: unknown) => log.bug(error, 'models.bundle'),
  }
  const bundleExports = closer.keep(
    'bundle exports',
    new BundleExports({ ...bundleParts, presets: () => presets.own, catalogues: () => catalogues.portable }),
  )
  const bundleImports = closer.keep(
    'bundle imports',
    new BundleImports({
      ...bundleParts,
      database: vault.main,
      files,
      catalogues,
      trustedKeys: trusted,
      signedOnly: () => settings.values.requireSignedBundles,
      takePresets: (taken) => presets.take(taken),
    }),
  )
  await bundleImports.open()
  return { presets, bundleExports, bundleImports }
}
type BundleAreas = Awaited<ReturnType<typeof makeBundles>>

function makeChat(making: Making, made: Ground & ModelAreas & DocumentAreas & BundleAreas) {
  const { closer, settings, walls, log, now } = making
  const { workspaces, models, measurements, hardware, runtime, embedder, states, documents, retrieval, presets } = made
  const speeds = new ReadingSpeed({
    ...{ models, measurements, backend: () => hardware.chosen, fixedThreads: () => settings.values.threads },
    ...(making.threadTrials?.cores ? { cores: making.threadTrials.cores } : {}),
  })
  const drafts = closer.keep('drafts', new Drafts(workspaces))
  const asking = new Asking({ workspaces, presets, models, runtime, settings, walls })
  const chat = closer.keep(
    'chat',
    new Chat({
      asking,
      ...{ states, drafts, documents, retrieval, embedder },
      power: readPower,
      speeds,
      workspaces,
      models,
      runtime,
      settings,
      presets,
      now,
      onBug: (error, where) => log.bug(error, where),
    }),
  )
  const comparisons = closer.keep(
    'comparisons',
    new Comparisons({
      asking,
      workspaces,
      models,
      runtime,
      chat,
      now,
      onBug: (error, where) => log.bug(error, where),
    }),
  )
  const asker = new QuestionAsker({
    ...{ asking, documents, retrieval, embedder, runtime, settings, models, splittingVersion },
    students: new StudentChoice({ models, settings, workspaces }),
  })
  const questions = closer.keep(
    'questions',
    new Questions({
      ...{ workspaces, now },
      ask: (question, asking) => asker.ask(question, asking),
      conditions: (workspaceId, usualId) => asker.conditions(workspaceId, usualId),
      documentOf: (workspaceId, documentId) => documents.find(workspaceId, documentId),
      changes: (workspaceId, signal) =>
        watchAny(
          [
            ...[documents.changes(workspaceId), embedder.state, embedder.reranker],
            ...[models.state, settings.state, workspaces.state],
          ],
          signal,
        ),
      onBug: (error) => log.bug(error, 'questions'),
    }),
  )
  return { drafts, chat, comparisons, questions }
}
