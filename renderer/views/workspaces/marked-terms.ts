/** The words of a passage that a search looked for. Terms come stemmed, so a word is marked when it begins with one. Pure. */

/** Letters without accents, in lower case; as long as the text it was made of. */
function folded(word: string): string {
  return [...word.normalize('NFC')].map((letter) => letter.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()).join('')
}

/** Cuts a text into parts, those marked that the terms stand for. Terms of fewer than two letters mark nothing. */
export function markedTerms(text: string, terms: readonly string[]): { text: string; marked: boolean }[] {
  const stems = terms.map(folded).filter((stem) => stem.length > 1)
  const parts: { text: string; marked: boolean }[] = []
  for (const piece of text.split(/([\p{L}\p{N}]+)/u)) {
    if (piece === '') continue
    const word = folded(piece)
    const marked = stems.some((stem) => word.startsWith(stem))
    const last = parts.at(-1)
    if (last?.marked === marked) last.text += piece
    else parts.push({ text: piece, marked })
  }
  return parts
}
