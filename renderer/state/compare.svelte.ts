/** Comparisons as the screen sees them: the list, the votes counted, the question to come, and the one that is open. */
import type { ComparisonRow, Score } from '../../contract/comparison.ts'
import type { Client } from '../../contract/contract.ts'
import type { AppError } from '../../contract/errors.ts'
import type { Area, Life } from './area.ts'
import type { ChosenWorkspace } from './chat.svelte.ts'
import { follow } from './follow.ts'
import { PagedList } from './paged-list.svelte.ts'
import type { ModelsState } from './models.svelte.ts'
import { OpenComparison } from './open-comparison.svelte.ts'
import { Task } from './task.svelte.ts'

/** The preset that a question begins with. */
const initialPresetId = 'balanced'
/** Students side by side. */
const fewest = 2
const most = 3

export class CompareState implements Area {
  readonly #client: Client
  readonly #models: ModelsState
  readonly #workspaces: ChosenWorkspace
  #workspaceId = $state<string | null>(null)
  readonly #list = new PagedList<ComparisonRow>()
  #scores = $state.raw<Score[]>([])
  #open = $state.raw<OpenComparison | null>(null)
  #life: AbortSignal | null = null
  #scoring: AbortController | null = null
  /** Null until the person has chosen. */
  #chosen = $state.raw<string[] | null>(null)
  /** The question to come. */
  question = $state('')
  blind = $state(true)
  presetId = $state(initialPresetId)
  /** Asking, and how it last failed. */
  readonly asking = new Task()

  constructor(client: Client, models: ModelsState, workspaces: ChosenWorkspace) {
    this.#client = client
    this.#models = models
    this.#workspaces = workspaces
  }

  /** The newest first. */
  get rows(): ComparisonRow[] {
    return this.#list.rows
  }

  /** How many there are in all. */
  get total(): number {
    return this.#list.total
  }

  /** Whether the list has come. */
  get known(): boolean {
    return this.#list.known
  }

  /** Why the list cannot be followed; null as long as it can. */
  get trouble(): AppError | null {
    return this.#list.trouble
  }

  /** The votes, by student. */
  get scores(): Score[] {
    return this.#scores
  }

  /** The open comparison; null while a new one is being prepared. */
  get open(): OpenComparison | null {
    return this.#open
  }

  /** Whether comparisons can be opened yet. */
  get ready(): boolean {
    return this.#workspaces.chosenId !== null
  }

  /** Ids of the students that the question will go to; by default the two used last. */
  get students(): string[] {
    const here = this.#models.usable
    if (this.#chosen) return this.#chosen.filter((id) => here.some((model) => model.id === id))
    return this.#byUse.slice(0, fewest)
  }

  /** Whether another student can be chosen. */
  get isFull(): boolean {
    return this.students.length >= most
  }

  get canAsk(): boolean {
    return !this.asking.busy && this.question.trim() !== '' && this.students.length >= fewest && this.ready
  }

  /** Begins to follow, once the vault is open. */
  onUnlock({ signal }: Life): void {
    this.#life = signal
    this.onWorkspace()
  }

  /** Goes into the workspace that is chosen now. */
  onWorkspace(): void {
    const { chosenId } = this.#workspaces
    if (!this.#life || chosenId === this.#workspaceId) return
    this.#workspaceId = chosenId
    this.#scores = []
    this.#listen()
  }

  /** Forgets everything: the vault is locked. */
  forget(): void {
    this.#life = null
    this.#scoring?.abort()
    this.#open?.leave()
    this.#open = null
    this.#workspaceId = null
    this.#list.forget()
    this.#scores = []
    this.#chosen = null
    this.question = ''
    this.blind = true
    this.presetId = initialPresetId
    this.asking.forget()
  }

  /** Shows a comparison, or the form for a new one when the id is empty. */
  show(comparisonId: string): void {
    this.onWorkspace()
    const workspaceId = this.#workspaceId
    const place = this.#open?.place
    const isThere = (place?.comparisonId ?? '') === comparisonId
    if (isThere && (!place || place.workspaceId === workspaceId)) return
    this.#open?.leave()
    this.#open =
      comparisonId === '' || workspaceId === null ? null : new OpenComparison(this.#client, { workspaceId, comparisonId })
    this.asking.forget()
  }

  /** Rows up to this one, counted from 0, are looked at. */
  need(row: number): void {
    this.#list.need(row)
  }

  /** Prepares a question: what is absent stays. With one student, the one used last beside it is chosen as well. */
  prepare({ question, modelIds, presetId }: { question?: string; modelIds?: string[]; presetId?: string }): void {
    if (question !== undefined) this.question = question
    if (presetId !== undefined) this.presetId = presetId
    if (modelIds === undefined) return
    const others = this.#byUse.filter((id) => !modelIds.includes(id))
    this.#chosen = [...modelIds, ...others.slice(0, Math.max(0, fewest - modelIds.length))]
  }

  /** Takes a student in or out. */
  toggle(modelId: string): void {
    const { students } = this
    if (students.includes(modelId)) this.#chosen = students.filter((id) => id !== modelId)
    else if (!this.isFull) this.#chosen = [...students, modelId]
  }

  /** Asks. @returns the comparison's id, or null when it failed: see {@link asking} */
  async ask(): Promise<string | null> {
    const workspaceId = this.#workspaceId
    if (!this.canAsk || workspaceId === null) return null
    const { students: modelIds, presetId, blind } = this
    const question = this.question.trim()
    let comparisonId: string | null = null
    await this.asking.once(async () => {
      const place = await this.#client.compare.ask({ workspaceId, question, modelIds, presetId, blind })
      comparisonId = place.comparisonId
      this.#chosen = modelIds
      this.question = ''
    })
    return comparisonId
  }

  /** Ids of the models that can answer, the one used last first. */
  get #byUse(): string[] {
    return [...this.#models.usable].sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0)).map(({ id }) => id)
  }

  #listen(): void {
    const [workspaceId, life] = [this.#workspaceId, this.#life]
    this.#scoring?.abort()
    if (workspaceId === null || !life || life.aborted) return this.#list.forget()
    this.#list.show((limit, signal) => this.#client.compare.list({ workspaceId, limit }, { signal }), life)
    const scoring = new AbortController()
    this.#scoring = scoring
    life.addEventListener('abort', () => scoring.abort(), { once: true })
    void follow(
      (signal) => this.#client.compare.scores({ workspaceId }, { signal }),
      (scores) => (this.#scores = scores),
      scoring.signal,
      () => undefined,
    )
  }
}
