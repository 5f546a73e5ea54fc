/** Writes one answer: brings the kept context to the prompt, evaluates what is new, and turns tokens into text. */
import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp'
import { performance } from 'node:perf_hooks'
import type { AnswerItem, EngineQuestion } from './contract.ts'
import { batchTokens, type WarmStudent } from './loaded-model.ts'
import type { FittedPrompt } from './prompt/fit-messages.ts'
import { alignToKept } from './prompt/kept-tokens.ts'
import { openingTokens } from './prompt/prompt-tokens.ts'
import type { DraftReport } from './student-draft.ts'
import { StopText } from './prompt/stop-text.ts'
import { ThoughtSplitter, type SplitText } from './prompt/thought-splitter.ts'
import { useThreads } from './threads.ts'
import { TokenText } from './token-text.ts'
import { usedMemory } from './used-memory.ts'

/** Tokens are merged to about one item in this time: the eye sees no more, and the link carries less. */
const itemMs = 30
/** How far back a repetition is punished, in tokens; llama.cpp's own default. */
const repeatWindow = 64

/** Yields what happens, the last item being `end`. Stops within a token, or within a batch while reading, once the signal fires. */
export async function* writeAnswer(
  student: WarmStudent,
  fitted: FittedPrompt,
  question: EngineQuestion,
  signal: AbortSignal,
): AsyncGenerator<AnswerItem> {
  const { sequence, context, draft } = student
  const drafted: DraftReport = { proposed: 0, accepted: 0, gain: null }
  const { model, vocabulary, template } = student.base
  const started = performance.now()
  const opening = question.opening ? openingTokens(vocabulary, template, fitted.tokens, question.opening) : []
  const wanted = alignToKept([...fitted.tokens, ...opening], sequence.contextTokens, vocabulary) as Token[]
  // The last token is always evaluated anew, as when the same question is asked again: the answer is drawn from it.
  await sequence.adaptStateToTokens(wanted.slice(0, -1), false)
  const fresh = wanted.slice(sequence.nextTokenIndex)
  const room = context.contextSize - wanted.length - 1
  yield {
    type: 'prompt',
    promptTokens: wanted.length,
    evaluateTokens: fresh.length,
    leftOut: fitted.leftOut,
    contextTokens: context.contextSize,
    thinking: question.thinking && template.thinking.includes(question.thinking) ? question.thinking : null,
  }

  const ending = async (
    reason: 'finished' | 'length' | 'stopped',
    counts: Partial<AnswerItem & { type: 'end' }> = {},
  ): Promise<AnswerItem> => ({
    type: 'end',
    reason,
    answerTokens: 0,
    firstTokenMs: 0,
    tokensPerSecond: 0,
    thoughtMs: 0,
    processBytes: await usedMemory(context.model.llama),
    draft: draft && drafted,
    ...counts,
  })

  const threads = question.threads ?? { reading: student.base.threads, writing: student.base.threads }
  let read = 0
  useThreads(model, threads.reading)
  while (fresh.length - read > batchTokens) {
    await sequence.evaluateWithoutGeneratingNewTokens(fresh.slice(read, read + batchTokens))
    read += batchTokens
    if (signal.aborted) {
      yield await ending('stopped')
      return
    }
    yield { type: 'reading', fraction: read / fresh.length }
  }
  if (signal.aborted) {
    yield await ending('stopped')
    return
  }

  // Where a state cannot be taken back, the same question asked again and the next one go back to here.
  if (sequence.needsCheckpoints) {
    await sequence.evaluateWithoutGeneratingNewTokens(fresh.slice(read, -1))
    read = fresh.length - 1
    await sequence.takeCheckpoint()
  }

  const limit = Math.min(question.sampling.maxTokens ?? Infinity, room)
  const written: Token[] = []
  const text = new TokenText(model)
  const isBegun = question.opening !== null && (question.opening.text !== '' || question.opening.thought !== '')
  const thoughtOpen = isBegun ? question.opening?.text === '' : template.opensThought(fitted.tokens, vocabulary)
  const stops = new StopText(template.stops)
  const splitter = new ThoughtSplitter({ inThought: thoughtOpen, goesOn: isBegun })
  let pendingText = ''
  let pendingThought = ''
  let hasTurned = false
  let firstAt = 0
  let lastItemAt = 0
  let thoughtEndedAt = 0
  let reason: 'finished' | 'length' | 'stopped' = limit > 0 ? 'finished' : 'length'

  const take = (parts: SplitText): boolean => {
    if (parts.turned) {
      pendingThought += pendingText + stops.flush()
      pendingText = ''
      hasTurned = true
    }
    const { text: shown, stopped } = stops.push(parts.text)
    pendingText += shown
    pendingThought += parts.thought
    return stopped
  }
  const flushed = (): AnswerItem => {
    const item: AnswerItem = { type: 'text', text: pendingText, thought: pendingThought, ...(hasTurned ? { turned: true } : {}) }
    pendingText = pendingThought = ''
    hasTurned = false
    return item
  }

  if (limit > 0) {
    const rest = fresh.slice(read)
    const tokens = draft
      ? draft.student.write(sequence, rest, (before) => sampling(question, before), drafted)
      : sequence.evaluate(rest, sampling(question, written))
    for await (const token of tokens) {
      const now = performance.now()
      if (written.length === 0) {
        firstAt = now
        // The last batch of the prompt is read by now, and the next one is a token of the answer.
        useThreads(model, threads.writing)
      }
      written.push(token)
      const control = isControl(vocabulary.kinds[token])
      const parts = splitter.push(control ? (vocabulary.pieces[token] ?? '') : text.push(token), control)
      if (parts.thought !== '' || parts.turned) thoughtEndedAt = now
      const saidAll = take(parts)
      if (now - lastItemAt >= itemMs && (pendingText !== '' || pendingThought !== '' || hasTurned)) {
        lastItemAt = now
        yield flushed()
      }
      if (saidAll) reason = 'finished'
      else if (signal.aborted) reason = 'stopped'
      else if (written.length >= limit) reason = 'length'
      else continue
      break
    }
  }
  take(splitter.flush())
  pendingText += stops.flush()
  if (pendingText !== '' || pendingThought !== '' || hasTurned) yield flushed()
  const lastAt = performance.now()
  yield await ending(reason, {
    answerTokens: written.length,
    firstTokenMs: firstAt === 0 ? 0 : firstAt - started,
    tokensPerSecond: written.length > 1 ? ((written.length - 1) * 1000) / (lastAt - firstAt) : 0,
    thoughtMs: thoughtEndedAt === 0 ? 0 : thoughtEndedAt - firstAt,
  })
}

/** Token kinds of GGUF: 3 is control, 4 is user defined. The latter's spelling is text that a splitter must see whole. */
function isControl(kind: number | undefined): boolean {
  return kind === 3
}

function sampling({ sampling: wish }: EngineQuestion, written: readonly Token[]): SequenceEvaluateOptions {
  return {
    temperature: wish.temperature,
    topK: wish.topK,
    topP: wish.topP,
    minP: wish.minP,
    seed: wish.seed,
    ...(wish.repeatPenalty === 1
      ? {}
      : { repeatPenalty: { penalty: wish.repeatPenalty, punishTokens: () => written.slice(-repeatWindow) } }),
  }
}
