/** How the palette finds: without regard to case and accents, word beginnings first, forgiving one slip. Pure. */

/** Lower case without accents. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** Both sides are split alike, so that “qwen2.5” and “l'interface” are found as they are typed. */
function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
}

/** How well a label fits what was typed: 3 begins with it, 2 a word begins with it, 1 within one slip of a word, 0 not at all. */
export function fitness(label: string, typed: string): number {
  const wanted = folded(typed.trim())
  if (wanted === '') return 1
  const text = folded(label)
  if (text.startsWith(wanted)) return 3
  const words = wordsOf(text)
  const parts = wordsOf(wanted)
  if (parts.length === 0) return 0
  if (parts.every((part) => words.some((word) => word.startsWith(part)))) return 2
  const forgiven = parts.every((part) =>
    words.some((word) => (part.length > 3 ? withinOneSlip(word.slice(0, part.length + 1), part) : word.startsWith(part))),
  )
  return forgiven ? 1 : 0
}

/** Whether a beginning of the word differs from what was typed by at most one letter added, left out, changed or swapped. */
function withinOneSlip(word: string, typed: string): boolean {
  let at = 0
  while (at < typed.length && word[at] === typed[at]) at++
  if (at === typed.length) return true
  const rest = typed.slice(at)
  return (
    word.slice(at + 1).startsWith(rest.slice(1)) ||
    word.slice(at).startsWith(rest.slice(1)) ||
    word.slice(at + 1).startsWith(rest) ||
    (word[at] === rest[1] && word[at + 1] === rest[0] && word.slice(at + 2).startsWith(rest.slice(2)))
  )
}
