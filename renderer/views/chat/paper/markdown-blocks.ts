/** Markdown as the blocks of a paper, from the same tokens that the page is drawn of. Pure. */
import type { Token, Tokens } from 'marked'
import type { PaperBlock, PaperRun } from '../../../../contract/paper.ts'
import { markParts } from '../../../ui/prose/citation-marks.ts'
import { grammar, readMarkdown } from '../../../ui/prose/grammar.ts'

/** What of an answer becomes a paper otherwise than it stands. */
interface BlockOptions {
  /** The number that a mark has in the paper, by that in the text. What is not here is text. */
  marks: ReadonlyMap<number, number>
  /** The level of a heading of the first level. */
  firstLevel: number
  /** Gives lists their numbers, so that those of two answers differ. */
  nextList: () => number
  /** Words for a picture, which is never loaded. */
  image: (description: string) => string
}

type Look = Omit<PaperRun, 'text'>

const options = grammar()
/** As deep as blocks lie in a paper. */
const deepest = 24
const longestLink = 2048

export function markdownBlocks(source: string, how: BlockOptions): PaperBlock[] {
  return [...blocksOf(readMarkdown(source, options), how, { depth: 0, quoted: false })]
}

interface Place {
  depth: number
  quoted: boolean
}

function* blocksOf(tokens: readonly Token[], how: BlockOptions, place: Place): Generator<PaperBlock> {
  for (const token of tokens as readonly (Tokens.Generic & { type: string })[]) {
    switch (token.type) {
      case 'heading':
        yield {
          kind: 'heading',
          level: Math.min(6, Number(token['depth']) + how.firstLevel - 1),
          runs: runsOf(token.tokens, how),
        }
        break
      case 'paragraph':
      case 'text':
        yield { kind: 'paragraph', runs: runsOf(token.tokens ?? [token], how), ...place }
        break
      case 'code':
        yield { kind: 'code', text: String(token['text']), depth: place.depth }
        break
      case 'formulaAlone':
        yield { kind: 'code', text: String(token['text']), depth: place.depth }
        break
      case 'blockquote':
        yield* blocksOf(token.tokens ?? [], how, { depth: deeper(place), quoted: true })
        break
      case 'list':
        yield* itemsOf(token as Tokens.List, how, place)
        break
      case 'table':
        yield tableOf(token as Tokens.Table, how)
        break
      case 'hr':
        yield { kind: 'rule' }
        break
      case 'html':
        yield { kind: 'paragraph', runs: [{ text: String(token['text']).trimEnd() }], ...place }
        break
      case 'def':
        // `[1]: words` of a source's number is no address.
        if (how.marks.has(Number(token['tag']))) yield { kind: 'paragraph', runs: textRuns(token.raw.trim(), {}, how), ...place }
        break
    }
  }
}

function deeper({ depth }: Place): number {
  return Math.min(deepest, depth + 1)
}

function* itemsOf({ ordered, start, items }: Tokens.List, how: BlockOptions, place: Place): Generator<PaperBlock> {
  const list = how.nextList()
  const inside = { ...place, depth: deeper(place) }
  for (const [index, item] of items.entries()) {
    const tokens = item.tokens.filter(({ type }) => type !== 'space')
    const box = item.task ? (item.checked ? '✓ ' : '□ ') : ''
    const rest = tokens.filter(({ type }) => type !== 'checkbox')
    const [first] = rest
    const begins = first?.type === 'text' || first?.type === 'paragraph'
    const runs = begins ? runsOf('tokens' in first ? (first.tokens ?? [first]) : [first], how) : []
    const number = ordered ? (start === '' ? 1 : start) + index : null
    yield { kind: 'item', runs: [...(box === '' ? [] : [{ text: box }]), ...runs], depth: inside.depth, list, number }
    yield* blocksOf(begins ? rest.slice(1) : rest, how, inside)
  }
}

function tableOf({ header, rows, align }: Tokens.Table, how: BlockOptions): PaperBlock {
  return {
    kind: 'table',
    rows: [header, ...rows].map((row) => row.map(({ tokens }) => runsOf(tokens, how, {}, true))),
    align: align.map((side) => side ?? 'left'),
  }
}

/** @param inCell a cell has no other way to a second line than `<br>` */
function runsOf(tokens: readonly Token[] | undefined, how: BlockOptions, look: Look = {}, inCell = false): PaperRun[] {
  return ((tokens ?? []) as readonly (Tokens.Generic & { type: string })[]).flatMap((token): PaperRun[] => {
    const inside = (more: Look): PaperRun[] => runsOf(token.tokens, how, { ...look, ...more }, inCell)
    const text = typeof token['text'] === 'string' ? token['text'] : token.raw
    switch (token.type) {
      case 'strong':
        return inside({ bold: true })
      case 'em':
        return inside({ italic: true })
      case 'del':
        return inside({ struck: true })
      case 'codespan':
      case 'formula':
        return [{ ...look, text, code: true }]
      case 'br':
        return [{ ...look, text: '\n' }]
      case 'checkbox':
        return []
      case 'html':
        return [{ ...look, text: inCell && /^<br\s*\/?>$/i.test(text.trim()) ? '\n' : text }]
      case 'image':
        return [{ ...look, text: how.image(text || String(token['href'])), italic: true }]
      case 'link': {
        // `[1]` beside a line `[1]: address` is the mark that it looks like.
        if (/^\[\d{1,4}\]$/.test(token.raw) && how.marks.has(Number(token.raw.slice(1, -1))))
          return textRuns(token.raw, look, how)
        const link = addressOf(String(token['href']))
        return inside(link === null ? {} : { link })
      }
      default:
        return token.tokens ? inside({}) : textRuns(unescaped(text).replaceAll('\n', ' '), look, how)
    }
  })
}

/** The text with its marks. */
function textRuns(text: string, look: Look, { marks }: BlockOptions): PaperRun[] {
  const parts = look.link === undefined ? markParts(text, new Set(marks.keys())) : [text]
  return parts.map((part, index): PaperRun => {
    if (typeof part === 'number') {
      const source = marks.get(part) ?? part
      return { ...look, text: `[${source}]`, source }
    }
    // A mark stands close to the word before it.
    return { ...look, text: typeof parts[index + 1] === 'number' ? part.trimEnd() : part }
  })
}

/** An address that a paper may lead to; null for any other, which is text. */
function addressOf(href: string): string | null {
  const url = URL.parse(href)
  return url && ['http:', 'https:', 'mailto:'].includes(url.protocol) && url.href.length <= longestLink ? url.href : null
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  euro: '€',
}

/** Markdown leaves the names of characters to whoever shows it. */
function unescaped(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi,
    (whole, decimal?: string, hexadecimal?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole
      const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}
