/** How models mark their reasoning: what opens a thought, what closes it, and marks that only stand between. Data only. */

/** A pair of marks around a thought, and how a model writes them, when an answer is begun for it. */
export interface ThoughtMarker {
  open: string
  close: string
  /** Before a thought; between it and the answer; before an answer without a thought. */
  written: { before: string; between: string; without: string }
}

const pair = (open: string, close: string, written: Partial<ThoughtMarker['written']> = {}): ThoughtMarker => ({
  open,
  close,
  written: { before: open, between: close, without: '', ...written },
})

const harmonyAnswer = '<|channel|>final<|message|>'

/** DeepSeek, Qwen and most others. */
export const commonMarker = pair('<think>', '</think>', { before: '<think>\n', between: '\n</think>\n\n' })

/** The common one and how others spell it; Kimi; Mistral; Cohere; Seed; MiniCPM; Gemma; and the channels of gpt-oss (harmony). */
export const thoughtMarkers: readonly ThoughtMarker[] = [
  commonMarker,
  pair('<thinking>', '</thinking>'),
  pair('<thought>', '</thought>'),
  pair('<reasoning>', '</reasoning>'),
  pair('◁think▷', '◁/think▷'),
  pair('<|thought_start|>', '<|thought_end|>'),
  pair('[THINK]', '[/THINK]'),
  pair('<|START_THINKING|>', '<|END_THINKING|>', {
    between: '<|END_THINKING|><|START_RESPONSE|>',
    without: '<|START_RESPONSE|>',
  }),
  pair('<seed:think>', '</seed:think>'),
  pair('<|channel>thought', '<channel|>', { before: '<|channel>thought\n' }),
  pair('<|channel|>analysis<|message|>', '<|end|>', {
    between: `<|end|><|start|>assistant${harmonyAnswer}`,
    without: harmonyAnswer,
  }),
  pair('<|channel|>commentary<|message|>', '<|end|>'),
]

/** Those whose close may come without an opening: templates open a thought that nobody sees, and models forget to. */
export const closedAlone: readonly ThoughtMarker[] = thoughtMarkers.filter(
  ({ open, close }) => /[/]/.test(close) && !open.includes('|'),
)

/** Harmony's marks before an answer; they are no part of it. */
export const silentMarks: readonly string[] = ['<|start|>assistant', harmonyAnswer]

/** The marker whose opening is the last thing in a text, white space aside; null when there is none. */
export function openedThought(text: string): ThoughtMarker | null {
  const end = text.trimEnd()
  return thoughtMarkers.find(({ open }) => end.endsWith(open)) ?? null
}
