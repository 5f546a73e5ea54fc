/**
 * The log: what broke and where, never what was said. A message of an error can quote a person's words, so only its
 * kind and its stack frames are written. The page shows the reference, with which the entry is found.
 */
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { renameSync } from './base/patient-files.ts'

/** At this size in bytes the log is put aside as `.old`, replacing the one before. */
const largestBytes = 1_000_000

export class Log {
  readonly #path: string
  readonly #now: () => number

  constructor({ path, now }: { path: string; now: () => number }) {
    this.#path = path
    this.#now = now
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  }

  /** Keeps a bug and returns its reference, e.g. `K7Q2-9FXD`. Never throws: a full disk must not hide the bug from the caller. */
  bug(error: unknown, where: string): string {
    const reference = referenceOf(randomBytes(5))
    this.#write({ level: 'bug', reference, where, chain: describe(error) })
    return reference
  }

  /** Notes an event by name with numbers and codes only. */
  note(event: string, facts: Record<string, number | boolean | null> = {}): void {
    this.#write({ level: 'note', event, ...facts })
  }

  #write(entry: Record<string, unknown>): void {
    try {
      if ((statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) > largestBytes) renameSync(this.#path, `${this.#path}.old`)
      appendFileSync(this.#path, `${JSON.stringify({ at: new Date(this.#now()).toISOString(), ...entry })}\n`, { mode: 0o600 })
    } catch {
      // Nowhere left to tell.
    }
  }
}

/** The kinds and stack frames of an error and its causes: no message, which may quote anything. */
function describe(error: unknown): { kind: string; frames: string[] }[] {
  const chain: { kind: string; frames: string[] }[] = []
  for (let current = error; current instanceof Error && chain.length < 5; current = current.cause) {
    const frames = (current.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
    const code = 'code' in current && typeof current.code === 'string' ? ` ${current.code}` : ''
    chain.push({
      kind: `${current.name}${code}`,
      frames: frames.slice(0, 12).map((frame) => frame.trim().replace(/\(?(file:\/\/)?\/[^)]*\/(?=[^/)]+\)?$)/, '(')),
    })
  }
  return chain.length > 0 ? chain : [{ kind: typeof error, frames: [] }]
}

function referenceOf(bytes: Uint8Array): string {
  const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
  const text = [...bytes, ...bytes.map((byte) => byte * 7 + 3)].map((byte) => letters[byte % letters.length]).join('')
  return `${text.slice(0, 4)}-${text.slice(4, 8)}`
}
