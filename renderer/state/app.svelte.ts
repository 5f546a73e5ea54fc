/**
 * The state of the whole page: builds each area's class and keeps them fed. What needs an open vault is followed only
 * while it is open, and forgotten when it locks. Knows no view.
 */
import type { Client } from '../../contract/contract.ts'
import { AppError } from '../../contract/errors.ts'
import type { SettingKey } from '../../contract/settings.ts'
import { Words } from '../i18n/i18n.svelte.ts'
import type { Area, Life } from './area.ts'
import { AttachmentsState } from './attachments.svelte.ts'
import { BackupState } from './backup.svelte.ts'
import { BundlesState } from './bundles.svelte.ts'
import { CatalogueState } from './catalogue.svelte.ts'
import { ChatState } from './chat.svelte.ts'
import { CompareState } from './compare.svelte.ts'
import { DesktopState } from './desktop.svelte.ts'
import { DocumentNames } from './document-names.svelte.ts'
import { DocumentsState } from './documents.svelte.ts'
import { AuditState } from './audit.svelte.ts'
import { DoorState } from './door.svelte.ts'
import { follow } from './follow.ts'
import { LineageState } from './lineage.svelte.ts'
import { ModelsState, type SendFile } from './models.svelte.ts'
import { NewPassphrase } from './new-passphrase.svelte.ts'
import { PapersState } from './papers.svelte.ts'
import { QuestionsState } from './questions.svelte.ts'
import { RecognitionState } from './recognition.svelte.ts'
import { RetrievalState } from './retrieval.svelte.ts'
import { Route } from './route.svelte.ts'
import { RuntimeState } from './runtime.svelte.ts'
import { SettingsState } from './settings.svelte.ts'
import { Shortcuts } from './shortcuts.ts'
import { SourcesState } from './sources.svelte.ts'
import { Today } from './today.svelte.ts'
import { VaultState } from './vault.svelte.ts'
import { WorkspacesState } from './workspaces.svelte.ts'

/** What the page's world must bring. */
export interface World {
  client: Client
  /** Tells whether the link stands, now and whenever that changes. */
  onLink(listener: (connected: boolean) => void): void
  sendFile: SendFile
  /** The address: `window.location`. */
  place: { hash: string }
  mac: boolean
  /** The browser's languages, the best first. */
  languages: readonly string[]
  /** Epoch milliseconds. */
  now(): number
}

/** Which screen the vault's phase and the settings call for. */
export type Stage = 'waiting' | 'welcome' | 'unlock' | 'work'

/** Locking waits so long for what is typed to be kept, in milliseconds. */
const lockPatienceMs = 1_000

/** The host hears of a person's presence at most this often. */
const touchEveryMs = 20_000

export class AppState {
  readonly words = new Words()
  readonly today: Today
  readonly route: Route
  readonly shortcuts: Shortcuts
  readonly vault: VaultState
  readonly settings: SettingsState
  readonly models: ModelsState
  readonly runtime: RuntimeState
  readonly catalogue: CatalogueState
  readonly door: DoorState
  readonly audit: AuditState
  readonly lineage: LineageState
  readonly bundles: BundlesState
  readonly backup: BackupState
  readonly workspaces: WorkspacesState
  readonly documents: DocumentsState
  readonly recognition: RecognitionState
  readonly retrieval: RetrievalState
  readonly questions: QuestionsState
  readonly desktop: DesktopState
  readonly chat: ChatState
  readonly attachments: AttachmentsState
  readonly sources: SourcesState
  readonly papers: PapersState
  /** Documents to choose among in the chat. */
  readonly documentNames: DocumentNames
  readonly compare: CompareState

  readonly #world: World
  /** All that follow the host or hold what it told, in the order of the ladder. */
  readonly #areas: Area[] = []
  readonly #life = new AbortController()
  #open: AbortController | null = null
  #lastTouch = 0
  /** Whether the list of shortcuts is shown; anything may ask for it. */
  shortcutsShown = $state(false)
  #connected = $state(true)
  #trouble = $state<AppError | null>(null)

  constructor(world: World) {
    const { client } = world
    this.#world = world
    this.today = new Today(() => world.now())
    this.route = new Route(world.place)
    this.shortcuts = new Shortcuts(world.mac)
    this.vault = this.#add(new VaultState(client))
    this.settings = this.#add(new SettingsState(client))
    this.models = this.#add(new ModelsState(client, world.sendFile))
    this.runtime = this.#add(new RuntimeState(client))
    this.catalogue = this.#add(new CatalogueState(client, world.sendFile))
    this.lineage = this.#add(new LineageState(client))
    this.door = this.#add(new DoorState(client))
    this.audit = this.#add(new AuditState(client))
    this.bundles = this.#add(new BundlesState(client))
    this.backup = this.#add(new BackupState(client))
    this.workspaces = this.#add(new WorkspacesState(client, this.route, world.sendFile))
    this.documents = this.#add(new DocumentsState(client, world.sendFile))
    this.recognition = this.#add(new RecognitionState(client, world.sendFile))
    this.retrieval = this.#add(new RetrievalState(client))
    this.questions = this.#add(new QuestionsState(client))
    this.desktop = this.#add(new DesktopState(client))
    this.chat = this.#add(new ChatState(client, this.workspaces))
    this.attachments = this.#add(new AttachmentsState(client, world.sendFile))
    this.sources = this.#add(new SourcesState(client))
    this.papers = this.#add(new PapersState(client, world.sendFile))
    this.documentNames = this.#add(new DocumentNames(client))
    this.compare = this.#add(new CompareState(client, this.models, this.workspaces))
  }

