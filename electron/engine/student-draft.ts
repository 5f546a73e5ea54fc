/**
 * A small student that drafts for a larger one: it proposes a few tokens, the larger one checks them all at once. That pays where
 * checking several costs little more than one, on most graphics cards, and seldom on a processor: so each answer begins with a
 * trial, and drafting that does not pay ends itself. (The library's own way takes one proposed token a time at most: in
 * 3.22.1 it compares all further ones with a list that stays empty.)
 */
import type { ControlledEvaluateInputItem, LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp'
import { performance } from 'node:perf_hooks'

/** Most tokens that are proposed at once. */
const mostTokens = 5
/** A token of which the draft is less sure ends the proposal. */
const leastConfidence = 0.7
/** Tokens of an answer without drafting, and then with it, from which the gain is told. */
const plainTokens = 16
const draftedTokens = 32
/** Less gain than this is noise, and not worth the memory. */
const leastGain = 1.05

/** What drafting did for an answer. */
export interface DraftReport {
  proposed: number
  accepted: number
  /** Speed with drafting divided by speed without; null when the answer was too short to tell. */
  gain: number | null
}

export class StudentDraft {
  readonly #sequence: LlamaContextSequence

  /** @param sequence of the drafting student, in a context of its own */
  constructor(sequence: LlamaContextSequence) {
    this.#sequence = sequence
  }

  /**
   * The tokens of an answer, drafted. Each is drawn from the larger student's own distribution with a seed of its place, so that
   * the answer is the same whatever was proposed.
   * @param fresh tokens to evaluate first, at least one
   * @param options of the token that follows so many written ones
   * @param report is kept up to date
   */
  async *write(
    target: LlamaContextSequence,
    fresh: readonly Token[],
    options: (written: readonly Token[]) => SequenceEvaluateOptions,
    report: DraftReport,
  ): AsyncGenerator<Token> {
    const written: Token[] = []
    const trial = new Trial()
    let pending = [...fresh]
    for (;;) {
      const proposal = trial.isDrafting(written.length) ? await this.#propose([...target.contextTokens, ...pending], target) : []
      const drawn = (token: Token, before: readonly Token[]): ControlledEvaluateInputItem => [
        token,
        { generateNext: { token: true, options: seeded(options(before), before.length) } },
      ]
      const last = pending.length - 1
      const results = await target.controlledEvaluate([
        ...pending.slice(0, last),
        ...[...pending.slice(last), ...proposal].map((token, index) => drawn(token, [...written, ...proposal.slice(0, index)])),
      ])
      report.proposed += proposal.length
      let taken = 0
      let next: Token | null | undefined
      for (;;) {
        next = results[last + taken]?.next.token
        if (next == null || next !== proposal[taken]) break
        taken++
      }
      report.accepted += taken
      const end = target.nextTokenIndex
      // What was proposed beyond the first wrong token must not be remembered as said.
      if (taken < proposal.length) await target.eraseContextTokenRanges([{ start: end - (proposal.length - taken), end }])
      for (const token of [...proposal.slice(0, taken), next]) {
        if (token == null || target.model.isEogToken(token)) return
        written.push(token)
        yield token
      }
      if (next == null) return
      pending = [next]
      report.gain = trial.step(written.length)
    }
  }

  async #propose(state: Token[], target: LlamaContextSequence): Promise<Token[]> {
    if (state.length + mostTokens + 1 >= Math.min(this.#sequence.context.contextSize, target.context.contextSize)) return []
    await this.#sequence.adaptStateToTokens(state.slice(0, -1), false)
    const fresh = state.slice(this.#sequence.nextTokenIndex)
    const proposal: Token[] = []
    const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0 }
    for await (const { token, confidence } of this.#sequence.evaluateWithMetadata(fresh, { confidence: true }, greedy)) {
      if (confidence < leastConfidence || proposal.push(token) >= mostTokens) break
    }
    return proposal
  }
}

/** Compares the first tokens of an answer, written plainly, with those that were drafted. */
class Trial {
  #began: { tokens: number; at: number } | null = null
  #plainMs: number | null = null
  #gain: number | null = null

  isDrafting(writtenTokens: number): boolean {
    return writtenTokens > plainTokens && (this.#gain === null || this.#gain >= leastGain)
  }

  /** So many tokens are written now. Returns the gain once it is known. */
  step(tokens: number): number | null {
    const now = performance.now()
    // The first step has read the prompt.
    this.#began ??= { tokens, at: now }
    const msPerToken = (now - this.#began.at) / Math.max(1, tokens - this.#began.tokens)
    if (this.#plainMs === null && tokens > plainTokens) {
      this.#plainMs = msPerToken
      this.#began = { tokens, at: now }
    } else if (this.#plainMs !== null && this.#gain === null && tokens - this.#began.tokens >= draftedTokens) {
      this.#gain = this.#plainMs / msPerToken
    }
    return this.#gain
  }
}

/** A seed for each place: one that is the same for all would draw alike at every token. */
function seeded(options: SequenceEvaluateOptions, place: number): SequenceEvaluateOptions {
  return options.seed === undefined ? options : { ...options, seed: (options.seed + place) % 2 ** 32 }
}
