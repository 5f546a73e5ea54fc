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

class ShallowTokenizer extends Tokenizer {
  #depth = 0

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
  const lexer = new Lexer({ ...options, tokenizer: new ShallowTokenizer() })
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
