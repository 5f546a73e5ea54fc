/** Whether each model's file is still the one that was checked: by its identity on disk at a look, by its hash where that differs. */
import type { Model } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { identityText, type FileIdentity } from '../../../../contract/file-identity.ts'
import { hashStill, type ModelFiles } from './model-files.ts'
import type { ModelRecord, ModelRecords } from './model-records.ts'

export interface FileStandingsOptions {
  files: ModelFiles
  records: ModelRecords
  /** Told when a standing may have changed. */
  onChange: () => void
}

interface Standing {
  state: Model['state']
  identity: FileIdentity | null
}

export class FileStandings {
  readonly #options: FileStandingsOptions
  readonly #states = new Map<string, Model['state']>()
  readonly #closing = new AbortController()

  constructor(options: FileStandingsOptions) {
    this.#options = options
  }

  close(): void {
    this.#closing.abort()
  }

  /** Looks for the first time; a file that was touched is hashed again in the background. */
  async begin(record: ModelRecord): Promise<void> {
    const state = await this.look(record)
    this.#states.set(record.id, state)
    if (state === 'checking') void this.#check(record).catch(() => undefined)
  }

  /** As people see it. */
  of(record: ModelRecord): Model['state'] {
    const own = this.#states.get(record.id) ?? 'checking'
    return own === 'ready' && record.base_id !== null && !this.#options.records.find(record.base_id) ? 'no_base' : own
  }

  /** Its file was hashed just now and is the right one. */
  verified(modelId: string): void {
    this.#states.set(modelId, 'ready')
  }

  forget(modelId: string): void {
    this.#states.delete(modelId)
  }

  /** `checking` when the file is there and is not, or may not be, the one that was hashed. */
  async look(record: ModelRecord): Promise<Model['state']> {
    return (await this.#look(record)).state
  }

  /**
   * The file, once it is known to be the one that was checked.
   * @param signal ends the hashing of one that was touched
   * @throws AppError model_missing {name}, model_changed {name}, cancelled
   */
  async checkedFile(record: ModelRecord, signal: AbortSignal | null = null): Promise<{ path: string; identity: FileIdentity }> {
    let standing = await this.#look(record)
    if (standing.state === 'checking') standing = await this.#check(record, signal)
    this.#set(record.id, standing.state)
    const { state, identity } = standing
    if (state === 'missing') throw new AppError('model_missing', 'The file is gone', { name: record.name })
    if (state !== 'ready' || !identity)
      throw new AppError('model_changed', 'The file is not the one that was checked', { name: record.name })
    return { path: this.#options.files.pathOf(record.file_name), identity }
  }

  async #look(record: ModelRecord): Promise<Standing> {
    const identity = await this.#options.files.look(record.file_name)
    if (!identity) return { state: 'missing', identity }
    return { state: identityText(identity) === record.file_identity ? 'ready' : 'checking', identity }
  }

  async #check(record: ModelRecord, left: AbortSignal | null = null): Promise<Standing> {
    const { files, records } = this.#options
    const standing = (state: Model['state'], identity: FileIdentity | null = null): Standing => {
      this.#set(record.id, state)
      return { state, identity }
    }
    if (!(await files.look(record.file_name))) return standing('missing')
    try {
      const { signal: closing } = this.#closing
      const signal = left ? AbortSignal.any([left, closing]) : closing
      const { sha256, identity } = await hashStill(files.pathOf(record.file_name), () => undefined, signal)
      if (sha256 !== record.id) return standing('changed')
      records.verified(record.id, identity)
      return standing('ready', identity)
    } catch (error) {
      if (error instanceof AppError && error.code === 'model_changed') return standing('changed')
      throw error
    }
  }

  #set(modelId: string, state: Model['state']): void {
    if (this.#states.get(modelId) === state) return
    this.#states.set(modelId, state)
    this.#options.onChange()
  }
}
