/**
 * The one gate for every file that reaches the engine, whatever its part. It says yes with what was checked, or why not; the
 * engine takes no path that did not come from here, and what it then read is compared with what was let through.
 */
import type { ModelPurpose } from '../../../../contract/entities.ts'
import { AppError } from '../../../../contract/errors.ts'
import { isSameFile, type FileIdentity } from '../../../../contract/file-identity.ts'
import type { CheckedPath } from '../../../engine/contract.ts'
import type { FileStandings } from './file-standings.ts'
import { hashStill } from './model-files.ts'
import type { ModelRecord } from './model-records.ts'

/** What a file is to the engine. */
export type EnginePart = 'model' | 'adapter' | 'draft' | 'embedder' | 'reranker'

/** Why a file may run: it is part of the program, nothing is asked, the catalogue in force names it, or it has a card, signed or not. */
export type Vouched = 'program' | 'nothing_required' | 'catalogue' | 'card' | 'signed_card'

/** A file that may be loaded, as it was checked. */
export interface CheckedFile {
  /** SHA-256 of its bytes. */
  modelId: string
  name: string
  path: CheckedPath
  identity: FileIdentity
  vouched: Vouched
}

const purposes: Record<EnginePart, ModelPurpose> = {
  model: 'chat',
  adapter: 'chat',
  draft: 'chat',
  embedder: 'embedder',
  reranker: 'reranker',
}

export interface EngineGateOptions {
  standings: FileStandings
  /** @throws AppError card_missing {name}, card_unsigned {name} when it may not run */
  vouch: (record: ModelRecord) => Vouched
}

export class EngineGate {
  readonly #standings: FileStandings
  readonly #vouch: EngineGateOptions['vouch']

  constructor({ standings, vouch }: EngineGateOptions) {
    this.#standings = standings
    this.#vouch = vouch
  }

  /** Whether it may run by what is required of models now; its file is not looked at. @throws AppError as {@link admit} does */
  refuse(record: ModelRecord, part: EnginePart): Vouched {
    if (record.purpose !== purposes[part])
      throw new AppError('model_not_chat', `Not for this: ${record.purpose}`, { kind: record.purpose })
    if ((part === 'adapter') !== (record.base_id !== null))
      throw new AppError('model_not_chat', 'An adapter', { kind: 'adapter' })
    return this.#vouch(record)
  }

  /** {@link refuse} as a question. */
  lets(record: ModelRecord, part: EnginePart): boolean {
    try {
      this.refuse(record, part)
      return true
    } catch (error) {
      if (error instanceof AppError) return false
      throw error
    }
  }

  /**
   * @param signal ends the hashing of a file that was touched
   * @throws AppError cancelled, model_not_chat {kind}, card_missing {name}, card_unsigned {name}, model_missing {name}, model_changed {name}
   */
  async admit(record: ModelRecord, part: EnginePart, signal: AbortSignal | null = null): Promise<CheckedFile> {
    const vouched = this.refuse(record, part)
    const { path, identity } = await this.#standings.checkedFile(record, signal)
    return { modelId: record.id, name: record.name, path: path as CheckedPath, identity, vouched }
  }
}

/**
 * Lets a file of the program's own through, which is none of the models here: the small one that backends are tried with.
 * @param sha256 of what the program put there
 * @throws AppError model_changed {name}, file_unreadable
 */
export async function admitOwn(path: string, name: string, sha256: string, signal: AbortSignal): Promise<CheckedFile> {
  const found = await hashStill(path, () => undefined, signal)
  if (found.sha256 !== sha256) throw otherFile(name)
  return { modelId: sha256, name, path: path as CheckedPath, identity: found.identity, vouched: 'program' }
}

/** Compares what the engine read with what was let through. @throws AppError model_changed {name} */
export function refuseOther({ name, identity }: CheckedFile, read: FileIdentity | null): void {
  if (!read || !isSameFile(identity, read)) throw otherFile(name)
}

function otherFile(name: string): AppError {
  return new AppError('model_changed', 'The file is not the one that was checked', { name })
}
