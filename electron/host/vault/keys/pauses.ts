/**
 * The growing pauses after wrong passphrases, kept in the key record so that a restart does not end them and no file beside it can be
 * deleted to end them. They slow a person at the screen; against somebody who copies the files, or puts an older record back, only the
 * passphrase's own cost helps. A pause is counted in the time that this process runs, so no clock shortens it.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { AppError, type ErrorCode } from '../../../../contract/errors.ts'
import { rmSync } from '../../base/patient-files.ts'
import { freeTries, noTries, spoiledTries, type Tries } from './record-parts.ts'
import type { RecordFile } from './record-file.ts'

const firstPauseMs = 30_000
const longestPauseMs = 15 * 60_000

/** The file of tries that earlier versions kept beside the record. */
const OldTries = z.object({ wrong: z.number().int().nonnegative() })

/** What may be tried now. */
interface Allowance {
  /** Wrong passphrases until the next pause; 0 during one. */
  triesLeft: number
  /** Milliseconds until the present pause ends; null when there is none. */
  pauseMs: number | null
}

interface PausesOptions {
  /** What was kept when the program ended. */
  tries: Tries
  /** Keeps them. False where they cannot be written. */
  keep: (tries: Tries) => boolean
  /** Milliseconds that only grow, from any beginning. */
  elapsed: () => number
  /** Told when they could not be written: tries are then counted in memory until the program ends. */
  onUnwritten: () => void
}

export class Pauses {
  readonly #options: PausesOptions
  #wrong: number
  /** As it was kept last. */
  #kept: number
  /** In `elapsed` time. */
  #endsAt: number

  /** A pause that was kept begins again with what was left of it. */
  constructor(options: PausesOptions) {
    this.#options = options
    const { wrong, pauseMs } = options.tries
    this.#wrong = wrong
    this.#kept = wrong
    this.#endsAt = options.elapsed() + pauseMs
  }

  allowance(): Allowance {
    if (this.#wrong < freeTries) return { triesLeft: freeTries - this.#wrong, pauseMs: null }
    const left = this.#endsAt - this.#options.elapsed()
    return left > 0 ? { triesLeft: 0, pauseMs: left } : { triesLeft: 1, pauseMs: null }
  }

  /**
   * Does one try.
   * @param work null when what was typed is wrong, which is said as `code`
   * @throws AppError too_many_tries {retryAt}, the code {triesLeft, retryAt}; what the work throws
   */
  async attempt<T>(work: () => Promise<T | null>, { code, now }: { code: ErrorCode; now: () => number }): Promise<T> {
    const { pauseMs } = this.allowance()
    if (pauseMs !== null) throw new AppError('too_many_tries', 'Too many wrong tries', { retryAt: now() + pauseMs })
    this.#count()
    const opened = await work()
    if (opened === null) {
      const left = this.allowance()
      const retryAt = left.pauseMs === null ? null : now() + left.pauseMs
      throw new AppError(code, 'Not what opens it', { triesLeft: left.triesLeft, retryAt })
    }
    this.clear()
    return opened
  }

  /** Counts a try before its outcome is known: killing the program while it computes must not make it free. */
  #count(): void {
    this.#wrong += 1
    const pauseMs = pauseAfter(this.#wrong)
    this.#endsAt = this.#options.elapsed() + pauseMs
    this.#keep({ wrong: this.#wrong, pauseMs })
  }

  /** The passphrase was right. */
  clear(): void {
    this.#wrong = 0
    this.#endsAt = 0
    if (this.#kept !== 0) this.#keep(noTries)
  }

  /** Keeps what is left of a pause, so that the next start goes on from there. To be called when the program ends in order. */
  rest(): void {
    const { pauseMs } = this.allowance()
    if (pauseMs !== null) this.#keep({ wrong: this.#wrong, pauseMs })
  }

  #keep(tries: Tries): void {
    const { keep, onUnwritten } = this.#options
    this.#kept = tries.wrong
    if (!keep(tries)) onUnwritten()
  }
}

/** Takes the tries that an earlier version counted in a file of their own into the record. The file stays where the record cannot be written. */
export function moveOldTries(path: string, file: RecordFile): void {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  const tries = oldTries(text)
  if (file.tryChange((record) => (record.tries.wrong >= tries.wrong ? {} : { tries }))) rmSync(path, { force: true })
}

function oldTries(text: string): Tries {
  try {
    const { wrong } = OldTries.parse(JSON.parse(text))
    return { wrong, pauseMs: pauseAfter(wrong) }
  } catch {
    return spoiledTries
  }
}

/** How long nobody may try after so many wrong passphrases, in milliseconds. */
function pauseAfter(wrong: number): number {
  return wrong < freeTries ? 0 : Math.min(firstPauseMs * 2 ** (wrong - freeTries), longestPauseMs)
}
