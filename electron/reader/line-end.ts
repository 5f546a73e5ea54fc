/** How the last word of a line and the first of the next are put together: a parted word is one again, `self-` and `employed` keep their hyphen. */

/** First and last parts of words that are written with a hyphen wherever they stand, and endings that make other words of the first. */
const firstParts = setOf(
  'self ex non well ill half quasi cross vice all long short high low full first second third one two three four five six seven eight nine',
  'twenty thirty forty fifty sixty seventy eighty ninety avant après arrière demi sous peut est vis celui celle ceux celles quelques là',
)
const lastParts = setOf(
  'based related specific friendly free term up off in-law mentioned t il elle ils elles vous nous même mêmes être dessus dessous joint',
)
const endings =
  /^(ers?|est|en(ed|s)?|ings?|ly|ages?|ary|ness|teen\w*|th|ful\w*|land\w*|light\w*|ways?|hood|wards?|falls?|cuts?|comings?|cri\w*|trac\w*|trait?|traire)$/

/** `Haupt- und Nebensache`, `pre- and post-war`, `avant- et après-vente`. */
const conjunction = /^(and|or|to|und|oder|bis|et|ou|y|o|e)\b/i
const inWord = /[\p{L}\p{N}-]/u
/** UTF-16 units of what was read last in which a word is looked for. */
const rememberedLength = 200_000

export class LineEnds {
  #remembered = ''
  /** Lines since a parted word was met last: most pages have none. */
  #unread: string[] = []
  #unreadLength = 0

  /** Takes note of the words of a page, which say how those at the ends of its lines are written. */
  learn(lines: readonly { text: string }[]): void {
    for (const { text } of lines) {
      this.#unread.push(text)
      this.#unreadLength += text.length + 1
    }
    if (this.#unreadLength > rememberedLength * 2) this.#read()
  }

  #read(): void {
    this.#remembered = `${this.#remembered}\n${this.#unread.join('\n').toLowerCase()}`.slice(-rememberedLength)
    this.#unread = []
    this.#unreadLength = 0
  }

  #knows(word: string): boolean {
    if (this.#unreadLength > 0) this.#read()
    const all = this.#remembered
    for (let at = all.indexOf(word); at >= 0; at = all.indexOf(word, at + 1)) {
      const end = at + word.length
      if (!inWord.test(all.slice(at - 1, at)) && !inWord.test(all.slice(end, end + 1))) return true
    }
    return false
  }

  /** What stands before a next line: the text so far, with a space where the line begins a word. */
  before(text: string, next: string): string {
    if (text === '') return ''
    if (text.endsWith('\u00ad') || text.endsWith('\u200b')) return text.slice(0, -1)
    const parted = /[-\u2010]$/.test(text) ? /([\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*)[-\u2010]$/u.exec(text.slice(-80)) : null
    if (!parted) return endsWithoutSpace(text, next) ? text : `${text} `
    const [rest] = /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/u.exec(next) ?? []
    if (!parted[1] || rest === undefined || conjunction.test(next)) return `${text} `
    return this.#keepsHyphen(parted[1], rest) ? text : text.slice(0, -1)
  }

  #keepsHyphen(first: string, rest: string): boolean {
    // COVID-19, Anglo-Saxon, A-
    if (!/\p{L}$/u.test(first) || !/^\p{Ll}/u.test(rest)) return true
    const [whole, compound] = [`${first}${rest}`.toLowerCase(), `${first}-${rest}`.toLowerCase()]
    if (this.#knows(compound)) return true
    if (this.#knows(whole)) return false
    if (first.includes('-') && this.#knows(first.toLowerCase())) return true
    const [lastOfFirst] = /\p{L}+$/u.exec(first.toLowerCase()) ?? ['']
    const [firstOfRest] = /^\p{L}+/u.exec(rest.toLowerCase()) ?? ['']
    return (firstParts.has(lastOfFirst) && !endings.test(firstOfRest)) || lastParts.has(firstOfRest) || lastParts.has(rest)
  }
}

/** Chinese and Japanese go on without a space. */
function endsWithoutSpace(text: string, next: string): boolean {
  return /[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]$/.test(text) && /^[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]/.test(next)
}

function setOf(...lines: string[]): Set<string> {
  return new Set(lines.join(' ').split(' '))
}
