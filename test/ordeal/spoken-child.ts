/** A child process that says line by line what it has been told is done, until it is killed. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** Longer than any start takes on a busy machine. */
const patienceMs = 300_000

export class SpokenChild {
  /** Whole lines so far. */
  readonly lines: string[] = []
  readonly #process: ChildProcessByStdio<null, Readable, Readable>
  readonly #ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  #rest = ''
  #complaint = ''
  #wake: () => void = () => undefined
  #isOver = false

  /** @param program of test/fixtures */
  constructor(program: string, words: readonly string[], env: Record<string, string> = {}) {
    this.#process = spawn(process.execPath, [join(import.meta.dirname, '../fixtures', program), ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => this.#hear(text))
    this.#process.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (this.#complaint = (this.#complaint + text).slice(-4000)))
    this.#ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject)
      this.#process.once('close', (code, signal) => {
        this.#isOver = true
        this.#wake()
        resolve({ code, signal })
      })
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  /** Waits for a line that looks so. @throws Error when it ends before, or is silent for five minutes */
  until(pattern: RegExp): Promise<string> {
    return this.untilCount(pattern, 1)
  }

  /** Waits for the line of that number that looks so, counted from 1. @throws Error as {@link until} does */
  async untilCount(pattern: RegExp, count: number): Promise<string> {
    for (;;) {
      const found = this.lines.filter((line) => pattern.test(line))[count - 1]
      if (found !== undefined) return found
      if (this.#isOver) throw new Error(`It ended before it said ${String(pattern)}: ${this.#complaint}`)
      if (!(await this.#more()))
        throw new Error(`It was silent for five minutes and never said ${String(pattern)}: ${this.#complaint}`)
    }
  }

  /** Kills it outright and gives what it said. @throws Error when it had ended by itself */
  async kill(): Promise<string[]> {
    this.#process.kill('SIGKILL')
    const { code, signal } = await this.#ended
    if (signal !== 'SIGKILL') throw new Error(`It ended by itself with ${String(code ?? signal)}: ${this.#complaint}`)
    return this.lines
  }

  /** Waits for its end. @throws Error unless it ended well */
  async end(): Promise<string[]> {
    const { code, signal } = await this.#ended
    if (code !== 0) throw new Error(`It ended with ${String(code ?? signal)}: ${this.#complaint}`)
    return this.lines
  }

  #hear(text: string): void {
    const pieces = (this.#rest + text).split('\n')
    this.#rest = pieces.pop() ?? ''
    this.lines.push(...pieces)
    this.#wake()
  }

  /** False when nothing came for too long. */
  #more(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }
}

/** What was said under a word, in order. */
export function saidUnder(word: string, lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
}
