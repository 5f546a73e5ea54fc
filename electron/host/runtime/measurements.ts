/**
 * What was measured of each student on this machine: memory, which corrects the arithmetic, and speed. Kept by machine, because a
 * vault may be restored on another one.
 */
import { createHash } from 'node:crypto'
import { arch, cpus, platform, totalmem } from 'node:os'
import { z } from 'zod'
import { ThreadSpeed } from '../../../contract/entities.ts'
import { unlessFull } from '../vault/files/disk-full.ts'
import type { EncryptedDatabase } from '../vault/files/encrypted-database.ts'
import type { GgufHeader } from '../models/gguf/gguf-header.ts'
import { estimateMemory } from '../models/gguf/memory-estimate.ts'

/** No machine that this runs on has more. */
const mostThreads = 1024
const Threads = z.number().int().min(1).max(mostThreads)
const TriedThreads = z.object({
  /** The llama.cpp, and what it computes on: another one is tried anew. */
  build: z.string(),
  reading: Threads,
  writing: Threads,
  tried: z.array(ThreadSpeed).max(16),
})
/** How fast a model was here with several numbers of threads, and which were chosen. */
export type TriedThreads = z.infer<typeof TriedThreads>

/** What is known of a student here; what was not measured yet is absent. */
const Measured = z.object({
  /** Of a model: what loading it took. */
  weightsBytes: z.number().optional(),
  /** What its context really took, divided by what was said. */
  contextFactor: z.number().optional(),
  /** Of a model: how long loading it took. */
  loadMs: z.number().optional(),
  /** How long opening its context took, with its adapter. */
  openMs: z.number().optional(),
  promptTokensPerSecond: z.number().optional(),
  /** Tokens of the prompt that showed it. */
  promptTokens: z.number().optional(),
  tokensPerSecond: z.number().optional(),
  /** Of a model: with how many threads it reads and writes fastest. */
  threads: TriedThreads.optional().catch(undefined),
  /** What drafting by this model was worth. */
  draft: z.object({ draftId: z.string(), acceptance: z.number(), gain: z.number() }).optional(),
})
export type Measured = z.infer<typeof Measured>

/** A measurement outside of this is one of something else: other things happened in the process meanwhile. */
const leastFactor = 0.5
const mostFactor = 2
/** Of a smaller context the noise of the process is too great a part, in bytes. */
const leastContextBytes = 50_000_000
/** A shorter prompt or answer says little of speed, in tokens. */
const leastPromptTokens = 32
/** A prompt of so many tokens says as much as a longer one. */
const goodPromptTokens = 256
const leastAnswerTokens = 16
/** A draft that brings less is switched off: less is noise, and it takes memory. The engine judges each answer by the same. */
const leastGain = 1.05

/** A name for this machine, as far as speed and memory go. */
export function machineName(): string {
  const facts = [platform(), arch(), cpus()[0]?.model ?? '', cpus().length, totalmem()]
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 16)
}

export class Measurements {
  readonly #database: EncryptedDatabase
  readonly #machine: string
  readonly #now: () => number

  constructor({ database, machine, now }: { database: EncryptedDatabase; machine: string; now: () => number }) {
    this.#database = database
    this.#machine = machine
    this.#now = now
  }

