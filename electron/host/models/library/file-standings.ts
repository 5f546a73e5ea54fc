/** Whether each model's file is still the one that was checked: by size and time at a look, by its hash where those differ. */
import type { Model } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { hashFile, type ModelFiles } from './model-files.ts'
import type { ModelRecord, ModelRecords } from './model-records.ts'

export interface FileStandingsOptions {
  files: ModelFiles
  records: ModelRecords
  /** Told when a standing may have changed. */
  onChange: () => void
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

  /** Looks for the first time; a file whose size or time changed is hashed again in the background. */
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

  /** `checking` when the file is there but is not, by size and time, the one that was hashed. */
  async look(record: ModelRecord): Promise<Model['state']> {
    const seen = await this.#options.files.look(record.file_name)
    if (!seen) return 'missing'
    return seen.sizeBytes === record.size_bytes && seen.changedAt === record.changed_at ? 'ready' : 'checking'
  }

  /** Where the file is, once it is known to be the one that was checked. @throws AppError model_missing, model_changed */
  async checkedPath(record: ModelRecord): Promise<string> {
    let state = await this.look(record)
    if (state === 'checking') state = await this.#check(record)
    this.#states.set(record.id, state)
    this.#options.onChange()
    if (state === 'missing') throw new AppError('model_missing', 'The file is gone', { name: record.name })
    if (state !== 'ready') throw new AppError('model_changed', 'The file is not the one that was checked', { name: record.name })
    return this.#options.files.pathOf(record.file_name)
  }

  async #check(record: ModelRecord): Promise<Model['state']> {
    const { files, records, onChange } = this.#options
    const seen = await files.look(record.file_name)
    const sha256 = seen ? await hashFile(files.pathOf(record.file_name), () => undefined, this.#closing.signal) : null
    const state: Model['state'] = !seen ? 'missing' : sha256 === record.id ? 'ready' : 'changed'
    if (seen && state === 'ready') records.verified(record.id, seen.changedAt)
    this.#states.set(record.id, state)
    onChange()
    return state
  }
}
