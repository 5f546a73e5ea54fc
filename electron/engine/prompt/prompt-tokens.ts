/**
 * From messages to tokens, with no way for what people and documents say to become a control token: `<|im_end|>` in a
 * question is five or six tokens of text. The template's own marks, and only they, are read as special tokens; marks that it
 * writes as plain text are kept out of what is said by a space (`turn-marks.ts`).
 */
import type { Thinking } from '../contract.ts'
import type { PromptMessage } from '../contract.ts'
import type { ChatTemplate } from './chat-template.ts'
import { TextTokens } from './text-tokens.ts'
import { TurnMarks } from './turn-marks.ts'
import type { Vocabulary } from './vocabulary.ts'

export type { Vocabulary } from './vocabulary.ts'

/** What is worked out once per model: reading 262,144 spellings takes a tenth of a second. It goes when the vocabulary goes. */
const textTokensOf = new WeakMap<Vocabulary, TextTokens>()

/** The way from plain text to tokens of this vocabulary. */
export function textTokens(vocabulary: Vocabulary): TextTokens {
  let tokens = textTokensOf.get(vocabulary)
  if (!tokens) textTokensOf.set(vocabulary, (tokens = new TextTokens(vocabulary)))
  return tokens
}

/** Worked out once per template, as {@link textTokensOf} is per vocabulary. */
const turnMarksOf = new WeakMap<ChatTemplate, TurnMarks>()

function turnMarks(template: ChatTemplate, special: RegExp | null): TurnMarks {
  let marks = turnMarksOf.get(template)
  if (!marks) {
    marks = new TurnMarks((messages) => template.render(messages, { addGenerationPrompt: true }), special)
    turnMarksOf.set(template, marks)
  }
  return marks
}

/**
 * The tokens of a conversation, up to where the answer begins. Exactly one `bos` where the model wants one.
 * @param thinking what the model is told of it
 */
export function promptTokens(
  vocabulary: Vocabulary,
  template: ChatTemplate,
  messages: readonly PromptMessage[],
  thinking?: Thinking,
): number[] {
  const text = textTokens(vocabulary)
  const { spelling } = text.special
  const marks = turnMarks(template, spelling)
  const mark = unusedCharacter(messages)
  const found: string[] = []
  const hide = (content: string): string => {
    const said = marks.neutralise(content)
    return spelling ? said.replace(spelling, (special) => `${mark}${found.push(special) - 1}${mark}`) : said
  }
  const safe = messages.map((message) => ({
    ...message,
    content: hide(message.content),
    ...(message.thought === undefined ? {} : { thought: hide(message.thought) }),
  }))
  const rendered = template.render(safe, { addGenerationPrompt: true, thinking })
  const parts = rendered.split(new RegExp(`${mark}(\\d+)${mark}`))
  const tokens = parts.flatMap((part, index) => {
    if (index % 2 === 1) return text.plain(found[Number(part)] ?? '')
    // The very first part is tokenised as llama.cpp would the whole: with the space that SentencePiece wants there.
    return index === 0 ? vocabulary.tokenize(part, true) : text.following(part, true)
  })
  const { bos, addBos } = vocabulary
  if (bos === null) return tokens
  const own = tokens.findIndex((token) => token !== bos)
  if (own > 1) return tokens.slice(own - 1)
  return own === 0 && addBos ? [bos, ...tokens] : tokens
}

/**
 * The tokens that every prompt shares which begins with these messages, the last of them being the beginning of one that goes on: what may
 * be read before anybody has asked. Two ways of going on that share no letter are compared, so that it holds for any template.
 */
export function beginningTokens(
  vocabulary: Vocabulary,
  template: ChatTemplate,
  messages: readonly PromptMessage[],
  thinking?: Thinking,
): number[] {
  const goingOn = (words: string): number[] =>
    promptTokens(
      vocabulary,
      template,
      messages.map((message, at) => (at < messages.length - 1 ? message : { ...message, content: message.content + words })),
      thinking,
    )
  const one = goingOn('Question')
  const other = goingOn('1')
  const end = one.findIndex((token, at) => token !== other[at])
  return end < 0 ? one : one.slice(0, end)
}

/** The beginning of an answer, to be gone on with after a prompt. What it says is text; only its thought's marks are special. */
export function openingTokens(
  vocabulary: Vocabulary,
  template: ChatTemplate,
  prompt: readonly number[],
  opening: { text: string; thought: string },
): number[] {
  const text = textTokens(vocabulary)
  const { before, between } = template.thoughtMarks(
    template.opensThought(prompt, vocabulary),
    opening.thought !== '',
    opening.text !== '',
  )
  return [
    ...text.following(before, true),
    ...text.content(opening.thought),
    ...text.following(between, true),
    ...text.content(opening.text),
  ]
}

/** A private-use character that nobody wrote here: it stands around the number of a hidden spelling. */
function unusedCharacter(messages: readonly PromptMessage[]): string {
  const all = messages.map(({ content, thought }) => content + (thought ?? '')).join('')
  for (let code = 0xe000; code <= 0xf8ff; code++) {
    const character = String.fromCharCode(code)
    if (!all.includes(character)) return character
  }
  throw new RangeError('A text that uses every private character')
}
