/** The composition root: the only place that says `new`. Builds the backend bottom-up and closes it top-down; plain Node. */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Argon2Cost } from '../../contract/argon2-cost.ts'
import { contract } from '../../contract/contract.ts'
import { serve, type Caller, type Port } from '../../contract/link.ts'
import { AuditLog } from './audit/audit-log.ts'
import { inBackground } from './base/background.ts'
import { Closer } from './base/closer.ts'
import { noConfinement, type Confinement } from './base/confinement.ts'
import { WorkerWalls } from './base/worker-walls.ts'
import type { EngineFiles } from './runtime/fork-engine.ts'
import type { TrustedKey } from './base/signed-value.ts'
import { ConsentDesk, type Consent } from './consent.ts'
import { References, type Desktop } from './desktop.ts'
import { createHandlers } from './handlers.ts'
import { IncomingDocuments } from './incoming-documents.ts'
import { Log } from './log.ts'
import { tagged } from './tagged.ts'
import { AreaKeeper } from './opened-areas.ts'
import { neighbourPlaces, type NeighbourPlace } from './models/library/neighbours.ts'
import type { WorkerLimits } from './base/worker-keeper.ts'
import type { WorkerProcess } from './base/worker-process.ts'
import type { HardwareOptions } from './runtime/hardware.ts'
import type { RuntimeOptions } from './runtime/runtime.ts'
import { readMemory, type MemoryReading } from './runtime/memory.ts'
import { ownKeys } from './models/catalogue/own-keys.ts'
import type { ManagedSource } from './settings/managed-values.ts'
import { systemPolicies, systemPolicyNews } from './settings/policies.ts'
import { PolicyWatch, type PolicyWatchOptions } from './settings/policy-watch.ts'
import { SettingsArea } from './settings/settings-area.ts'
import { DataFolderLock } from './vault/files/data-folder-lock.ts'
import type { KeyWorker } from './vault/keys/key-work.ts'
import type { Keychain } from './vault/keys/keychain.ts'
import { argon2Cost } from './vault/keys/passphrase.ts'
import { Vault } from './vault/vault.ts'

/** What a skin gives the host: the machine's sides that differ between skins. */
export interface HostOptions {
  dataFolder: string
  desktop: Desktop
  /** Asks the person, where the page cannot answer. */
  consent: Consent
  launchEngine: (opens: EngineFiles) => WorkerProcess
  launchReader: () => WorkerProcess
  /** What the operating system was found to hold workers in; by default nothing. */
  confinement?: Pick<Confinement, 'means' | 'trouble' | 'card'>
  /** The vault's own process: one for each derivation of a key and for each file that is encrypted anew. */
  launchKeyWorker: () => KeyWorker
  /** The process that opens one file from elsewhere, which lies in this folder. */
  launchPorter: (folder: string) => WorkerProcess
  keychain: Keychain
  /** How hard new passphrases are made to guess; less only in tests of something else. */
  passphraseCost?: Argon2Cost
  /** Files that the launcher fetched; they are offered on the welcome screen. */
  starterFiles: readonly string[]
  /** Files of the embedders that come with the application; they are installed without a question. */
  embedderFiles?: readonly string[]
  /** Where the fonts of papers lie. */
  fontFolder: string
  /** Where other programs keep models; by default their usual places on this system. */
  neighbourPlaces?: readonly NeighbourPlace[]
  /** Whose signatures of cards and bundles count; by default nobody's. */
  trustedKeys?: () => readonly TrustedKey[]
  /** What administrators have fixed; by default what this system says. */
  policies?: ManagedSource
  /** How policies are read again; by default in this system's folder, unless somebody else says what is fixed. */
  policyWatch?: Partial<Pick<PolicyWatchOptions, 'folders' | 'look' | 'lookMs' | 'everyMs' | 'settleMs' | 'leastMs'>>
  now?: () => number
  memory?: () => MemoryReading
  engineLimits?: WorkerLimits
  /** Whether backends are tried when the vault opens; they are, unless a test is about something else. */
  triesHardware?: boolean
  hardwareLimits?: Partial<Pick<HardwareOptions, 'deadlineMs' | 'drivers'>>
  /** How numbers of threads are tried. */
  threadTrials?: RuntimeOptions['threadTrials']
  /** How often idle models are looked for, in milliseconds. */
  idleCheckMs?: number
}

export class Host {
  /** Files that the page may name. */
  readonly references: References
  /** Where a skin puts models and the like that the page sends. */
  readonly uploadFolder: string
  /** Takes documents that the page sends. */
  readonly incomingDocuments: IncomingDocuments
  readonly #closer: Closer
  readonly #log: Log
  /** What happened, without content; a page cannot reach it. */
  readonly audit: AuditLog
  readonly #vault: Vault
  readonly #keeper: AreaKeeper
  readonly #settings: SettingsArea
  readonly #policyWatch: PolicyWatch
  readonly #desktop: Desktop
  readonly #walls: WorkerWalls

  /** @throws DataFolderInUse when another Alambic uses this data folder */
  static async start(options: HostOptions): Promise<Host> {
    const host = new Host(options)
    try {
      await host.#vault.start()
    } catch (error) {
      await host.close().catch(() => undefined)
      throw error
    }
    return host
  }

