/**
 * How many tokens a text will be, without a tokenizer: the host has none, and a passage must fit any embedder. Reckoned by classes of
 * characters, on the safe side of both embedders that come with the application (test/engine/passage-tokens.test.ts holds it to them).
 * A text that is no language at all may still be longer; the engine cuts what does not fit.
 */

/** Runs that cost alike. White space costs nothing. */
const runs =
  /(?<unparted>[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー])|(?<latin>[\p{Script=Latin}\p{N}][\p{Script=Latin}\p{N}\p{M}]*)|(?<letters>[\p{L}\p{M}]+)|(?<mark>[^\s])/gu

/** Longer words are seldom words. */
const longestWord = 24

/** Tokens at most, without the special ones. Measured on French and English prose, law, tables, code, numbers and Chinese. */
export function estimateTokens(text: string): number {
  let tokens = 0
  for (const { groups, 0: run } of text.normalize('NFKC').matchAll(runs)) {
    if (groups?.['latin'] !== undefined) tokens += latinTokens(run)
    // One a syllable or character, and one for the beginning of a word.
    else if (groups?.['unparted'] !== undefined) tokens += 1.05
    // For a multilingual vocabulary. An English one has one token a letter of these, and no use for them.
    else if (groups?.['letters'] !== undefined) tokens += 0.5 + run.length * 0.5
    else tokens += run > '\u2fff' ? 2 : 1.05
  }
  return tokens
}

function latinTokens(run: string): number {
  const { length } = run
  if (/^\p{N}+$/u.test(run)) return 0.4 + length * 0.65
  if (/\p{N}/u.test(run)) return 0.5 + length
  if (length > longestWord) return length * 0.85
  // One capital at its beginning is usual; more of them make pieces.
  if (/.\p{Lu}/u.test(run)) return 0.7 + length * 0.5
  return length < 4 ? 1.15 : 0.6 + length * 0.28
}
