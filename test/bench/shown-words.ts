/** Which words of one text another lacks, however both break lines and join letters. */

/** A note's mark is drawn against the word before it: letters and numbers are words by themselves. */
const word = /[\p{L}\p{M}]+|\p{N}+/gu
/** A shorter word stands in nearly every text by chance. */
const shortest = 4

function wordsOf(text: string): string[] {
  return text.normalize('NFKC').toLowerCase().match(word) ?? []
}

/**
 * The different words of `theirs` that `ours` lacks, and how many different ones there are. A word that was cut at the end of a line, or
 * that stands in a run of letters without spaces, is not lacking.
 */
export function lackingIn(ours: string, theirs: string): { lacking: string[]; all: number } {
  const own = wordsOf(ours)
  const here = new Set(own)
  const run = own.join('')
  const all = wordsOf(theirs)
  const lacking = new Set<string>()
  all.forEach((each, at) => {
    if (here.has(each)) return
    if (each.length >= shortest && run.includes(each)) return
    // A part of a word that was cut, before or after the cut.
    const joined = [`${all[at - 1] ?? ''}${each}`, `${each}${all[at + 1] ?? ''}`]
    if (joined.some((whole) => whole.length >= shortest && run.includes(whole))) return
    lacking.add(each)
  })
  return { lacking: [...lacking], all: new Set(all).size }
}
