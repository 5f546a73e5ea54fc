/** The areas that exist only while the vault is open: built bottom-up when it opens, closed top-down before it locks. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { Closer } from './base/closer.ts'
import { watchAny } from './base/watch-any.ts'
import type { TrustedKey } from './base/signed-value.ts'
import type { AuditLog } from './audit/audit-log.ts'
import { Asking } from './chat/answers/asking.ts'
import { Chat } from './chat/chat.ts'
import { Comparisons } from './chat/compare/comparisons.ts'
import { ConversationStates } from './chat/conversations/conversation-states.ts'
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
import type { EngineFiles } from './runtime/fork-engine.ts'
import { withCard, type MemoryReading } from './runtime/memory.ts'
import { Hardware, type HardwareOptions } from './runtime/hardware.ts'
import { machineName, Measurements } from './runtime/measurements.ts'
import { Embedder } from './runtime/embedder.ts'
import { Runtime } from './runtime/runtime.ts'
import type { NeighbourPlace } from './models/library/neighbours.ts'
import type { ConsentDesk } from './consent.ts'
import { Network } from './network.ts'
import { NetworkLinks } from './network-links.ts'
import type { SettingsArea } from './settings/settings-area.ts'
import type { BackupArea } from './vault/backup/backup-area.ts'
import { BackupPlan } from './vault/backup/backup-plan.ts'
import type { Vault } from './vault/vault.ts'
import { Documents } from './workspaces/documents/documents.ts'
import { PassageIndexes } from './workspaces/index/passage-indexes.ts'
import { splitPassages, splittingVersion } from './workspaces/text/passages.ts'
import { ReaderKeeper, trialLimits } from './workspaces/reader-keeper.ts'
import { RecognitionLanguages } from './workspaces/ingest/recognition-languages.ts'
import { Retrieval } from './workspaces/index/retrieval.ts'
import { Workspaces } from './workspaces/workspaces.ts'

export interface OpenedAreasOptions {
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
  readMemory: () => MemoryReading
  log: Log
  now: () => number
}

export interface OpenedAreas {
  workspaces: Workspaces
  backup: BackupArea
  cards: LineageCards
  models: Models
  downloads: Downloads
  catalogues: Catalogues
  network: Network
  links: NetworkLinks
  desk: ConsentDesk
  measurements: Measurements
  hardware: Hardware
  runtime: Runtime
  embedder: Embedder
  recognition: RecognitionLanguages
  documents: Documents
  retrieval: Retrieval
  bundleImports: BundleImports
  bundleExports: BundleExports
  presets: Presets
  states: ConversationStates
  chat: Chat
  comparisons: Comparisons
  questions: Questions
}

/** Holds the areas while they exist. */
export class AreaKeeper {
  readonly #options: OpenedAreasOptions
  #areas: OpenedAreas | null = null
  #closer = new Closer()

  constructor(options: OpenedAreasOptions) {
    this.#options = options
  }

