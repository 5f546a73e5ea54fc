/** The files that a student, an embedder or a reranker is run with, each through the gate, with the headers that say what they need. */
import { AppError } from '../../../../contract/errors.ts'
import { readGgufHeader, type GgufHeader } from '../gguf/gguf-header.ts'
import type { CheckedFile, EngineGate } from './engine-gate.ts'
import { adapterOf, type ModelRecord, type ModelRecords } from './model-records.ts'

/** The checked files of a student, with the header of its model. */
export interface StudentFiles {
  baseId: string
  file: CheckedFile
  header: GgufHeader
  adapter: { file: CheckedFile; bytes: number } | null
  /** The smaller model that drafts for it. */
  draft: { modelId: string; file: CheckedFile; header: GgufHeader } | null
}

export class RunnableFiles {
  readonly #records: ModelRecords
  readonly #gate: EngineGate

  constructor({ records, gate }: { records: ModelRecords; gate: EngineGate }) {
    this.#records = records
    this.#gate = gate
  }

  /**
   * The checked files of a student, ready to be run, with the header of its model.
   * @param signal ends the hashing of a file that was touched
   * @throws AppError cancelled, model_missing, model_changed, model_not_chat {kind}, card_missing, card_unsigned, adapter_no_base {baseName}
   */
  async toRun(studentId: string, signal: AbortSignal | null = null): Promise<StudentFiles> {
    const record = this.#records.find(studentId)
    if (!record) throw new AppError('model_missing', 'No such model')
    if (record.base_id === null) {
      const file = await this.#gate.admit(record, 'model', signal)
      const draft = await this.#draftOf(record, signal)
      return { baseId: record.id, file, header: await readGgufHeader(file.path), adapter: null, draft }
    }
    const base = this.#records.find(record.base_id)
    if (!base) {
      throw new AppError('adapter_no_base', 'The base is not here', { baseName: adapterOf(record)?.baseName ?? null })
    }
    const adapter = { file: await this.#gate.admit(record, 'adapter', signal), bytes: record.size_bytes }
    const file = await this.#gate.admit(base, 'model', signal)
    const draft = await this.#draftOf(record, signal)
    return { baseId: base.id, file, header: await readGgufHeader(file.path), adapter, draft }
  }

  /**
   * The checked file of an embedder or reranker, ready to be run.
   * @throws AppError model_missing, model_changed, model_not_chat {kind}, card_missing, card_unsigned
   */
  async toEmbed(
    modelId: string,
    part: 'embedder' | 'reranker',
    signal: AbortSignal | null = null,
  ): Promise<{ file: CheckedFile; header: GgufHeader }> {
    const file = await this.#gate.admit(this.#embedding(modelId), part, signal)
    return { file, header: await readGgufHeader(file.path) }
  }

  /** Whether one that is in memory may still be used. @throws AppError model_missing, card_missing, card_unsigned */
  refuseToEmbed(modelId: string, part: 'embedder' | 'reranker'): void {
    this.#gate.refuse(this.#embedding(modelId), part)
  }

  #embedding(modelId: string): ModelRecord {
    const record = this.#records.find(modelId)
    if (!record || record.purpose === 'chat') throw new AppError('model_missing', 'No such embedder')
    return record
  }

  /** A draft that is not here, is not what was checked or may not run is done without. */
  async #draftOf({ draft_id }: ModelRecord, signal: AbortSignal | null): Promise<StudentFiles['draft']> {
    const record = draft_id === null ? undefined : this.#records.find(draft_id)
    if (!record) return null
    try {
      const file = await this.#gate.admit(record, 'draft', signal)
      return { modelId: record.id, file, header: await readGgufHeader(file.path) }
    } catch (error) {
      if (error instanceof AppError && error.code !== 'cancelled') return null
      throw error
    }
  }
}
