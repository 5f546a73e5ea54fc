/** Formulas of OpenDocument (MathML) as a line of text, in the way of those of web pages. */
import { inLine } from './blocks.ts'
import { HtmlBlocks } from './html-blocks.ts'
import type { MarkupEvents } from './markup.ts'
import type { Reading } from './reading.ts'

export class OpenFormula implements MarkupEvents {
  readonly #blocks = new HtmlBlocks(() => ({ kind: 'paragraph', paragraph: 1 }))

  get done(): boolean {
    return this.#blocks.done
  }

  open(name: string, attributes: Record<string, string>): void {
    this.#blocks.open(localName(name), attributes)
  }

  close(name: string): void {
    this.#blocks.close(localName(name))
  }

  text(text: string): void {
    // Between its parts a formula has white space for the eyes of programmers.
    if (text.trim() !== '') this.#blocks.text(text.trim())
  }

  line(reading: Reading): string {
    return inLine(
      this.#blocks
        .finish(reading)
        .map(({ text }) => text)
        .join(' '),
    )
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
