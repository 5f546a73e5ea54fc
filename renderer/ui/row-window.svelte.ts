/** Which rows of a long list are drawn: those in sight, some around them, and the one that has the focus. The list keeps its height, so it scrolls as if all were drawn. */
import { tick } from 'svelte'

/** Rows that are drawn above and below those in sight, so that keys and quick scrolling find some. */
const margin = 12
/** What has a use of its own for arrows. */
const takesArrows = '[aria-haspopup], input:not([type="checkbox"]), textarea'

/** A row that is drawn, and the pixels of those above it that are not, up to the last that is. */
export interface DrawnRow<Row> {
  row: Row
  index: number
  gap: number
}

interface Options<Row> {
  rows: () => readonly Row[]
  /** How many there are, loaded or not. */
  total: () => number
  /** Of each row, in pixels. */
  rowHeight: number
}

export class RowWindow<Row extends { id: string }> {
  readonly #options: Options<Row>
  /** How far the rows are scrolled out at the top of what scrolls, and how high that is, in pixels. */
  #top = $state(0)
  #height = $state(0)
  /** The row that has the focus is drawn wherever it is: else the focus would be lost. */
  #heldId = $state<string | null>(null)
  #body: HTMLElement | null = null
  #scroller: Element | null = null

  readonly #first = $derived.by(() => Math.max(0, Math.min(this.#total, Math.floor(this.#top / this.#rowHeight) - margin)))
  readonly #end = $derived.by(() =>
    Math.max(this.#first, Math.min(this.#total, Math.ceil((this.#top + this.#height) / this.#rowHeight) + margin)),
  )
  readonly #held = $derived.by(() =>
    this.#heldId === null ? -1 : this.#options.rows().findIndex(({ id }) => id === this.#heldId),
  )

  constructor(options: Options<Row>) {
    this.#options = options
  }

  /** One past the last row in sight or near it, loaded or not. */
  get end(): number {
    return this.#end
  }

  /** In their order. */
  readonly drawn: DrawnRow<Row>[] = $derived.by(() => {
    const rows = this.#options.rows()
    const [first, end, held] = [this.#first, Math.min(this.#end, rows.length), this.#held]
    const indices = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at)
    if (held >= 0 && held < first) indices.unshift(held)
    if (held >= Math.max(end, first)) indices.push(held)
    let next = 0
    return indices.flatMap((index) => {
      const row = rows[index]
      if (!row) return []
      const gap = (index - next) * this.#rowHeight
      next = index + 1
      return { row, index, gap }
    })
  })

  /** Pixels of the rows below the last that is drawn. */
  get after(): number {
    return (this.#total - ((this.drawn.at(-1)?.index ?? -1) + 1)) * this.#rowHeight
  }

  /** For the element that holds the rows: follows what scrolls it. Each row says its place by `data-index`. */
  readonly attach = (body: HTMLElement): (() => void) => {
    const scroller = scrollerOf(body)
    this.#body = body
    this.#scroller = scroller
    const measure = (): void => {
      this.#top = scroller.getBoundingClientRect().top - body.getBoundingClientRect().top
      this.#height = scroller.clientHeight
    }
    const focused = (): void => void (this.#heldId = this.#options.rows()[indexOf(document.activeElement)]?.id ?? null)
    // What stands above may grow or go: then the rows move without anybody scrolling.
    const sizes = new ResizeObserver(measure)
    for (let part: Element | null = body; part && part !== scroller; part = part.parentElement) sizes.observe(part)
    sizes.observe(scroller)
    scroller.addEventListener('scroll', measure, { passive: true })
    body.addEventListener('focusin', focused)
    const left = ({ relatedTarget }: FocusEvent): void => {
      if (!(relatedTarget instanceof Node && body.contains(relatedTarget))) this.#heldId = null
    }
    body.addEventListener('focusout', left)
    measure()
    return () => {
      sizes.disconnect()
      scroller.removeEventListener('scroll', measure)
      body.removeEventListener('focusin', focused)
      body.removeEventListener('focusout', left)
    }
  }

  /** Arrows go from row to row, Home and End to the first and the last. @param part of a row that is to have the focus */
  async step(event: KeyboardEvent, part: string): Promise<void> {
    const from = indexOf(event.target)
    const last = this.#options.rows().length - 1
    const to = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: last }[event.key]
    // In a field they move what one types at, and at a menu's button they open it.
    const isTaken = event.target instanceof Element && event.target.closest(takesArrows)
    if (from < 0 || to === undefined || isTaken || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (to < 0 || to > last || !this.#body || !this.#scroller) return
    event.preventDefault()
    const rowAt = (): HTMLElement | null | undefined => this.#body?.querySelector<HTMLElement>(`[data-index="${to}"]`)
    if (!rowAt()) {
      this.#scroller.scrollTop += to * this.#rowHeight - this.#top - this.#height / 2
      this.#top = this.#scroller.getBoundingClientRect().top - this.#body.getBoundingClientRect().top
      await tick()
    }
    rowAt()?.querySelector<HTMLElement>(part)?.focus()
  }

  get #total(): number {
    return this.#options.total()
  }

  get #rowHeight(): number {
    return this.#options.rowHeight
  }
}

/** Of the row that something is in; -1 outside of any. */
function indexOf(target: EventTarget | null): number {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null
  return row ? Number(row.dataset['index']) : -1
}

/** The nearest element around that scrolls. */
function scrollerOf(body: Element): Element {
  for (let part = body.parentElement; part; part = part.parentElement)
    if (/auto|scroll/.test(getComputedStyle(part).overflowY)) return part
  return document.documentElement
}
