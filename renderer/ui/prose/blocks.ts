/** Splits Markdown into its top-level blocks, so that while text streams only the last one is rendered again. Pure. */
import type { Token, Tokens } from 'marked'
import { grammar, readBlocks } from './grammar.ts'

/** One block. Its source is what a change is noticed by. */
export interface Block {
  kind: 'code' | 'table' | 'other'
  source: string
  /** For code: the text inside the fence and the language it names. */
  code: string
  language: string
}

const options = grammar()

/**
 * The blocks in order. Fences that are not closed yet are code already, so nothing flickers while they are written.
 * @param earlier the blocks of the text before it grew: those that are still the same are handed back as they are.
 * @param marks numbers that are marks of sources: `[1]: address` must not make links of them.
 */
export function splitBlocks(source: string, earlier: readonly Block[] = [], marks: ReadonlySet<number> = new Set()): Block[] {
  const tokens = readBlocks(source, options)
  const definitions = new Map(
    tokens.filter(isDefinition).flatMap((token) => (marks.has(Number(token.tag)) ? [] : [[token.tag, token]])),
  )
  const used = new Set<Token>()
  const sources = new Map<Token, string>()
  for (const token of tokens) {
    if (isDefinition(token) || token.type === 'code') continue
    const own = definitions.size > 0 ? [...definitionsFor(token.raw, definitions)] : []
    for (const definition of own) used.add(definition)
    // A block is rendered by itself, so it takes the addresses along that it refers to.
    sources.set(token, [token.raw, ...own.map(({ raw }) => raw)].join('\n\n'))
  }
  return tokens
    .flatMap((token): Block[] => {
      if (token.type === 'space' || used.has(token)) return []
      if (token.type === 'code') {
        const { text, lang } = token as Tokens.Code
        return [{ kind: 'code', source: token.raw, code: text, language: (lang ?? '').split(/\s/)[0] ?? '' }]
      }
      // A definition that nothing refers to would otherwise vanish, and a footnote with it.
      const source = sources.get(token) ?? `\\${token.raw.trimStart()}`
      return [{ kind: token.type === 'table' ? 'table' : 'other', source, code: '', language: '' }]
    })
    .map((block, index) => kept(block, earlier[index]))
}

function isDefinition(token: Token): token is Tokens.Def {
  return token.type === 'def'
}

/** The definitions of `[label]` in the text; `[^1]` is a footnote. */
function definitionsFor(text: string, definitions: ReadonlyMap<string, Tokens.Def>): Set<Tokens.Def> {
  const found = new Set<Tokens.Def>()
  for (const [, label] of text.matchAll(/\[(?!\^)([^[\]]+)\]/g)) {
    const definition = definitions.get((label ?? '').trim().toLowerCase().replace(/\s+/g, ' '))
    if (definition) found.add(definition)
  }
  return found
}

function kept(block: Block, earlier: Block | undefined): Block {
  const same =
    earlier?.source === block.source &&
    earlier.kind === block.kind &&
    earlier.code === block.code &&
    earlier.language === block.language
  return same ? earlier : block
}
