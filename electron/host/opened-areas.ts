/** The areas that exist only while the vault is open: made when it opens, closed top-down before it locks. How they are made stands in make-areas.ts. */
import { AppError } from '../../contract/errors.ts'
import { Closer } from './base/closer.ts'
import { makeAreas, type AreaOptions, type OpenedAreas } from './make-areas.ts'

/** Holds the areas while they exist. */
export class AreaKeeper {
  readonly #options: AreaOptions
  #areas: OpenedAreas | null = null
  #closer = new Closer()

  constructor(options: AreaOptions) {
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
    const { chat, comparisons, models, bundleImports, bundleExports, documents, papers, recognition, workspaces } = this.#areas
    return (
      chat.writing ||
      comparisons.writing ||
      models.importing ||
      bundleImports.busy ||
      bundleExports.busy ||
      documents.adding ||
      recognition.adding ||
      papers.saving ||
      workspaces.moving
    )
  }

  /** Process number of the engine while it runs. */
  get enginePid(): number | undefined {
    return this.#areas?.runtime.enginePid
  }

  async open(): Promise<void> {
    this.#closer = new Closer()
    this.#areas = await makeAreas(this.#options, this.#closer)
  }

  async close(): Promise<void> {
    this.#areas = null
    await this.#closer.close()
  }
}
