/**
 * Keeps the context of a conversation usable over turns. A prompt spells an earlier answer in the tokeniser's way; the model
 * may have written the same text in other tokens, and these are the ones in its memory. Where the text is the same, they stay.
 */
import { textTokens } from './prompt-tokens.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * The wanted tokens, with stretches between special tokens replaced by the kept ones where both spell the same text. From the first
 * real difference on, what was wanted is returned unchanged. Takes time linear in both.
 * @param kept what the model's context holds
 */
export function alignToKept(wanted: readonly number[], kept: readonly number[], vocabulary: Vocabulary): number[] {
  const text = textTokens(vocabulary)
  const endOf = (tokens: readonly number[], from: number): number => {
    let end = from
    for (let token = tokens[end]; token !== undefined && !text.special.has(token); token = tokens[++end]);
    return end
  }
  const aligned: number[] = []
  let w = 0
  let k = 0
  while (w < wanted.length && k < kept.length) {
    const wantedEnd = endOf(wanted, w)
    const keptEnd = endOf(kept, k)
    const wantedPart = wanted.slice(w, wantedEnd)
    const keptPart = kept.slice(k, keptEnd)
    const same = wantedPart.length === keptPart.length && wantedPart.every((token, index) => token === keptPart[index])
    if (same) append(aligned, wantedPart)
    else {
      const wantedText = vocabulary.detokenize(wantedPart, true)
      const keptText = vocabulary.detokenize(keptPart, true)
      if (wantedText === keptText) append(aligned, keptPart)
      else {
        // The context ends inside this stretch: an answer that goes on, or a transcript without special tokens.
        if (keptEnd < kept.length || keptText === '' || keptText.endsWith('\uFFFD') || !wantedText.startsWith(keptText)) break
        append(aligned, keptPart)
        append(aligned, text.content(wantedText.slice(keptText.length)))
        return [...aligned, ...wanted.slice(wantedEnd)]
      }
    }
    w = wantedEnd
    k = keptEnd
    if (w >= wanted.length || k >= kept.length) break
    // Both stand at a special token.
    if (wanted[w] !== kept[k]) break
    aligned.push(wanted[w] ?? 0)
    w++
    k++
  }
  return [...aligned, ...wanted.slice(w)]
}

/** Spreading a long array into push overflows the stack. */
function append(to: number[], more: readonly number[]): void {
  for (const token of more) to.push(token)
}
