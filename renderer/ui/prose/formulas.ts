/** Formulas in Markdown, as MathML: $$…$$ and \[…\] stand alone, \(…\) and $…$ in a line. A broken one is shown as it was written. */
import type { Token, TokenizerAndRendererExtension } from 'marked'
import temml from 'temml'
import { escapeHtml } from './escape-html.ts'

/** A dollar before a blank, after a digit, or after which a digit follows, is money. */
const money = /\d$/
const patterns: { whole: RegExp; display: boolean }[] = [
  { whole: /^\$\$([^]+?)\$\$/, display: true },
  { whole: /^\\\[([^]+?)\\\]/, display: true },
  { whole: /^\\\(([^]+?)\\\)/, display: false },
  { whole: /^\$(?![\s$])((?:\\.|[^$\\\n])*?(?:\\.|[^$\\\n\s]))\$(?!\d)/, display: false },
]
/** A formula alone on its lines. Unlike a paragraph it may hold blank lines, and lines that would begin a list. */
const alone = /^ {0,3}(?:\$\$((?:(?!\$\$)[^]){1,2000})\$\$|\\\[((?:(?!\\\])[^]){1,2000})\\\])[ \t]*(?:\n|$)/

function mathMl(text: string, display: boolean): string | null {
  try {
    return temml.renderToString(text, { displayMode: display, throwOnError: true, trust: false, maxExpand: 200 })
  } catch {
    return null
  }
}

const inLine: TokenizerAndRendererExtension = {
  name: 'formula',
  level: 'inline',
  start: (source) => {
    const at = source.search(/\$|\\[[(]/)
    return at < 0 ? undefined : at
  },
  tokenizer(source, before: Token[]) {
    for (const { whole, display } of patterns) {
      const text = whole.exec(source)
      if (!text?.[1]?.trim()) continue
      if (!display && source.startsWith('$') && money.test(before.at(-1)?.raw ?? '')) continue
      return { type: 'formula', raw: text[0], text: text[1].trim(), display }
    }
    return undefined
  },
  renderer: ({ raw, text, display }) => mathMl(text as string, display as boolean) ?? `<code>${escapeHtml(raw)}</code>`,
}

const onItsOwn: TokenizerAndRendererExtension = {
  name: 'formulaAlone',
  level: 'block',
  // No further than the paragraph goes: this is asked for each one.
  start: (source) => {
    const found = /\n(?:[ \t]*\n| {0,3}(\$\$|\\\[))/.exec(source)
    return found?.[1] ? found.index + 1 : undefined
  },
  tokenizer(source) {
    const found = alone.exec(source)
    const text = (found?.[1] ?? found?.[2])?.trim()
    return found && text ? { type: 'formulaAlone', raw: found[0], text } : undefined
  },
  renderer: ({ raw, text }) => mathMl(text as string, true) ?? `<pre><code>${escapeHtml(raw.trim())}</code></pre>`,
}

export const formulas = [inLine, onItsOwn]
