/** Markdown to HTML that still has to be sanitised. Raw HTML is shown as text, pictures become words, formulas become MathML. */
import { Parser } from 'marked'
import { escapeHtml } from './escape-html.ts'
import { grammar, readMarkdown } from './grammar.ts'

/** Words for a picture that is not loaded. */
export type ImageWords = (description: string) => string

/** Makes a renderer for one language of the interface. */
export function markdownRenderer(image: ImageWords): (source: string) => string {
  const options = grammar({
    renderer: {
      html: ({ text }) => escapeHtml(text),
      image: ({ href, text }) => `<em>${escapeHtml(image(text || href))}</em>`,
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    },
  })
  return (source) => Parser.parse(readMarkdown(source, options), options)
}