  /** @throws AppError locked */
  get areas(): OpenedAreas {
    if (!this.#areas) throw new AppError('locked', 'The vault is locked')
    return this.#areas
  }

  /** Whether an answer is being written, or a model, a document or a workspace is on its way. Ingest and tests are not counted: they go on after the next unlock. */
  get busy(): boolean {
    if (!this.#areas) return false
    const { chat, comparisons, models, bundleImports, bundleExports, documents, recognition, workspaces } = this.#areas
    return (
      chat.writing ||
      comparisons.writing ||
      models.importing ||
      bundleImports.busy ||
      bundleExports.busy ||
      documents.adding ||
      recognition.adding ||
      workspaces.moving
    )
  }

  /** Process number of the engine while it runs. */
  get enginePid(): number | undefined {
    return this.#areas?.runtime.enginePid
  }

  async open(): Promise<void> {
    const {
      dataFolder,
      vault,
      settings,
      references,
      desktop,
      desk,
      starterFiles,
      embedderFiles,
      neighbourPlaces,
      trustedKeys,
      engineLimits,
      idleCheckMs,
      triesHardware,
      hardwareLimits,
      walls,
      readMemory,
      log,
      now,
    } = this.#options
    this.#closer = new Closer()
    const processes = new StartedProcesses()
    const launchEngine = processes.keeping((opens: EngineFiles) => walls.of('engine', this.#options.launchEngine(opens)))
    const launchReader = processes.keeping(() => walls.of('reader', this.#options.launchReader()))
    const modelsFolder = join(dataFolder, 'models')
    const statesFolder = join(dataFolder, 'states')
    // What is not there when an engine starts is not in its view.
    for (const folder of [modelsFolder, statesFolder]) mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#closer.add('processes', () => processes.gone())
    this.#options.audit.attach(vault.main)
    this.#closer.add('audit', () => this.#options.audit.detach())
    settings.attach(vault.main)
    this.#closer.add('settings', () => settings.detach())

    // Built later, for it needs models; nobody can take a workspace in before.
    let embedder: Embedder | null = null
    const embedderId = (): string | null => embedder?.state.value?.id ?? null
    const plan = new BackupPlan(vault.main)
    const workspaces = new Workspaces({ vault, references, now, embedderId, onErased: (id) => plan.erase(id) })
    this.#closer.add('workspaces', () => workspaces.close())
    const backup = vault.backups.area({
      workspaces: () =>
        workspaces.state.value.map(({ id, damage, name, personal, instructions, strict }) => ({
          ...{ id, damaged: damage !== null, facts: { name, personal, instructions, strict } },
        })),
      forget: (workspaceId, list) => list.prepare('DELETE FROM workspaces WHERE id = ?').run(workspaceId),
      onBug: (error) => log.bug(error, 'backup'),
    })
    this.#closer.add('backup', () => backup.close())
    workspaces.admit(backup)

    const network = new Network({ database: vault.main, settings, desk, now, onBug: (error) => log.bug(error, 'network') })
    this.#closer.add('network', () => network.close())
    const links = new NetworkLinks({ network, desktop })

    const catalogues = new Catalogues({
      ...{ database: vault.main, network, settings, references, now },
      ownKeys: trustedKeys(),
      onBug: (error) => log.bug(error, 'catalogues'),
    })
    this.#closer.add('catalogues', () => catalogues.close())
    const trusted = (): readonly TrustedKey[] => [...trustedKeys(), ...catalogues.organisationKeys]
    const hardware = new Hardware({
      database: vault.main,
      settings,
      launch: launchEngine,
      folder: join(dataFolder, 'probe'),
      now,
      onBug: (error) => log.bug(error, 'hardware'),
      ...hardwareLimits,
    })
    this.#closer.add('hardware', () => hardware.close())
    if (triesHardware) hardware.open()

    const cards = new LineageCards({
      database: vault.main,
      catalogue: () => catalogues.catalogue,
      trustedKeys: trusted,
      required: () => settings.values.requireCard,
      now,
    })
    const files = new ModelFiles(modelsFolder)
    const models = new Models({
      database: vault.main,
      files,
      references,
      cards,
      starterFiles,
      embedderFiles,
      neighbourPlaces,
      totalMemoryBytes: () => withCard(readMemory(), hardware.card, 0).totalBytes,
      now,
    })
    this.#closer.add('models', () => models.close())
    await models.open()

    const downloads = new Downloads({
      database: vault.main,
      files,
      network,
      models,
      hub: () => settings.values.hub,
      now,
      onBug: (error) => log.bug(error, 'models.download'),
    })
    this.#closer.add('downloads', () => downloads.close())
    await downloads.open()
    catalogues.open()

    const measurements = new Measurements({ database: vault.main, machine: machineName(), now })
    const runtime = new Runtime({
      measurements,
      backend: () => hardware.chosen,
      models,
      settings,
      launchEngine,
      engineFiles: { reads: [modelsFolder], writes: [statesFolder] },
      readMemory,
      card: () => hardware.card,
      now,
      onBug: (error) => log.bug(error, 'runtime'),
      ...(engineLimits ? { limits: engineLimits } : {}),
      ...(idleCheckMs === undefined ? {} : { idleCheckMs }),
    })
    this.#closer.add('runtime', () => runtime.close())
    embedder = new Embedder({
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
    })
    this.#closer.add('embedder', () => embedder.close())
    await embedder.open()

    const reader = new ReaderKeeper({ launch: launchReader })
    this.#closer.add('reader', () => reader.close())

    const recognition = new RecognitionLanguages({
      ...{ database: vault.main, references, settings, now },
      folder: join(dataFolder, 'ocr'),
      newReader: () => new ReaderKeeper({ launch: launchReader, limits: trialLimits }),
    })
    this.#closer.add('recognition', () => recognition.close())

    const indexes = new PassageIndexes({ workspaces })
    this.#closer.add('indexes', () => indexes.close())
    workspaces.admit(indexes)
    const documents = new Documents({
      ...{ workspaces, references, reader, recognition, embedder, splittingVersion, now },
      split: splitPassages,
      indexOf: (workspaceId) => indexes.of(workspaceId),
      answering: runtime.answering,
      onBug: (error, where) => log.bug(error, where),
    })
    workspaces.admit(documents)
    this.#closer.add('documents', () => documents.close())
    documents.open()

    const retrieval = new Retrieval({
      ...{ workspaces, embedder },
      indexOf: (workspaceId) => indexes.of(workspaceId),
      modelName: (modelId) => models.state.value.models.find(({ id }) => id === modelId)?.name ?? null,
      onBug: (error, where) => log.bug(error, where),
    })

    const presets = new Presets({ database: vault.main, now })
    const bundleParts = {
      ...{ models, cards, references, now },
      onBug: (error: unknown) => log.bug(error, 'models.bundle'),
    }
    const bundleExports = new BundleExports({ ...bundleParts, presets: () => presets.own, catalogues: () => catalogues.portable })
    this.#closer.add('bundle exports', () => bundleExports.close())
    const bundleImports = new BundleImports({
      ...bundleParts,
      database: vault.main,
      files,
      catalogues,
      trustedKeys: trusted,
      signedOnly: () => settings.values.requireSignedBundles,
      takePresets: (taken) => presets.take(taken),
    })
    this.#closer.add('bundle imports', () => bundleImports.close())
    await bundleImports.open()

    const states = new ConversationStates({
      workspaces,
      folder: statesFolder,
      settings,
      now,
      onBug: (error) => log.bug(error, 'kept states'),
    })
    this.#closer.add('kept states', () => states.close())
    const asking = new Asking({ workspaces, presets, models, runtime, settings, walls })
    const chat = new Chat({
      asking,
      ...{ states, documents, retrieval, embedder },
      workspaces,
      models,
      runtime,
      settings,
      presets,
      now,
      onBug: (error, where) => log.bug(error, where),
    })
    this.#closer.add('chat', () => chat.close())
    const comparisons = new Comparisons({
      asking,
      workspaces,
      models,
      runtime,
      chat,
      now,
      onBug: (error, where) => log.bug(error, where),
    })
    this.#closer.add('comparisons', () => comparisons.close())
    const asker = new QuestionAsker({
      ...{ asking, documents, retrieval, embedder, runtime, settings, models, splittingVersion },
      students: new StudentChoice({ models, settings, workspaces }),
    })
    const questions = new Questions({
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
    })
    this.#closer.add('questions', () => questions.close())
    this.#areas = {
      workspaces,
      backup,
      models,
      catalogues,
      downloads,
      network,
      links,
      desk,
      measurements,
      hardware,
      runtime,
      embedder,
      recognition,
      documents,
      retrieval,
      presets,
      states,
      chat,
      comparisons,
      questions,
      cards,
      bundleImports,
      bundleExports,
    }
  }

  async close(): Promise<void> {
    this.#areas = null
    await this.#closer.close()
  }
}
