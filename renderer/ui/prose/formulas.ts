/** Formulas in Markdown, as MathML: $$…$$ and \[…\] stand alone, \(…\) and $…$ in a line. A broken one is shown as it was written. */
import type { Token, TokenizerAndRendererExtension } from 'marked'
import temml from 'temml'
import { escapeHtml } from './escape-html.ts'

/** Signs around a formula in a line: `text` is inside of them. */
const patterns: { whole: RegExp; display: boolean }[] = [
  { whole: /^\$\$([^]+?)\$\$/, display: true },
  { whole: /^\\\[([^]+?)\\\]/, display: true },
  { whole: /^\\\(([^]+?)\\\)/, display: false },
  { whole: /^\$(?![\s$])((?:\\.|[^$\\\n])*?(?:\\.|[^$\\\n\s]))\$(?!\d)/, display: false },
]
/** A dollar behind one of these is money (`5 $`, `US$`) or a cell of a sheet (`A$1`). */
const beforeMoney = /[\d\p{Script=Latin}]$/u
/** Behind the closing dollar a word may only go on as an ordinal does (`$n$th`); else it is a variable of a shell, or a key (`$PATH`, `${a}`). */
const behindVariable = /^(?:\{|(?!(?:th|st|nd|rd|s|e|ème|ième|er)(?!\p{Script=Latin}))\p{Script=Latin})/u
/** A formula neither begins nor ends with these. */
const edges = /^[,;!?)]|[:/]$/
/** In `\[T\]he` and `\[plaintiff\]` the brackets are escaped: words stand in them, or no formula is as close to a word. */
const words = /^(?:\p{L}{3,}[\p{L}\p{M}\s.,;'’-]*|[.…\s]+)$/u
const endsInWord = /\p{Script=Latin}$/u
const beginsWord = /^\p{Script=Latin}/u

/** Whether what stands between the signs is no formula, by what it is and what stands around it. */
function isNone(opening: string, text: string, before: string, behind: string): boolean {
  if (opening === '$$') return false
  if (opening === '$') return beforeMoney.test(before) || behindVariable.test(behind) || edges.test(text) || !isClosed(text)
  return endsInWord.test(before) || (opening === '\\[' && (beginsWord.test(behind) || words.test(text.trim())))
}

/** Whether no brace closes that was not opened. One that stays open is a formula that is broken. */
function isClosed(text: string): boolean {
  let depth = 0
  for (const sign of text.replaceAll(/\\./g, '')) {
    if (sign === '{') depth++
    else if (sign === '}' && --depth < 0) return false
  }
  return true
}

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
      const opening = source.startsWith('\\') ? source.slice(0, 2) : display ? '$$' : '$'
      if (isNone(opening, text[1], before.at(-1)?.raw ?? '', source.slice(text[0].length, text[0].length + 8))) continue
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