  get(studentId: string): Measured {
    const row = this.#database
      .prepare<{ facts: string }>('SELECT facts FROM measurements WHERE student_id = ? AND machine = ?')
      .get(studentId, this.#machine)
    return row ? Measured.catch({}).parse(JSON.parse(row.facts)) : {}
  }

  /** Forgets what was measured of a student, so that it is measured again. */
  forget(studentId: string): void {
    this.#database.prepare('DELETE FROM measurements WHERE student_id = ? AND machine = ?').run(studentId, this.#machine)
  }

  /** A model was loaded. @param saidBytes what its weights were said to take */
  loaded(modelId: string, saidBytes: number, tookBytes: number, loadMs: number): void {
    this.#keep(modelId, { loadMs, ...(isSane(tookBytes / saidBytes) ? { weightsBytes: tookBytes } : {}) })
  }

  /** A student's context was opened on a model in memory. */
  broughtIn(studentId: string, openMs: number): void {
    this.#keep(studentId, { openMs })
  }

  /** A context was filled for the first time. */
  opened(studentId: string, saidBytes: number, tookBytes: number): void {
    if (saidBytes >= leastContextBytes && isSane(tookBytes / saidBytes))
      this.#keep(studentId, { contextFactor: tookBytes / saidBytes })
  }

  /** It is known with how many threads a model is fastest. @param before with how many it ran: how fast it was with others does not count any more */
  threadsTried(modelId: string, threads: TriedThreads, before: number): void {
    const isOther = threads.reading !== before || threads.writing !== before
    this.#keep(modelId, {
      threads,
      ...(isOther ? { promptTokensPerSecond: undefined, promptTokens: undefined, tokensPerSecond: undefined } : {}),
    })
  }

  /**
   * An answer was given. Of writing, the first that is long enough is kept. Of reading a longer prompt says more than a shorter one, and of
   * long ones the mean of what was and what is: the machine may have been busy the first time.
   */
  answered(
    studentId: string,
    answer: { evaluatedTokens: number; firstTokenMs: number; answerTokens: number; tokensPerSecond: number },
  ): void {
    const known = this.get(studentId)
    const { evaluatedTokens, firstTokenMs, answerTokens, tokensPerSecond } = answer
    if (evaluatedTokens >= leastPromptTokens && firstTokenMs > 0)
      this.#keep(studentId, reading(known, evaluatedTokens, (evaluatedTokens * 1000) / firstTokenMs))
    if (known.tokensPerSecond === undefined && answerTokens >= leastAnswerTokens && tokensPerSecond > 0)
      this.#keep(studentId, { tokensPerSecond })
  }

  /** An answer was drafted for, and was long enough to tell what it was worth. */
  drafted(studentId: string, draftId: string, report: { proposed: number; accepted: number; gain: number | null }): void {
    const { proposed, accepted, gain } = report
    if (gain !== null) this.#keep(studentId, { draft: { draftId, acceptance: proposed === 0 ? 0 : accepted / proposed, gain } })
  }

  /** Whether this model was tried as a draft here, and did not pay. */
  isDraftRefuted(studentId: string, draftId: string): boolean {
    const { draft } = this.get(studentId)
    return draft?.draftId === draftId && draft.gain < leastGain
  }

  #keep(studentId: string, change: Measured): void {
    const facts = JSON.stringify({ ...this.get(studentId), ...change })
    // It is measured again when there is room; no answer fails for that.
    unlessFull(() => {
      this.#database
        .prepare(
          `INSERT INTO measurements (student_id, machine, facts, measured_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (student_id, machine) DO UPDATE SET facts = excluded.facts, measured_at = excluded.measured_at`,
        )
        .run(studentId, this.#machine, facts, this.#now())
    })
  }
}

/** What is known of reading after one more prompt. */
function reading({ promptTokensPerSecond, promptTokens = leastPromptTokens }: Measured, tokens: number, speed: number): Measured {
  const says = Math.min(tokens, goodPromptTokens)
  if (promptTokensPerSecond === undefined || says > promptTokens) return { promptTokensPerSecond: speed, promptTokens: says }
  return says < goodPromptTokens ? {} : { promptTokensPerSecond: (promptTokensPerSecond + speed) / 2 }
}

function isSane(factor: number): boolean {
  return factor >= leastFactor && factor <= mostFactor
}

/** What loading a model takes, in bytes: as measured here, else as reckoned. */
export function weightsOf(header: GgufHeader, { weightsBytes }: Measured): number {
  return weightsBytes ?? estimateMemory(header, 0).weightsBytes
}

/** What a context of so many tokens takes beside the weights, as reckoned, in bytes. */
function contextOf(header: GgufHeader, contextTokens: number): number {
  const { cacheBytes, computeBytes } = estimateMemory(header, contextTokens)
  return cacheBytes + computeBytes
}

/** What a student takes beside the weights of its model and of its draft: both contexts and its adapter, corrected by what was measured. In bytes. */
export function contextsOf(
  { header, adapterBytes, draft }: { header: GgufHeader; adapterBytes: number; draft: GgufHeader | null },
  contextTokens: number,
  { contextFactor = 1 }: Measured,
): number {
  return (contextOf(header, contextTokens) + adapterBytes + (draft ? contextOf(draft, contextTokens) : 0)) * contextFactor
}