  private constructor({
    dataFolder,
    desktop,
    consent,
    launchEngine,
    launchReader,
    confinement = noConfinement(null),
    launchKeyWorker,
    launchPorter,
    keychain,
    passphraseCost = argon2Cost,
    starterFiles,
    embedderFiles = [],
    fontFolder,
    neighbourPlaces: places = neighbourPlaces({ platform: process.platform, environment: process.env, home: homedir() }),
    trustedKeys = () => ownKeys,
    policies,
    policyWatch = policies ? {} : systemPolicyNews(process.platform),
    now = Date.now,
    memory = readMemory,
    engineLimits,
    idleCheckMs,
    triesHardware = true,
    hardwareLimits,
    threadTrials,
  }: HostOptions) {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
    this.#closer = new Closer()
    const lock = DataFolderLock.take(dataFolder)
    this.#closer.add('data folder', () => lock.release())
    this.uploadFolder = join(dataFolder, 'incoming')
    this.references = new References()
    this.incomingDocuments = new IncomingDocuments({
      folder: join(dataFolder, 'incoming-documents'),
      references: this.references,
    })
    this.#closer.add('incoming documents', () => this.incomingDocuments.close())
    this.#desktop = desktop
    this.#log = new Log({ path: join(dataFolder, 'log', 'alambic.log'), now })
    this.audit = new AuditLog({ folder: join(dataFolder, 'audit'), now, onBug: (error) => this.#log.bug(error, 'audit') })
    this.#settings = new SettingsArea({
      clearPath: join(dataFolder, 'appearance.json'),
      source: policies ?? systemPolicies(process.platform),
    })
    this.#policyWatch = new PolicyWatch({ read: () => this.#settings.readPolicies(), folders: [], now, ...policyWatch })
    this.#closer.add('policies', () => this.#policyWatch.close())
    this.#policyWatch.open()
    const walls = new WorkerWalls(confinement)
    this.#walls = walls
    this.#vault = new Vault({
      ...{ dataFolder, keychain, passphraseCost, launchKeyWorker, known: knownNames(), now },
      launchPorter: (folder) => walls.of('porter', launchPorter(folder)),
      onBug: (error) => this.#log.bug(error, 'vault'),
      onUnwrittenTries: () => this.#log.note('vault.tries_in_memory'),
    })
    this.#keeper = new AreaKeeper({
      dataFolder,
      audit: this.audit,
      vault: this.#vault,
      settings: this.#settings,
      references: this.references,
      desktop,
      desk: new ConsentDesk({ consent, elapsed: () => performance.now() }),
      starterFiles,
      embedderFiles,
      fontFolder,
      neighbourPlaces: places,
      trustedKeys,
      launchEngine,
      launchReader,
      walls: this.#walls,
      ...(engineLimits ? { engineLimits } : {}),
      ...(idleCheckMs === undefined ? {} : { idleCheckMs }),
      triesHardware,
      ...(hardwareLimits ? { hardwareLimits } : {}),
      ...(threadTrials ? { threadTrials } : {}),
      readMemory: memory,
      log: this.#log,
      now,
    })
    this.#vault.guard({ opened: () => this.#keeper.open(), closing: () => this.#keeper.close(), busy: () => this.#keeper.busy })
    this.#closer.add('vault', () => this.#vault.close())
    inBackground(this.#followSettings(), (error) => this.#log.bug(error, 'vault settings'))
  }

  /** Answers a page on this port until it goes away. @param caller what kind of page it is, for the audit log */
  serve(port: Port, caller: Omit<Caller, 'id'> = { kind: 'browser' }): () => void {
    const settings = this.#settings
    const handlers = tagged(
      createHandlers({
        vault: this.#vault,
        settings,
        audit: this.audit,
        policyWatch: this.#policyWatch,
        desktop: this.#desktop,
        walls: this.#walls,
        references: this.references,
        incomingDocuments: this.incomingDocuments,
        opened: () => this.#keeper.areas,
      }),
      { log: this.audit, policies: () => ({ values: settings.values, managed: settings.managed.value }) },
    )
    return serve(port, contract, handlers, (error, method) => this.#log.bug(error, method), { ...caller, id: randomUUID() })
  }

  /** Writes down what went wrong outside of any call. Returns the reference. */
  bug(error: unknown, where: string): string {
    return this.#log.bug(error, where)
  }

  /** Process number of the engine while it runs. */
  get enginePid(): number | undefined {
    return this.#keeper.enginePid
  }

  /** Ends answers, locks the vault, closes every file, in order. */
  close(): Promise<void> {
    return this.#closer.close()
  }

  async #followSettings(): Promise<void> {
    const stop = new AbortController()
    this.#closer.add('idle lock', () => stop.abort())
    for await (const { idleLockMinutes, passphraseStrength } of this.#settings.state.watch(stop.signal)) {
      this.#vault.setIdleMinutes(idleLockMinutes)
      this.#vault.setLeastScore(passphraseStrength)
    }
  }
}

/** What others know of whoever sits here, and a passphrase should not be made of. */
function knownNames(): string[] {
  const names = ['Alambic', hostname()]
  try {
    names.push(userInfo().username)
  } catch {
    // A user without a name in the system's list, as in containers.
  }
  return [...new Set(names.flatMap((name) => [name, ...name.split(/[^\p{L}\p{N}]+/u)]))].filter((name) => name.length > 2)
}
