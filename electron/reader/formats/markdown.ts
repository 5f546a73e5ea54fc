/** Markdown: headings, lists, tables and code, without their signs. */
import type { Token, Tokens } from 'marked'
import { tableBlocks, textBlock, type TextBlock } from '../blocks.ts'
import { paragraphBlocks, plainText } from '../plain-text.ts'
import { beginning, inItems, type FormatReader } from '../reading.ts'

/** The lexer holds every sign of a text, and takes minutes for 30 million characters: a longer one is read as the text that it is. */
const markedCharacters = 5_000_000

export const readMarkdown: FormatReader = async function* ({ bytes }, reading) {
  const { lexer } = await import('marked')
  const text = plainText(bytes, reading)
  if (text.length > markedCharacters) {
    yield beginning('markdown')
    yield* inItems(paragraphBlocks(text, (paragraph) => ({ kind: 'paragraph', paragraph })))
    return
  }
  const tokens = lexer(text.replace(/^---\n[^]*?\n---\n/, ''))
  await reading.turn()
  const blocks: TextBlock[] = []
  gather(tokens, blocks, 'paragraph')
  yield beginning('markdown', blocks.find(({ kind }) => kind === 'heading')?.text ?? null)
  yield* inItems(blocks)
}

function gather(tokens: readonly Token[], blocks: TextBlock[], kind: 'paragraph' | 'list_item'): void {
  for (const token of tokens) {
    const place = { kind: 'paragraph' as const, paragraph: blocks.length + 1 }
    const add = (one: TextBlock['kind'], text: string, level = 0): void => {
      const block = textBlock(one, text, place, level)
      if (block) blocks.push(block)
    }
    if (token.type === 'heading') add('heading', words(token), (token as Tokens.Heading).depth)
    else if (token.type === 'code') add('code', (token as Tokens.Code).text)
    else if (token.type === 'list') for (const item of (token as Tokens.List).items) gather(item.tokens, blocks, 'list_item')
    else if (token.type === 'blockquote') gather((token as Tokens.Blockquote).tokens, blocks, kind)
    else if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table
      const lines = [header, ...rows].map((row) => row.map((cell) => cell.tokens.map(words).join('')))
      blocks.push(...tableBlocks(lines, true, () => place))
    } else if (token.type === 'html') add(kind, (token as Tokens.HTML).text.replace(/<[^<>]*>/g, ' '))
    else if (token.type !== 'space' && token.type !== 'hr' && token.type !== 'def') add(kind, words(token))
  }
}

/** What a person reads of a token. */
function words(token: Token): string {
  if (token.type === 'html') return ' '
  if (token.type === 'br') return ' '
  if ('tokens' in token && token.tokens) return token.tokens.map(words).join('')
  return 'text' in token && typeof token.text === 'string' ? unescaped(token.text) : ''
}

function unescaped(text: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => names[name] ?? whole)
}