  /** False while the page looks for its host. */
  get connected(): boolean {
    return this.#connected
  }

  /** Why something could not be followed: a fault that the page cannot mend by itself. */
  get trouble(): AppError | null {
    return this.#trouble
  }

  get stage(): Stage {
    const phase = this.vault.facts?.phase
    if (!phase || !this.settings.known) return 'waiting'
    // A vault out of a backup is asked for where a vault is opened.
    if (phase === 'new') return this.backup.wholeShown ? 'unlock' : 'welcome'
    if (phase !== 'open') return 'unlock'
    return this.settings.values.welcomed ? 'work' : 'welcome'
  }

  /** Who has fixed this setting, in words; undefined when it is free. */
  lockOf(key: SettingKey): string | undefined {
    if (!this.settings.isManaged(key)) return undefined
    const { managed, managedUnread } = this.words.text.settings
    return this.settings.isUnread(key) ? managedUnread : managed
  }

  /** Begins to follow the host. */
  start(): void {
    const { client } = this.#world
    const life = this.#during(this.#life.signal)
    this.today.watch(life.signal)
    for (const area of this.#areas) area.onStart?.(life)
    life.follow(client.settings.state, (values) => {
      this.settings.apply(values)
      this.words.speak(values.language)
    })
    life.follow(client.vault.state, (facts) => {
      this.vault.apply(facts)
      if (facts.phase === 'open') this.#enter()
      else this.#leave()
      if (facts.phase === 'new') void this.#guessLanguage()
    })
    this.#world.onLink((connected) => {
      this.#connected = connected
      if (connected) void this.desktop.ask().catch((error: unknown) => this.#tell(error))
    })
  }

  /** For a form in which a passphrase is made up. */
  newPassphrase(): NewPassphrase {
    return new NewPassphrase({
      least: () => this.settings.values.passphraseStrength,
      known: () => this.vault.keys?.known ?? [],
    })
  }

  /** Locks the vault, once what is typed is kept; a host that does not answer does not keep it open. */
  async lock(): Promise<boolean> {
    const kept = Promise.all(this.#areas.map(async (area) => area.keep?.()))
    await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, lockPatienceMs))])
    return this.vault.lock()
  }

  /** Stops following. */
  stop(): void {
    this.#leave()
    this.#life.abort()
  }

  /** A key or a pointer moved: the idle lock begins anew. */
  touch(): void {
    const now = this.#world.now()
    if (!this.vault.isOpen || now - this.#lastTouch < touchEveryMs) return
    this.#lastTouch = now
    // A touch that is lost with the link costs nothing: the next one follows.
    void this.vault.touch().catch(() => undefined)
  }

  /** Changes the language, of the sentences at once. */
  async speak(language: 'en' | 'fr'): Promise<void> {
    if (this.settings.isManaged('language')) return
    this.words.speak(language)
    await this.settings.set({ language })
  }

  #enter(): void {
    if (this.#open) return
    this.#open = new AbortController()
    const life = this.#during(this.#open.signal)
    for (const area of this.#areas) area.onUnlock?.(life)
    life.follow(this.#world.client.workspaces.list, (all) => {
      this.workspaces.apply(all)
      for (const area of this.#areas) area.onWorkspace?.()
    })
  }

  #leave(): void {
    this.#open?.abort()
    this.#open = null
    for (const area of this.#areas) area.forget?.()
  }

  /** On the very first start the browser's language is the better guess, unless the organisation has fixed one: that is heard first. */
  async #guessLanguage(): Promise<void> {
    if (this.#guessed) return
    this.#guessed = true
    const best = this.#world.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'en' || tag === 'fr')
    if (best !== 'fr') return
    await this.settings.managedHeard
    await this.speak('fr')
  }
  #guessed = false

  #add<One extends Area>(area: One): One {
    this.#areas.push(area)
    return area
  }

  #during(signal: AbortSignal): Life {
    return {
      signal,
      follow: (stream, apply) =>
        void follow(
          (signal) => stream({}, { signal }),
          apply,
          signal,
          (error) => this.#tell(error),
        ),
    }
  }

  #tell(error: unknown): void {
    if (!(error instanceof AppError)) throw error
    if (error.code !== 'disconnected') this.#trouble = error
  }
}
