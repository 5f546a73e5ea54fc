/** Splits Markdown into its top-level blocks, so that while text streams only the last one is rendered again. Pure. */
import { lexer } from 'marked'

/** One block. Its source is what a change is noticed by. */
export interface Block {
  kind: 'code' | 'table' | 'other'
  source: string
  /** For code: the text inside the fence and the language it names. */
  code: string
  language: string
}

/** The blocks in order. Fences that are not closed yet are code already, so nothing flickers while they are written. */
export function splitBlocks(source: string): Block[] {
  return lexer(source).flatMap((token): Block[] => {
    if (token.type === 'space' || token.type === 'def') return []
    if (token.type === 'code') {
      const { text, lang } = token as { text: string; lang?: string }
      return [{ kind: 'code', source: token.raw, code: text, language: (lang ?? '').split(/\s/)[0] ?? '' }]
    }
    return [{ kind: token.type === 'table' ? 'table' : 'other', source: token.raw, code: '', language: '' }]
  })
}
