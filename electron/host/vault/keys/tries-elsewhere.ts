/**
 * Wrong tries at what opens with another vault's passphrase or recovery code: backup sets. They are counted by the vault that the set is of, in
 * a file beside the record, and in memory alone where that cannot be written. Whoever copies the set elsewhere tries there as often as he likes.
 */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import type { ErrorCode } from '../../../../contract/errors.ts'
import { writeFileAtomic } from '../../base/atomic-file.ts'
import { FileName } from './key-record.ts'
import { Pauses } from './pauses.ts'
import { noTries, spoiledTries, Tries } from './record-parts.ts'

/** Vaults whose tries are remembered. */
const mostVaults = 200

const Kept = z.record(FileName, Tries)
type Kept = z.infer<typeof Kept>

interface TriesElsewhereOptions {
  path: string
  /** Epoch milliseconds. */
  now: () => number
  /** Milliseconds that only grow, from any beginning. */
  elapsed: () => number
  /** Told that they can be counted in memory only. */
  onUnwritten: () => void
}

export class TriesElsewhere {
  readonly #options: TriesElsewhereOptions
  readonly #pauses = new Map<string, Pauses>()

  constructor(options: TriesElsewhereOptions) {
    this.#options = options
  }

  /**
   * Tries to open something of a vault's.
   * @param work null when what was typed is wrong, which is said as `code`
   * @throws AppError too_many_tries {retryAt}, the code {triesLeft, retryAt}; what the work throws
   */
  attempt<T>(vaultId: string, code: ErrorCode, work: () => Promise<T | null>): Promise<T> {
    return this.#of(vaultId).attempt(work, { code, now: this.#options.now })
  }

  #of(vaultId: string): Pauses {
    const known = this.#pauses.get(vaultId)
    if (known) return known
    const { elapsed, onUnwritten } = this.#options
    const pauses = new Pauses({
      tries: this.#triesOf(vaultId),
      keep: (tries) => this.#keep(vaultId, tries),
      ...{ elapsed, onUnwritten },
    })
    this.#pauses.set(vaultId, pauses)
    return pauses
  }

  #keep(vaultId: string, tries: Tries): boolean {
    const { [vaultId]: _before, ...others } = this.#read() ?? {}
    const worst = Object.entries(others)
      .sort(([, one], [, other]) => other.wrong - one.wrong)
      .slice(0, mostVaults - 1)
    try {
      const kept = tries.wrong === 0 ? worst : [...worst, [vaultId, tries]]
      writeFileAtomic(this.#options.path, JSON.stringify(Object.fromEntries(kept)))
      return true
    } catch {
      return false
    }
  }

  #triesOf(vaultId: string): Tries {
    const kept = this.#read()
    return kept ? (kept[vaultId] ?? noTries) : spoiledTries
  }

  /** Null when somebody, or the disk, has spoiled it. */
  #read(): Kept | null {
    if (!existsSync(this.#options.path)) return {}
    try {
      return Kept.parse(JSON.parse(readFileSync(this.#options.path, 'utf8')))
    } catch {
      return null
    }
  }
}
