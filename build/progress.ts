/** Progress of long work in a terminal, four times a second; in a log, a line for every tenth. */
import type { WriteStream } from 'node:tty'

/** Milliseconds between two drawings. */
const paceMs = 250

/** Where lines go. */
export type Output = Pick<WriteStream, 'write'> & { isTTY?: boolean }

export class Progress {
  readonly #output: Output
  readonly #now: () => number
  #drawnAt = -Infinity
  #drawn = false
  #tenth = 0
  #subject = ''

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output
    this.#now = now
  }

  /** A plain line. */
  say(line: string): void {
    this.#wipe()
    this.#output.write(`${line}\n`)
  }

  /** How far something is; called as often as it likes. */
  tell(subject: string, doneBytes: number, totalBytes: number): void {
    if (subject !== this.#subject) [this.#subject, this.#tenth] = [subject, Math.floor((doneBytes / totalBytes) * 10)]
    const line = `${subject}: ${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB, ${Math.floor((doneBytes / totalBytes) * 100)} %`
    if (this.#output.isTTY) {
      if (this.#now() - this.#drawnAt < paceMs && doneBytes < totalBytes) return
      this.#drawnAt = this.#now()
      this.#drawn = true
      this.#output.write(`\r\u001b[K${line}`)
      return
    }
    const tenth = Math.floor((doneBytes / totalBytes) * 10)
    if (tenth <= this.#tenth) return
    this.#tenth = tenth
    this.#output.write(`${line}\n`)
  }

  /** The work ended; a last line says how. */
  end(line: string): void {
    this.#subject = ''
    this.say(line)
  }

  #wipe(): void {
    if (this.#drawn) this.#output.write('\r\u001b[K')
    this.#drawn = false
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}
