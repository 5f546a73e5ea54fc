/**
 * The growing pauses after wrong passphrases, kept in a file so that a restart does not end them. They slow a person at
 * the screen; against somebody who copies the files only the passphrase's own cost helps.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { rmSync } from '../../base/patient-files.ts'
import { writeFileAtomic } from '../../base/atomic-file.ts'

const freeTries = 5
const firstPauseMs = 30_000
const longestPauseMs = 15 * 60_000

const Tries = z.object({ wrong: z.number().int().nonnegative(), lastAt: z.number() })
type Tries = z.infer<typeof Tries>

/** What may be tried now. */
interface Allowance {
  /** Wrong passphrases until the next pause; 0 during one. */
  triesLeft: number
  /** The end of the present pause, epoch milliseconds; null when there is none. */
  retryAt: number | null
}

export class Pauses {
  readonly #path: string
  readonly #now: () => number
  #tries: Tries

  constructor({ path, now }: { path: string; now: () => number }) {
    this.#path = path
    this.#now = now
    this.#tries = this.#read()
  }

  /** Begins a pause again when it finds that the clock went back. */
  allowance(): Allowance {
    const now = this.#now()
    const { wrong } = this.#tries
    if (wrong < freeTries) return { triesLeft: freeTries - wrong, retryAt: null }
    // A clock that went back would otherwise lock for as long as it went; the pause begins again instead, never shorter.
    if (this.#tries.lastAt > now) this.#write({ wrong, lastAt: now })
    const retryAt = this.#tries.lastAt + Math.min(firstPauseMs * 2 ** (wrong - freeTries), longestPauseMs)
    return retryAt > now ? { triesLeft: 0, retryAt } : { triesLeft: 1, retryAt: null }
  }

  /** Counts a try before its outcome is known: killing the program while it computes must not make it free. */
  count(): void {
    this.#write({ wrong: this.#tries.wrong + 1, lastAt: this.#now() })
  }

  /** The passphrase was right. */
  clear(): void {
    rmSync(this.#path, { force: true })
    this.#tries = { wrong: 0, lastAt: 0 }
  }

  #read(): Tries {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { wrong: 0, lastAt: 0 }
      throw error
    }
    try {
      return Tries.parse(JSON.parse(text))
    } catch {
      // Spoiled by somebody, or by the disk: close rather than open.
      return { wrong: freeTries, lastAt: this.#now() }
    }
  }

  #write(tries: Tries): void {
    this.#tries = tries
    writeFileAtomic(this.#path, JSON.stringify(tries))
  }
}
