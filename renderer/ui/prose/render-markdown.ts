/** Markdown to HTML that still has to be sanitised. Raw HTML is shown as text, pictures become words, formulas become MathML. */
import { Parser } from 'marked'
import { escapeHtml } from './escape-html.ts'
import { grammar, readMarkdown } from './grammar.ts'

/** Words for a picture that is not loaded. */
export type ImageWords = (description: string) => string

/** Makes a renderer for one language of the interface. */
export function markdownRenderer(image: ImageWords): (source: string) => string {
  let isInCell = false
  const options = grammar({
    renderer: {
      // A cell has no other way to a second line.
      html: ({ text }) => (isInCell && /^<br\s*\/?>$/i.test(text.trim()) ? '<br>' : escapeHtml(text)),
      tablecell({ header, align, tokens }) {
        isInCell = true
        const inside = this.parser.parseInline(tokens)
        isInCell = false
        const tag = header ? 'th' : 'td'
        return `<${tag}${align ? ` align="${align}"` : ''}>${inside}</${tag}>\n`
      },
      image: ({ href, text }) => `<em>${escapeHtml(image(text || href))}</em>`,
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    },
  })
  return (source) => Parser.parse(readMarkdown(source, options), options)
}
