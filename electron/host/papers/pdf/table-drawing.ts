/** Draws a table: columns as wide as their words ask for, rows that go on over pages, the head again on each of them. */
import type { PaperTable } from '../../../../contract/paper.ts'
import { Pace } from '../../base/pace.ts'
import { footHeight, ground, hairline, margin, pageHeight, type Pages, pageWidth, type Part } from './pages.ts'
import type { Line, TextSetter } from './text-setter.ts'

const size = 9
const leading = size * 1.4
const paddingX = 5
const paddingY = 4
const bottom = pageHeight - footHeight
const whole = pageWidth - 2 * margin

export class TableDrawing {
  readonly #setter: TextSetter
  readonly #pages: Pages
  readonly #part: Part
  readonly #pace = new Pace()

  constructor({ setter, pages, part }: { setter: TextSetter; pages: Pages; part: Part }) {
    this.#setter = setter
    this.#pages = pages
    this.#part = part
  }

  /** @returns how far the page is filled then */
  async draw({ rows, align }: PaperTable, y: number, signal?: AbortSignal): Promise<number> {
    const widths = await this.#widths(rows)
    let head: { cells: Line[][]; height: number } | null = null
    for (const [index, row] of rows.entries()) {
      signal?.throwIfAborted()
      await this.#pace.rest()
      const isHead = index === 0
      const cells = row.map((cell, column) =>
        this.#setter.lines(cell, { size, width: (widths[column] ?? 0) - 2 * paddingX, bold: isHead }),
      )
      const height = heightOf(cells)
      const part = this.#part.add('TR')
      const parts = cells.map(() => (isHead ? part.add('TH', { O: '/Table', Scope: '/Column' }) : part.add('TD')))
      // What has room on a page is not parted by its end.
      const least = height <= bottom - margin - (head?.height ?? 0) ? height : leading + 2 * paddingY
      if (y + least > bottom && y > margin) y = this.#nextPage(head, widths, align)
      let rest = cells
      for (;;) {
        const room = Math.max(1, Math.floor((bottom - y - 2 * paddingY) / leading))
        const now = rest.map((lines) => lines.slice(0, room))
        y = this.#row(now, { y, widths, align, parts, shaded: isHead })
        rest = rest.map((lines) => lines.slice(room))
        if (rest.every((lines) => lines.length === 0)) break
        y = this.#nextPage(head, widths, align)
      }
      // A head that takes half a page is not said again.
      if (isHead && height < (bottom - margin) / 2) head = { cells, height }
    }
    return y
  }

  /** As wide as the words are where that has room, else each as wide as its longest word, and what is left shared. */
  async #widths(rows: PaperTable['rows']): Promise<number[]> {
    const columns = rows[0]?.length ?? 1
    const least = Array<number>(columns).fill(2 * paddingX + size)
    const most = [...least]
    for (const [index, row] of rows.entries()) {
      await this.#pace.rest()
      for (const [column, cell] of row.entries()) {
        const extent = this.#setter.extent(cell, size, index === 0)
        least[column] = Math.max(least[column] ?? 0, extent.least + 2 * paddingX + 0.1)
        most[column] = Math.max(most[column] ?? 0, extent.most + 2 * paddingX + 0.1)
      }
    }
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
    if (sum(most) <= whole) return most
    // A word that is too long is broken: it must not take the others' room.
    const share = whole / columns
    const capped = sum(least) <= whole ? least : least.map((width) => Math.min(width, share))
    const left = whole - sum(capped)
    const wishes = most.map((width, column) => Math.max(0, Math.min(width, whole) - (capped[column] ?? 0)))
    const wished = sum(wishes)
    return capped.map((width, column) => width + (wished > 0 ? (left * (wishes[column] ?? 0)) / wished : 0))
  }

  #nextPage(head: { cells: Line[][] } | null, widths: readonly number[], align: PaperTable['align']): number {
    this.#pages.next()
    return head ? this.#row(head.cells, { y: margin, widths, align, parts: null, shaded: true }) : margin
  }

  /** @param parts null for a head that is said again: it means nothing new */
  #row(
    cells: readonly Line[][],
    {
      y,
      widths,
      align,
      parts,
      shaded,
    }: {
      y: number
      widths: readonly number[]
      align: PaperTable['align']
      parts: readonly Part[] | null
      shaded: boolean
    },
  ): number {
    const height = heightOf(cells)
    const wide = widths.reduce((total, each) => total + each, 0)
    if (shaded) this.#pages.box(margin, y, wide, height, ground)
    this.#pages.box(margin, y + height - 0.5, wide, 0.5, hairline)
    let x = margin
    for (const [column, lines] of cells.entries()) {
      const width = widths[column] ?? 0
      for (const [index, line] of lines.entries()) {
        const free = width - 2 * paddingX - line.width
        const shift = align[column] === 'right' ? free : align[column] === 'center' ? free / 2 : 0
        const baseline = y + paddingY + index * leading + size
        this.#pages.line(line, x + paddingX + Math.max(0, shift), baseline, parts?.[column] ?? null)
      }
      x += width
    }
    return y + height
  }
}

function heightOf(cells: readonly Line[][]): number {
  return cells.reduce((most, { length }) => Math.max(most, length), 1) * leading + 2 * paddingY
}
