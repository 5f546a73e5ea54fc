/** Markdown: headings, lists, tables and code, without their signs. */
import type { Token, Tokens } from 'marked'
import { boxes } from '../html-controls.ts'
import { raisedNumber } from '../run-text.ts'
import { tableBlocks, textBlock, type TextBlock } from '../blocks.ts'
import { paragraphBlocks, plainText } from '../plain-text.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'

/** The lexer holds every sign of a text, and takes minutes for 30 million characters: a longer one is read as the text that it is. */
const markedCharacters = 5_000_000

const passedOver: ReadonlySet<string> = new Set(['space', 'hr', 'def', 'checkbox'])

export const readMarkdown: FormatReader = async function* ({ bytes }, reading) {
  const { lexer } = await import('marked')
  const text = plainText(bytes, reading)
  if (text.length > markedCharacters) {
    yield beginning('markdown')
    yield* inItems(paragraphBlocks(text, (paragraph) => ({ kind: 'paragraph', paragraph })))
    return
  }
  const { front, rest } = frontMatterOf(text)
  const tokens = lexer(withNotes(rest))
  const decode = await entityDecoder()
  await reading.turn()
  const blocks: TextBlock[] = []
  if (front !== '') {
    const block = textBlock('code', front, { kind: 'paragraph', paragraph: 1 })
    if (block) blocks.push(block)
  }
  new MarkdownBlocks(blocks, decode).gather(tokens, 'paragraph')
  yield beginning('markdown', blocks.find(({ kind }) => kind === 'heading')?.text ?? null)
  yield* inItems(blocks)
}

/** What stands between two lines `---` at the very top, if it is empty or begins as `key:` does; else they are rules. */
function frontMatterOf(text: string): { front: string; rest: string } {
  const whole = { front: '', rest: text }
  if (!/^---[ \t]*\n/.test(text)) return whole
  const from = text.indexOf('\n') + 1
  const end = /^(?:---|\.\.\.)[ \t]*$/m.exec(text.slice(from))
  if (!end) return whole
  const front = text.slice(from, from + end.index)
  return front.trim() === '' || /^\s*(?:#.*\n\s*)*[\w"'.-]+[ \t]*:/.test(front.slice(0, 1000))
    ? { front: front.trim() === '' ? '' : front, rest: text.slice(from + end.index + end[0].length) }
    : whole
}

/** `[^1]: words` is no address of a link: the words are shown at the foot. */
function withNotes(text: string): string {
  return text.replace(/^ {0,3}\[\^([^\]\n]{1,100})\]:[ \t]*/gm, '\n\\[$1\\] ')
}

/** Entities as HTML has them. */
async function entityDecoder(): Promise<(text: string) => string> {
  const { Parser } = await import('htmlparser2')
  return (text) => {
    if (!text.includes('&')) return text
    let decoded = ''
    const parser = new Parser({ ontext: (part) => (decoded += part) }, { decodeEntities: true })
    parser.end(text.replaceAll('<', '&lt;'))
    return decoded
  }
}

class MarkdownBlocks {
  readonly #blocks: TextBlock[]
  readonly #decode: (text: string) => string

  constructor(blocks: TextBlock[], decode: (text: string) => string) {
    this.#blocks = blocks
    this.#decode = decode
  }

  /** @param mark shown before the first words: the number of an entry, a box */
  gather(tokens: readonly Token[], kind: 'paragraph' | 'list_item', mark = ''): void {
    let before = mark
    for (const token of tokens) {
      const place = { kind: 'paragraph' as const, paragraph: this.#blocks.length + 1 }
      const add = (one: TextBlock['kind'], text: string, level = 0): void => {
        const block = textBlock(one, before + text, place, level)
        before = ''
        if (block) this.#blocks.push(block)
      }
      if (token.type === 'heading') add('heading', this.#words(token), (token as Tokens.Heading).depth)
      else if (token.type === 'code') add('code', (token as Tokens.Code).text)
      else if (token.type === 'list') this.#list(token as Tokens.List)
      else if (token.type === 'blockquote') this.gather((token as Tokens.Blockquote).tokens, kind)
      else if (token.type === 'table') {
        const { header, rows } = token as Tokens.Table
        const lines = [header, ...rows].map((row) => row.map((cell) => cell.tokens.map((one) => this.#words(one)).join('')))
        this.#blocks.push(...tableBlocks(lines, true, () => place))
      } else if (token.type === 'html') add(kind, this.#decode((token as Tokens.HTML).text.replace(/<[^<>]*>/g, ' ')))
      else if (!passedOver.has(token.type)) add(kind, this.#words(token))
    }
  }

  #list({ items, ordered, start }: Tokens.List): void {
    for (const [at, item] of items.entries()) {
      const number = ordered ? `${Number(start) + at}. ` : ''
      const box = item.task ? `${item.checked ? boxes.ticked : boxes.open} ` : ''
      this.gather(item.tokens, 'list_item', number + box)
    }
  }

  /** What a person reads of a token. */
  #words(token: Token): string {
    if (token.type === 'html' || token.type === 'br') return ' '
    if (token.type === 'checkbox') return ''
    if (token.type === 'codespan') return (token as Tokens.Codespan).text
    if ('tokens' in token && token.tokens) {
      const words = token.tokens.map((one) => this.#words(one)).join('')
      return token.type === 'del' ? `~~${words}~~` : words
    }
    if (token.type === 'escape') return (token as Tokens.Escape).text
    return 'text' in token && typeof token.text === 'string' ? this.#decode(withNoteSigns(token.text)) : ''
  }
}

/** `[^1]` stands raised behind its word. */
function withNoteSigns(text: string): string {
  return text.replace(/\[\^([^\]\s]{1,100})\]/g, (_whole, name: string) =>
    /^\d+$/.test(name) ? raisedNumber(name) : ` [${name}]`,
  )
}
