/** A list of the host's that is longer than what is looked at: its first pages, how many rows there are in all, and further pages as they are needed. */
import { withListUpdate, type ListUpdate } from '../../contract/list-update.ts'
import type { AppError } from '../../contract/errors.ts'
import { follow } from './follow.ts'

/** Rows of a page. */
const pageRows = 200
/** The host tells of so many rows at most. */
const mostRows = 100_000

/** Opens the list for so many rows at most. */
type OpenList<Row> = (limit: number, signal: AbortSignal) => AsyncIterable<ListUpdate<Row>>

export class PagedList<Row extends { id: string }> {
  #rows = $state.raw<Row[]>([])
  #total = $state(0)
  #known = $state(false)
  #trouble = $state.raw<AppError | null>(null)
  #limit = pageRows
  #open: OpenList<Row> | null = null
  #life: AbortSignal | null = null
  #listening: AbortController | null = null
  readonly #onUpdate: () => void

  /** @param onUpdate called after each update of the host's was taken in */
  constructor(onUpdate: () => void = () => undefined) {
    this.#onUpdate = onUpdate
  }

  /** The first rows, as far as they were needed. */
  get rows(): Row[] {
    return this.#rows
  }

  /** How many there are in all. */
  get total(): number {
    return this.#total
  }

  /** Whether the list has come. */
  get known(): boolean {
    return this.#known
  }

  /** Why it cannot be followed; null as long as it can. */
  get trouble(): AppError | null {
    return this.#trouble
  }

  /** Follows another list from its beginning, until `life` ends or it is forgotten; what was here goes. */
  show(open: OpenList<Row>, life: AbortSignal | null, limit = pageRows): void {
    this.forget()
    this.#life = life
    this.ask(open, limit)
  }

  /** Follows the same list in another order, or another part of it: what is here stays until that comes. */
  ask(open: OpenList<Row>, limit = pageRows): void {
    this.#open = open
    this.#limit = limit
    this.#listen()
  }

  /** Rows up to this one, counted from 0, are looked at: they are asked for if need be. */
  need(row: number): void {
    if (row < this.#limit || this.#rows.length >= this.#total) return
    // The host sends all of it anew: what doubles is sent twice in all, however far one scrolls.
    this.#limit = Math.min(mostRows, Math.max(2 * this.#limit, Math.ceil((row + 1) / pageRows) * pageRows))
    this.#listen()
  }

  forget(): void {
    this.#listening?.abort()
    this.#listening = null
    this.#open = null
    this.#life = null
    this.#rows = []
    this.#total = 0
    this.#known = false
    this.#trouble = null
  }

  #listen(): void {
    this.#listening?.abort()
    const open = this.#open
    if (!open || this.#life?.aborted) return
    const listening = new AbortController()
    this.#listening = listening
    this.#life?.addEventListener('abort', () => listening.abort(), { once: true, signal: listening.signal })
    this.#trouble = null
    const limit = this.#limit
    void follow(
      (signal) => open(limit, signal),
      (update) => {
        this.#rows = withListUpdate(this.#rows, update)
        this.#total = update.total
        this.#known = true
        this.#onUpdate()
      },
      listening.signal,
      (error) => (this.#trouble = error),
    )
  }
}
