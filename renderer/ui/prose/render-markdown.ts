/** Markdown to HTML that still has to be sanitised. Raw HTML is shown as text, pictures become words, formulas become MathML. */
import { Marked, type TokenizerAndRendererExtension } from 'marked'
import temml from 'temml'

/** Words for a picture that is not loaded. */
export type ImageWords = (description: string) => string

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text as HTML that shows it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? '')
}

/** Formulas: $$…$$ and \[…\] stand alone, \(…\) and $…$ in a line. A dollar before a blank, or after which a digit follows, is money. */
const patterns: { open: RegExp; whole: RegExp; display: boolean }[] = [
  { open: /\$\$/, whole: /^\$\$([^]+?)\$\$/, display: true },
  { open: /\\\[/, whole: /^\\\[([^]+?)\\\]/, display: true },
  { open: /\\\(/, whole: /^\\\(([^]+?)\\\)/, display: false },
  { open: /\$/, whole: /^\$(?![\s$])((?:\\.|[^$\\\n])*?(?:\\.|[^$\\\n\s]))\$(?!\d)/, display: false },
]

const formula: TokenizerAndRendererExtension = {
  name: 'formula',
  level: 'inline',
  start: (source) => {
    const found = patterns.map(({ open }) => source.search(open)).filter((at) => at >= 0)
    return found.length > 0 ? Math.min(...found) : undefined
  },
  tokenizer(source) {
    for (const { whole, display } of patterns) {
      const found = whole.exec(source)
      if (found?.[1]) return { type: 'formula', raw: found[0], text: found[1].trim(), display }
    }
    return undefined
  },
  renderer: (token) => {
    const { text, display } = token as unknown as { text: string; display: boolean }
    try {
      return temml.renderToString(text, { displayMode: display, throwOnError: true, trust: false, maxExpand: 200 })
    } catch {
      return `<code>${escapeHtml(token.raw)}</code>`
    }
  },
}

/** Makes a renderer for one language of the interface. */
export function markdownRenderer(image: ImageWords): (source: string) => string {
  const marked = new Marked({ gfm: true, async: false }, { extensions: [formula] })
  marked.use({
    renderer: {
      html: ({ text }) => escapeHtml(text),
      image: ({ href, text }) => `<em>${escapeHtml(image(text || href))}</em>`,
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    },
  })
  return (source) => marked.parse(source, { async: false })
}
