/**
 * The Markdown that is understood: GitHub's, and formulas. A model that loops, or is made to, must not freeze the page: marked nests
 * `- - - …` until the stack is full, and takes the square of the length of a line.
 */
import { Lexer, Marked, Tokenizer, type MarkedExtension, type MarkedOptions, type Tokens, type TokensList } from 'marked'
import { formulas } from './formulas.ts'

/** Lists and quotes deeper than this are text. */
const deepest = 24
/** Text is looked at in pieces of so many characters; an emphasis or a link that lies across two is text. */
const longestPiece = 2000

/** Signs that Chinese, Japanese and Korean are written with; no blank parts their words. */
const eastern = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const sign = /[\p{P}\p{S}]/u
/** The shortest emphasis that begins here. */
const emphasis = /^(\*{1,3})(?![\s*])((?:\\.|[^*\\\n])*?(?:\\.|[^*\\\n\s]))\1(?!\*)/

class OurTokenizer extends Tokenizer {
  #depth = 0

  /** One tilde says “about”; two strike out. */
  override del(source: string, masked: string, previous?: string): Tokens.Del | undefined {
    return source.startsWith('~~') ? super.del(source, masked, previous) : undefined
  }

  /** A sign inside and a letter outside are no end of an emphasis to CommonMark, but where no blank parts words there is no other. */
  override emStrong(source: string, masked: string, previous = ''): Tokens.Em | Tokens.Strong | undefined {
    const found = emphasis.exec(source)
    const [raw, stars, text] = [found?.[0] ?? '', found?.[1] ?? '', found?.[2] ?? '']
    const isOpened = sign.test(text.charAt(0)) && eastern.test(previous)
    const isEnded = sign.test(text.at(-1) ?? '') && eastern.test(source.charAt(raw.length))
    if (!found || (!isOpened && !isEnded)) return super.emStrong(source, masked, previous)
    const type = stars.length === 1 ? 'em' : 'strong'
    const inside = stars.length === 3 ? `*${text}*` : text
    return { type, raw, text: inside, tokens: this.lexer.inlineTokens(inside) }
  }

  override list(source: string): Tokens.List | undefined {
    return this.#deeper(() => super.list(source))
  }

  override blockquote(source: string): Tokens.Blockquote | undefined {
    return this.#deeper(() => super.blockquote(source))
  }

  #deeper<T>(read: () => T): T | undefined {
    if (this.#depth >= deepest) return undefined
    this.#depth++
    try {
      return read()
    } finally {
      this.#depth--
    }
  }
}

/** What marked is told, with renderers of one's own. */
export function grammar(extension: MarkedExtension = {}): MarkedOptions {
  return new Marked({ gfm: true }, { extensions: formulas }, extension).defaults
}

/** The blocks, and inside them what is only known of blocks. */
export function readBlocks(source: string, options: MarkedOptions): TokensList {
  return lex(source, options).tokens
}

/** The blocks with all that is in them. */
export function readMarkdown(source: string, options: MarkedOptions): TokensList {
  const lexer = lex(source, options)
  for (const run of lexer.inlineQueue) for (const piece of pieces(run.src)) lexer.inlineTokens(piece, run.tokens)
  return lexer.tokens
}

function lex(source: string, options: MarkedOptions): Lexer {
  const lexer = new Lexer({ ...options, tokenizer: new OurTokenizer() })
  lexer.blockTokens(source.replaceAll(/\r\n?/g, '\n'), lexer.tokens)
  return lexer
}

/** Cut behind a blank where there is one. */
function* pieces(text: string): Generator<string> {
  let from = 0
  while (text.length - from > longestPiece) {
    const blank = text.lastIndexOf(' ', from + longestPiece - 1)
    const to = blank > from ? blank + 1 : from + longestPiece
    yield text.slice(from, to)
    from = to
  }
  yield text.slice(from)
}
